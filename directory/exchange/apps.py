from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "directory.exchange"
    verbose_name = "Austausch"
