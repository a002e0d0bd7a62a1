from django.core.management.base import BaseCommand
from django.utils import timezone

from contact import retention


class Command(BaseCommand):
    help = "Deletes contact requests whose time is over, and key pairs that nothing needs. Run it every hour."

    def handle(self, **options):
        self.stdout.write(f"Deleted {retention.purge(timezone.localdate())} requests.")
