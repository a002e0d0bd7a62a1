"""One form for each thing that a colleague can do with a request; contact.desk does it."""

from datetime import datetime
from itertools import groupby

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from contact import desk
from contact.admin.queue import day_name
from contact.forms import MOST_MESSAGE, PlainField
from contact.models import AuditEntry, Kind
from directory.opening import BERLIN, clock_time

Action = AuditEntry.Action
TAKEN = "Dieser Termin ist gerade vergeben worden. Bitte wählen Sie einen anderen."


class DeedForm(forms.Form):
    """`seen`: how the request looked when the page was made. contact.desk refuses what rests on an older look."""

    action: Action
    slug: str  # its address
    name: str  # of that address
    title: str
    button: str
    done: str  # said afterwards; without a name, because the message waits in the session
    is_folded = False
    is_main = False
    leaves = False  # there is nothing more to do on the page of the request
    use_required_attribute = False

    seen = forms.CharField(
        max_length=200,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "max_length", "null_characters_not_allowed"), "Bitte senden Sie noch einmal."
        ),
    )

    def __init__(self, request, user, seen, data=None):
        self.request, self.user = request, user
        super().__init__(data, auto_id=f"{self.slug}_%s", initial={"seen": seen})

    def carry_out(self) -> None:
        """Raises desk.Gone, desk.Refused and keyring.KeyMissing; then nothing was done."""
        raise NotImplementedError

    def known(self):
        """What every deed is told."""
        return self.request.pk, self.user, self.cleaned_data["seen"]

    def hints(self, opened) -> list[str]:
        """What to know before pressing the button; `opened` is None while the request is shut."""
        return []


class ConfirmForm(DeedForm):
    action = Action.CONFIRMED
    slug, name = "bestaetigen", "confirm"
    title = "Termin bestätigen"
    button = "Bestätigen"
    done = "Der Termin ist bestätigt."
    is_main = True

    def carry_out(self):
        desk.confirm(*self.known())

    def hints(self, opened):
        hints = [] if self.request.handler_id else ["Sie übernehmen damit das Anliegen."]
        if self.request.kind == Kind.VIDEO and not self.request.video_room:
            hints.append("Das Portal legt den Raum für das Gespräch an.")
        return hints


class AttemptForm(DeedForm):
    action = Action.ATTEMPTED
    slug, name = "nicht-erreicht", "attempt"
    title = "Nicht erreicht"
    done = "Der Versuch ist vermerkt."

    @property
    def button(self):
        number, most = desk.tries(self.request) + 1, desk.most_tries(self.request)
        return f"{number}. Versuch vermerken" if most > 1 else "Vermerken"

    def carry_out(self):
        desk.attempt(*self.known())

    def hints(self, opened):
        last = desk.tries(self.request) + 1 >= desk.most_tries(self.request)
        hints = ["Das Portal bittet die Person dann um einen anderen Termin."] if last else []
        if not (opened and opened.phone and opened.phone.content):
            return hints
        if opened.phone.content["voicemail"]:
            return ["Sie dürfen auf die Mailbox sprechen.", *hints]
        return ["Sprechen Sie nicht auf die Mailbox.", *hints]


class ReplyForm(DeedForm):
    action = Action.REPLIED
    slug, name = "antworten", "reply"
    title = "Antworten"
    button = "Antwort senden"
    done = "Die Antwort liegt bereit."

    text = PlainField(
        label="Die Person liest das, sobald sie ihren Code eingibt",
        max_length=MOST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        error_messages={
            "required": "Bitte schreiben Sie etwas.",
            "max_length": f"Bitte kürzen Sie auf {MOST_MESSAGE} Zeichen.",
        },
    )

    def carry_out(self):
        desk.reply(*self.known(), self.cleaned_data["text"])


