"""The editors' pages under /redaktion/."""

from django.contrib import admin

from directory.admin import offer, organization, region, taxonomy

__all__ = ["offer", "organization", "region", "taxonomy"]

admin.site.site_header = "starke Stelle – Redaktion"
admin.site.site_title = "Redaktion starke Stelle"
admin.site.index_title = "Was möchten Sie bearbeiten?"
admin.site.enable_nav_sidebar = False  # the wide tables need the room
