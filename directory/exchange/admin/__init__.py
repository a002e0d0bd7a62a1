"""The pages under /redaktion/exchange/."""

from directory.exchange.admin import commitment, event

__all__ = ["commitment", "event"]
