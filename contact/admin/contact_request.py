from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from contact import desk, keyring, retention
from contact.admin import queue
from contact.admin.deed_forms import ON_THE_PAGE, DeleteForm
from contact.admin.filters import HandlerFilter, PeriodFilter, StatusFilter
from contact.admin.opened import open_boxes
from contact.admin.password import password_first
from contact.models import ContactRequest

LIST = "admin:contact_contactrequest_changelist"
PAGE = "admin:contact_contactrequest_change"
GONE = "Dieses Anliegen ist inzwischen gelöscht."
NOT_SENT = "Es wurde nichts gesendet, weil Ihre Anmeldung zu Ende war. Bitte senden Sie noch einmal."
NO_KEY = "Auf diesem Server fehlt ein Schlüssel. Es wurde nichts geändert. Bitte sagen Sie der Technik Bescheid."


class QueueList(ChangeList):
    def get_ordering(self, request, queryset):
        return queryset.query.order_by

    def get_results(self, request):
        super().get_results(request)
        self.sections = queue.sections(self.result_list, timezone.now())


@admin.register(ContactRequest)
class ContactRequestAdmin(admin.ModelAdmin):
    """The queue, a page for each request, and an address for each deed. Nothing of Django's own forms is left."""

    list_filter = [StatusFilter, PeriodFilter, HandlerFilter]
    list_display = ["codename"]
    list_display_links = None
    sortable_by = ()
    actions = None
    show_full_result_count = False
    change_list_template = "admin/contact/contactrequest/queue.html"

    def get_urls(self):
        return [
            self._path("", "changelist", self.changelist_view, "view", ["GET", "HEAD"]),
            self._path("<uuid:pk>/", "change", self.request_view, "view", ["GET", "HEAD", "POST"]),
            *(
                self._path(f"<uuid:pk>/{form.slug}/", form.name, self.deed_view, "change", ["POST"], form_class=form)
                for form in ON_THE_PAGE
            ),
            self._path(f"<uuid:pk>/{DeleteForm.slug}/", "delete", self.delete_view, "delete", ["GET", "HEAD", "POST"]),
        ]

    def _path(self, route, name, view, permission, methods, **arguments):
        def guarded(request, **found):
            if not request.user.has_perm(f"contact.{permission}_contactrequest"):
                raise PermissionDenied
            if request.method == "GET" and "GET" not in methods:  # where a sign-in leads that came in between
                messages.warning(request, NOT_SENT)
                return redirect(PAGE, **found)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                return view(request, **found, **arguments)
            except (desk.Gone, ContactRequest.DoesNotExist):
                messages.warning(request, GONE)
                return redirect(LIST)

        return path(route, self.admin_site.admin_view(guarded), name=f"contact_contactrequest_{name}")

    def has_add_permission(self, request):
        return False

    # ---- the queue ----
    def get_queryset(self, request):
        return queue.in_order(super().get_queryset(request), timezone.now())

    def get_changelist(self, request, **kwargs):
        return QueueList

    def lookup_allowed(self, lookup, value, request):
        """Only the filters above the list: no search in anything."""
        return lookup in {each.parameter_name for each in self.list_filter}

    def changelist_view(self, request):
        now = timezone.now()
        context = {
            "title": "Anliegen",
            "now": now,
            "next": queue.next_for(ContactRequest.objects.all(), request.user, now),
            "load": queue.load(now),
        }
        return super().changelist_view(request, context)

    # ---- one request ----
    @password_first
    def request_view(self, request, pk):
        """Only the password is ever posted here."""
        return redirect(PAGE, pk) if request.method == "POST" else self.show(request, pk)

    @password_first
    def deed_view(self, request, pk, form_class):
        return self.carry_out(request, pk, form_class, self.show)

    @password_first
    def delete_view(self, request, pk):
        if request.method == "POST":
            return self.carry_out(request, pk, DeleteForm, self.show_delete)
        return self.show_delete(request, pk, DeleteForm)

    def carry_out(self, request, pk, form_class, show):
        found = ContactRequest.objects.get(pk=pk)
        form = form_class(found, request.user, "", request.POST)
        if not form.is_valid():
            return show(request, pk, form_class, " ".join(form.errors.get("seen", [])))
        try:
            form.carry_out()
        except desk.Refused as refused:
            return show(request, pk, form_class, str(refused), 409)
        except keyring.KeyMissing:
            return show(request, pk, form_class, NO_KEY, 503)
        messages.success(request, form.done)
        return redirect(LIST) if form.leaves else redirect(PAGE, pk)

    def show(self, request, pk, form_class=None, problem="", status=200):
        """The open request. A form that was sent in vain stands there as it was typed, with what was wrong."""
        found = ContactRequest.objects.select_related("handler").get(pk=pk)
        seen = desk.fingerprint(found)  # before the rest is read: what comes in between is not seen
        opened = open_boxes(found)
        if opened.is_readable:
            desk.open_for(found, request.user, opened.rows)
        forms = [
            self._form(request, found, seen, each, each is form_class, problem)
            for each in ON_THE_PAGE
            if each is form_class or desk.is_possible(found, each.action, timezone.now())
        ]
        context = {
            "title": found.codename,
            "found": found,
            "opened": opened,
            "key_is_missing": keyring.is_destroyed(found.kid),
            "forms": [(form, form.hints(opened)) for form in forms if self.has_change_permission(request)],
            "may_delete": self.has_delete_permission(request),
            "tries": desk.tries(found),
            "deleted_on": retention.deleted_on(found),
        }
        return self._page(request, "request", context, status)

    def show_delete(self, request, pk, form_class, problem="", status=200):
        found = ContactRequest.objects.get(pk=pk)
        form = self._form(request, found, desk.fingerprint(found), form_class, bool(problem), problem)
        return self._page(request, "delete", {"title": form.title, "found": found, "form": form}, status)

    def _form(self, request, found, seen, form_class, was_sent, problem):
        if not was_sent:
            return form_class(found, request.user, seen)
        typed = request.POST.copy()
        typed["seen"] = seen  # after a look at how the request is now, the same words may be sent again
        form = form_class(found, request.user, seen, typed)
        if problem:
            form.add_error(None, problem)
        return form

    def _page(self, request, name, context, status):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/contact/contactrequest/{name}.html", context, status=status)
