"""Reads an HSDS bulk file, ours or that of another directory, as drafts that the editors go through.

Never changes what is there: a known identifier or slug is skipped and named. Either all of a file comes in or nothing.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from directory import phone_numbers
from directory.models import (
    Email,
    Fact,
    Language,
    Location,
    Offer,
    Organization,
    Phone,
    Region,
    Source,
    SupportType,
    ThreatType,
)
from directory.opendata.hsds import CHOICES, GERMANY, identify
from directory.opendata.hsds_reading import (
    boolean,
    city_of,
    first_sentence,
    objects,
    one,
    openstreetmap,
    span_of,
    text,
    unread,
)
from directory.opendata.import_report import Report
from directory.slugs import german_slug

ENDED = ("inactive", "defunct")
TERMS = {"threat_types": ThreatType, "support_types": SupportType}


def store(row: Model) -> None:
    """Save what is valid; raises ValidationError that names the fields as the editors know them."""
    try:
        row.full_clean()
    except ValidationError as error:
        labels = {each.name: each.verbose_name for each in row._meta.fields}
        raise ValidationError(
            [
                f"{labels[name]}: {message}" if name in labels else message
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        ) from error
    row.save()


def load(document: object, dry_run: bool = False) -> Report:
    """Make drafts of a parsed file. Raises ValidationError when it is no such file."""
    importer = Importer(document)
    with transaction.atomic():
        for number, service in enumerate(importer.services, 1):
            importer.take(number, service)
        report = importer.report
        report.saved = not (dry_run or report.errors)
        transaction.set_rollback(not report.saved)
    return report


class Importer:
    def __init__(self, document):
        if isinstance(document, list):
            document = {"services": document}
        lists = document if isinstance(document, dict) else {}
        self.services = lists.get("services", lists.get("contents"))  # a page of the API has contents
        if not isinstance(self.services, list):
            raise ValidationError("In der Datei fehlt die Liste „services“.")
        self.listed_organizations = {text(each, "id"): each for each in objects(lists, "organizations")}
        self.listed_terms = {text(each, "id"): each for each in objects(lists, "taxonomy_terms")}
        self.report = Report()
        self.slugs = set(Offer.objects.values_list("slug", flat=True))
        self.slug_by_id = {identify("service", slug): slug for slug in self.slugs}
        self.taken = set()  # slugs of this file
        self.organizations = {}
        for organization in Organization.objects.all():
            self._remember(organization)
        self.regions = {region.slug: region for region in Region.objects.all()}
        self.region_keys = {
            key: region for region in self.regions.values() for key in (region.official_key, region.iso_code) if key
        }
        self.languages = {
            key: language for language in Language.objects.all() for key in (language.slug, language.name.casefold())
        }
        self.terms = {kind: {term.slug: term for term in model.objects.all()} for kind, model in TERMS.items()}
        codes = [(kind, slug) for kind, terms in self.terms.items() for slug in terms]
        codes += [(kind, choice.value) for kind, choices in CHOICES.items() for choice in choices]
        self.codes = {identify("taxonomy_term", *code): code for code in codes}
        self.codes_by_name = {
            term.name.casefold(): (kind, slug) for kind, terms in self.terms.items() for slug, term in terms.items()
        }

    # ---- one service ----
    def take(self, number: int, service: object) -> None:
        self.row = f"Angebot {number}"
        try:
            if not isinstance(service, dict):
                raise ValidationError("Das ist kein Angebot, sondern etwas anderes.")
            self.row = f"Angebot {number} („{text(service, 'name')[:60]}“)"
            self._take(service)
        except ValidationError as error:
            self.report.errors += [f"{self.row}: {message}" for message in error.messages]

    def _take(self, service):
        slug = self._slug(service)
        known = self.slug_by_id.get(text(service, "id")) or (slug in self.slugs and slug)
        if known:
            self.report.skipped.append(f"{self.row}: gibt es schon als „{known}“.")
            return
        if text(service, "status") in ENDED:
            self.report.skipped.append(f"{self.row}: wird nicht mehr angeboten.")
            return
        if slug in self.taken:  # two offers of one name
            slug = german_slug(f"{slug[:90]}-{text(service, 'id')[:8]}", 100)
        if slug in self.taken or slug in self.slugs:
            self.report.skipped.append(f"{self.row}: steht schon als „{slug}“ da.")
            return
        self.taken.add(slug)
        terms = self._terms(service)
        offer = Offer(slug=slug, organization=self._organization(service), **self._fields(service, terms))
        regions = self._regions(service, offer)
        store(offer)
        for name, found in {**{kind: terms[kind] for kind in TERMS}, "regions": regions}.items():
            getattr(offer, name).set(found)
        offer.languages.set(self._languages(service))
        for row in self._rows(service, offer):
            store(row)
        self.report.offers.append(f"{slug} – {offer.name}")
        names = unread(service, self._given_organization(service))
        if names:
            self.leave_out(f"Felder ohne Entsprechung: {', '.join(names)}.")

    def leave_out(self, what: str) -> None:
        self.report.left_out.append(f"{self.row}: {what}")

    def _slug(self, service):
        slug = text(service, "slug") or german_slug(text(service, "name"), 100)
        if not slug:
            raise ValidationError("Der Name fehlt, oder aus ihm entsteht kein Adresskürzel.")
        return slug

    def _fields(self, service, terms):
        hours, note = self._hours(service)
        description = text(service, "description")
        return {
            "name": text(service, "name"),
            "status": Offer.Status.DRAFT,
            "audience": self._choice(terms, "audience", Offer.Audience.OPEN),
            "level": self._choice(terms, "level", ""),
            "for_some_only": boolean(service, "for_some_only") or False,
            "summary": text(service, "summary") or first_sentence(description),
            "description": description,
            "website": text(service, "url"),
            "online_form": text(service, "online_form"),
            "chat": text(service, "chat"),
            "opening_hours": hours,
            "hours_note": note,
            "around_the_clock": boolean(service, "around_the_clock") or False,
            "anonymous": boolean(service, "anonymous"),
            "free_of_charge": self._free_of_charge(service),
        }

    def _choice(self, terms, kind, default):
        return terms[kind][0] if terms[kind] else default

    def _free_of_charge(self, service):
        costs = objects(service, "cost_options")
        return all(cost.get("amount") == 0 for cost in costs) if costs else None

    # ---- what belongs to it ----
    def _rows(self, service, offer):
        for position, phone in enumerate(objects(service, "phones")):
            if text(phone, "type") == "fax":
                self.leave_out(f"Faxnummer {text(phone, 'number')}.")
                continue
            number = phone_numbers.canonical(text(phone, "number"))
            label = self._fitting(text(phone, "description"), 80)
            hours = text(phone, "opening_hours")
            free = boolean(phone, "free")
            yield Phone(offer=offer, number=number, label=label, free=free, opening_hours=hours, position=position)
        contacts = [(text(each, "email"), text(each, "name")) for each in objects(service, "contacts")]
        addresses = {address: label for address, label in contacts if address}
        if text(service, "email") and text(service, "email") not in addresses:
            addresses = {text(service, "email"): ""} | addresses
        for position, (address, label) in enumerate(addresses.items()):
            yield Email(offer=offer, address=address, label=self._fitting(label, 80), position=position)
        for city in dict.fromkeys(map(city_of, objects(service, "service_at_locations"))):
            if city:
                yield Location(offer=offer, city=city)
        for source in objects(service, "sources"):
            supports = source.get("supports")
            if not isinstance(supports, list) or not all(fact in Fact.values for fact in supports):
                raise ValidationError("„supports“ nennt Angaben, die es hier nicht gibt.")
            day = text(source, "accessed_on")
            yield Source(offer=offer, url=text(source, "url"), supports=supports, accessed_on=day or None)

    def _fitting(self, label, most):
        if len(label) > most:
            self.leave_out(f"„{label}“ ist zu lang und wurde gekürzt.")
        return label if len(label) <= most else f"{label[: most - 1]}…"

    def _languages(self, service):
        found = []
        for language in objects(service, "languages"):
            names = (text(language, "code"), text(language, "name").casefold())
            known = next((self.languages[name] for name in names if name in self.languages), None)
            if known:
                found.append(known)
            else:
                self.leave_out(f"Sprache „{text(language, 'name') or names[0]}“ ist hier unbekannt.")
        return found

    def _regions(self, service, offer):
        found, whole_country = [], False
        for area in objects(service, "service_areas"):
            extent = text(area, "extent")
            keys = (text(area, "iso_code"), extent)
            known = self.regions.get(text(area, "slug")) or next(filter(None, map(self.region_keys.get, keys)), None)
            if known:
                found.append(known)
            elif extent == GERMANY["extent"] or text(area, "name") == GERMANY["name"]:
                whole_country = True
            else:
                self.leave_out(f"Gebiet „{text(area, 'name') or extent}“ ist hier unbekannt.")
        if not offer.level:
            offer.level = Offer.Level.FEDERAL if whole_country and not found else Offer.Level.STATE
            if not (found or whole_country):
                self.leave_out("Kein bekanntes Gebiet: Ebene „Land“ angenommen, die Region fehlt noch.")
        return found

    def _terms(self, each):
        """Taxonomy → terms: rows of kinds of threat and help, codes of the others."""
        found = defaultdict(list)
        for attribute in objects(each, "attributes"):
            identifier = text(attribute, "taxonomy_term_id")
            term = one(attribute, "taxonomy_term") or self.listed_terms.get(identifier, {})
            name = text(term, "name")
            code = self.codes.get(identifier or text(term, "id")) or self.codes_by_name.get(name.casefold())
            if code:
                kind, slug = code
                found[kind].append(self.terms[kind][slug] if kind in TERMS else slug)
            else:
                self.leave_out(f"Begriff „{name or identifier}“ ist hier unbekannt.")
        return found

    def _hours(self, service):
        """(OpenStreetMap hours, words)"""
        hours, note = text(service, "opening_hours"), text(service, "hours_note")
        if hours or note or boolean(service, "around_the_clock") is not None:  # ours: schedules only repeat it
            return hours, note
        schedules = objects(service, "schedules")
        spans = [span_of(schedule) for schedule in schedules]
        words = "; ".join(dict.fromkeys(filter(None, (text(each, "description") for each in schedules))))
        if schedules and None in spans:
            self.leave_out("Die Öffnungszeiten lassen sich nicht übertragen. Ihre Beschreibung steht in Worten da.")
            spans = []
        return openstreetmap(spans), self._fitting(words, 250)

    # ---- who provides it ----
    def _given_organization(self, service):
        return one(service, "organization") or self.listed_organizations.get(text(service, "organization_id"), {})

    def _organization(self, service):
        given = self._given_organization(service)
        if not text(given, "name"):
            raise ValidationError("Der Akteur („organization“) fehlt.")
        name = text(given, "name")
        slug = text(given, "slug") or german_slug(name, 100)
        sector = self._choice(self._terms(given), "sector", "")
        new = Organization(slug=slug, name=name, sector=sector, website=text(given, "website"))
        keys = (("id", text(given, "id")), ("slug", slug), ("name", name.casefold()))
        known = next((self.organizations[key] for key in keys if key in self.organizations), None)
        if known:
            self._tell_difference(known, new)
            return known
        if not sector:
            new.sector = Organization.Sector.AID
            self.leave_out(f"Bereich des Akteurs unbekannt: „{new.get_sector_display()}“ angenommen.")
        store(new)
        self._remember(new)
        self.report.organizations.append(f"{slug} – {name}")
        return new

    def _remember(self, organization):
        """Under all by which a file may name it."""
        own = identify("organization", organization.slug)
        for key in (("id", own), ("slug", organization.slug), ("name", organization.name.casefold())):
            self.organizations[key] = organization

    def _tell_difference(self, known, new):
        fields = [name for name in ("name", "sector", "website") if getattr(new, name) != (getattr(known, name) or "")]
        labels = [known._meta.get_field(name).verbose_name for name in fields if getattr(new, name)]
        if labels:
            self.leave_out(f"Der Akteur „{known.name}“ bleibt, wie er hier steht ({', '.join(labels)} anders).")
