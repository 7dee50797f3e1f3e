"""A real Celery worker in a process of its own, to be killed at will.

`worker` comes in two kinds: on Redis and PostgreSQL as in production, and on the file-system queue and SQLite as in
the demonstration. A test that asks for it writes to a real database that the worker reads too. Hearts beat faster
than in production, so that a death is noticed within seconds.

`run_jobs` does the waiting jobs at once in the test's own process, for tests that only want the result.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from .sharing import alone_in, folder_of_the_run

pytest_plugins = ["tests.plugins.database"]

ROOT = Path(__file__).resolve().parents[2]
FAST = {"JOB_HEARTBEAT": "0.3", "JOB_PRESUMED_DEAD": "2", "JOB_SWEEP_EVERY": "1"}


class Worker:
    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.directory = directory
        self.environment = environment
        self.log = directory / "worker.log"
        self._groups: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, sweeper: bool = True, concurrency: int = 1) -> None:
        """`celery worker -B`. Without the sweeper it is the guard taken out."""
        environment = {**self.environment, **({} if sweeper else {"JOB_SWEEP_EVERY": "3600"})}
        schedule = self.directory / f"beat-{uuid.uuid4().hex}"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "tests.plugins.worker_app", "worker", "-B"),
                    *("-s", str(schedule), "-c", str(concurrency), "-n", f"{schedule.name}@test", "-l", "INFO"),
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._groups.append(self._process.pid)
        self.until(lambda: f"{schedule.name}@test ready" in self.log.read_text(), "The worker did not start", 60)

    def kill(self) -> None:
        """kill -9 of the worker, its child and its beat: the machine is gone."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self._process:
            self._process.wait()

    def kill_parent(self) -> None:
        """kill -9 of the worker alone: its child is an orphan that may go on working."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def kill_child(self) -> None:
        """kill -9 of the process that does the work; the worker itself goes on."""
        assert self._process
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()  # any of them may have started the child
        for child in [pid for thread in threads for pid in (thread / "children").read_text().split()]:
            if not self._is_beat(child):
                os.kill(int(child), signal.SIGKILL)

    def until(self, holds: Callable[[], Any], otherwise: str, seconds: float = 60) -> None:
        """Wait until `holds()`, or fail with the end of the worker's log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if holds():
                return
            time.sleep(0.05)
        pytest.fail(f"{otherwise} within {seconds} s.\n{self.log.read_text()[-6000:]}")

    def until_state(self, job: Any, state: str, seconds: float = 60) -> Any:
        """Wait until `job` is in `state`; gives the job as it is then."""

        def holds() -> bool:
            job.refresh_from_db()
            return bool(job.state == state)

        self.until(holds, f"The job is {job.state} and did not become {state}", seconds)
        return job

    def _is_beat(self, pid: str) -> bool:
        return (self.directory / "beat.pid").read_text() == pid


COMMITS = [pytest.mark.needs_redis, pytest.mark.needs_postgres, pytest.mark.django_db(transaction=True)]
"""Marks of the kind "redis"; a test that asks for that kind alone by `indirect` carries them itself."""

KINDS = [
    pytest.param("redis", marks=COMMITS, id="Redis and PostgreSQL"),
    pytest.param("files", id="file-system queue and SQLite"),
]


@pytest.fixture(params=KINDS)
def worker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Worker]:
    """A worker that is not started yet. Ends with the test. Not to be mixed with `db` or `client` of the same test."""
    database = "postgres_that_commits" if request.param == "redis" else "sqlite_file"
    redis_url = request.getfixturevalue("own_redis").url if request.param == "redis" else ""
    if not redis_url:
        request.getfixturevalue("queue_of_files")
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"CELERY_BROKER_URL", "TEST_DB_SUFFIX"}},
        **FAST,
        "PORTAL_MODE": "test",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": request.getfixturevalue(database),
        "REDIS_URL": redis_url,
    }
    worker = Worker(tmp_path, environment)
    try:
        yield worker
    finally:
        worker.kill()


class OwnRedis:
    """The Redis at hand, with a prefix of this test before every key: others on it neither see nor lose anything."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.prefix = f"test-{uuid.uuid4().hex}:"
        self._client = redis.Redis.from_url(url)

    def waiting(self) -> int:
        """How many messages wait."""
        return int(self._client.llen(f"{self.prefix}celery"))

    def empty(self) -> None:
        """Everything of this test is gone, as after a crash without append-only file."""
        if keys := list(self._client.scan_iter(f"{self.prefix}*")):
            self._client.delete(*keys)

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def own_redis(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[OwnRedis]:
    own = OwnRedis(settings.REDIS_URL)
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": own.prefix,
    }
    monkeypatch.setenv("CELERY_BROKER_URL", own.url)
    monkeypatch.setenv("TEST_REDIS_PREFIX", own.prefix)
    yield own
    own.empty()
    own.close()


@pytest.fixture
def queue_of_files(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A queue in a folder of this test as its broker."""
    queue = tmp_path / "queue"
    queue.mkdir()
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(queue / "control"),
    }
    monkeypatch.setenv("CELERY_BROKER_URL", "filesystem://")


@pytest.fixture
def postgres_that_commits() -> str:
    """The address of the session's test database. The test carries `COMMITS`, so it has no transaction around it."""
    from django.db import connection

    made = connection.settings_dict
    assert made["NAME"].startswith("test_"), "a worker of a test must never meet real records"
    return f"postgres://{made['USER']}:{made['PASSWORD']}@{made['HOST']}:{made['PORT'] or 5432}/{made['NAME']}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = folder_of_the_run(tmp_path_factory) / "sqlite"
    path = directory / "portal.sqlite3"
    environment = {
        **os.environ,
        "PORTAL_MODE": "test",
        "DATA_DIR": str(directory),
        "DATABASE_URL": f"sqlite:///{path}",
        "REDIS_URL": "",
    }
    environment.pop("TEST_DB_SUFFIX", None)
    with alone_in(directory):
        if not path.exists():
            command = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return path


@pytest.fixture
def sqlite_file(migrated_sqlite: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """For this test the database is a SQLite file of its own, whatever the session runs on."""
    from django.db import connections

    path = tmp_path / "portal.sqlite3"
    shutil.copy(migrated_sqlite, path)
    usual, usual_settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {
        **usual_settings,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"},
    }
    connections["default"] = connections.create_connection("default")
    try:
        with django_db_blocker.unblock():
            yield f"sqlite:///{path}"
            connections["default"].close()
    finally:
        connections.settings["default"] = usual_settings
        connections["default"] = usual


@pytest.fixture
def run_jobs(db: None) -> Callable[[], list[Any]]:
    """Call it to do every waiting job here and now; gives the jobs as they ended."""

    def run() -> list[Any]:
        from celery import current_app

        from lscb.jobs.models import Job

        current_app.loader.import_default_modules()
        waiting = list(Job.objects.filter(state="queued").order_by("queued_at"))
        for job in waiting:
            current_app.tasks[job.task](str(job.pk))
            job.refresh_from_db()
        return waiting

    return run
