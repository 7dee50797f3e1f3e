"""The portal's Celery application, with the tasks that only tests ask for. `celery -A tests.plugins.worker_app`."""

from lscb.celery import app

app.conf.include = ["tests.jobs.slow"]

__all__ = ["app"]
