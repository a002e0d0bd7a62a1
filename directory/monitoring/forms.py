"""What visitors and partners may say about an entry, where nothing has to be given but anything at all; and which
snapshots to compare."""

from django import forms

from contact.forms import CHOOSE, MOST_MESSAGE, MessageField, PlainField
from directory.filters import Notice
from directory.models import Fact, Offer
from directory.monitoring import proposals
from directory.monitoring.confirmations import Answer
from directory.monitoring.models import ProposedChange, Snapshot
from directory.monitoring.shown_facts import OTHERS, VISITORS_KNOW, ShownFact, fingerprint, shown_facts
from directory.parameters import plain

MOST_TEXT = 400  # of one fact; an address may be as long
TOO_LONG = {"max_length": "Bitte kürzen Sie auf %(limit_value)d Zeichen."}
TEXT_AREA = {"rows": 4, "autocomplete": "off"}


def correction_field(shown: ShownFact, label: str) -> PlainField:
    more = {"widget": forms.Textarea(attrs=TEXT_AREA)} if shown.is_long else {}
    most = MOST_MESSAGE if shown.is_long else MOST_TEXT
    field = PlainField(label=label, required=False, max_length=most, error_messages=TOO_LONG, **more)
    field.widget.attrs["autocomplete"] = "off"
    return field


class AnonymousForm(forms.Form):
    """A form of the public pages: a ticket that is good once, and a trap for robots."""

    use_required_attribute = False  # our errors speak German and keep what was typed

    comment = MessageField(
        label="Was sollen wir wissen?",
        required=False,
        help_text="Bitte nichts Persönliches: keine Namen, nichts über das, was Ihnen geschehen ist. "
        f"Höchstens {MOST_MESSAGE} Zeichen.",
    )
    homepage = forms.CharField(label="Bitte frei lassen", required=False)  # people do not see it
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    TECHNICAL = ("homepage", "ticket")
    offer = None
    ticket_kind: str  # a ticket of another form, or of facts that have changed since, is not good
    must: str  # the field to which the error leads that nothing was said

    def changes(self) -> list[ProposedChange]:
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.changes() and not self.words():
            self.add_error(self.must, "Bitte sagen Sie uns, was nicht stimmt oder was fehlt.")
        return cleaned

    def words(self) -> str:
        return self.cleaned_data["comment"]


