"""Writes offers that come as plain values: all of them or none, checked by the rules of the editors' form."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from directory.admin.catalogue import ASSUME_HTTPS
from directory.admin.offer_form import OfferForm
from directory.admin.offer_inlines import NO_SOURCE, TWICE
from directory.admin.status import lock
from directory.history import record
from directory.models import CatalogueVersion, Offer, Organization
from directory.models.history import one_change
from directory.phone_numbers import canonical
from directory.plain import (
    BLANK,
    COLUMNS,
    FIELDS,
    LINKS,
    PART_FIELDS,
    PARTS,
    is_same,
    label,
    parts_of,
    plain,
    values_of,
)
from directory.querysets import VISIBLE

BATCH = 500
KEYS = {"locations": "city", "phones": "number", "emails": "address", "sources": "url"}  # what a part is known by


@dataclass
class Row:
    """One offer of a file. `values` holds what the file says; what it leaves out stays as it is."""

    number: int  # where it stands in the file
    values: dict
    errors: list[str] = field(default_factory=list)
    slug: str = ""
    seen: str = ""  # updated_at as it was when the file was made
    offer: Offer | None = None
    before: dict | None = None
    after: dict | None = None
    publish_as: str = ""
    links: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)

    @property
    def kind(self) -> str:
        if self.errors:
            return "faulty"
        if self.before is None:
            return "new"
        return "unchanged" if self.is_unchanged else "changed"

    @property
    def is_unchanged(self):
        return self.before is not None and all(is_same(name, self.before[name], self.after[name]) for name in COLUMNS)

    @property
    def name(self):
        return (self.after or self.before or self.values).get("name", "")


class SlugsField(forms.Field):
    """Rows named by their slugs, looked up in memory: a query each would take minutes for a long file."""

    known = {}

    def to_python(self, value):
        unknown = [slug for slug in value or () if slug not in self.known]
        if unknown:
            raise ValidationError(f"Das gibt es nicht: {', '.join(unknown)}.")
        return [self.known[slug] for slug in dict.fromkeys(value or ())]


class SlugField(SlugsField):
    def to_python(self, value):
        return next(iter(super().to_python([value] if value else [])), None)


def https(column, **options):
    """As in the editors' form: "www.example.org" typed without a scheme."""
    return column.formfield(**(ASSUME_HTTPS.get(type(column), {}) | options))


class RowForm(OfferForm):
    organization = SlugField()
    regions = SlugsField(required=False)
    threat_types = SlugsField()
    support_types = SlugsField()
    languages = SlugsField(required=False)
    reason = None  # one for the whole file
    seen = None  # compared before, and not by the form

    class Meta(OfferForm.Meta):
        model = Offer
        fields = ["slug", *FIELDS]
        formfield_callback = https

    def __init__(self, row, known, taken):
        self.taken = taken
        super().__init__({**row.after, "slug": row.slug}, instance=row.offer)
        for name in ("organization", *LINKS):
            self.fields[name].known = known[name]
        if row.offer:
            del self.fields["slug"]

    def is_taken(self, slug):
        return slug in self.taken

    def validate_unique(self):
        """In memory: the file may name a slug twice."""
        if self.instance.slug in self.taken and "slug" in self.fields:
            self.add_error("slug", "Dieses Adresskürzel ist schon vergeben.")

    def _post_clean(self):
        """Constraints are left to the database, which checks them when the row is written: 12,000 queries fewer."""
        self.instance.get_constraints = list
        super()._post_clean()
        del self.instance.get_constraints


