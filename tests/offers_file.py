"""What fixtures/offers.json says, read without the portal's own code: what a visitor must find."""

import json
from functools import cache

from django.conf import settings


@cache
def published():
    """The fields of each offer that is no draft; `phones` are its numbers in their order."""
    rows = json.loads((settings.BASE_DIR / "fixtures" / "offers.json").read_text(encoding="utf-8"))
    offers = {row["fields"]["slug"]: row["fields"] for row in rows if row["model"] == "directory.offer"}
    phones = [row["fields"] for row in rows if row["model"] == "directory.phone"]
    for slug, fields in offers.items():
        own = sorted((phone for phone in phones if phone["offer"] == [slug]), key=lambda phone: phone["position"])
        fields["phones"] = [phone["number"] for phone in own]
    return [fields for fields in offers.values() if fields["status"] != "draft"]


def names(*, state=None, audience=None, threat=None):
    """Names of the offers of one Land, or of the federal ones, sorted."""
    return sorted(
        offer["name"]
        for offer in published()
        if ([state] in offer["regions"] if state else offer["level"] == "federal")
        and audience in (None, offer["audience"])
        and (threat is None or [threat] in offer["threat_types"])
    )
