"""What a visitor may tell us. Only slot, way and consent have to be given; the page says why it asks the rest."""

import re
import unicodedata
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from contact import sealing, slots
from contact.models import Kind
from directory import catalogue, phone_numbers
from directory.opening import BERLIN, clock_time

MOST_MESSAGE = 1500
CHOOSE = {"invalid_choice": "Bitte wählen Sie aus der Liste."}  # Django's own text repeats what was sent
MOST_MARKS = 3  # accents on one letter; more would be drawn over the lines around
CODE_IN_TEXT = re.compile(r"(?:\d[\s-]*){24}")


def slot_label(slot: datetime) -> str:
    """ "Dienstag, 24. November, 10:30 Uhr" """
    local = slot.astimezone(BERLIN)
    return f"{date_format(local, 'l, j. F')}, {clock_time(local)}"


def readable(text: str) -> str:
    """Text without control and direction characters and without towers of accents; line breaks stay."""
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text).replace("\t", " "))
    kept, marks = [], 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Cs", "Co"} and character != "\n":
            continue
        marks = marks + 1 if category == "Mn" else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept).strip()


class PlainField(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        if len(text) > 4 * self.max_length:
            self.run_validators(text)  # at once: to compose a long text takes quadratic time
        return readable(text)


class MessageField(PlainField):
    def __init__(self, **kwargs):
        super().__init__(
            max_length=MOST_MESSAGE,
            widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
            error_messages={"max_length": f"Bitte kürzen Sie auf {MOST_MESSAGE} Zeichen."},
            **kwargs,
        )

    def validate(self, value):
        super().validate(value)
        if CODE_IN_TEXT.search(value):
            raise ValidationError("Das sieht nach einem Code aus. Bitte löschen Sie ihn: Er gehört nur Ihnen.")


class SlotField(forms.ChoiceField):
    """The free slots, as visitors are shown them."""

    widget = forms.RadioSelect

    def __init__(self, kind, now, **kwargs):
        self.free = slots.published(kind, now)
        super().__init__(choices=[(slot.isoformat(), slot_label(slot)) for slot in self.free], **kwargs)

    def to_python(self, value):
        try:
            slot = datetime.fromisoformat(value or "")
        except (TypeError, ValueError):
            raise ValidationError("Bitte wählen Sie einen Termin aus der Liste.") from None
        if slot not in self.free:
            raise ValidationError("Diesen Termin gibt es nicht mehr. Bitte wählen Sie einen anderen.")
        return slot

    def validate(self, value):
        pass  # to_python looked it up


class ContactForm(forms.Form):
    """A talk by video. A callback asks for more."""

    kind = Kind.VIDEO
    use_required_attribute = False  # our errors speak German and keep what was typed

    name = PlainField(
        label="Name oder Pseudonym", max_length=80, required=False, help_text="Damit wir Sie ansprechen können."
    )
    threats = forms.MultipleChoiceField(
        label="Worum geht es?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Damit wir uns vorbereiten können.",
        error_messages=CHOOSE,
    )
    state = forms.ChoiceField(
        label="Ihr Bundesland",
        required=False,
        help_text="Damit wir die Stellen in Ihrem Land bereit haben.",
        error_messages=CHOOSE,
    )
    message = MessageField(
        label="Nachricht", required=False, help_text=f"Höchstens {MOST_MESSAGE} Zeichen. Nur wenn Sie mögen."
    )
    consent = forms.BooleanField(
        label="Ich bin einverstanden, dass die starke Stelle diese Angaben für das Gespräch speichert, auch wenn sie "
        "meine politische Meinung oder andere besonders geschützte Daten zeigen (Art. 9 DSGVO).",
        error_messages={"required": "Ohne Ihr Einverständnis dürfen wir nichts speichern. Anrufen können Sie immer."},
    )
    website = forms.CharField(label="Bitte frei lassen", required=False)  # for robots: people do not see it
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)
    step = forms.CharField(widget=forms.HiddenInput, required=False)  # "check", "change" or "send": the button pressed
    noted = forms.BooleanField(label="Ich habe den Code notiert", required=False)

    TECHNICAL = ("website", "ticket", "step", "noted")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        current = catalogue.current()
        slot = SlotField(self.kind, timezone.now(), label="Termin", error_messages={"required": "Bitte wählen Sie."})
        self.fields = {"slot": slot, **self.fields}
        self.fields["threats"].choices = [(slug, term.name) for slug, term in current.threat_types.items()]
        states = [(area.slug, area.name) for area in current.states]
        self.fields["state"].choices = [("", "keine Angabe"), *states]
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_threats(self):
        return list(dict.fromkeys(self.cleaned_data["threats"]))  # sent twice, said once

    def is_sent_again(self) -> bool:
        """Nothing is wrong but the slot, which may be gone because this very request has it: the first try arrived."""
        cleaned = self.cleaned_data
        return set(self.errors) == {"slot"} and cleaned["step"] == "send" and cleaned["noted"]

    def visible(self):
        """The fields that a person fills in."""
        return [self[name] for name in self.fields if name not in self.TECHNICAL]

    def answers(self):
        """(label, answer) of what was filled in, for checking."""
        for field in self.visible():
            value = self.cleaned_data.get(field.name)
            if not value or field.name == "consent":
                continue
            if isinstance(value, datetime):
                value = slot_label(value)
            elif isinstance(value, bool):
                value = "ja"
            elif choices := dict(getattr(field.field, "choices", ())):
                value = ", ".join(str(choices[each]) for each in ([value] if isinstance(value, str) else value))
            elif field.name == "number":
                value = phone_numbers.display(value)
            yield field.label, value

    def content(self) -> dict:
        """What is sealed for the team."""
        return {name: self.cleaned_data[name] for name in ("name", "threats", "state", "message")}

    def phone(self) -> dict | None:
        return None


