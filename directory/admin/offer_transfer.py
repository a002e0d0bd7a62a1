"""Taking offers out as a file and bringing them back, for editors in the browser."""

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from directory.admin.offer_file import MOST_BYTES, FileError, csv_of, read
from directory.admin.offer_rows import OfferRows
from directory.models import Offer
from directory.plain import Words

MOST_CARRIED = 2_000_000  # characters; Django refuses a form of more than 2.5 MB
SALT = "directory.import"
SECONDS_TO_LOOK = 3600


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Datei",
        help_text="CSV aus dem Export, oder JSON. Höchstens 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.json"}),
        error_messages={"required": "Bitte wählen Sie eine Datei.", "empty": "Die Datei ist leer."},
    )
    reason = forms.CharField(
        label="Grund der Änderung",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "wide"}),
        help_text="Steht in der Änderungshistorie jedes Angebots, das sich ändert: „Jahresabgleich mit den Ländern“.",
        error_messages={"required": "Bitte schreiben Sie, warum. Ein kurzer Satz genügt."},
    )
    overwrite = forms.BooleanField(
        label="Auch Angebote überschreiben, die seit dem Export geändert wurden",
        required=False,
        help_text="Sonst werden sie als Fehler gemeldet. Was Kolleginnen und Kollegen geändert haben, geht verloren.",
    )

    def clean_file(self):
        """The text of the file; its rows are in `rows`."""
        content = self.cleaned_data["file"].read(MOST_BYTES + 1)
        try:
            self.rows = read(content)
        except FileError as error:
            raise ValidationError(str(error)) from error
        return content.decode("utf-8-sig")

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            # what was looked at is what will be written; it travels with the page and leaves nothing here
            self.carried = signing.dumps(cleaned, salt=SALT, compress=True)
            if len(self.carried) > MOST_CARRIED:
                self.add_error("file", "Die Datei ist zu groß. Bitte teilen Sie sie.")
        return cleaned


class OfferTransfer:
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export_all), name="directory_offer_export"),
            path("import/", view(self.bring_in), name="directory_offer_import"),
            *super().get_urls(),
        ]

    # ---- out ----
    @admin.action(description="Als CSV exportieren", permissions=["view"])
    def export(self, request, queryset):
        chosen = Offer.objects.filter(pk__in=queryset.values("pk"))
        name = f"angebote-{timezone.localdate():%Y-%m-%d}.csv"
        return HttpResponse(
            csv_of(chosen.for_page()),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def export_all(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.export(request, Offer.objects.all())

    # ---- in ----
    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def bring_in(self, request):
        """First what would happen; then, with what was looked at, it happens."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "carried" in request.POST:
            return self._write(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent, initial={"reason": "Import"})
        if not form.is_valid():
            return self._page(request, form)
        rows = OfferRows(form.rows, overwrite=form.cleaned_data["overwrite"])
        rows.write(user=request.user, reason=form.cleaned_data["reason"], dry_run=True)
        return self._page(request, UploadForm(initial=form.cleaned_data), rows, form.carried)

    def _write(self, request):
        form = UploadForm(initial={"reason": "Import"})
        try:
            carried = signing.loads(request.POST["carried"], salt=SALT, max_age=SECONDS_TO_LOOK)
        except signing.BadSignature:
            self.message_user(request, "Das ist zu lange her. Bitte laden Sie die Datei noch einmal.", messages.WARNING)
            return self._page(request, form)
        rows = OfferRows(read(carried["file"].encode()), overwrite=carried["overwrite"])
        if not rows.write(user=request.user, reason=carried["reason"]):
            return self._page(request, form, rows)
        new, changed = len(rows.of_kind("new")), len(rows.of_kind("changed"))
        self.message_user(request, f"Übernommen: {new} neu, {changed} geändert.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:directory_offer_changelist"))

    def _page(self, request, form, rows=None, carried=""):
        context = {
            **self.admin_site.each_context(request),
            "title": "Angebote importieren",
            "opts": self.opts,
            "form": form,
        }
        if rows:
            words = Words()
            changed = [(row, words.differences(row.before, row.after)) for row in rows.of_kind("changed")]
            context |= {
                "checked": True,
                "new": rows.of_kind("new"),
                "changed": changed,
                "unchanged": rows.of_kind("unchanged"),
                "faulty": rows.of_kind("faulty"),
                "carried": "" if rows.errors else carried,
            }
        return render(request, "admin/directory/offer/import.html", context)
