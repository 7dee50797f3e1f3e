"""The last places raced for by fifty clients over the real server, on PostgreSQL; and the guards taken out.

Three rounds here; `RACE_ROUNDS=300 make test ARGS="tests/training/test_races.py"` runs more of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.accounts.roles import Professional
from tests.accounts.factories import AgencyFactory, person
from tests.plugins.worker import ROOT
from training.invariants import broken
from training.models import Booking, BookingState, Course, Participant, Session
from training.services import beat
from training.services import booking as services

from .samples import a_booking, a_course, a_participant, a_session

pytestmark = [pytest.mark.needs_postgres, pytest.mark.django_db(transaction=True)]

S = BookingState
CLIENTS = 50
PLACES = (1, 2, 10)
ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
TRIES = 40
UNIQUE = "ALTER TABLE training_booking ADD CONSTRAINT one_booking_per_place UNIQUE (session_id, place)"


class Server:
    """gunicorn with several workers, one of which may be killed at any moment."""

    def __init__(self, database: str, folder: Path, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        known = {name: value for name, value in os.environ.items() if name != "TEST_DB_SUFFIX"}
        own = {"PORTAL_MODE": "test", "DATABASE_URL": database, "DATA_DIR": str(folder), "REDIS_URL": ""}
        command = [sys.executable, "-m", "gunicorn", "tests.training.race_server:application", "--preload"]
        command += ["--workers", "4", "--bind", f"127.0.0.1:{self.port}", "--backlog", "256", "--log-level", "critical"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=known | own | environment, start_new_session=True)

    def wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        pytest.fail("The server did not start.")

    def kill_a_worker(self) -> None:
        workers = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(int(random.choice(workers)), signal.SIGKILL)

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def serve(postgres_that_commits: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(**environment: str) -> Server:
        server = Server(postgres_that_commits, tmp_path, **environment)
        servers.append(server)
        server.wait()
        return server

    yield start
    for server in servers:
        server.stop()


class Booker:
    """A person with a browser of their own: cookies and nothing else."""

    def __init__(self, server: Server, user: User) -> None:
        self.server, self.user = server, user
        client = Client()
        client.force_login(user)
        self.token = secrets.token_hex(16)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.token}"

    def post(self, address: str, **data: str) -> int:
        """The status; whoever gets no answer sends the form again, as people do."""
        for _ in range(TRIES):
            if status := self.post_once(address, **data):
                return status
            time.sleep(0.05)
        return 0

    def post_once(self, address: str, **data: str) -> int:
        """The status, or 0 where no answer came."""
        body = urlencode({**data, "csrfmiddlewaretoken": self.token})
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        asked = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            asked.request("POST", address, body, headers)
            return asked.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            asked.close()


def book(booker: Booker, session: Session) -> int:
    time.sleep(random.uniform(0, 0.02))
    typed = {"name": booker.user.name, "job": "Nurse", "organisation": "A school"}
    return booker.post(reverse("training:book", args=[session.pk]), **typed)


def together(tasks: Sequence[Callable[[], Any]]) -> list[Any]:
    """All at the same moment."""
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        gate.wait(timeout=30)
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def bookers(server: Server, number: int = CLIENTS) -> list[Booker]:
    agency = AgencyFactory()
    return [Booker(server, person(Professional, agency=agency)) for _ in range(number)]


def race(
    server: Server, people: list[Booker], course: Course, places: int, *, kills: int = 0
) -> tuple[Session, list[int]]:
    start = timezone.now() + dt.timedelta(days=30)
    session = a_session(course, capacity=places, start=start)

    def killer() -> None:
        time.sleep(random.uniform(0, 0.3))
        server.kill_a_worker()

    statuses = together([*(lambda one=one: book(one, session) for one in people), *[killer] * kills])
    return session, [status for status in statuses if status is not None]


def states(session: Session) -> Counter[str]:
    return Counter(Booking.objects.filter(session=session).values_list("state", flat=True))


def test_fifty_clients_race_for_the_last_places(serve: Callable[..., Server]) -> None:
    server, course = serve(), a_course()
    people = bookers(server)
    for number in range(ROUNDS):
        places = PLACES[number % len(PLACES)]
        session, statuses = race(server, people, course, places, kills=number % 3)
        assert set(statuses) == {302}
        assert states(session) == {S.CONFIRMED: places, S.WAITING: CLIENTS - places}, f"round {number}"
        numbers = Booking.objects.filter(session=session, state=S.WAITING).order_by("in_line")
        assert list(numbers.values_list("in_line", flat=True)) == list(range(1, CLIENTS - places + 1))
    assert list(broken(timezone.localdate())) == []


def test_without_the_lock_the_database_stands_and_without_that_too_places_are_oversold(
    serve: Callable[..., Server],
) -> None:
    """The negative control: both guards are needed to be taken out before a place is given twice."""
    server, course = serve(WITHOUT_LOCK="1", LONGEST_PAUSE="0.15"), a_course()
    people = bookers(server, 20)
    session, statuses = race(server, people, course, 2)
    assert states(session)[S.CONFIRMED] <= 2
    assert 500 in statuses, "the database refused a place that was given already"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE training_booking DROP CONSTRAINT one_booking_per_place")
    try:
        session, _ = race(server, people, course, 2)
        assert states(session)[S.CONFIRMED] > 2, "the test would not notice an oversold session"
        assert any("are taken" in sentence for sentence in broken(timezone.localdate()))
    finally:
        server.stop()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE training_booking CASCADE")
            cursor.execute(UNIQUE)


def test_cancelling_races_with_promotion_and_expiry(serve: Callable[..., Server]) -> None:
    """Confirmed people cancel, offers end while they are accepted, people leave the line, the beat goes on: at once.

    The order of the line holds, nobody who left is offered a place, and no place stays free while somebody waits.
    """
    server, course = serve(), a_course()
    people = bookers(server, 24)
    for _ in range(max(1, ROUNDS // 3)):
        now = timezone.now()
        session = a_session(course, capacity=6, start=now + dt.timedelta(days=30))
        made = [_booked(session, booker, now) for booker in people]
        for held in made[:2]:
            services.cancel_booking(booking=held, by=None, now=now)
        offered = list(Booking.objects.filter(session=session, state=S.OFFERED).order_by("in_line"))
        Booking.objects.filter(pk=offered[0].pk).update(offered_until=now - dt.timedelta(seconds=1))
        Booking.objects.filter(pk=offered[1].pk).update(offered_until=timezone.now() + dt.timedelta(seconds=0.1))
        cancels, leaves = [made[2], made[3]], [made[9], made[12], made[20]]
        tasks = [
            *(_presses(people, made, one, "cancel") for one in (*cancels, *leaves)),
            *(_presses(people, made, one, "accept") for one in offered),
            *[lambda: beat.go_on(timezone.now())] * 2,
        ]
        together(tasks)
        time.sleep(0.1)
        beat.go_on(timezone.now())
        after = {one.pk: one for one in Booking.objects.filter(session=session)}
        holding = [one for one in after.values() if one.holds_place]
        waiting = [one for one in after.values() if one.state == S.WAITING]
        assert len(holding) == 6
        assert {after[one.pk].state for one in leaves} <= {S.LEFT}
        served = [one.in_line for one in holding if one.in_line]
        assert max(served) < min(one.in_line for one in waiting if one.in_line)
        assert after[offered[0].pk].state == S.LAPSED, "an offer that is over is not accepted"
        assert list(broken(timezone.localdate())) == []


def _booked(session: Session, booker: Booker, now: dt.datetime) -> Booking:
    who = Participant.objects.filter(user=booker.user).first() or a_participant(booker.user.email)
    if who.user is None:
        who.user = booker.user
        who.save()
    return a_booking(session, who, now=now)


def _presses(people: list[Booker], made: list[Booking], booking: Booking, button: str) -> Callable[[], int]:
    booker = people[[one.pk for one in made].index(booking.pk)]
    return lambda: booker.post(booking.get_absolute_url(), do=button)
