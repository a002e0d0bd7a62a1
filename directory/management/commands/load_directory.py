from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from directory.models import CatalogueVersion, Offer, Organization, Region

FIXTURES = ("taxonomies", "regions", "organizations", "offers")  # each one refers only to those before it


class Command(BaseCommand):
    help = (
        "Fill an empty database with the regions, offers and staff groups of fixtures/. Data that are there stay "
        "untouched."
    )

    @transaction.atomic
    def handle(self, *args, **options):
        if not Group.objects.exists():  # who may do what under /redaktion/
            call_command("loaddata", "groups", verbosity=0)
        if Region.objects.exists() or Offer.objects.exists():
            self.stdout.write("The database already holds a directory; its data stay untouched.")
            return
        call_command("loaddata", *FIXTURES, verbosity=0)
        CatalogueVersion.objects.bump()
        self.stdout.write(
            f"Loaded {Offer.objects.count()} offers of {Organization.objects.count()} organizations "
            f"and {Region.objects.count()} regions."
        )
