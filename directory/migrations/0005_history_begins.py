from uuid import uuid4

from django.db import migrations
from django.utils import timezone

RECORDED = ["Organization", "ThreatType", "Offer", "Phone", "Email", "Location", "Source"]
LINKS = {"regions": "region", "threat_types": "threattype", "support_types": "supporttype", "languages": "language"}


def begin(apps, schema_editor):
    """An entry for every row, so that the first change of each has something to be compared with."""
    now, change = timezone.now(), uuid4()
    entries = {}
    for name in RECORDED:
        model, history = apps.get_model("directory", name), apps.get_model("directory", f"Historical{name}")
        columns = [field.attname for field in model._meta.concrete_fields]
        entries[name] = history.objects.bulk_create(
            [
                history(
                    **values, history_date=now, history_type="+", history_change_reason="Bestand", change=change
                )
                for values in model.objects.values(*columns).iterator()
            ],
            batch_size=500,
        )
    entry_of = {entry.id: entry.pk for entry in entries["Offer"]}
    for name, other in LINKS.items():
        link = apps.get_model("directory", "Offer")._meta.get_field(name).remote_field.through
        history = apps.get_model("directory", f"HistoricalOffer_{name}")
        history.objects.bulk_create(
            [
                history(history_id=entry_of[values["offer_id"]], **values)
                for values in link.objects.values("id", "offer_id", f"{other}_id").iterator()
            ],
            batch_size=500,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_history'),
    ]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
