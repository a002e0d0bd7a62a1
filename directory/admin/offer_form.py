"""The fields of an offer, and what they have to say together."""

from django import forms
from django.utils import timezone

from directory.admin.slug import SlugFromNameForm
from directory.models import Offer
from directory.monitoring.verifications import review_intervals

Status = Offer.Status


class OfferForm(SlugFromNameForm):
    reason = forms.CharField(
        label="Grund der Änderung",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "wide"}),
        help_text="Steht in der Änderungshistorie, nie auf der Seite. Nötig, wenn Sie etwas schließen, beenden oder "
        "wieder öffnen: „Förderung endet laut Website“.",
    )

    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # updated_at when the page was opened

    class Meta:
        widgets = {
            "summary": forms.Textarea(attrs={"class": "wide", "rows": 2}),
            "description": forms.Textarea(attrs={"class": "wide", "rows": 6}),
            "hours_note": forms.Textarea(attrs={"class": "wide", "rows": 2}),
            "editorial_note": forms.Textarea(attrs={"class": "wide", "rows": 4}),
            "threat_types": forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
            "support_types": forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
            "languages": forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"regions", "threat_types", "support_types", "languages"} & self.fields.keys():
            self.fields[name].widget.can_add_related = False  # new ones are a decision, made on their own page
        self.initial["seen"] = self.instance.updated_at.isoformat() if self.instance.pk else ""
        if "organization" in self.fields:
            self.fields["organization"].widget.can_delete_related = False
        if "status" in self.fields:
            self._limit_status(self.fields["status"], self.instance.status)
        if "review_due" in self.fields:
            self.fields["review_due"].help_text = "Leer lassen: nach dem kürzesten Prüfabstand."

    def _limit_status(self, field, stored):
        if stored == Status.DRAFT:
            excluded = Status.DEFUNCT
            message = "Ein Entwurf war nie zu sehen und kann nicht „beendet“ werden. Löschen Sie ihn."
        else:
            excluded = Status.DRAFT
            message = (
                "Was einmal veröffentlicht war, kann kein Entwurf mehr werden: Partner haben den Link. "
                "Wählen Sie „vorübergehend geschlossen“ oder „beendet“."
            )
        field.choices = [choice for choice in Status.choices if choice[0] != excluded]
        field.error_messages["invalid_choice"] = message

    def clean(self):
        cleaned = super().clean()
        self._check_regions(cleaned)
        self._check_hours(cleaned)
        self._check_review(cleaned)
        self._check_reason(cleaned)
        self._check_seen(cleaned)
        return cleaned

    def _check_regions(self, cleaned):
        level, regions = cleaned.get("level"), cleaned.get("regions")
        if level == Offer.Level.STATE and regions is not None and not regions:
            self.add_error("regions", "Ein Angebot der Ebene „Land“ braucht mindestens ein Land oder einen Kreis.")
        if level == Offer.Level.FEDERAL and regions:
            self.add_error(
                "regions",
                "Ein Angebot der Ebene „Bund“ gilt überall. "
                "Entfernen Sie die Regionen, oder wählen Sie die Ebene „Land“.",
            )

    def _check_hours(self, cleaned):
        always, hours = cleaned.get("around_the_clock"), cleaned.get("opening_hours")
        if always and hours not in {None, "", "24/7"}:
            self.add_error(
                "opening_hours",
                "Das passt nicht zu „rund um die Uhr“. Tragen Sie hier 24/7 ein, oder nehmen Sie das Häkchen weg.",
            )
        if always is False and hours == "24/7":
            self.add_error("around_the_clock", "Die Öffnungszeiten sagen 24/7. Setzen Sie auch dieses Häkchen.")

    def _check_review(self, cleaned):
        verified_on, review_due = cleaned.get("verified_on"), cleaned.get("review_due")
        if not verified_on:
            return
        if verified_on > timezone.localdate():
            self.add_error("verified_on", "Dieser Tag liegt in der Zukunft.")
        elif "review_due" in cleaned and (not review_due or self._confirmed_again()):
            cleaned["review_due"] = verified_on + min(review_intervals().values())
        elif review_due and review_due <= verified_on:
            self.add_error("review_due", "Die nächste Prüfung muss nach der letzten Bestätigung liegen.")

    def _check_reason(self, cleaned):
        """Publishing a draft explains itself."""
        stored = self.initial.get("status", Status.DRAFT)
        is_changed = stored != Status.DRAFT and cleaned.get("status", stored) != stored
        if "reason" in self.fields and is_changed and not cleaned.get("reason"):
            self.add_error("reason", "Warum ändert sich der Status? Ein kurzer Satz genügt.")

    def _check_seen(self, cleaned):
        """Two editors at once: who saves second is told, and saves again knowing it."""
        now = self.initial["seen"]
        if "seen" not in self.fields or not cleaned.get("seen") or cleaned["seen"] == now:
            return
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = now
        last = self.instance.history.select_related("history_user").first()
        who = last.history_user if last and last.history_user else "jemand"
        self.add_error(
            None,
            f"Inzwischen hat {who} dieses Angebot gesichert. Bitte vergleichen Sie in einem zweiten Fenster. "
            "Wenn Sie noch einmal sichern, gilt, was hier steht.",
        )

    def _confirmed_again(self):
        """A new confirmation beside an old review date: the editor meant a new year."""
        return "verified_on" in self.changed_data and "review_due" not in self.changed_data
