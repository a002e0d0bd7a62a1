"""What changed, as Atom: new, changed and ended offers, read off the snapshots and the present; and commitments.

An entry is one offer between one snapshot and the next, or one commitment in one state. It keeps its id when the next
snapshot is taken.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format

from directory import catalogue
from directory.catalogue import kept_with_catalogue
from directory.exchange.models import Commitment
from directory.models import Offer
from directory.monitoring import snapshots
from directory.monitoring.comparison import changed_fields
from directory.monitoring.models import Snapshot
from directory.opendata import licence
from directory.opendata.record import offer_records

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
MOST = 200  # entries of a feed
LABELS = {"neu": "Neu", "geaendert": "Geändert", "beendet": "Beendet"}
BEFORE_ALL = date(1970, 1, 1)
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # 1.0, section 2.2


@dataclass(frozen=True)
class Entry:
    kind: str  # a key of LABELS
    slug: str
    name: str
    since: date  # of the snapshot before
    updated: datetime
    fields: tuple[str, ...]  # what changed, in German
    regions: frozenset[str]  # before and after

    @property
    def summary(self) -> str:
        match self.kind:
            case "neu":
                return "Das Angebot ist neu im Verzeichnis."
            case "beendet":
                return "Das Angebot ist nicht mehr im Verzeichnis. Die Seite nennt ähnliche Angebote."
        return f"Geändert: {', '.join(self.fields)}."

    @property
    def id(self) -> str:
        """A tag: address (RFC 4151); it outlives the portal's move to another host as long as readers keep it."""
        return f"tag:{urlsplit(settings.PUBLIC_ADDRESS).hostname},2026:{self.slug}/{self.kind}/{self.since}"


def entries(state: str = "") -> list[Entry]:
    """The newest MOST, newest first; of a Land those of its own offers."""
    current = catalogue.current()
    found = _all_entries(current, Snapshot.objects.values_list("day", flat=True).first())
    if state:
        own = {slug for slug, area in current.areas.items() if area.state.slug == state}
        found = [each for each in found if each.regions & own]
    return sorted(found, key=lambda each: (each.updated, each.slug), reverse=True)[:MOST]


@kept_with_catalogue
def _all_entries(current, newest: date | None) -> tuple[Entry, ...]:
    """Of all the times between two snapshots, newest first, until there are enough; the oldest snapshot is not news."""
    found = []
    after, until = offer_records(), None  # the present
    for taken in Snapshot.objects.defer("figures").iterator(chunk_size=1):
        before = {offer["slug"]: offer for offer in snapshots.read(taken)["offers"]}
        found += _between(before, after, taken.day, until)
        if len(found) >= MOST:
            return tuple(found)
        after, until = before.values(), taken.day
    if newest is None:  # nothing to compare with yet: all is new
        found += _between({}, after, BEFORE_ALL, until)
    return tuple(found)


def _between(before: dict[str, dict], after: Iterable[dict], since: date, until: date | None) -> Iterator[Entry]:
    """`before` is one snapshot, by slug; `after` is read once, so that the present need not be in memory."""
    left = dict(before)
    for now in after:
        then = left.pop(now["slug"], None)
        fields = tuple(changed_fields(then, now)) if then else ()
        if then is None or fields:
            kind = "geaendert" if then else "neu"
            regions = frozenset(now["regions"]) | frozenset(then["regions"] if then else ())
            updated = datetime.fromisoformat(now["updated_at"])
            yield Entry(kind, now["slug"], now["name"], since, updated, fields, regions)
    rows = dict(Offer.objects.ended().values_list("slug", "updated_at")) if left else {}
    end = _midnight(until) if until else None
    for slug, then in left.items():
        updated = min(filter(None, (rows.get(slug), end)), default=_midnight(since))
        yield Entry("beendet", slug, then["name"], since, updated, (), frozenset(then["regions"]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone()).astimezone(UTC)


@kept_with_catalogue
def _commitments(current, state: str) -> tuple[Commitment, ...]:
    """The public ones, as they were when the catalogue was built."""
    found = Commitment.objects.public().with_names()
    return tuple(found.for_state(state) if state else found)


def _item(commitment: Commitment) -> dict:
    """What a commitment says in its state; that a date has passed is no news until editors know what became of it."""
    until = date_format(commitment.due_on, "j. F Y")
    event = commitment.event
    return {
        "title": f"Zusage {commitment.get_state_display()}: {commitment.by}",
        "link": settings.PUBLIC_ADDRESS + (event.get_absolute_url() if event else reverse("monitoring:map")),
        "description": f"{commitment.gap}, bis {until}. {commitment.note}".strip(),
        "unique_id": f"tag:{urlsplit(settings.PUBLIC_ADDRESS).hostname},2026:zusage/{commitment.pk}/{commitment.state}",
        "updateddate": _midnight(commitment.decided_on or commitment.made_on),
        "categories": ("zusage",),
    }


class Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Never the present moment: the same data make the same bytes."""
        return max((item["updateddate"] for item in self.items), default=datetime(2026, 1, 1, tzinfo=UTC))


def atom(state: str = "") -> bytes:
    where = reverse("opendata:state_feed", args=[state]) if state else reverse("opendata:feed")
    name = f" in {catalogue.current().areas[state].name}" if state else ""
    feed = Feed(
        title=f"starke Stelle: Änderungen an Hilfsangeboten{name}",
        link=settings.PUBLIC_ADDRESS + reverse("opendata:about"),
        description=None,
        subtitle="Neue, geänderte und beendete Angebote für Menschen in kommunalen Ämtern und Mandaten",
        language="de",
        author_name=settings.OPERATOR["name"],
        feed_url=settings.PUBLIC_ADDRESS + where,
        feed_guid=f"tag:{urlsplit(settings.PUBLIC_ADDRESS).hostname},2026:aenderungen{state and '/' + state}",
        feed_copyright=licence.SHORT,
    )
    items = [
        {
            "title": f"{LABELS[entry.kind]}: {entry.name}",
            "link": settings.PUBLIC_ADDRESS + reverse("directory:offer", args=[entry.slug]),
            "description": entry.summary,
            "unique_id": entry.id,
            "updateddate": entry.updated,
            "categories": (entry.kind,),
        }
        for entry in entries(state)
    ]
    items += map(_item, _commitments(catalogue.current(), state))
    for item in sorted(items, key=lambda item: (item["updateddate"], item["unique_id"]), reverse=True)[:MOST]:
        # one sign in one name, which snapshots keep for good, must not cost everybody the feed
        feed.add_item(**item | {name: NOT_IN_XML.sub(" ", item[name]) for name in ("title", "description")})
    return feed.writeString("utf-8").encode()
