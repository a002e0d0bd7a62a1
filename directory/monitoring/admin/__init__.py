"""The pages under /redaktion/monitoring/."""

from directory.monitoring.admin import snapshot, verification

__all__ = ["snapshot", "verification"]
