"""What editors see of the history, and the way back to an earlier state."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_safe
from simple_history.admin import SimpleHistoryAdmin

from directory.admin.offer_rows import OfferRows, Row
from directory.history import entries
from directory.models import Offer


class RecordedAdmin(SimpleHistoryAdmin):
    """The package's list of changes. Its way back saves past the version of the catalogue, so it is left out."""

    object_history_list_template = "admin/directory/history_list.html"

    def get_urls(self):
        return super(SimpleHistoryAdmin, self).get_urls()

    def revert_disabled(self, request, obj=None):
        return True

    def history_view_title(self, request, obj):
        return f"Änderungshistorie: {obj}"


class OfferHistory:
    """An offer's history holds its phones, e-mails, towns and sources, which the package's page does not."""

    @method_decorator(require_safe)
    def history_view(self, request, object_id, extra_context=None):
        return self.render_history(request, self.get_object(request, object_id))

    def render_history(self, request, offer, hindrances=(), status=200):
        if offer is None:
            raise Http404
        if not self.has_view_permission(request, offer):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Änderungshistorie",
            "opts": self.opts,
            "offer": offer,
            "entries": entries(offer),
            "hindrances": hindrances,
            "may_restore": self.has_change_permission(request, offer),
        }
        return render(request, "admin/directory/offer/history.html", context, status=status)

    def get_urls(self):
        restore = path(
            "<int:pk>/history/<uuid:change>/wiederherstellen/",
            self.admin_site.admin_view(self.restore),
            name="directory_offer_restore",
        )
        return [restore, *super().get_urls()]

    def restore(self, request, pk, change):
        """Writes an earlier state as an editor would who types it all again: by the same rules, as a new change."""
        offer = get_object_or_404(Offer, pk=pk)
        if not self.has_change_permission(request, offer):
            raise PermissionDenied
        if request.method != "POST":  # a sign-in that came in between leads here
            return HttpResponseRedirect(reverse("admin:directory_offer_history", args=[pk]))
        entry = next((entry for entry in entries(offer) if entry.change == change), None)
        if entry is None:
            raise Http404
        day = date_format(timezone.localtime(entry.at), "d.m.Y, H:i")
        rows = OfferRows([Row(1, entry.state, slug=offer.slug)], overwrite=True)
        if not rows.write(user=request.user, reason=f"Stand vom {day} Uhr wiederhergestellt"):
            hindrances = [message for _, message in rows.errors]
            return self.render_history(request, offer, hindrances, status=409)
        self.log_change(request, offer, f"Stand vom {day} Uhr wiederhergestellt.")
        if rows.of_kind("unchanged"):
            self.message_user(request, "So steht es schon: Es gab nichts zu ändern.", messages.INFO)
        else:
            self.message_user(request, f"Der Stand vom {day} Uhr gilt wieder.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:directory_offer_history", args=[pk]))
