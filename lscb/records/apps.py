from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "lscb.records"
    label = "records"
    verbose_name = "records"
