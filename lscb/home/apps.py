from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "lscb.home"
    label = "home"
    verbose_name = "home"

    def ready(self) -> None:
        from . import counting  # noqa: F401
