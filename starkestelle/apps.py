from django.apps import AppConfig


class StarkeStelleConfig(AppConfig):
    name = "starkestelle"
    verbose_name = "Portal"
