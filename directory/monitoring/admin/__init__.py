"""The editors' pages for keeping entries true, under /redaktion/monitoring/."""

from directory.monitoring.admin import confirmation, proposal

__all__ = ["confirmation", "proposal"]
