"""One e-mail per person for what is due or late: never two, never for nothing, and nothing that is confidential."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import Digest, User
from lscb.accounts.permissions import Permission
from lscb.home.digest import people, send_digests
from lscb.home.tasks import send_digests as on_the_beat
from lscb.jobs.models import Email
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import a_plan, an_action, lead, manager, outsider

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, SATURDAY = dt.date(2026, 11, 30), dt.date(2026, 12, 1), dt.date(2026, 12, 5)
LATE = dt.date(2016, 12, 31)


def chose(user: User, how_often: Digest) -> User:
    user.digest = how_often
    user.save()
    return user


@pytest.mark.parametrize(
    "how_often, on, hears",
    [
        (Digest.WEEKLY, MONDAY, True),
        (Digest.WEEKLY, TUESDAY, False),
        (Digest.DAILY, MONDAY, True),
        (Digest.DAILY, TUESDAY, True),
        (Digest.DAILY, SATURDAY, False),
        (Digest.OFF, MONDAY, False),
    ],
)
def test_who_hears_on_which_day(how_often: Digest, on: dt.date, hears: bool) -> None:
    user = chose(lead(AgencyFactory()), how_often)
    assert people(on).filter(pk=user.pk).exists() is hears


def test_ten_late_actions_are_one_email_and_the_second_run_sends_none() -> None:
    agency = AgencyFactory()
    plan = a_plan(title="Business plan")
    for _ in range(10):
        an_action(plan, agency, due=LATE, what="Retrain the team of J")
    mine = lead(agency)
    lead(AgencyFactory())
    assert [send_digests(today=MONDAY), send_digests(today=MONDAY)] == [1, 0]
    email = Email.objects.get()
    assert (email.to, email.subject.split(": ")[1]) == (mine.email, "10 things wait for you")
    assert "Action 1 of Business plan" in email.body
    assert "Retrain" not in email.body
    assert reverse("accounts:digest") in email.body


def test_nothing_is_sent_when_nothing_waits_or_there_is_no_role() -> None:
    an_action(a_plan(), AgencyFactory(), due=MONDAY + dt.timedelta(days=300))
    manager(), outsider()
    chose(User.objects.create(email="a@example.org", name="Of no role"), Digest.DAILY)
    on_the_beat()
    assert send_digests(today=MONDAY) == 0
    assert not Email.objects.exists()


def test_of_a_confidential_plan_it_says_only_that_something_waits() -> None:
    plan = a_plan(title="Review of J", group="serious-case-review", permission=Permission.READ_CASE_REVIEWS)
    an_action(plan, due=LATE)
    manager()
    assert send_digests(today=MONDAY) == 1
    email = Email.objects.get()
    assert "told in the portal only" in email.body
    assert "Review of J" not in email.subject + email.body
    assert str(plan.pk) not in email.body


def test_a_fault_at_one_person_takes_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    agency = AgencyFactory()
    an_action(a_plan(), agency, due=LATE)
    first, second = sorted((lead(agency), lead(agency)), key=lambda user: user.pk)
    from lscb.home import digest

    seen = digest.waiting_for

    def stumbling(user: User, today: dt.date) -> Any:
        if user == first:
            raise ValueError
        return seen(user, today)

    monkeypatch.setattr(digest, "waiting_for", stumbling)
    assert send_digests(today=MONDAY) == 1
    assert Email.objects.get().to == second.email


def test_a_person_chooses_how_often_or_never(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    user = lead(AgencyFactory())
    client.force_login(user)
    assert b"Once a week" in client.get(reverse("accounts:account")).content
    client.post(reverse("accounts:digest"), {"digest": "off"})
    user.refresh_from_db()
    assert user.digest == Digest.OFF
    assert b"Never" in client.get(reverse("accounts:account")).content
