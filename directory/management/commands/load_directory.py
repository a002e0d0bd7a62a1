from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from directory.history import record
from directory.models import CatalogueVersion, Offer, Organization, Region, ThreatType
from directory.models.history import one_change
from directory.plain import PARTS

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
        Offer.skip_history_when_saving = True  # else every link to a region would be an entry of its own
        try:
            call_command("loaddata", *FIXTURES, verbosity=0)
        finally:
            del Offer.skip_history_when_saving
        with one_change():
            for model in (Organization, ThreatType, Offer, *PARTS.values()):
                record(model.objects.all(), reason="Erstbestand", created=True)
        CatalogueVersion.objects.bump()
        self.stdout.write(
            f"Loaded {Offer.objects.count()} offers of {Organization.objects.count()} organizations "
            f"and {Region.objects.count()} regions."
        )
