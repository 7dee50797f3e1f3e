from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "lscb.actions"
    label = "actions"
    verbose_name = "actions"
