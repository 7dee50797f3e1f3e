from django.apps import AppConfig


class DatasetConfig(AppConfig):
    name = "dataset"
    label = "dataset"
    verbose_name = "dataset"
