from django.apps import AppConfig


class StarkeStelleConfig(AppConfig):
    name = "starkestelle"
    verbose_name = "Portal"

    def ready(self):
        from starkestelle import checks  # noqa: F401 – registers them
