"""Runs the demonstration on this machine: the portal, and its Celery worker with the clock in it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess  # nosec B404: starts only the two programs below
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from lscb.common.terminal import Bar
from lscb.jobs.models import Job, JobState

# Celery's warning of working as root is for real installations; a bare machine may have no other user.
_AS_ROOT = "-Wignore:You're running the worker with superuser privileges"
WORKER = [_AS_ROOT, "-m", "celery", "-A", "lscb", "--quiet", "worker", "--beat", "--concurrency=1", "--loglevel=ERROR"]


def portal(port: int) -> list[str]:
    """gunicorn, on this machine's own address only."""
    return [
        "-m",
        "gunicorn",
        "lscb.demo.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--workers=2",
        "--no-control-socket",
        "--log-level=error",
    ]


def check_port(port: int) -> None:
    """Refuses a port that is taken before any work is done, with what to type instead."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}") from error


@contextmanager
def running(arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program of the portal, ended with the block."""
    process = subprocess.Popen([sys.executable, *arguments], env=os.environ)  # nosec B603
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def watch(job: Job, bar: Bar) -> Job:
    """Show the progress of a job until it ends. Raises CommandError with its sentence when it failed."""
    while True:
        job.refresh_from_db()
        if not job.is_live:
            break
        bar.show(job.step or "waiting for the worker", job.percent or 0)
        time.sleep(0.2)
    if job.state != JobState.DONE:
        raise CommandError(f"{job.title}: {job.failure or job.get_state_display()}")
    bar.done("done")
    return job
