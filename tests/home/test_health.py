"""Whether the portal and its data are well, told to programs and to the people who keep it running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boards.models import Group
from cdop.models import Death, Review
from lscb.accounts.models import User
from lscb.home import counting
from lscb.home.checking import waiting_for
from lscb.home.models import DataCheck
from lscb.jobs.models import Job, JobState
from lscb.jobs.services import queue_email
from tests.accounts.factories import MemberFactory
from tests.jobs.factories import JobFactory

pytestmark = pytest.mark.django_db


# -- Ready ------------------------------------------------------------------------------------------------------------


def ready(client: Client, **headers: str) -> tuple[int, dict[str, Any]]:
    cache.clear()
    response = client.get(reverse("ready"), **headers)
    return response.status_code, response.json()


def test_a_portal_with_everything_at_hand_is_ready(client: Client, settings: Any) -> None:
    queue = "ok" if settings.REDIS_URL else "not used"
    parts = {"database": "ok", "migrations": "ok", "files": "ok", "queue": queue}
    assert ready(client) == (200, {"status": "ready", "parts": parts})
    assert list(Path(settings.MEDIA_ROOT).iterdir()) == [], "what was tried is gone again"


def test_without_its_queue_it_goes_on_and_says_so(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, said = ready(client)
    assert (status, said["status"], said["parts"]["queue"]) == (200, "degraded", "away")


def test_without_a_place_for_files_or_behind_its_code_it_takes_nobody(client: Client, settings: Any) -> None:
    settings.MEDIA_ROOT.parent.mkdir(exist_ok=True)
    settings.MEDIA_ROOT.write_text("a file where the folder should be")
    assert ready(client)[0] == 503
    settings.MEDIA_ROOT.unlink()
    MigrationRecorder(connection).record_unapplied("home", "0001_health")
    status, said = ready(client)
    assert (status, said["status"], said["parts"]["migrations"]) == (503, "not ready", "behind")


def test_which_part_is_away_is_told_on_the_machine_or_for_the_token_only(client: Client, settings: Any) -> None:
    assert ready(client, HTTP_X_FORWARDED_FOR="203.0.113.5")[1] == {"status": "ready"}
    assert ready(client, REMOTE_ADDR="203.0.113.5")[1] == {"status": "ready"}
    settings.METRICS_TOKEN = "a long text"
    assert ready(client)[1] == {"status": "ready"}
    assert "parts" in ready(client, REMOTE_ADDR="203.0.113.5", HTTP_AUTHORIZATION="Bearer a long text")[1]


# -- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"REMOTE_ADDR": "203.0.113.5"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"HTTP_AUTHORIZATION": "Bearer wrong"}],
)
def test_the_numbers_are_not_public(headers: dict[str, str], client: Client, settings: Any) -> None:
    if "HTTP_AUTHORIZATION" in headers:
        settings.METRICS_TOKEN = "a long text"
    assert client.get(reverse("metrics"), **headers).status_code == 404


def test_the_numbers_tell_of_jobs_mail_sign_ins_and_requests_and_of_nobody(client: Client, settings: Any) -> None:
    user = MemberFactory(name="Zebedee Quill", email="zebedee@quill.invalid")
    JobFactory(queued_at=timezone.now() - dt.timedelta(minutes=5), title="About Zebedee")
    JobFactory(state=JobState.FAILED, failure="No.", finished_at=timezone.now())
    queue_email(unique_key="one", to=user.email, subject="Hello Zebedee", body="Text")
    counting.write_down()
    before = client.get(reverse("metrics")).content.decode()
    client.post(reverse("account_login"), {"login": user.email, "password": "not the password"})
    client.get("/zebedee-quill/")
    text = client.get(reverse("metrics")).content.decode()
    assert 'lscb_jobs{state="queued"} 1' in text
    assert 'lscb_jobs{state="failed"} 1' in text
    assert 300 <= value(text, "lscb_jobs_waiting_seconds") < 400
    assert 'lscb_emails{state="waiting"} 1' in text
    failed = 'lscb_sign_ins_total{result="failed"}'
    assert value(text, failed) == value(before, failed) + 1
    seen = 'lscb_requests_total{view="account_login",status="200"}'
    assert value(text, seen) == value(before, seen) + 1
    assert "lscb_restored_copy 0" in text
    for word in ("zebedee", "quill", "@"):
        assert word not in text.lower()
    for line in text.splitlines():
        assert line.startswith("# ") or float(line.rpartition(" ")[2]) >= 0


def value(text: str, name: str) -> float:
    return next((float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{name} ")), 0)


# -- The data ---------------------------------------------------------------------------------------------------------


def page(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse("data_health"))


def test_each_night_the_data_is_checked_and_the_team_is_told_what_is_wrong(
    demo_board: dict[str, User], run_jobs: Callable[[], list[Job]]
) -> None:
    """The link is for who may see the record; of child deaths even the team is told only that something is wrong."""
    manager, technical, officer = (demo_board[who] for who in ("manager", "technical", "officer"))
    current_app.loader.import_default_modules()
    group = Group.objects.get(name__startswith="Monitoring")
    parent = group.parent_id
    below = Group.objects.create(code="below", name="Below", kind="sub_group", starts_on="2016-04-01", parent=group)
    Group.objects.filter(pk=group.pk).update(parent=below)
    death = Death.objects.filter(review__isnull=False, state="open")[0]
    Review.objects.filter(death=death).delete()
    nightly(run_jobs)
    found = page(manager).content.decode()
    assert f'href="{group.get_absolute_url()}"' in found
    assert f"Group {group.code} reports to itself in a circle." in found
    assert str(death) not in found
    assert "A rule is broken in a record that you may not see" in found
    assert "Take a backup" not in found, "advice stands beside what is broken alone"
    told = page(technical).content.decode()
    assert group.code not in told
    assert str(death) not in told
    assert page(officer).status_code == 404
    line = waiting_for(manager, timezone.localdate())[0]
    number = DataCheck.objects.get().number_of_faults
    assert line.title == f"The check of the data found {number} faults"
    assert (line.tone, line.url) == ("red", reverse("data_health"))
    assert waiting_for(officer, timezone.localdate()) == []
    Group.objects.filter(pk=group.pk).update(parent=parent)
    below.delete()
    Review.objects.create(death=death)
    nightly(run_jobs)
    assert "None is broken" in page(manager).content.decode()
    assert waiting_for(manager, timezone.localdate()) == []
    in_three_days = timezone.localdate() + dt.timedelta(days=3)
    assert [one.tag for one in waiting_for(manager, in_three_days)] == ["not checked"]


def nightly(run_jobs: Callable[[], list[Job]]) -> None:
    current_app.tasks["lscb.home.tasks.check_data"]()
    assert [job.state for job in run_jobs()] == ["done"]


def test_many_faults_cost_as_many_queries_as_few(demo_board: dict[str, User]) -> None:
    now, keys = timezone.now(), Group.objects.values_list("pk", flat=True)
    counts = []
    for few in (1, len(keys)):
        faults = [{"sentence": f"Group {key}.", "model": "boards.group", "key": str(key)} for key in keys[:few]]
        DataCheck.objects.all().delete()
        rooms = {"boards": faults}
        DataCheck.objects.create(started_at=now, finished_at=now, number_of_faults=len(faults), rooms=rooms)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(demo_board["manager"])
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_check_is_asked_for_by_a_button(demo_board: dict[str, User]) -> None:
    client = Client()
    client.force_login(demo_board["technical"])
    response = client.post(reverse("data_check"))
    job = Job.objects.get(title="Check of the data")
    assert response["Location"] == job.get_absolute_url()
    client.post(reverse("data_check"))
    assert Job.objects.filter(title="Check of the data").count() == 1, "while one waits there is no second"