class CallbackForm(ContactForm):
    kind = Kind.CALLBACK

    way = forms.ChoiceField(
        label="Wer ruft an?",
        widget=forms.RadioSelect,
        choices=[
            ("team", "Rufen Sie mich an"),
            ("visitor", "Ich rufe zum Termin selbst an und nenne meinen Terminnamen"),
        ],
        error_messages={"required": "Bitte sagen Sie, wer anruft.", "invalid_choice": "Bitte sagen Sie, wer anruft."},
    )
    number = PlainField(
        label="Telefonnummer", max_length=40, required=False, help_text="Nur nötig, wenn wir Sie anrufen sollen."
    )
    line = forms.ChoiceField(
        label="Was für ein Anschluss ist das?",
        required=False,
        choices=[
            ("", "keine Angabe"),
            ("mobile", "mein Handy"),
            ("home", "Telefon zu Hause"),
            ("office", "Telefon im Amt oder Büro"),
            ("other", "Telefon einer anderen Person"),
        ],
        error_messages=CHOOSE,
    )
    pickup = PlainField(
        label="Wer darf abheben?",
        max_length=120,
        required=False,
        help_text="Zum Beispiel: nur ich. Dann legen wir bei anderen Stimmen auf.",
    )
    voicemail = forms.BooleanField(label="Sie dürfen auf die Mailbox sprechen", required=False)
    phrase = PlainField(
        label="Womit sollen wir uns melden?",
        max_length=120,
        required=False,
        help_text="Ein unverfänglicher Satz, zum Beispiel: „Hier ist die Bücherei.“",
    )
    reminder = forms.ChoiceField(
        label="Sollen wir Sie erinnern?",
        required=False,
        choices=[("", "nein"), ("call", "ja, kurz anrufen am Werktag vorher")],
        error_messages=CHOOSE,
    )
    FOR_THE_CALLER = ("number", "line", "pickup", "voicemail", "phrase", "reminder")
    field_order = ["way", *FOR_THE_CALLER]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("way") == "visitor":
            for name in self.FOR_THE_CALLER:
                cleaned.pop(name, None)  # not asked for: neither kept nor shown as if it were
                self.errors.pop(name, None)
        elif cleaned.get("way") == "team" and "number" not in self.errors:
            if not cleaned["number"]:
                self.add_error("number", "Bitte nennen Sie die Nummer, unter der wir Sie anrufen sollen.")
                return cleaned
            try:
                cleaned["number"] = phone_numbers.canonical(cleaned["number"])
            except ValidationError as error:
                self.add_error("number", error)
            else:
                if not phone_numbers.is_somebodys_line(cleaned["number"]):
                    self.add_error(
                        "number", "Diese Nummer rufen wir nicht an. Bitte nennen Sie Ihren eigenen Anschluss."
                    )
        return cleaned

    def phone(self):
        """What is sealed for the one who calls; None when the visitor calls."""
        if self.cleaned_data["way"] != "team":
            return None
        return {name: self.cleaned_data[name] for name in self.FOR_THE_CALLER}


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Ihr Code",
        max_length=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Bitte geben Sie Ihren Code ein.", "max_length": "Der Code hat 24 Ziffern."},
    )

    def clean_code(self):
        code = sealing.read_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError("Bitte prüfen Sie den Code: Er hat 24 Ziffern in sechs Gruppen. Eine stimmt nicht.")
        return code


class ActionForm(CodeForm):
    """What a visitor may do with a request: read it, write, move it, call it off, delete it."""

    action = forms.ChoiceField(
        choices=[(name, name) for name in ("show", "write", "move", "cancel", "delete")],
        required=False,
        error_messages=CHOOSE,
    )
    message = MessageField(label="Nachricht an das Team", required=False)
    slot = forms.CharField(required=False)
