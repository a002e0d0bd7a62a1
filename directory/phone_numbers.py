"""Telephone numbers, kept as E.164 ("+498003009944") or German short code ("116006"), shown as people read them."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

EUROPEAN_SHORT_CODE = re.compile(r"116\d{3}")  # numbers of social value; the metadata of phonenumbers misses 116 016
COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


def canonical(text: str) -> str:
    """The form that is stored.

    Raises ValidationError when no such number exists in the numbering plan of its country.
    """
    digits = "".join(character for character in text if character.isdigit())
    try:
        number = phonenumbers.parse(text, "DE")
    except NumberParseException as error:
        raise ValidationError("Diese Telefonnummer ist nicht lesbar. Beispiel: 030 25208838.") from error
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if EUROPEAN_SHORT_CODE.fullmatch(digits) or phonenumbers.is_valid_short_number_for_region(number, "DE"):
        return digits
    raise ValidationError("Diese Telefonnummer gibt es nicht. Bitte prüfen Sie Vorwahl und Ziffern.")


def validate_phone_number(text: str) -> None:
    canonical(text)


def is_somebodys_line(number: str) -> bool:
    """Whether a stored number can be somebody's own: no short code (110) and none that its callers pay for (0900)."""
    if not number.startswith("+"):
        return False
    return phonenumbers.number_type(phonenumbers.parse(number)) not in COSTLY


def display(number: str) -> str:
    """How a stored number is written for German readers: "0800 300 99 44", "030 25208838", "116 006"."""
    if not number.startswith("+"):
        return f"{number[:3]} {number[3:]}" if len(number) == 6 else number
    if number.startswith("+49800") and len(number) == 13:
        return f"0800 {number[6:9]} {number[9:11]} {number[11:]}"
    parsed = phonenumbers.parse(number)
    german = parsed.country_code == 49
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if german else PhoneNumberFormat.INTERNATIONAL)
