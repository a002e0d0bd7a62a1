"""The editors' pages of the monitoring under /redaktion/."""

from directory.monitoring.admin import link_check

__all__ = ["link_check"]
