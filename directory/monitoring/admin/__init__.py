"""Monitoring under /redaktion/."""

from directory.monitoring.admin import snapshot

__all__ = ["snapshot"]
