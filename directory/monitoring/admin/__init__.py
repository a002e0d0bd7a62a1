"""The pages under /redaktion/monitoring/."""

from directory.monitoring.admin import link_check, snapshot, verification

__all__ = ["link_check", "snapshot", "verification"]
