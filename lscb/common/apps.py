from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class CommonConfig(AppConfig):
    name = "lscb.common"
    label = "common"
    verbose_name = "common"
    default = True


class StaticFiles(StaticFilesConfig):
    """Collects what pages use. The browsable API is switched off, and compressing its files took 40 seconds."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "drf_spectacular_sidecar"]
