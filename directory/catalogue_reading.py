"""What the catalogue reads beside the offers themselves: four queries, however many rows there are."""

from collections import defaultdict

from django.conf.locale import LANG_INFO
from django.db.models import BooleanField, DateField, Value

from directory.listed_offer import Area, PhoneLine, Term
from directory.models import Email, Language, Offer, Phone, Region, SupportType, ThreatType
from directory.search import fold
from directory.staff_text import staff_text

HELP = {  # what they type who write no German
    "ar": ("مساعدة",),
    "es": ("ayuda",),
    "fa": ("کمک",),
    "fr": ("aide",),
    "he": ("עזרה",),
    "pl": ("pomoc",),
    "ru": ("помощь", "помогите"),
    "tr": ("yardım",),
    "uk": ("допомога", "допоможіть"),
}


def read_terms() -> dict[str, dict[int, Term]]:
    """Kind → primary key → term, in the editors' order."""
    columns = "kind pk position slug name description synonyms first_steps first_steps_on".split()
    no_steps = {"first_steps": Value(""), "first_steps_on": Value(None, DateField(null=True))}
    no_words = {"position": Value(0), "description": Value(""), "synonyms": Value("")}
    threats = ThreatType.objects.annotate(kind=Value("threat_type"))
    supports = SupportType.objects.annotate(kind=Value("support_type"), **no_steps)
    languages = Language.objects.annotate(kind=Value("language"), **no_words, **no_steps)
    queries = [query.order_by().values_list(*columns) for query in (threats, supports, languages)]
    terms = {"threat_type": {}, "support_type": {}, "language": {}}
    rows = sorted(queries[0].union(*queries[1:], all=True), key=lambda row: (row[2], fold(row[4])))
    for kind, pk, _, slug, name, description, synonyms, first_steps, first_steps_on in rows:
        words = tuple(filter(None, map(str.strip, synonyms.splitlines())))
        if kind == "language":  # "English" and "Türkçe" are found by those who speak it
            words = tuple(LANG_INFO[slug][name] for name in ("name", "name_local") if slug in LANG_INFO)
            words += HELP.get(slug, ())
        terms[kind][pk] = Term(slug, name, description, words, staff_text(first_steps), first_steps_on)
    return terms


def read_areas() -> dict[int, Area]:
    """Regions by primary key, Länder first, then by name."""
    rows = sorted(
        Region.objects.order_by().values_list("pk", "slug", "name", "official_key", "iso_code", "parent_id"),
        key=lambda row: (row[5] is not None, fold(row[2])),
    )
    areas = {}
    for pk, *fields, parent_id in rows:
        areas[pk] = Area(*fields, areas.get(parent_id))
    return areas


def read_relations(terms: dict[str, dict[int, Term]], areas: dict[int, Area]) -> dict[int, dict[str, list]]:
    """Offer id → kind → terms in their own order. Ids that came or went during the reading are left out."""
    known = {**terms, "region": areas}
    position = {kind: {pk: n for n, pk in enumerate(rows)} for kind, rows in known.items()}
    queries = [
        getattr(Offer, name).through.objects.annotate(kind=Value(kind)).values_list("kind", "offer_id", f"{column}_id")
        for kind, name, column in (
            ("threat_type", "threat_types", "threattype"),
            ("support_type", "support_types", "supporttype"),
            ("language", "languages", "language"),
            ("region", "regions", "region"),
        )
    ]
    related = defaultdict(lambda: {kind: [] for kind in known})
    rows = [row for row in queries[0].union(*queries[1:], all=True) if row[2] in known[row[0]]]
    for kind, offer_id, pk in sorted(rows, key=lambda row: position[row[0]][row[2]]):
        related[offer_id][kind].append(known[kind][pk])
    return related


def read_contacts() -> tuple[dict[int, list[PhoneLine]], dict[int, list[str]]]:
    """Offer id → phone lines, and offer id → e-mail addresses."""
    phones, emails = defaultdict(list), defaultdict(list)
    lines = (
        Phone.objects.order_by()
        .annotate(kind=Value("phone"))
        .values_list("kind", "offer_id", "position", "pk", "number", "label", "free", "opening_hours")
    )
    addresses = (
        Email.objects.order_by()
        .annotate(kind=Value("email"), free=Value(None, BooleanField(null=True)), opening_hours=Value(""))
        .values_list("kind", "offer_id", "position", "pk", "address", "label", "free", "opening_hours")
    )
    for kind, offer_id, _, _, value, label, free, hours in sorted(
        lines.union(addresses, all=True), key=lambda row: row[:4]
    ):
        if kind == "phone":
            phones[offer_id].append(PhoneLine(value, label, free, hours))
        else:
            emails[offer_id].append(value)
    return phones, emails
