from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "directory.monitoring"
    verbose_name = "Monitoring"
