"""The finder's GET parameters: read here and nowhere else. docs/url-contract.md is what partners were promised."""

from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlencode

import django_filters
from django import forms
from django.http import QueryDict
from django.urls import reverse

from directory import emergency, phone_numbers, places, whereabouts
from directory.parameters import AUDIENCES, LEVELS, ChoiceFilter, FacetFilter, FeatureFilter, RegionFilter, TextFilter
from directory.selection import Selection, near_first
from directory.whereabouts import Whereabouts

NO_BREAK = "\N{NO-BREAK SPACE}"
RETIRED = {}  # {"bedrohung": {"old": "new"}}: a published value that was given up leads to its successor for ever


def successor(data: QueryDict) -> str:
    """The query that replaces one with retired values, other parameters included; "" when it has none."""
    values = dict(data.lists())
    new = {name: [RETIRED.get(name, {}).get(value.lower(), value) for value in values[name]] for name in values}
    return f"?{urlencode(new, doseq=True)}" if new != values else ""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    parameter: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Link:
    """The finder with other parameters, and what it shows. `count` is the number of offers there, if it is said."""

    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    links: tuple[Link, ...] = ()


@cache
def finder_path() -> str:
    return reverse("directory:offer_list")


class OfferFilter(django_filters.FilterSet):
    """The finder: narrows a Selection. An unknown value drops itself only and is named in `notices`."""

    q = TextFilter(label="Suchwörter")
    ort = TextFilter(label="Ort oder Postleitzahl")
    region = RegionFilter("region", "Bundesland")
    bedrohung = FacetFilter("threat_type", "Was ist passiert?")
    hilfe = FacetFilter("support_type", "Welche Hilfe brauchen Sie?")
    merkmal = FeatureFilter("feature", "Erreichbarkeit und Bedingungen")
    zielgruppe = ChoiceFilter("audience", "Für wen?", AUDIENCES)
    ebene = ChoiceFilter("level", "Bund oder Land?", LEVELS)
    sprache = FacetFilter("language", "Sprache")
    seite = TextFilter(label="Seite")

    FACETS = ("bedrohung", "hilfe", "merkmal", "zielgruppe", "ebene", "sprache")

    @classmethod
    @cache
    def _form_class(cls):
        return type("OfferFilterForm", (forms.Form,), {name: each.field for name, each in cls.base_filters.items()})

    def get_form_class(self) -> type[forms.Form]:
        """The form of every request: no field of it depends on the request."""
        return self._form_class()

    def __init__(self, data, queryset, path=None, **kwargs):
        """`path`: the page that the links of this filter lead to; by default the finder."""
        super().__init__(data if data is not None else QueryDict(), queryset, **kwargs)
        self.path = path or finder_path()
        self.catalogue = queryset.catalogue
        self.chosen = {}  # parameter → valid values: the page's canonical query
        self.notices = []
        self.where = Whereabouts()
        self.mention = None  # the place inside the search text

    @classmethod
    def canonical_query(cls, data: QueryDict) -> str:
        """All that a page reads of its address: parameters of ours, cleaned and in their order."""
        form = cls._form_class()(data)
        form.full_clean()
        values = [(name, form.cleaned_data[name]) for name in cls.base_filters]
        return urlencode([(name, value) for name, value in values if value], doseq=True)

    @property
    def successor(self) -> str:
        """The query that replaces one with retired values; "" when it has none."""
        return successor(self.data)

    def filter_queryset(self, selection: Selection) -> Selection:
        cleaned = self.form.cleaned_data
        query, place = cleaned.get("q", ""), cleaned["ort"]
        self.chosen = {name: [text] for name, text in (("q", query), ("ort", place)) if text}
        for name in ("region", *self.FACETS):
            selection = self.filters[name].filter(selection, self._known(name, cleaned[name]))
        query = self._locate(query, place)
        if self.where.areas:
            selection = selection.filter(region=[area.slug for area in self.where.areas])
        if len(self.where.areas) == 1:
            selection = selection.order_by(near_first(self.catalogue))
        self._tell_about_emergency(cleaned.get("q", ""))
        return self._search(selection, query) if query else selection

    def _known(self, name, values):
        terms = self.filters[name].terms(self.catalogue)
        known = [value for value in values if value in terms]
        for value in values:
            if value not in terms:
                self.notices.append(Notice(f"Den Filter „{value[:60]}“ gibt es nicht (mehr). Er zählt nicht mit."))
        if known:
            self.chosen[name] = known
        return known

    def _locate(self, query, place):
        """Find out where; return the search text without the place that it names."""
        within = tuple(self.catalogue.areas[slug] for slug in self.chosen.get("region", ()))
        if place:
            self.where = whereabouts.of_match(self.catalogue, places.find(place), place, within)
            self._tell_about_place(place)
        elif within:
            self.where = Whereabouts(within)
        elif query:
            self.mention = places.find_in_text(query, self.catalogue.search.knows)
            if self.mention:
                self.where = whereabouts.of_match(self.catalogue, self.mention.match, self.mention.surface)
                query = self.mention.rest
        if self.where.choices:
            links = (Link(c.label, self.url(q=query, ort=c.name, region=c.area.slug)) for c in self.where.choices)
            self.notices.insert(0, Notice(f"Welchen Ort meinen Sie mit „{self.where.name}“?", tuple(links)))
        return query

    def _tell_about_place(self, place):
        suggestions = tuple(Link(name, self.url(ort=name, region="")) for name in self.where.suggestions)
        unknown = f"Den Ort „{place}“ kennen wir in Deutschland nicht."
        if self.where.unknown and not suggestions:
            self.notices.insert(0, Notice(f"{unknown} Bitte nennen Sie die Postleitzahl oder Ihr Bundesland."))
        elif suggestions:
            known = unknown if self.where.unknown else f"Gemeint ist: {self.where.label}."
            self.notices.insert(0, Notice(f"{known} Oder meinten Sie:", suggestions))
        if self.where.elsewhere:
            kept = " oder ".join(area.name for area in self.where.areas)
            text = f"„{place}“ liegt nicht in der gewählten Region. Sie sehen Angebote für {kept}."
            self.notices.insert(0, Notice(text, (Link(f"Angebote für „{place}“ zeigen", self.url(region="")),)))

    def _tell_about_emergency(self, text):
        urgent = emergency.find(text, self.catalogue)
        if urgent:
            links = (
                Link(f"{who}: {phone_numbers.display(number).replace(' ', NO_BREAK)}", f"tel:{number}")
                for who, number in urgent.lines
            )
            self.notices.insert(0, Notice(urgent.question, tuple(links)))

    def _search(self, selection, query):
        nationwide = self.catalogue.nationwide
        near = self.catalogue.everything & ~nationwide if self.where.areas else nationwide
        ranking = self.catalogue.search.search(query, within=selection.limits.get("region"), favoured=near)
        for typed, better in ranking.corrected:
            self.notices.append(Notice(f"Wir haben nach „{better}“ gesucht statt nach „{typed}“."))
        if not ranking.groups:
            self.notices.append(Notice(f"Zu „{query[:60]}“ haben wir nichts gefunden. Der Suchtext zählt nicht mit."))
            return selection
        if ranking.unmatched:
            unmatched = ", ".join(f"„{word[:60]}“" for word in ranking.unmatched)
            self.notices.append(Notice(f"Ohne Treffer, deshalb nicht gezählt: {unmatched}."))
        return selection.ranked(ranking)

    def url(self, path: str = "", **changes: str | int | list[str]) -> str:
        """The canonical address of this page, or of `path`, with other values; an empty one removes the parameter."""
        values = self.chosen | {name: value if isinstance(value, list) else [value] for name, value in changes.items()}
        ordered = [(name, value) for name in self.filters for value in values.get(name, ()) if value]
        return (path or self.path) + (f"?{urlencode(ordered)}" if ordered else "")

    @property
    def text(self) -> str:
        """What stands in the search field: the words typed."""
        return "".join(self.chosen.get("q", ()))

    @property
    def place(self) -> str:
        """What stands in the place field."""
        return "".join(self.chosen.get("ort", ()))

    @property
    def heading(self) -> str:
        """ "23 Angebote für Neustrelitz" """
        count = self.qs.count()
        offers = "Ein Angebot" if count == 1 else f"{count or 'Keine'} Angebote"
        where = self.where.name if self.where.name and not self.where.unknown else ""
        where = where or " oder ".join(area.name for area in self.where.areas)
        return f"{offers} für {where}" if where else offers

    @property
    def summary(self) -> str:
        """The other active filters, for the page's title."""
        values = [self._label(name, value) for name in self.FACETS for value in self.chosen.get(name, ())]
        return ", ".join(filter(None, [self.text, *values]))

    @property
    def state(self) -> str:
        """The Land that the select field shows; the place field speaks for itself."""
        return self.where.areas[0].state.slug if len(self.where.areas) == 1 and not self.place else ""

    @property
    def page_number(self) -> str:
        return self.form.cleaned_data.get("seite") or "1"

    @cached_property
    def chips(self) -> list[Link]:
        """Each active filter with the query of the page without it."""
        chips = []
        if self.chosen.get("q"):
            if self.mention:
                chips.append(Link(f"Ort: {self.where.label}", self.url(q=self.mention.rest)))
                without_words = self.url(q="", ort=self.mention.surface)
            else:
                without_words = self.url(q="")
            words = self.mention.rest if self.mention else self.chosen["q"][0]
            if words:
                chips.append(Link(f"Suche: {words}", without_words))
        if self.chosen.get("ort"):
            place = self.chosen["ort"][0] if self.where.unknown or self.where.elsewhere else self.where.label
            chips.append(Link(f"Ort: {place}", self.url(ort="", region=self._region_beside_place())))
        chips += self._value_chips(() if self._region_belongs_to_place() else ("region",))
        return chips

    def _region_belongs_to_place(self):
        return "ort" in self.chosen and not (self.where.unknown or self.where.elsewhere)

    def _region_beside_place(self):
        return "" if self._region_belongs_to_place() else self.chosen.get("region", "")

    def _value_chips(self, names):
        for name in (*names, *self.FACETS):
            values = self.chosen.get(name, [])
            for value in values:
                others = [other for other in values if other != value]
                yield Link(self._label(name, value), self.url(**{name: others}))

    def _label(self, name, value):
        return self.filters[name].label_of(self.catalogue, value)

    @cached_property
    def facets(self) -> list[Facet]:
        """Every value with the number of offers it would show; a facet's own choice is left out of its counts."""
        return [self._facet(name) for name in self.FACETS]

    def _facet(self, name):
        facet = self.filters[name]
        others = self.qs.without(facet.field_name).mask
        chosen = self.chosen.get(name, ())
        options = [
            Option(
                value,
                facet.label_of(self.catalogue, value),
                (others & facet.mask(self.catalogue, [value])).bit_count(),
                value in chosen,
            )
            for value in facet.terms(self.catalogue)
        ]
        return Facet(name, facet.label, options)

    @cached_property
    def lifts(self) -> list[Link]:
        """When nothing fits: each filter that alone could be lifted, with what that would show, most first."""
        limits = {"search": ("q", "Suche"), "region": ("ort", "Ort")}
        limits |= {self.filters[name].field_name: (name, self.filters[name].label) for name in self.FACETS}
        lifts = []
        for limit in self.qs.limits:
            name, label = limits[limit]
            changes = {"region": "", "ort": "", "q": self.mention.rest} if limit == "region" and self.mention else {}
            changes = changes or ({"region": "", "ort": ""} if limit == "region" else {name: ""})
            count = self.qs.without(limit).count()
            if count:
                lifts.append(Link(label, self.url(**changes), count))
        return sorted(lifts, key=lambda link: -link.count)

    @cached_property
    def nearest(self) -> list:
        """When nothing fits: some offers that miss only one of the filters."""
        selections = [self.qs.without(limit) for limit in self.qs.limits]
        return max(selections, key=Selection.count)[:5] if selections else []
