"""Accounts of the staff. Who is no superuser manages only accounts and groups with no more rights than their own."""

import logging

import django_otp
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from contact.admin import second_factor
from contact.admin.password import password_first

logger = logging.getLogger(__name__)

VERBS = {"add": "anlegen", "change": "ändern", "delete": "löschen", "view": "ansehen"}

admin.site.unregister([Group, User])


def rights(user):
    """The permissions of an account, whether or not it is active."""
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))


def has_no_more_rights(user: User, than: User) -> bool:
    if than.is_superuser:
        return True
    return not user.is_superuser and not rights(user).exclude(pk__in=rights(than)).exists()


class PermissionsField(forms.ModelMultipleChoiceField):
    """Django keeps the names of permissions in English."""

    def label_from_instance(self, permission):
        verb = VERBS.get(permission.codename.partition("_")[0], permission.name)
        return f"{permission.content_type.app_labeled_name}: {verb}"


@admin.register(Group)
class RightsAdmin(GroupAdmin):
    """Offers the permissions that a page of this area asks for; nobody asks for those of other tables."""

    class Media:
        js = ["js/redaktion.js"]

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        pages = self.admin_site._registry
        models = {*pages, *(inline.model for page in pages.values() for inline in page.inlines)}
        kinds = ContentType.objects.get_for_models(*models).values()
        kwargs |= {"form_class": PermissionsField, "queryset": Permission.objects.filter(content_type__in=kinds)}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class NewPasswordForm(AdminPasswordChangeForm):
    """Without the choice to have none: there is no other way to sign in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)


@admin.register(User)
class AccountAdmin(UserAdmin):
    add_form = UserCreationForm
    add_form_template = None
    change_password_form = NewPasswordForm
    filter_horizontal = []  # three groups fit beside each other
    actions = None  # accounts are closed one by one
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2"]}),
        (None, {"fields": ["first_name", "last_name", "email"]}),
        ("Rechte", {"fields": ["is_staff", "groups"]}),
    ]
    fieldsets = [
        (None, {"fields": ["username"]}),
        (None, {"fields": ["first_name", "last_name", "email"]}),
        (
            "Rechte",
            {
                "fields": ["is_active", "is_staff", "is_superuser", "groups"],
                "description": "Wer nicht mehr mitarbeitet, verliert das Häkchen „Aktiv“. Gelöscht wird kein Konto, "
                "damit das Protokoll lesbar bleibt.",
            },
        ),
        ("Wichtige Daten", {"fields": ["last_login", "date_joined"]}),
    ]
    list_display = ["username", "first_name", "last_name", "group_names", "is_active"]
    list_filter = ["is_active", "groups"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Gruppen")
    def group_names(self, user):
        return ", ".join(group.name for group in user.groups.all()) or ("alle Rechte" if user.is_superuser else "–")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, {**part, "fields": [name for name in part["fields"] if name != "is_superuser"]})
            for title, part in fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["last_login", "date_joined"]

    def get_changeform_initial_data(self, request):
        return {"is_staff": True, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or has_no_more_rights(obj, than=request.user)
        )

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (
            obj is None or has_no_more_rights(obj, than=request.user)
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple(attrs={"class": "columns"})
            kwargs["help_text"] = "Wer in mehreren Gruppen ist, darf, was eine von ihnen darf."
            if not request.user.is_superuser:
                beyond = Permission.objects.exclude(pk__in=rights(request.user))
                kwargs["queryset"] = Group.objects.exclude(permissions__in=beyond)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # ---- the second factor ----
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("zweiter-faktor/", view(self.second_factor), name="auth_user_second_factor"),
            path("<int:pk>/zweiter-faktor/", view(self.reset_second_factor), name="auth_user_reset_second_factor"),
            *super().get_urls(),
        ]

    @password_first
    def second_factor(self, request):
        """Everybody's own: set it up, see that it is there, take a new phone or new emergency codes."""
        user = request.user
        is_set_up = second_factor.has_one(user)
        if is_set_up and not user.is_verified():
            logout(request)
            return redirect("admin:login")
        action = request.POST.get("action")
        if is_set_up and action not in {"codes", "device"}:
            return self._second_factor_page(request, "status", codes_left=second_factor.emergency_codes_left(user))
        if is_set_up and action == "codes":
            return self._second_factor_page(request, "codes", codes=second_factor.new_emergency_codes(user))
        device = second_factor.new_device(user)
        form = second_factor.CodeForm(device, request.POST if "token" in request.POST else None)
        if not form.is_valid():
            code, key = second_factor.qr_code(device), second_factor.key_in_groups(device)
            return self._second_factor_page(request, "set_up", form=form, qr_code=code, key=key)
        with transaction.atomic():
            second_factor.take(device)
            codes = second_factor.new_emergency_codes(user)
        request.session.cycle_key()
        django_otp.login(request, device)
        logger.info("user %s set up a second factor", user.pk)
        return self._second_factor_page(request, "codes", codes=codes)

    @password_first
    def reset_second_factor(self, request, pk):
        """For a colleague who has lost phone and emergency codes."""
        account = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if request.POST.get("action") != "reset":
            return self._second_factor_page(request, "reset", account=account)
        second_factor.reset(account)
        self.log_change(request, account, "Zweiten Faktor zurückgesetzt.")
        messages.success(request, "Der zweite Faktor ist zurückgesetzt.")
        return redirect("admin:auth_user_change", pk)

    def _second_factor_page(self, request, name, **context):
        context |= {**self.admin_site.each_context(request), "title": "Zweiter Faktor", "opts": self.opts}
        return TemplateResponse(request, f"admin/auth/user/second_factor_{name}.html", context)
