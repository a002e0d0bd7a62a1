"""The counsellors' desk under /redaktion/contact/, and the accounts of all who work under /redaktion/."""

from django.contrib import admin

from contact.admin import account, audit, contact_request, slot_rule
from contact.admin.password import LoginForm

__all__ = ["account", "audit", "contact_request", "slot_rule"]

admin.site.login_form = LoginForm
