from directory.models.catalogue_version import CatalogueVersion
from directory.models.offer import Email, Fact, Location, Offer, Phone, Source
from directory.models.organization import Organization
from directory.models.region import Region
from directory.models.taxonomy import Language, SupportType, ThreatType

__all__ = [
    "CatalogueVersion",
    "Email",
    "Fact",
    "Language",
    "Location",
    "Offer",
    "Organization",
    "Phone",
    "Region",
    "Source",
    "SupportType",
    "ThreatType",
]