class OfferRows:
    def __init__(self, rows: Iterable[Row], *, overwrite: bool = False):
        self.rows = list(rows)
        self.overwrite = overwrite

    @property
    def errors(self) -> list[tuple[int, str]]:
        return [(row.number, error) for row in self.rows for error in row.errors]

    def of_kind(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row.kind == kind]

    def write(self, *, user=None, reason: str, dry_run: bool = False) -> bool:
        """Whether the rows went in: all of them, or none when one is faulty.

        A dry run does the same and takes it back, so that it finds what only writing finds.
        """
        with transaction.atomic(), one_change():
            self._check()
            try:
                with transaction.atomic():
                    self._write(user, reason)
            except IntegrityError:
                if not self._is_refused_by_a_constraint():
                    raise
            goes_in = not dry_run and not self.errors
            if goes_in:
                CatalogueVersion.objects.bump()
            else:
                transaction.set_rollback(True)
        return goes_in

    # ---- checking ----
    def _check(self):
        slugs = [row.slug for row in self.rows if row.slug]
        named = Offer.objects.filter(slug__in=slugs)
        lock(named)
        offers = {offer.slug: offer for offer in named.for_page()}
        known = {name: {term.slug: term for term in model.objects.all()} for name, model in LINKS.items()}
        known["organization"] = {organization.slug: organization for organization in Organization.objects.all()}
        taken = set(Offer.objects.values_list("slug", flat=True))
        first = {}
        for row in self.rows:
            row.offer = offers.get(row.slug)
            row.before = plain(row.offer) if row.offer else None
            if row.offer is None and not row.values.get("status"):
                row.values.pop("status", None)
            row.after = (row.before or BLANK) | row.values
            if row.slug and first.setdefault(row.slug, row.number) != row.number:
                row.errors.append(f"Dasselbe Angebot steht schon in Zeile {first[row.slug]}.")
            if not row.errors and not row.is_unchanged:
                self._check_row(row, known, taken)
                if not row.is_unchanged:
                    self._check_age(row)
                taken.add(row.slug)

    def _check_age(self, row):
        if row.before is None:
            if row.seen:
                row.errors.append("Dieses Angebot gibt es nicht (mehr). Soll es neu sein, lassen Sie „Stand“ leer.")
            elif row.after["status"] != Offer.Status.DRAFT:
                row.errors.append("Status: Neue Angebote kommen als Entwurf. Schreiben Sie „Entwurf“.")
        elif not self.overwrite:
            try:
                seen = parse_datetime(row.seen)
            except ValueError:
                seen = None
            if seen is None:
                row.errors.append("Stand: Er fehlt oder ist nicht lesbar. Bitte übernehmen Sie ihn aus dem Export.")
            elif seen != row.offer.updated_at:
                changed = date_format(timezone.localtime(row.offer.updated_at), "d.m.Y, H:i")
                row.errors.append(f"Seit dem Export hat jemand dieses Angebot geändert (am {changed} Uhr).")

    def _check_row(self, row, known, taken):
        is_draft = row.offer is None or row.offer.status == Offer.Status.DRAFT
        form = RowForm(row, known, taken)
        for name, messages in form.errors.items():
            row.errors += [f"{label(name)}: {text}" if name in form.fields else text for text in messages]
        for name in PARTS:
            self._check_parts(row, name)
        if row.errors:
            return
        row.offer = form.instance
        row.links = {name: form.cleaned_data[name] for name in LINKS}
        if is_draft and row.offer.status in VISIBLE:
            row.publish_as, row.offer.status = row.offer.status, Offer.Status.DRAFT
        elif row.offer.status in VISIBLE and not row.parts["sources"]:
            row.errors.append(f"{label('sources')}: {NO_SOURCE}")
        row.slug = row.offer.slug
        row.after = (
            values_of(row.offer)
            | {name: sorted(term.slug for term in terms) for name, terms in row.links.items()}
            | {name: parts_of(name, parts) for name, parts in row.parts.items()}
        )
        row.after["status"] = row.publish_as or row.offer.status

    def _check_parts(self, row, name):
        row.parts[name], seen = [], set()
        for position, values in enumerate(row.after[name]):
            try:
                part = make_part(name, values, position)
            except ValidationError as error:
                row.errors += [f"{label(name)}, {values.get(KEYS[name])}: {text}" for text in error.messages]
                continue
            key = getattr(part, KEYS[name])
            if key in seen:
                row.errors.append(f"{label(name)}, {key}: {TWICE}")
            seen.add(key)
            row.parts[name].append(part)

    def _is_refused_by_a_constraint(self):
        """Slow, for the rare case: ask for each row which constraint it breaks."""
        for row in self.rows:
            try:
                for one in [row.offer, *(part for parts in row.parts.values() for part in parts)]:
                    if one is not None:
                        one.validate_constraints(exclude=["offer"])
            except ValidationError as error:
                row.errors += error.messages
        return bool(self.errors)

    # ---- writing ----
    def _write(self, user, reason):
        new, changed = self.of_kind("new"), self.of_kind("changed")
        Offer.objects.bulk_create([row.offer for row in new], BATCH)
        for row in changed:
            row.offer._history_user, row.offer._change_reason = user, reason
            row.offer.save_without_historical_record()
        self._write_links(new, changed)
        self._write_parts(new, changed, user)
        self._publish([*new, *changed])
        record([row.offer for row in new], user=user, reason=reason, created=True)
        record([row.offer for row in changed], user=user, reason=reason)

    def _write_links(self, new, changed):
        for name in LINKS:
            column = Offer._meta.get_field(name)
            link, own, other = column.remote_field.through, column.m2m_field_name(), column.m2m_reverse_field_name()
            other_terms = [row for row in changed if not is_same(name, row.before[name], row.after[name])]
            link.objects.filter(**{f"{own}__in": [row.offer for row in other_terms]}).delete()
            link.objects.bulk_create(
                [link(**{own: row.offer, other: term}) for row in [*new, *other_terms] for term in row.links[name]],
                BATCH,
            )

    def _write_parts(self, new, changed, user):
        for name, model in PARTS.items():
            for row in new:
                for part in row.parts[name]:
                    part.offer = row.offer
            parts = [part for row in new for part in row.parts[name]]
            record(model.objects.bulk_create(parts, BATCH), user=user, created=True)
            for row in changed:
                if not is_same(name, row.before[name], row.after[name]):
                    self._replace_parts(row, name, user)

    def _replace_parts(self, row, name, user):
        """What stays the same thing keeps its row."""
        stored = {getattr(part, KEYS[name]): part for part in getattr(row.offer, name).all()}
        wanted = {getattr(part, KEYS[name]): part for part in row.parts[name]}
        for key, part in stored.items():
            if key not in wanted:
                part._history_user = user
                part.delete()
        for key, part in wanted.items():
            part.offer, part.pk = row.offer, stored[key].pk if key in stored else None
            part._state.adding = part.pk is None
            part._history_user = user
            part.save()

    def _publish(self, rows):
        publishing = {row.offer.pk: row for row in rows if row.publish_as}
        ready = set(Offer.objects.filter(pk__in=publishing).ready_to_publish().values_list("pk", flat=True))
        for pk, row in publishing.items():
            if pk in ready:
                row.offer.status = row.publish_as
                Offer.objects.filter(pk=pk).update(status=row.publish_as)
            else:
                row.errors.append("Status: Zum Veröffentlichen fehlen die Regionen oder eine Quelle.")


def make_part(name: str, values: dict, position: int):
    """A checked row without its offer; raises ValidationError."""
    values = {field: values.get(field, "") for field in PART_FIELDS[name]}
    if name == "phones":
        values["number"] = canonical(values["number"])
        values["free"] = values["free"] if isinstance(values["free"], bool) else None
    part = PARTS[name](**values)
    if hasattr(part, "position"):
        part.position = position
    part.full_clean(exclude=["offer"], validate_unique=False, validate_constraints=False)
    return part