class ProposalForm(AnonymousForm):
    """What is wrong with an offer. One choice is enough."""

    must = "reason"
    REASONS = [
        ("phone", "Die Telefonnummer stimmt nicht"),
        ("unreachable", "Es ist niemand erreichbar"),
        ("ended", "Das Angebot gibt es nicht mehr"),
        ("other", "Etwas anderes"),
    ]

    reason = forms.ChoiceField(
        label="Was stimmt nicht?", required=False, widget=forms.RadioSelect, choices=REASONS, error_messages=CHOOSE
    )
    field_order = ["reason"]

    def __init__(self, offer: Offer, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.facts = [shown for shown in shown_facts(offer) if shown.fact in VISITORS_KNOW]
        self.ticket_kind = f"proposal {offer.pk} {fingerprint(self.facts)}"
        for shown in self.facts:
            self.fields[shown.name] = correction_field(shown, shown.label)
            if shown.name not in OTHERS:
                self.fields[shown.name].help_text = f"Bei uns steht: {shown.text or 'nichts'}"

    def corrections(self):
        """The fields in which a person may write what is right."""
        return [self[shown.name] for shown in self.facts]

    def changes(self):
        changes = proposals.corrections(self.facts, self.cleaned_data)
        return [*changes, proposals.ended(self.offer)] if self.cleaned_data["reason"] == "ended" else changes

    def words(self):
        """The reason stands in words above the comment, unless a change says it."""
        reason = self.cleaned_data["reason"]
        is_said = reason == "phone" and any(change.field == Fact.PHONES for change in self.changes())
        said = f"{dict(self.REASONS)[reason]}." if reason in {"phone", "unreachable"} and not is_said else ""
        return "\n".join(filter(None, [said, super().words()]))


class MissingOfferForm(AnonymousForm):
    """An offer that is not in the directory."""

    must = "name"
    ticket_kind = "proposal"

    name = PlainField(label="Wie heißt das Angebot oder die Stelle?", max_length=160, error_messages=TOO_LONG)
    website = PlainField(label="Website", required=False, max_length=MOST_TEXT, error_messages=TOO_LONG)
    phones = PlainField(label="Telefon", required=False, max_length=MOST_TEXT, error_messages=TOO_LONG)
    field_order = ["name", "website", "phones"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = "Bitte nennen Sie einen Namen, damit wir suchen können."
        self.fields["comment"].label = "Wem hilft es, wobei und wo?"
        for name in self.field_order:
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def changes(self):
        typed = self.cleaned_data
        return [ProposedChange(field=name, new=typed[name]) for name in self.field_order if typed.get(name)]


class ConfirmationForm(forms.Form):
    """Every fact of an organization's offers: it is right, or it should be something else."""

    use_required_attribute = False

    comment = MessageField(
        label="Möchten Sie uns noch etwas sagen?", required=False, help_text=f"Höchstens {MOST_MESSAGE} Zeichen."
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # which state of the facts is answered
    all = forms.CharField(required=False)  # the button "everything is right"

    def __init__(self, offers: list[Offer], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.facts = {offer: shown_facts(offer) for offer in offers}
        self.state = fingerprint(fact for facts in self.facts.values() for fact in facts)
        for offer, facts in self.facts.items():
            for shown in facts:
                if shown.text:
                    self.fields[_right(offer, shown)] = forms.BooleanField(label="stimmt", required=False)
                label = f"{shown.label}: richtig ist" if shown.text else shown.label
                self.fields[_correction(offer, shown)] = correction_field(shown, label)
            self.fields[_ended(offer)] = forms.BooleanField(label="Dieses Angebot gibt es nicht mehr", required=False)

    def groups(self):
        """For each offer: its facts with the two fields of each, and the field that says that it ended."""
        for offer, facts in self.facts.items():
            rows = [
                (shown, self[_right(offer, shown)] if shown.text else None, self[_correction(offer, shown)])
                for shown in facts
            ]
            yield offer, rows, self[_ended(offer)]

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned["seen"] != self.state:
            raise forms.ValidationError("Die Angaben haben sich inzwischen geändert. Bitte sehen Sie noch einmal nach.")
        if not cleaned["comment"] and not any(answer.confirmed or answer.changes for answer in self.answers()):
            raise forms.ValidationError("Bitte setzen Sie mindestens ein Häkchen, oder schreiben Sie, was richtig ist.")
        return cleaned

    def answers(self) -> list[Answer]:
        return [self._answer(offer, facts) for offer, facts in self.facts.items()]

    def _answer(self, offer, facts):
        typed = {shown.name: self.cleaned_data[_correction(offer, shown)] for shown in facts}
        changes = proposals.corrections(facts, typed)
        if self.cleaned_data[_ended(offer)]:
            return Answer(offer, [], [*changes, proposals.ended(offer)])
        wrong = {change.field for change in changes}
        for shown in facts:
            if shown.text and not self.cleaned_data["all"] and not self.cleaned_data[_right(offer, shown)]:
                wrong.add(shown.fact)  # one of two numbers is not enough
        known = dict.fromkeys(shown.fact.value for shown in facts if shown.text)
        return Answer(offer, [fact for fact in known if fact not in wrong], changes)


def _right(offer, shown):
    return f"right_{offer.pk}_{shown.name}"


def _correction(offer, shown):
    return f"new_{offer.pk}_{shown.name}"


def _ended(offer):
    return f"ended_{offer.pk}"


# ---- snapshots ----
class SnapshotField(forms.ModelChoiceField):
    def __init__(self, label, empty_label):
        super().__init__(
            Snapshot.objects.without_data(),
            to_field_name="day",
            required=False,
            label=label,
            empty_label=empty_label,
        )


class ComparisonForm(forms.Form):
    """Two snapshots to compare; none named means the newest one and the present."""

    von = SnapshotField("Von", "neuester Stand")
    bis = SnapshotField("Bis", "heute")

    @property
    def notices(self) -> list[Notice]:
        """What was asked for and is not there."""
        asked = [plain(self.data.get(name, ""))[:60] for name in self.errors]
        return [Notice(f"Den Stand „{day}“ gibt es nicht. Er zählt nicht mit.") for day in asked]
