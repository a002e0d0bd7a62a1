"""The pages under /redaktion/monitoring/."""

from directory.monitoring.admin import confirmation, link_check, proposal, snapshot, verification

__all__ = ["confirmation", "link_check", "proposal", "snapshot", "verification"]
