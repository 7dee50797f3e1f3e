from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "lscb.common"
    label = "common"
    verbose_name = "common"
