from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lscb.accounts"
    label = "accounts"
    verbose_name = "accounts"
