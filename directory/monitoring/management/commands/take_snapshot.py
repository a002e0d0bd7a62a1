from django.core.management.base import BaseCommand
from django.utils import timezone

from directory.monitoring import snapshots


class Command(BaseCommand):
    help = "Keeps the figures and the public data of today for good (/monitoring/staende/). Run it once a month."

    def handle(self, **options):
        snapshot, is_new = snapshots.take(timezone.localdate())
        done = "Took the snapshot" if is_new else "There is one already; nothing was changed: the snapshot"
        self.stdout.write(f"{done} of {snapshot.day}, SHA-256 {snapshot.checksum}.")
