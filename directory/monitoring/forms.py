from django import forms

from directory.filters import Notice, plain
from directory.monitoring.models import Snapshot


class SnapshotField(forms.ModelChoiceField):
    def __init__(self, label, empty_label):
        super().__init__(
            Snapshot.objects.without_data(),
            to_field_name="day",
            required=False,
            label=label,
            empty_label=empty_label,
        )


class ComparisonForm(forms.Form):
    """Two snapshots to compare; none named means the newest one and the present."""

    von = SnapshotField("Von", "neuester Stand")
    bis = SnapshotField("Bis", "heute")

    @property
    def notices(self) -> list[Notice]:
        """What was asked for and is not there."""
        asked = [plain(self.data.get(name, ""))[:60] for name in self.errors]
        return [Notice(f"Den Stand „{day}“ gibt es nicht. Er zählt nicht mit.") for day in asked]
