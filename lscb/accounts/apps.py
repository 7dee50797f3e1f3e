from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lscb.accounts"
    label = "accounts"
    verbose_name = "accounts"

    def ready(self) -> None:
        from . import signs  # noqa: F401
