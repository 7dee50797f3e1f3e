"""Two portals and two workers on one PostgreSQL, one Redis and one bucket; one of each is killed under load.

Each has a folder of its own, as on a machine of its own: nothing but the three servers is shared.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import Count
from django.utils import timezone

from lscb.accounts.roles import Professional
from lscb.jobs.models import Job
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, person
from tests.jobs.slow import ask, effects
from tests.plugins.worker import COMMITS, OwnRedis, Worker
from tests.training.samples import a_course, a_session
from tests.training.test_races import Booker, Server, book, together
from training.invariants import broken
from training.models import Booking, BookingState

PLACES, PEOPLE, JOBS = 8, 24, 10


class OfTwo(Booker):
    """A person behind whatever shares the visits out: where no answer comes, the other portal is asked."""

    def __init__(self, servers: tuple[Server, Server], user: object) -> None:
        super().__init__(servers[0], user)  # type: ignore[arg-type]
        self.servers = servers

    def post(self, address: str, **data: str) -> int:
        for number in random.sample([0, 1] * 3, 6):
            self.server = self.servers[number]
            if status := self.post_once(address, **data):
                return status
            time.sleep(0.1)
        return 0


@pytest.fixture
def portals(postgres_that_commits: str, bucket_url: str, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    made = [
        Server(postgres_that_commits, tmp_path / name, FILES_URL=bucket_url, LONGEST_PAUSE="0.05")
        for name in ("first", "second")
    ]
    for server in made:
        server.wait()
    yield made[0], made[1]
    for server in made:
        server.stop()


@pytest.mark.long
@pytest.mark.parametrize("worker", [pytest.param("redis", marks=COMMITS)], indirect=True)
def test_nothing_is_lost_or_doubled_when_one_of_each_is_killed(
    worker: Worker,
    portals: tuple[Server, Server],
    files_in_bucket: object,
    bucket_url: str,
    own_redis: OwnRedis,
    tmp_path: Path,
) -> None:
    workers = []
    for name in ("third", "fourth"):
        folder = tmp_path / name
        folder.mkdir()
        environment = {**worker.environment, "DATA_DIR": str(folder), "FILES_URL": bucket_url}
        workers.append(Worker(folder, environment))
    try:
        for each in workers:
            each.start()
        agency = AgencyFactory()
        session = a_session(a_course(), capacity=PLACES, start=timezone.now() + dt.timedelta(days=30))
        people = [OfTwo(portals, person(Professional, agency=agency)) for _ in range(PEOPLE)]
        jobs = [ask(mark=f"job {number} of many", seconds=1) for number in range(JOBS)]
        killing = threading.Timer(0.4, lambda: (portals[0].stop(), workers[0].kill()))
        killing.start()
        answers = Counter(together([lambda one=one: book(one, session) for one in people]))
        killing.join()
        assert set(answers) == {302}, "somebody got no answer from either portal, or an error"
        for job in jobs:
            workers[1].until_state(job, "done")
        time.sleep(1)
    finally:
        for each in workers:
            each.kill()
    bookings = Booking.objects.filter(session=session)
    assert bookings.filter(state=BookingState.CONFIRMED).count() == PLACES
    assert bookings.count() == PEOPLE, "everybody has a place or waits"
    assert not bookings.values("participant").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert list(broken(timezone.localdate())) == []
    for number, job in enumerate(jobs):
        assert effects(f"job {number} of many") == 1
        assert Event.objects.of(job).filter(verb="finished").count() == 1
        with Job.objects.get(pk=job.pk).result.open("rb") as result:
            assert result.read() == b"1 to 20"
