"""The read-only API of HSDS 3.0 under /daten/hsds/: lists with pages, and each object at an address of its own.

A parameter that is wrong or unknown is refused: whoever harvests must not take everything for a part of it.
"""

from datetime import UTC, datetime
from math import ceil

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from directory import catalogue
from directory.catalogue import Catalogue, kept_with_catalogue
from directory.models import Location, Offer
from directory.opendata import record
from directory.opendata.hsds import CONTENT_TYPE, VERSION, Hsds, ended_service, identify, to_json
from directory.opendata.responses import open_data, send
from directory.search import MOST_CHARACTERS, fold
from directory.selection import Selection

PER_PAGE, MOST_PER_PAGE = 50, 200
FACETS = {"threat_types": "threat_type", "support_types": "support_type"}  # taxonomy → facet, where names differ


# ---- parameters ----
class SearchForm(forms.Form):
    page = forms.IntegerField(min_value=1, required=False, help_text="Number of the page, from 1.")
    per_page = forms.IntegerField(
        min_value=1, max_value=MOST_PER_PAGE, required=False, help_text=f"Objects on a page; {PER_PAGE} by default."
    )
    search = forms.CharField(
        max_length=MOST_CHARACTERS, required=False, help_text="German words, best hits first; typing errors are mended."
    )


class TermForm(SearchForm):
    search = forms.CharField(
        max_length=MOST_CHARACTERS, required=False, help_text="Part of a name or a description, in any case."
    )
    taxonomy_id = forms.UUIDField(required=False, help_text="Only terms of this taxonomy.")


class OfferForm(SearchForm):
    taxonomy_term_id = forms.UUIDField(required=False, help_text="Only what has this term.")
    organization_id = forms.UUIDField(required=False, help_text="Only what this organization provides.")
    modified_after = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%d"],
        # at the very ends of the calendar another time zone has no year for it
        validators=[
            MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(9000, 1, 1, tzinfo=UTC)),
        ],
        help_text="Only what changed at this moment or later; ISO 8601, German time unless it says otherwise.",
    )


class ServiceForm(OfferForm):
    full = forms.TypedChoiceField(
        choices=[("true", "true"), ("false", "false")],
        coerce="true".__eq__,
        required=False,
        empty_value=False,
        help_text="Whether each service comes with all that belongs to it.",
    )


# ---- what there is ----
class Index:
    """The words and the identifiers of all that is published, kept as long as the catalogue they were made for."""

    def __init__(self, current: Catalogue):
        self.made = Hsds(record.vocabulary())
        self.services = {identify("service", slug): slug for slug in current.by_slug}
        self.organizations = {identify("organization", slug): slug for slug in current.actors}
        self.cities = {}
        rows = Location.objects.filter(offer__in=Offer.objects.published()).values_list("offer__slug", "city")
        for slug, city in sorted(rows):
            self.cities.setdefault(slug, []).append(city)
        self.places = {
            identify("service_at_location", slug, city): (slug, city)
            for slug, cities in self.cities.items()
            for city in cities
        }


index_of = kept_with_catalogue(Index)


class Resource:
    """One kind of object: `keys` are what fits the parameters, in order, `objects` what a page shows of some keys."""

    form = SearchForm
    in_bulk = True

    def __init__(self):
        self.catalogue = catalogue.current()
        self.index = index_of(self.catalogue)
        self.made = self.index.made

    def offers(self, asked: dict) -> list[str]:
        """Slugs of the published offers that fit: best hits first, without a search in the order of the slugs."""
        found = Selection(self.catalogue)
        if asked["search"]:
            found = found.ranked(self.catalogue.search.search(asked["search"]))
        if asked.get("organization_id"):
            found = found.filter(actor=[self.index.organizations.get(str(asked["organization_id"]))])
        if asked.get("taxonomy_term_id"):
            terms = {term["id"]: key for key, term in self.made.terms.items()}
            taxonomy, code = terms.get(str(asked["taxonomy_term_id"]), ("level", None))
            found = found.filter(**{FACETS.get(taxonomy, taxonomy): [code]})
        since = asked.get("modified_after")
        slugs = [offer.slug for offer in found if since is None or offer.updated_at >= since]
        return slugs if asked["search"] else sorted(slugs)


class Services(Resource):
    name, schema = "services", "service"
    about = "Offers of help. With modified_after also those that ended since, by name and status."
    form = ServiceForm
    ended = {}

    def keys(self, asked: dict) -> list:
        slugs = self.offers(asked)
        if not asked["modified_after"]:
            return slugs
        self.ended = {each["slug"]: each for each in record.ended_records(updated_at__gte=asked["modified_after"])}
        slugs = [slug for slug in slugs if slug not in self.ended]
        return [*slugs, *self.ended] if asked["search"] else sorted([*slugs, *self.ended])

    def objects(self, keys: list, asked: dict) -> list[dict]:
        records = record.offer_records(slug for slug in keys if slug not in self.ended)
        found = {each["slug"]: self.made.service(each, full=asked["full"]) for each in records}
        found |= {slug: ended_service(each) for slug, each in self.ended.items()}
        return [found[slug] for slug in keys if slug in found]

    def one(self, identifier: str) -> dict | None:
        slug = self.index.services.get(identifier)
        if slug:
            found = map(self.made.service, record.offer_records([slug]))
        else:
            found = (service for service in map(ended_service, record.ended_records()) if service["id"] == identifier)
        return next(found, None)


