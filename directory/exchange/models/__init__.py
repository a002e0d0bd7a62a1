from directory.exchange.models.commitment import Commitment
from directory.exchange.models.event import ExchangeEvent

__all__ = ["Commitment", "ExchangeEvent"]
