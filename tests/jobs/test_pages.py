"""What people see of background work."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from lscb.accounts.permissions import Permission
from lscb.accounts.roles import AgencyLead, BoardAnalyst, BoardManager, IndependentChair, TechnicalAdministrator
from lscb.jobs.models import Job
from tests.accounts.factories import person

from .factories import (
    CancelledJobFactory,
    DoneJobFactory,
    EmailFactory,
    FailedJobFactory,
    JobFactory,
    RunningJobFactory,
)


@pytest.fixture(autouse=True)
def _db(db: None) -> None:
    """All of these use the database."""


@pytest.fixture
def analyst(client: Client) -> Any:
    user = person(BoardAnalyst)
    client.force_login(user)
    return user


def page(client: Client, job: Job, name: str = "job_detail") -> str:
    response = client.get(reverse(f"jobs:{name}", args=[job.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_running_job_shows_its_step_and_loads_itself_again(client: Client, analyst: Any) -> None:
    shown = page(client, RunningJobFactory(requested_by=analyst))
    assert "Drawing charts" in shown
    assert 'value="37"' in shown
    assert "Look how far it is now" in shown.partition("<noscript>")[2], "with JavaScript off"
    assert 'hx-trigger="every 1s"' in shown
    assert "Cancel this job" in shown


def test_a_waiting_job_says_that_it_starts_by_itself(client: Client, analyst: Any) -> None:
    assert "It will start by itself" in page(client, JobFactory(requested_by=analyst))
    assert "will be tried again by itself" in page(client, JobFactory(requested_by=analyst, attempts=1))


@pytest.mark.parametrize(
    "factory, words, missing",
    [
        (DoneJobFactory, "See what came out", "Start it again"),
        (FailedJobFactory, "The figures of Quarter 3 are missing.", "Cancel this job"),
        (CancelledJobFactory, "It was cancelled", "Cancel this job"),
    ],
)
def test_a_job_that_ended_stands_still(client: Client, analyst: Any, factory: Any, words: str, missing: str) -> None:
    shown = page(client, factory(requested_by=analyst))
    assert words in shown
    assert missing not in shown
    assert "hx-get" not in shown
    assert "Look how far it is now" not in shown


def test_while_the_state_stays_only_the_progress_is_fetched(client: Client, analyst: Any) -> None:
    """Else whoever is about to press Cancel would lose the focus every second."""
    job = RunningJobFactory(requested_by=analyst)
    response = client.get(reverse("jobs:job_progress", args=[job.pk]), {"shown": "running"})
    shown = response.content.decode()
    assert "Drawing charts" in shown.partition("hx-swap-oob")[2]
    assert "Cancel this job" not in shown
    assert "HX-Retarget" not in response
    again = client.get(reverse("jobs:job_progress", args=[job.pk]), {"shown": "running", "said": "Drawing charts"})
    assert "hx-swap-oob" not in again.content.decode(), "a screen reader hears each step once"


def test_the_end_comes_by_itself_and_is_announced(client: Client, analyst: Any) -> None:
    job = DoneJobFactory(requested_by=analyst)
    response = client.get(reverse("jobs:job_progress", args=[job.pk]), {"shown": "running"})
    shown = response.content.decode()
    assert "Ready." in shown.partition("hx-swap-oob")[2]
    assert "See what came out" in shown
    assert "<html" not in shown
    assert response["HX-Retarget"] == "#job"


def test_looking_at_the_end_is_remembered(client: Client, analyst: Any) -> None:
    job = DoneJobFactory(requested_by=analyst)
    page(client, job)
    job.refresh_from_db()
    assert job.seen_at is not None


def test_starting_again_and_cancelling_by_a_button(client: Client, analyst: Any) -> None:
    job = FailedJobFactory(requested_by=analyst)
    assert client.get(reverse("jobs:job_retry", args=[job.pk])).status_code == 405, "never by opening a link"
    assert (
        "It will start by itself" in client.post(reverse("jobs:job_retry", args=[job.pk]), follow=True).content.decode()
    )
    assert "It was cancelled" in client.post(reverse("jobs:job_cancel", args=[job.pk]), follow=True).content.decode()
    again = client.post(reverse("jobs:job_cancel", args=[job.pk]), follow=True).content.decode()
    assert "cannot be cancelled" in again


@pytest.mark.parametrize(
    "role, of_page, of_button, of_file",
    [
        (BoardManager, 200, 302, 200),
        (BoardAnalyst, 200, 403, 200),
        (TechnicalAdministrator, 200, 302, 404),
        (IndependentChair, 404, 404, 404),
        (AgencyLead, 404, 404, 404),
    ],
)
def test_who_reaches_a_job(client: Client, role: Any, of_page: int, of_button: int, of_file: int) -> None:
    job = FailedJobFactory(permission=Permission.BUILD_REPORT)
    done = DoneJobFactory(permission=Permission.BUILD_REPORT)
    done.result.save("x", ContentFile(b"%PDF-"), save=False)
    done.result_name = "report.pdf"
    done.save()
    client.force_login(person(role))
    assert client.get(reverse("jobs:job_detail", args=[job.pk])).status_code == of_page
    assert client.get(reverse("jobs:job_progress", args=[job.pk])).status_code == of_page
    assert client.post(reverse("jobs:job_retry", args=[job.pk])).status_code == of_button
    assert client.post(reverse("jobs:job_cancel", args=[job.pk])).status_code == of_button
    file = client.get(reverse("jobs:job_result", args=[done.pk]))
    assert file.status_code == of_file
    if of_file == 200:
        assert file.getvalue() == b"%PDF-"
        assert file["Content-Disposition"] == 'attachment; filename="report.pdf"'
        assert file["X-Content-Type-Options"] == "nosniff"


def test_the_list_holds_what_one_may_see(client: Client, analyst: Any) -> None:
    own, other = RunningJobFactory(requested_by=analyst), JobFactory()
    shown = client.get(reverse("jobs:job_list")).content.decode()
    assert own.title in shown
    assert other.title not in shown


@pytest.mark.parametrize("name, factory", [("job_list", DoneJobFactory), ("email_list", EmailFactory)])
def test_a_longer_list_costs_no_more_queries(
    client: Client, name: str, factory: Any, django_assert_max_num_queries: Any
) -> None:
    client.force_login(person(BoardManager))
    factory()
    client.get(reverse(f"jobs:{name}"))
    with django_assert_max_num_queries(50) as one:
        client.get(reverse(f"jobs:{name}"))
    factory.create_batch(2)
    with django_assert_max_num_queries(50) as three:
        client.get(reverse(f"jobs:{name}"))
    assert len(one) == len(three)


def test_the_list_of_e_mails_shows_neither_texts_nor_addresses(client: Client) -> None:
    email = EmailFactory()
    client.force_login(person(BoardManager))
    shown = client.get(reverse("jobs:email_list")).content.decode()
    assert email.subject in shown
    assert "secret-link" not in shown
    assert email.to not in shown
    client.force_login(person(BoardAnalyst))
    assert client.get(reverse("jobs:email_list")).status_code == 404
