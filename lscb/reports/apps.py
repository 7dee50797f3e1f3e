from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "lscb.reports"
    label = "reports"
    verbose_name = "reports"
