"""The pages under /redaktion/monitoring/."""

from directory.monitoring.admin import verification

__all__ = ["verification"]
