"""Accounts of the staff. Who is no superuser manages only accounts and groups with no more rights than their own."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

admin.site.unregister(User)


def rights(user):
    """The permissions of an account, whether or not it is active."""
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))


def has_no_more_rights(user: User, than: User) -> bool:
    if than.is_superuser:
        return True
    return not user.is_superuser and not rights(user).exclude(pk__in=rights(than)).exists()


@admin.register(User)
class AccountAdmin(UserAdmin):
    add_form = UserCreationForm
    add_form_template = None
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2"]}),
        (None, {"fields": ["first_name", "last_name", "email"]}),
        ("Rechte", {"fields": ["is_staff", "groups"]}),
    ]
    managed_fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (None, {"fields": ["first_name", "last_name", "email"]}),
        (
            "Rechte",
            {
                "fields": ["is_active", "is_staff", "groups"],
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
        if obj is None or request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        return self.managed_fieldsets

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

    def get_actions(self, request):
        return {}  # accounts are closed one by one

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups" and not request.user.is_superuser:
            beyond = Permission.objects.exclude(pk__in=rights(request.user))
            kwargs["queryset"] = Group.objects.exclude(permissions__in=beyond)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
