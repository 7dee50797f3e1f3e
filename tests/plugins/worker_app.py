"""The portal's Celery application, with the tasks that only tests ask for. `celery -A tests.plugins.worker_app`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery.signals import beat_embedded_init

from lscb.celery import app

app.conf.include = ["tests.jobs.slow"]
if prefix := os.environ.get("TEST_REDIS_PREFIX"):
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "global_keyprefix": prefix}


@beat_embedded_init.connect
def tell_beat_from_worker(**kwargs: Any) -> None:
    """The beat and the process that works are both children of the worker; tests kill one of them."""
    (Path(os.environ["DATA_DIR"]) / "beat.pid").write_text(str(os.getpid()))


__all__ = ["app"]
