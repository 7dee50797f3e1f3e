from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "lscb.installation"
    label = "installation"
    verbose_name = "installation"
