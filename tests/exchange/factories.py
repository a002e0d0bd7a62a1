"""Plain functions that make rows of the exchange."""

from datetime import date, datetime, timedelta
from itertools import count

from directory.exchange.models import Commitment, ExchangeEvent
from directory.opening import BERLIN
from tests.factories import make_support_type, make_threat_type

numbers = count(1)
AFTERNOON = datetime(2027, 2, 3, 14, 0, tzinfo=BERLIN)


def make_event(starts_at=AFTERNOON, hours=3, **fields):
    """A public one in Berlin; `hours` long."""
    number = next(numbers)
    return ExchangeEvent.objects.create(
        **{
            "name": f"Austausch {number}",
            "slug": f"austausch-{number}",
            "is_public": True,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=hours),
            "place": "Rathaus, Berlin",
            **fields,
        }
    )


def make_commitment(**fields):
    """An open one of nobody in the directory, nationwide, without an event."""
    if "organization" not in fields:
        fields = {"other_name": "Stiftung Nord", **fields}
    return Commitment.objects.create(
        **{
            "threat_type": fields.get("threat_type") or make_threat_type(),
            "support_type": fields.get("support_type") or make_support_type(),
            "made_on": date(2026, 10, 1),
            "due_on": date(2027, 6, 30),
            **fields,
        }
    )
