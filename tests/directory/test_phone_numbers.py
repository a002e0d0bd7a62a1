import pytest
from django.core.exceptions import ValidationError

from directory.phone_numbers import canonical, display

NUMBERS = {  # stored: (shown, as people write it)
    "+498003009944": ("0800 300 99 44", ["0800 300 99 44", "+49 800 3009944", "0049 800 3009944", "0800/3009944"]),
    "+493025208838": ("030 25208838", ["030 25208838", "+49 (0)30 25208838", "+49 30 252 088 38", "030-25208838"]),
    "+4938112878528": ("0381 12878528", ["+49 381 12878528", "0381/12 87 85 28"]),
    "+491796632954": ("0179 6632954", ["+49 179 6632954"]),
    "+495514030": ("0551 4030", ["+49 551 4030", "0551 403-0"]),
    "116006": ("116 006", ["116 006", "116006", "116-006"]),
    "116016": ("116 016", ["116 016"]),
    "116123": ("116 123", ["116123"]),
    "110": ("110", ["110"]),
    "115": ("115", ["115"]),
    "+41443643535": ("+41 44 364 35 35", ["+41 44 364 35 35"]),
}


@pytest.mark.parametrize(("typed", "stored"), [(t, stored) for stored, (_, ts) in NUMBERS.items() for t in ts])
def test_canonical_form_is_the_same_for_every_spelling(typed, stored):
    assert canonical(typed) == stored


@pytest.mark.parametrize("stored", NUMBERS)
def test_canonical_leaves_what_is_stored_as_it_is(stored):
    assert canonical(stored) == stored


@pytest.mark.parametrize("stored", NUMBERS)
def test_display_is_how_german_readers_write_it(stored):
    assert display(stored) == NUMBERS[stored][0]


@pytest.mark.parametrize(
    "typed", ["", "keine", "0", "030", "0800 12", "+49 30 1", "123456", "030 25208838 oder 39", "\0"]
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValidationError):
        canonical(typed)