class NoteForm(ReplyForm):
    action = Action.NOTED
    slug, name = "notiz", "note"
    title = "Notiz für das Team"
    button = "Notiz ablegen"
    done = "Die Notiz ist abgelegt."
    is_folded = True

    def __init__(self, *args):
        super().__init__(*args)
        self.fields["text"].label = "Nur das Team liest das"

    def carry_out(self):
        desk.note(*self.known(), self.cleaned_data["text"])


class MoveForm(DeedForm):
    action = Action.MOVED
    slug, name = "verlegen", "move"
    title = "Anderer Termin"
    button = "Termin ändern"
    done = "Der neue Termin ist reserviert, und die Person kann es lesen."
    is_folded = True

    slot = forms.TypedChoiceField(
        label="Neuer Termin",
        coerce=datetime.fromisoformat,
        error_messages={"required": "Bitte wählen Sie einen Termin.", "invalid_choice": TAKEN},
    )
    is_agreed = forms.BooleanField(
        label="mit der Person abgesprochen",
        required=False,
        help_text="Ohne Häkchen ist es ein Vorschlag, und wir warten auf Antwort.",
    )

    def __init__(self, *args):
        super().__init__(*args)
        now = timezone.now()
        free = desk.free_slots(self.request, now)
        days = groupby(free, lambda slot: slot.astimezone(BERLIN).date())
        self.fields["slot"].choices = [
            ("", "bitte wählen" if free else "zurzeit ist nichts frei"),
            *((day_name(day, now), [self._choice(slot) for slot in slots]) for day, slots in days),
        ]

    def _choice(self, slot):
        local = slot.astimezone(BERLIN)
        own = " (bisher)" if slot == self.request.slot else ""
        return slot.isoformat(), f"{date_format(local, 'D, j.n.')}, {clock_time(local)}{own}"

    def carry_out(self):
        desk.move(*self.known(), self.cleaned_data["slot"], self.cleaned_data["is_agreed"])


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, user):
        return user.get_full_name() or user.get_username()


class HandOverForm(DeedForm):
    action = Action.HANDED_OVER
    slug, name = "uebergeben", "hand_over"
    title = "Übernehmen oder übergeben"
    button = "Eintragen"
    done = "Die Bearbeitung ist eingetragen."
    is_folded = True

    handler = ColleagueField(label="Wer bearbeitet das Anliegen?", queryset=None, required=False, empty_label="niemand")

    def __init__(self, *args):
        super().__init__(*args)
        self.fields["handler"].queryset = desk.colleagues()
        self.initial["handler"] = self.user.pk  # most often it is the one who looks at it

    def carry_out(self):
        desk.hand_over(*self.known(), self.cleaned_data["handler"])


class CloseForm(DeedForm):
    action = Action.CLOSED
    slug, name = "abschliessen", "close"
    title = "Abschließen"
    button = "Abschließen"
    done = "Das Anliegen ist abgeschlossen."
    leaves = True

    @property
    def is_main(self):
        return self.request.slot is not None and self.request.slot <= timezone.now()

    @property
    def is_folded(self):
        return not self.is_main

    is_over = forms.BooleanField(
        label="Das Gespräch ist beendet",
        error_messages={"required": "Bitte setzen Sie das Häkchen, wenn das Gespräch beendet ist."},
    )

    def carry_out(self):
        desk.close(*self.known())

    def hints(self, opened):
        if self.request.phone:
            return ["Die Telefonnummer ist dann sofort gelöscht. Alles andere folgt in sieben Tagen."]
        return ["Nach sieben Tagen ist alles gelöscht."]


class DeleteForm(DeedForm):
    """On a page of its own."""

    action = Action.DELETED
    slug, name = "loeschen", "delete"
    title = "Jetzt löschen"
    button = "Endgültig löschen"
    done = "Das Anliegen ist gelöscht."
    leaves = True

    def carry_out(self):
        desk.delete(*self.known())


ON_THE_PAGE = (ConfirmForm, AttemptForm, CloseForm, ReplyForm, NoteForm, MoveForm, HandOverForm)
