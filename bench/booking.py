"""Bookings per second through the service, against a bare locked row update, in one run on PostgreSQL.

    PORTAL_MODE=test python bench/booking.py --database postgres://user@host/name [--clients 4] [--seconds 5]

Works in a database of its own that is made beside the named one and goes afterwards. A booking is all that it is: the
lock on the session, the place, the person's booking, the link, the e-mail with its calendar entry, the trail. The bare
row update locks one row, counts it up and commits, with the same driver, connections and number of clients. Measured
on one contested session, and on a session per client, each of 40 places; who comes later joins its waiting list. Aim:
half of the bare update or better.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
OWN = "bench_booking"
AIM = 0.5


def main() -> int:
    arguments = argparse.ArgumentParser(description="Bookings per second against a bare locked row update.")
    arguments.add_argument(
        "--database", default=os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1/postgres")
    )
    arguments.add_argument("--clients", type=int, default=4)
    arguments.add_argument("--seconds", type=float, default=5)
    asked = arguments.parse_args()
    with own_database(asked.database) as url:
        os.environ.update(PORTAL_MODE="test", DJANGO_SETTINGS_MODULE="lscb.settings", DATABASE_URL=url, REDIS_URL="")
        return measure(asked.clients, asked.seconds)


class own_database:
    """A database that exists as long as the block."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _do(self, statement: str) -> None:
        import psycopg2

        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def __enter__(self) -> str:
        self._do(f"DROP DATABASE IF EXISTS {OWN}")
        self._do(f"CREATE DATABASE {OWN}")
        return urlsplit(self.url)._replace(path=f"/{OWN}").geturl()

    def __exit__(self, *error: object) -> None:
        from django.db import connections

        connections.close_all()
        self._do(f"DROP DATABASE IF EXISTS {OWN} WITH (FORCE)")


def measure(clients: int, seconds: float) -> int:
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    contested, many = prepare(clients)
    results = {}
    for name, sessions in (("one contested session", [contested] * clients), ("a session per client", many)):
        bare = per_second([bare_update(session) for session in sessions], seconds)
        booked = per_second([booking(session) for session in sessions], seconds)
        results[name] = booked / bare
        print(f"{name}: {booked:7.0f} bookings/s, {bare:7.0f} bare updates/s, ratio {booked / bare:.2f}")
    steps(contested)
    print(f"{clients} clients, {seconds:g} s each; aim: {AIM} or more")
    return 0 if min(results.values()) >= AIM else 1


def prepare(clients: int) -> tuple[Any, list[Any]]:
    from django.utils import timezone

    from training.models import Length
    from training.services import programme, sessions

    family = programme.set_programme(name="Measured", by=None)
    course = programme.add_course(programme=family, title="Measured", length=Length.SHORT, by=None)
    start = timezone.now() + dt.timedelta(days=30)
    made = [
        sessions.plan_session(
            course=course,
            days=[(start, start + dt.timedelta(hours=2))],
            capacity=40,
            place="Hall",
            publish=True,
            by=None,
        )
        for _ in range(clients + 1)
    ]
    return made[0], made[1:]


def per_second(tasks: list[Callable[[], None]], seconds: float) -> float:
    """How often all of them together are done in a second."""
    from django.db import connection

    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], None]) -> int:
        task()  # the first one opens the connection
        gate.wait()
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            task()
            done += 1
        connection.close()
        return done

    with ThreadPoolExecutor(len(tasks)) as threads:
        return sum(threads.map(run, tasks)) / seconds


def bare_update(session: Any) -> Callable[[], None]:
    """Lock one row, write it, commit."""
    from django.db import transaction

    from training.models import Session

    def once() -> None:
        with transaction.atomic():
            row = Session.objects.select_for_update().only("version").get(pk=session.pk)
            Session.objects.filter(pk=row.pk).update(version=row.version + 1)

    return once


def booking(session: Any) -> Callable[[], None]:
    """One person more. The person is made beforehand, outside of what is measured."""
    from django.utils import timezone

    from training.models import Participant
    from training.services.booking import Details, book_place

    made = Participant.objects.bulk_create(
        Participant(email=f"{time.time_ns()}-{number}@example.org", name="Kim", job="Nurse", organisation="School")
        for number in range(4000)
    )
    people = iter(made)
    details = Details("Kim", "Nurse", None, "School")

    def once() -> None:
        book_place(session=session, participant=next(people), details=details, by=None, now=timezone.now())

    return once


def steps(session: Any) -> None:
    """How many statements one booking takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    once = booking(session)
    once()
    with CaptureQueriesContext(connection) as captured:
        once()
    print(f"{len(captured)} statements for one booking")


if __name__ == "__main__":
    sys.exit(main())