class Organizations(Resource):
    name, schema = "organizations", "organization"
    about = "Bodies with published offers. A search finds those whose offers fit."

    def keys(self, asked: dict) -> list:
        if not asked["search"]:
            return list(self.made.named["organizations"])
        return list(dict.fromkeys(self.catalogue.by_slug[slug].actor.slug for slug in self.offers(asked)))

    def objects(self, keys: list, asked: dict) -> list[dict]:
        known = self.made.named["organizations"]
        return [self.made.organization(known[slug]) for slug in keys if slug in known]

    def one(self, identifier: str) -> dict | None:
        slug = self.index.organizations.get(identifier)
        actor = self.made.named["organizations"].get(slug)
        if not actor:
            return None
        offers = sorted(Selection(self.catalogue).filter(actor=[slug]), key=lambda offer: offer.slug)
        services = [
            {"id": identify("service", offer.slug), "name": offer.name, "status": offer.status} for offer in offers
        ]
        return self.made.organization(actor, services)


class ServiceAtLocations(Resource):
    name, schema = "service_at_locations", "service_at_location"
    about = "Towns in which a service has a place to go to."
    form = OfferForm
    in_bulk = False  # they stand in their services

    def keys(self, asked: dict) -> list:
        return [(slug, city) for slug in self.offers(asked) for city in self.index.cities.get(slug, ())]

    def objects(self, keys: list, asked: dict) -> list[dict]:
        return [self.made.service_at_location(*key) for key in keys]

    def one(self, identifier: str) -> dict | None:
        key = self.index.places.get(identifier)
        return key and self.made.service_at_location(*key)


class Taxonomies(Resource):
    name, schema = "taxonomies", "taxonomy"
    about = "The lists of terms by which services and organizations are sorted."

    def keys(self, asked: dict) -> list:
        return [each for each in self.made.taxonomies if says(each, asked["search"])]

    def objects(self, keys: list, asked: dict) -> list[dict]:
        return keys

    def one(self, identifier: str) -> dict | None:
        return next((each for each in self.made.taxonomies if each["id"] == identifier), None)


class TaxonomyTerms(Resource):
    name, schema = "taxonomy_terms", "taxonomy_term"
    about = "Kinds of threat and help, and what else services and organizations are sorted by."
    form = TermForm

    def keys(self, asked: dict) -> list:
        taxonomy = asked["taxonomy_id"]
        return [
            term
            for term in self.made.terms.values()
            if (not taxonomy or term["taxonomy_id"] == str(taxonomy)) and says(term, asked["search"])
        ]

    def objects(self, keys: list, asked: dict) -> list[dict]:
        return keys

    def one(self, identifier: str) -> dict | None:
        return next((each for each in self.made.terms.values() if each["id"] == identifier), None)


RESOURCES = (Services, Organizations, ServiceAtLocations, Taxonomies, TaxonomyTerms)


def says(each: dict, search: str) -> bool:
    return fold(search) in fold(f"{each['name']} {each['description']}")


# ---- answers ----
@open_data
def about(request: HttpRequest) -> HttpResponse:
    openapi = settings.PUBLIC_ADDRESS + reverse("opendata:openapi")
    return answer(request, {"version": VERSION, "profile": f"{openapi}#/components/schemas", "openapi_url": openapi})


@open_data
def listing(request: HttpRequest, resource: type[Resource]) -> HttpResponse:
    with translation.override("en"):  # the language of the API; pages and their forms speak German
        form = resource.form(request.GET)
        errors = {name: list(found) for name, found in form.errors.items()}
    errors |= {
        name: [f"Unknown parameter. Known ones: {', '.join(form.fields)}."]
        for name in request.GET
        if name not in form.fields
    }
    if errors:
        return answer(request, {"errors": errors}, status=400)
    found = resource()
    asked = form.cleaned_data
    return answer(request, page_of(found, found.keys(asked), asked))


def page_of(found: Resource, keys: list, asked: dict) -> dict:
    """The page that was asked for; one beyond the last is empty, so that a harvest ends there."""
    number, size = asked["page"] or 1, asked["per_page"] or PER_PAGE
    pages = ceil(len(keys) / size)
    contents = found.objects(keys[(number - 1) * size : number * size], asked)
    return {
        "total_items": len(keys),
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


@open_data
def detail(request: HttpRequest, resource: type[Resource], id: str) -> HttpResponse:
    found = resource().one(id.lower())
    if found is None:
        return answer(request, {"errors": {"id": [f"There is no such object among the {resource.name}."]}}, status=404)
    return answer(request, found)


def answer(request: HttpRequest, content: dict, status: int = 200) -> HttpResponse:
    return send(request, to_json(content).encode(), CONTENT_TYPE, status=status)
