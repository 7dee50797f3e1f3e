from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "lscb.jobs"
    label = "jobs"
    verbose_name = "jobs"
