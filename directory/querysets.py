"""Which offers count for what: every rule of visibility stands here once."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

VISIBLE = ("active", "temporarily closed")


class OfferQuerySet(models.QuerySet):
    def published(self) -> Self:
        """What visitors may see: active and temporarily closed offers."""
        return self.filter(status__in=VISIBLE)

    def ended(self) -> Self:
        """What is over: the address answers 410, and the name stays public."""
        return self.filter(status="defunct")

    def available_in(self, region) -> Self:
        """Offers for somebody in `region`: nationwide ones, those of it, of its Land and of the Kreise in it."""
        near = Q(regions=region) | Q(regions__parent=region)
        if region.parent_id:
            near |= Q(regions=region.parent_id)
        return self.filter(Q(level="federal") | near).distinct()

    def for_page(self) -> Self:
        """With everything that the page of one offer shows."""
        return self.select_related("organization").prefetch_related(
            "regions", "threat_types", "support_types", "languages", "phones", "emails", "locations", "sources"
        )

    def due_for_review(self, day: date) -> Self:
        """Published offers never confirmed, or whose next review is due by `day`."""
        return self.published().filter(Q(verified_on=None) | Q(review_due__lte=day))

    def hard_to_reach(self) -> Self:
        """Nobody can be spoken to or written to directly."""
        return self.filter(phones=None, online_form="")

    def complete(self) -> Self:
        """They say where they apply and who says so."""
        placed = Q(level="federal", regions=None) | Q(level="state") & ~Q(regions=None)
        return self.filter(placed, ~Q(sources=None)).distinct()

    def ready_to_publish(self) -> Self:
        return self.complete().filter(status="draft")
