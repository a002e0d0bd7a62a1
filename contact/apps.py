from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "contact"
    verbose_name = "Beratung"

    def ready(self):
        from contact import throttle  # noqa: F401 – its memory must be there before the workers fork
