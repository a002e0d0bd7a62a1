"""The catalogue of our data for GovData and other portals, by DCAT-AP.de 3.0: what there is, where, since when."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse

from directory import catalogue
from directory.monitoring.models import Snapshot
from directory.opendata import feeds, hsds, jsonl, licence, package, rdf, tables
from directory.opendata.edition import Edition
from directory.opendata.rdf import Iri, Text, Triple

FORMS = {  # address → how it is written
    "katalog.ttl": ("text/turtle; charset=utf-8", rdf.turtle),
    "katalog.jsonld": ("application/ld+json", rdf.json_ld),
    "katalog.rdf": ("application/rdf+xml", rdf.rdf_xml),
}
EU = "http://publications.europa.eu/resource/authority"
THEMES = ("GOVE", "JUST", "SOCI")  # government, justice and safety, society
KEYWORDS = ("Kommunalpolitik", "Bedrohung", "Hass im Netz", "Beratungsstellen", "Opferhilfe", "Demokratie")
MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
GEOCODING = "http://dcat-ap.de/def/politicalGeocoding"


def triples(edition: Edition) -> list[Triple]:
    """All that the catalogue says, for one edition and the snapshots that there are."""
    return list(Writer(edition).everything())


def _page(name, *args) -> Iri:
    return Iri(settings.PUBLIC_ADDRESS + reverse(name, args=args))


def german(text: str) -> Text:
    return Text(text, "de")


class Writer:
    def __init__(self, edition: Edition):
        self.edition = edition
        self.home = _page("opendata:about")
        self.catalogue, self.offers, self.snapshots, self.service, self.publisher, self.contact = (
            Iri(f"{self.home}#{name}") for name in ("katalog", "angebote", "staende", "hsds", "herausgeber", "kontakt")
        )
        self.taken = list(Snapshot.objects.without_data().order_by("day"))

    def everything(self) -> Iterator[Triple]:
        yield from self.of_catalogue()
        yield from self.of_offers()
        yield from self.of_service()
        if self.taken:
            yield from self.of_snapshots()
        yield from self.of_people()

    def of_catalogue(self) -> Iterator[Triple]:
        yield self.catalogue, "rdf:type", Iri("dcat:Catalog")
        yield self.catalogue, "dcterms:title", german("Daten der starken Stelle")
        about = "Hilfsangebote für Menschen in kommunalen Ämtern und Mandaten, die angefeindet oder bedroht werden."
        yield self.catalogue, "dcterms:description", german(about)
        yield self.catalogue, "dcterms:publisher", self.publisher
        yield self.catalogue, "dcterms:license", Iri(licence.GOVDATA)
        yield self.catalogue, "dcterms:language", Iri(f"{EU}/language/DEU")
        yield self.catalogue, "dcterms:spatial", Iri(f"{EU}/country/DEU")
        yield self.catalogue, "dcat:themeTaxonomy", Iri(f"{EU}/data-theme")
        yield self.catalogue, "foaf:homepage", self.home
        yield self.catalogue, "dcat:dataset", self.offers
        yield self.catalogue, "dcat:service", self.service
        if self.taken:
            yield self.catalogue, "dcat:dataset", self.snapshots
        yield from self.changed(self.catalogue)

    def of_offers(self) -> Iterator[Triple]:
        yield from self.dataset(
            self.offers,
            "Hilfsangebote für die Kommunalpolitik",
            "Wer Menschen in kommunalen Ämtern und Mandaten nach Anfeindungen und Drohungen hilft: Angebote, Kontakte, "
            "Akteure und Quellen, bundesweit und in jedem Land.",
            self.home,
            "CONT",
        )
        yield self.offers, "dcat:version", Text(self.edition.version)
        yield from self.changed(self.offers)
        if self.edition.changed_at:
            yield from self.period(self.offers, None, self.edition.changed_at.date())
        for table in tables.TABLES:
            yield from self.file(_page(f"opendata:{table.file}"), f"{table.title} (CSV)", "CSV", "text/csv", table.file)
        where = _page(f"opendata:{jsonl.FILE}")
        yield from self.file(where, "Angebote (JSON Lines)", "JSON", "application/jsonl", jsonl.FILE)
        where = _page(f"opendata:{package.FILE}")
        yield from self.file(where, "Beschreibung der Tabellen (Data Package)", "JSON", "application/json")
        where = _page("opendata:hsds_bulk")
        yield from self.file(where, "Alle Angebote nach HSDS 3.0 (JSON)", "JSON", hsds.CONTENT_TYPE, hsds.FILE)
        where = _page("opendata:feed")
        yield from self.file(where, "Änderungen (Atom)", "ATOM", feeds.CONTENT_TYPE.partition(";")[0])

    def of_snapshots(self) -> Iterator[Triple]:
        yield from self.dataset(
            self.snapshots,
            "Monitoring der Hilfsangebote für die Kommunalpolitik: Stände",
            "Feste Stände: alle Zahlen und alle öffentlichen Daten eines Tages, danach unverändert.",
            _page("monitoring:snapshots"),
            "MONTHLY",
        )
        yield from self.period(self.snapshots, self.taken[0].day, self.taken[-1].day)
        for taken in self.taken:
            where = _page("monitoring:snapshot_data", taken.day)
            title = f"Stand vom {taken.day:%d.%m.%Y} (JSON)"
            yield from self.file(where, title, "JSON", "application/json", of=self.snapshots)
            yield where, "dcterms:issued", Text(taken.day.isoformat(), type=Iri("xsd:date"))
            yield from self.checksum(where, taken.checksum)

    def of_service(self) -> Iterator[Triple]:
        yield self.service, "rdf:type", Iri("dcat:DataService")
        yield self.service, "dcterms:title", german("HSDS-3.0-Schnittstelle")
        yield self.service, "dcterms:description", german("Lesende Schnittstelle nach Open Referral HSDS 3.0.")
        yield self.service, "dcterms:publisher", self.publisher
        yield self.service, "dcat:contactPoint", self.contact
        yield self.service, "dcterms:license", Iri(licence.GOVDATA)
        yield self.service, "dcterms:accessRights", Iri(f"{EU}/access-right/PUBLIC")
        yield self.service, "dcat:endpointURL", _page("opendata:hsds")
        yield self.service, "dcat:endpointDescription", _page("opendata:openapi")
        yield self.service, "dcat:servesDataset", self.offers
        yield from ((self.service, "dcat:theme", Iri(f"{EU}/data-theme/{theme}")) for theme in THEMES)

    def of_people(self) -> Iterator[Triple]:
        name = Text(settings.OPERATOR["name"])
        yield self.publisher, "rdf:type", Iri("foaf:Agent")
        yield self.publisher, "rdf:type", Iri("foaf:Organization")
        yield self.publisher, "foaf:name", name
        yield self.publisher, "foaf:homepage", Iri(f"{settings.PUBLIC_ADDRESS}/")
        yield self.contact, "rdf:type", Iri("vcard:Kind")
        yield self.contact, "rdf:type", Iri("vcard:Organization")
        yield self.contact, "vcard:fn", name
        yield self.contact, "vcard:hasURL", _page("imprint")
        if settings.OPERATOR["email"]:
            yield self.contact, "vcard:hasEmail", Iri(f"mailto:{quote(settings.OPERATOR['email'], safe='@')}")

    def dataset(self, subject: Iri, title: str, about: str, page: Iri, frequency: str) -> Iterator[Triple]:
        yield subject, "rdf:type", Iri("dcat:Dataset")
        yield subject, "dcterms:title", german(title)
        yield subject, "dcterms:description", german(about)
        yield subject, "dcterms:identifier", Text(subject)
        yield subject, "dcterms:publisher", self.publisher
        yield subject, "dcat:contactPoint", self.contact
        yield subject, "dcat:landingPage", page
        yield subject, "dcterms:language", Iri(f"{EU}/language/DEU")
        yield subject, "dcterms:accessRights", Iri(f"{EU}/access-right/PUBLIC")
        yield subject, "dcterms:accrualPeriodicity", Iri(f"{EU}/frequency/{frequency}")
        yield subject, "dcatap:availability", Iri(f"{EU}/planned-availability/STABLE")
        yield subject, "dcatde:politicalGeocodingLevelURI", Iri(f"{GEOCODING}/Level/federal")
        yield subject, "dcterms:spatial", Iri(f"{EU}/country/DEU")
        # by spatial, because DCAT-AP.de 3.0 declares politicalGeocodingURI deprecated
        for state in catalogue.current().states:
            yield subject, "dcterms:spatial", Iri(f"{GEOCODING}/stateKey/{state.official_key}")
        if settings.DCAT_CONTRIBUTOR_ID:
            yield subject, "dcatde:contributorID", Iri(settings.DCAT_CONTRIBUTOR_ID)
        yield from ((subject, "dcat:theme", Iri(f"{EU}/data-theme/{theme}")) for theme in THEMES)
        yield from ((subject, "dcat:keyword", german(word)) for word in KEYWORDS)

    def file(
        self, where: Iri, title: str, kind: str, media_type: str, name: str = "", of: Iri | None = None
    ) -> Iterator[Triple]:
        """A distribution; `name` that of a file of the edition, whose size and checksum are known."""
        yield of or self.offers, "dcat:distribution", where
        yield where, "rdf:type", Iri("dcat:Distribution")
        yield where, "dcterms:title", german(title)
        yield where, "dcat:accessURL", where
        yield where, "dcat:downloadURL", where
        yield where, "dcterms:license", Iri(licence.GOVDATA)
        yield where, "dcatde:licenseAttributionByText", german(licence.ATTRIBUTION)
        yield where, "dcterms:format", Iri(f"{EU}/file-type/{kind}")
        yield where, "dcat:mediaType", Iri(f"{MEDIA_TYPES}/{media_type}")
        yield where, "dcterms:language", Iri(f"{EU}/language/DEU")
        yield where, "dcatap:availability", Iri(f"{EU}/planned-availability/STABLE")
        if name:
            file = self.edition.files[name]
            yield where, "dcat:byteSize", Text(str(file.size), type=Iri("xsd:nonNegativeInteger"))
            yield from self.changed(where)
            yield from self.checksum(where, file.sha256)

    def checksum(self, where: Iri, value: str) -> Iterator[Triple]:
        node = Iri(f"{where}#sha256")
        yield where, "spdx:checksum", node
        yield node, "rdf:type", Iri("spdx:Checksum")
        yield node, "spdx:algorithm", Iri("spdx:checksumAlgorithm_sha256")
        yield node, "spdx:checksumValue", Text(value, type=Iri("xsd:hexBinary"))

    def period(self, subject: Iri, first: date | None, last: date) -> Iterator[Triple]:
        node = Iri(f"{subject}-zeitraum")
        yield subject, "dcterms:temporal", node
        yield node, "rdf:type", Iri("dcterms:PeriodOfTime")
        if first:
            yield node, "dcat:startDate", Text(first.isoformat(), type=Iri("xsd:date"))
        yield node, "dcat:endDate", Text(last.isoformat(), type=Iri("xsd:date"))

    def changed(self, subject: Iri) -> Iterator[Triple]:
        if self.edition.changed_at:
            moment = Text(self.edition.changed_at.isoformat(), type=Iri("xsd:dateTime"))
            yield subject, "dcterms:modified", moment
