"""The editors' pages for keeping entries true, under /redaktion/monitoring/."""

from directory.monitoring.admin import proposal

__all__ = ["proposal"]
