"""For programs that watch the portal: whether it is ready for work, and its numbers in the text format of Prometheus.

Neither names anybody or anything. The numbers go to who is on the machine itself or shows METRICS_TOKEN.
"""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Callable, Iterable, Iterator

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.http import HttpRequest

from lscb.common.storage import private_storage
from lscb.jobs.models import Email, EmailState, Job, JobState
from lscb.jobs.services import is_a_copy

from . import counting
from .models import DataCheck, Tally

log = structlog.get_logger(__name__)

OK, AWAY, UNUSED = "ok", "away", "not used"
NEEDED = ("database", "migrations", "files")
ASKED_AGAIN = 5
LOCAL = ("127.0.0.1", "::1")


def may_watch(request: HttpRequest) -> bool:
    """By the token, or, where none is set, from the machine itself and not through a proxy."""
    if token := settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    return request.META.get("REMOTE_ADDR") in LOCAL and "X-Forwarded-For" not in request.headers


# -- Ready ------------------------------------------------------------------------------------------------------------


def parts() -> dict[str, str]:
    """What the portal leans on. Without Redis it goes on, only later: jobs and e-mails wait.

    Asked anew after some seconds: everybody may ask, and to ask costs a file.
    """
    return cache.get_or_set("ready", _ask, ASKED_AGAIN) or _ask()


def _ask() -> dict[str, str]:
    asked = {"database": _database, "migrations": _migrations, "files": _files, "queue": _queue}
    return {name: _answer(name, ask) for name, ask in asked.items()}


def verdict(found: dict[str, str]) -> str:
    if any(found[name] != OK for name in NEEDED):
        return "not ready"
    return "degraded" if found["queue"] == AWAY else "ready"


def _answer(name: str, ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Exception as error:  # whatever a server may raise: the answer is that it is away
        log.warning("ready.part_away", part=name, error=type(error).__name__)
        return AWAY


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "behind" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK


def _files() -> str:
    storage = private_storage()
    storage.delete(storage.save(f".ready-{uuid.uuid4().hex}", ContentFile(b"ready")))
    return OK


def _queue() -> str:
    if not settings.REDIS_URL:
        return UNUSED
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()
    return OK


# -- Numbers ----------------------------------------------------------------------------------------------------------

Labels = dict[str, str]


def metrics(now: dt.datetime) -> str:
    """Everything that is measured. One query for each kind."""
    counting.write_down()
    lines = [*_jobs(now), *_emails(now), *_tallies(), *_data(now)]
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, says: str, values: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    yield f"# HELP lscb_{name} {says}"
    yield f"# TYPE lscb_{name} {kind}"
    for labels, value in values:
        text = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels.items())
        yield f"lscb_{name}{f'{{{text}}}' if text else ''} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _age(since: dt.datetime | None, now: dt.datetime) -> float:
    return round((now - since).total_seconds()) if since else 0


def _jobs(now: dt.datetime) -> Iterator[str]:
    asked = Job.objects.order_by().values_list("state").annotate(Count("pk"), Min("queued_at"))
    found = {state: (number, oldest) for state, number, oldest in asked}
    numbers = [({"state": state}, found.get(state, (0, None))[0]) for state in JobState.values]
    yield from _metric("jobs", "gauge", "Background jobs by state.", numbers)
    oldest = found.get(JobState.QUEUED, (0, None))[1]
    yield from _metric("jobs_waiting_seconds", "gauge", "Age of the oldest job that waits.", [({}, _age(oldest, now))])


def _emails(now: dt.datetime) -> Iterator[str]:
    asked = Email.objects.order_by().values_list("state").annotate(Count("pk"), Min("queued_at"))
    found = {state: (number, oldest) for state, number, oldest in asked}
    numbers = [({"state": state}, found.get(state, (0, None))[0]) for state in EmailState.values]
    yield from _metric("emails", "gauge", "E-mails of the outbox by state.", numbers)
    oldest = found.get(EmailState.WAITING, (0, None))[1]
    waits = _age(oldest, now)
    yield from _metric("emails_waiting_seconds", "gauge", "Age of the oldest e-mail that waits.", [({}, waits)])


def _tallies() -> Iterator[str]:
    requests, sign_ins = [], []
    for metric, label, number in Tally.objects.values_list("metric", "label", "number"):
        if metric == counting.REQUESTS:
            view, _, status = label.rpartition(" ")
            requests.append(({"view": view, "status": status}, number))
        else:
            sign_ins.append(({"result": label}, number))
    yield from _metric("requests_total", "counter", "Answers by view and status.", requests)
    yield from _metric("sign_ins_total", "counter", "Attempts to sign in by result.", sign_ins)


def _data(now: dt.datetime) -> Iterator[str]:
    check = DataCheck.objects.latest_first().first()
    if check:
        faults, age = check.number_of_faults, _age(check.finished_at, now)
        yield from _metric("data_faults", "gauge", "Faults that the last check of the data found.", [({}, faults)])
        yield from _metric("data_check_age_seconds", "gauge", "Age of the last check of the data.", [({}, age)])
    yield from _metric("restored_copy", "gauge", "1 while this is a copy that sends nothing.", [({}, int(is_a_copy()))])
