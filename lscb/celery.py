"""The Celery application. Tasks live in each app's `tasks.py`."""

import logging
import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger, task_prerun
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from lscb.common.words import forget

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lscb.settings")

TRANSPORT_ALIASES["filesystem"] = "lscb.jobs.folder_queue:Transport"

app = Celery("lscb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
task_prerun.connect(forget)  # each task goes by the names in force when it begins


@after_setup_logger.connect
@after_setup_task_logger.connect
def write_as_the_portal_does(logger: logging.Logger, **kwargs: Any) -> None:
    """The worker brings handlers of its own; what they print must hold no more of what people wrote than other logs."""
    formatters: Any = settings.LOGGING["formatters"]
    lines = {name: value for name, value in formatters["lines"].items() if name != "()"}
    for handler in logger.handlers:
        handler.setFormatter(structlog.stdlib.ProcessorFormatter(**lines))
