from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lscb.demo"
    label = "demo"
    verbose_name = "demo"
