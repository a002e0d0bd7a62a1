"""What changed between two documents of directory.monitoring.snapshots: offers, and gaps that closed or opened."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from directory.models import Offer
from directory.monitoring.gaps import Coverage

MORE_THAN_A_FIELD = {  # keys of an offer's record that are no field of the model
    "organization": "Akteur",
    "regions": "Regionen",
    "phones": "Telefon",
    "emails": "E-Mail",
    "locations": "Standorte",
    "sources": "Quellen",
}
NO_CHANGE = ("slug", "updated_at", "verified_on")  # a confirmation changes nothing; it is counted by itself


@dataclass(frozen=True)
class Change:
    slug: str
    name: str
    fields: list[str]  # as the editors call them


@dataclass(frozen=True)
class Step:
    """One cell of the gap map that changed."""

    state: str
    threat: str
    support: str
    before: Coverage
    after: Coverage


@dataclass(frozen=True)
class Comparison:
    before: dict
    after: dict

    @property
    def sides(self) -> tuple[dict, dict]:
        return (self.before, self.after)

    @cached_property
    def new(self) -> list[dict]:
        return self._only_in(self._newer, self._older)

    @cached_property
    def ended(self) -> list[dict]:
        return self._only_in(self._older, self._newer)

    @cached_property
    def changed(self) -> list[Change]:
        pairs = ((self._older[slug], now) for slug, now in self._newer.items() if slug in self._older)
        changes = [Change(now["slug"], now["name"], changed_fields(then, now)) for then, now in pairs]
        return sorted((change for change in changes if change.fields), key=lambda change: change.name)

    @cached_property
    def confirmed(self) -> int:
        """How many of the offers in both were confirmed anew."""
        both = self._newer.keys() & self._older.keys()
        return sum((self._newer[slug]["verified_on"] or "") > (self._older[slug]["verified_on"] or "") for slug in both)

    @cached_property
    def steps(self) -> list[Step]:
        """The cells that are in both and differ. A kind of threat or help that is new has nothing to differ from."""
        then, now = self.before["figures"]["gaps"], self.after["figures"]["gaps"]
        return [
            Step(state, threat, support, Coverage(then[state][threat][support]), Coverage(coverage))
            for state in now
            for threat in (now[state] if state in then else ())
            if threat in then[state]
            for support, coverage in now[state][threat].items()
            if then[state][threat].get(support, coverage) != coverage
        ]

    @cached_property
    def closed(self) -> list[Step]:
        return [step for step in self.steps if step.before.is_gap and not step.after.is_gap]

    @cached_property
    def opened(self) -> list[Step]:
        return [step for step in self.steps if step.after.is_gap and not step.before.is_gap]

    @cached_property
    def _older(self):
        return {offer["slug"]: offer for offer in self.before["offers"]}

    @cached_property
    def _newer(self):
        return {offer["slug"]: offer for offer in self.after["offers"]}

    def _only_in(self, these, others):
        return sorted((offer for slug, offer in these.items() if slug not in others), key=lambda offer: offer["name"])


def changed_fields(then: dict, now: dict) -> list[str]:
    """The German names of what differs. Keys that only one record has came with a new format and count for nothing."""
    keys = [key for key in now if key in then and key not in NO_CHANGE and then[key] != now[key]]
    return [MORE_THAN_A_FIELD.get(key) or Offer._meta.get_field(key).verbose_name for key in keys]


def by_state(steps: list[Step], document: dict) -> list[tuple[str, int, list[tuple[str, list[str]]]]]:
    """Steps as a reader goes through them: (Land, how many, [(threat, [kinds of help])]), by name."""
    kinds = ("regions", "threat_types", "support_types")
    region, threat, support = ({term["slug"]: term["name"] for term in document[kind]} for kind in kinds)
    found = defaultdict(lambda: defaultdict(list))
    for step in steps:
        found[region[step.state]][threat[step.threat]].append(support[step.support])
    return [
        (state, sum(map(len, rows.values())), sorted((name, sorted(helps)) for name, helps in rows.items()))
        for state, rows in sorted(found.items())
    ]
