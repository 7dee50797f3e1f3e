"""Book in 3 pages and 3 clicks, cancel in 2 and 2, accept and approve in 1: by keyboard, without scripts, at 320 px."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lscb.accounts import links
from lscb.accounts.models import Link
from lscb.accounts.roles import BoardManager, Professional
from tests.accounts.factories import AgencyFactory, person
from tests.plugins.browser import DESKTOP, PHONE, Journey
from training import letters
from training.models import Booking, BookingState, Evaluation, Moment, Session
from training.services import booking as services
from training.services import programme, register

from .samples import a_booking, a_course, a_participant, fresh
from .test_pages import booked, coming

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
S = BookingState
WAYS = [
    pytest.param(True, DESKTOP, id="with JavaScript"),
    pytest.param(False, PHONE, id="320 px without JavaScript"),
]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def by_link(walk: Journey, route: str, booking: Booking, purpose: str) -> None:
    """What a click on the link in an e-mail opens."""
    link = Link.objects.get(purpose=purpose, target_key=str(booking.pk))
    walk.open(reverse(f"training:{route}", args=[links.token_of(link)]))
    assert not walk.javascript or walk.faults() == []


def start(journey: Callable[..., Journey], user: Any, javascript: bool, screen: dict[str, int]) -> Any:
    walk: Any = journey(user, javascript=javascript, screen=screen)
    walk.javascript = javascript
    return walk


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_booking_and_cancelling(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    session = coming(course=a_course("Working with interpreters"))
    user = person(Professional, name="Kim", agency=AgencyFactory())
    walk = start(journey, user, javascript, screen)
    walk.open(reverse("training:programme"))
    assert not javascript or walk.faults() == []
    walk.pages = 0
    walk.press("a:has-text('Working with interpreters')")
    assert not javascript or walk.faults() == []
    walk.press("a:has-text('Book a place')")
    assert not javascript or walk.faults() == []
    walk.page.locator("#id_job").focus()
    walk.page.keyboard.type("Health visitor")
    walk.press("button:has-text('Confirm booking')")
    assert (walk.pages, walk.clicks) == (3, 3)
    assert "Confirmed" in walk.page.locator("h1").inner_text()
    assert not javascript or walk.faults() == []
    walk.page.reload()
    booking = Booking.objects.get(session=session)
    assert booking.state == S.CONFIRMED

    walk.open(reverse("training:booking_list"))
    assert not javascript or walk.faults() == []
    walk.pages = walk.clicks = 0
    walk.press("a:has-text('Working with interpreters')")
    assert not javascript or walk.faults() == []
    walk.press("button:has-text('Cancel my place')")
    assert (walk.pages, walk.clicks) == (2, 2)
    assert fresh(booking).state == S.CANCELLED_IN_TIME


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_everything_by_links_without_an_account(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]
) -> None:
    """Ask, confirm the address, the manager approves with 1 click, cancel from the e-mail, accept an offer with 1."""
    session = coming(capacity=1, course=a_course("Neglect", needs_approval=True))
    AgencyFactory(name="Solent")
    walk = start(journey, None, javascript, screen)
    walk.open(reverse("training:book", args=[session.pk]))
    walk.press("button:has-text('Send me the link')")
    assert walk.dead_error_links() == [] if javascript else True
    typed = {"name": "Kim", "email": "kim@example.org", "job": "Nurse", "manager_email": "boss@example.org"}
    for name, text in typed.items():
        walk.page.locator(f"#id_{name}").focus()
        walk.page.keyboard.type(text)
    walk.page.locator("#id_agency").select_option(label="Solent")
    walk.press("button:has-text('Send me the link')")
    assert not javascript or walk.faults() == []
    booking = Booking.objects.get()
    assert booking.state == S.UNCONFIRMED
    by_link(walk, "confirm_address", booking, letters.ADDRESS)
    walk.press("button:has-text('Confirm my booking')")
    assert fresh(booking).state == S.REQUESTED

    boss = start(journey, None, javascript, screen)
    by_link(boss, "approve", booking, letters.APPROVAL)
    boss.press("button:has-text('Approve')")
    assert boss.clicks == 1
    assert fresh(booking).state == S.CONFIRMED

    waits = a_booking(session, a_participant(), now=timezone.now(), manager_email="boss@example.org")
    services.approve_booking(booking=waits, by="Boss", now=timezone.now())
    walk.pages = walk.clicks = 0
    walk.clicks += 1  # the link in the e-mail
    by_link(walk, "booking_by_link", booking, letters.BOOKING)
    assert fresh(booking).state == S.CONFIRMED
    walk.press("button:has-text('Cancel my place')")
    assert (walk.pages, walk.clicks) == (2, 2)
    assert fresh(booking).state == S.CANCELLED_IN_TIME

    walk.clicks = 0
    by_link(walk, "booking_by_link", waits, letters.BOOKING)
    walk.press("button:has-text('Accept the place')")
    assert walk.clicks == 1
    assert fresh(waits).state == S.CONFIRMED
    assert not javascript or walk.faults() == []


def begin(session: Session, now: dt.datetime) -> None:
    """The hour has come: the session began an hour ago."""
    hour = dt.timedelta(hours=1)
    session.closes_at = session.starts_at = now - hour
    session.ends_at = now + hour
    session.save()
    session.days.update(starts_at=now - hour, ends_at=now + hour)


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_register_and_evaluation(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    now = timezone.now()
    session = coming()
    booking = booked(session)
    question = programme.set_question(text="I know what to look for.", order=1, by=None)
    letters.evaluation_link(booking, Moment.BEFORE, at=now)
    walk = start(journey, None, javascript, screen)
    by_link(walk, "evaluate_before", booking, letters.EVALUATION[Moment.BEFORE])
    walk.press("button:has-text('Send my answers')")
    assert not javascript or walk.dead_error_links() == []
    walk.page.locator(f"#id_question_{question.pk}_3").focus()
    walk.page.keyboard.press("Space")
    walk.press("button:has-text('Send my answers')")
    assert Evaluation.objects.get().answers.get().score == 4

    begin(session, now)
    team = start(journey, person(BoardManager), javascript, screen)
    team.open(reverse("training:register", args=[session.pk]))
    assert not javascript or team.faults() == []
    team.page.locator("#there-1").focus()
    team.page.keyboard.press("Space")
    team.press("button:has-text('Save the register')")
    assert fresh(booking).state == S.ATTENDED
    team.press("a:has-text('Complete the register')")
    team.press("button:has-text('Complete the register')")
    session.refresh_from_db()
    assert session.is_held


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_a_colleague_comes_instead(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    """From the link in the e-mail: the place goes over, both are told, and the colleague's own link opens it."""
    AgencyFactory(name="Solent")
    booking = booked(coming(capacity=1))
    walk = start(journey, None, javascript, screen)
    by_link(walk, "booking_by_link", booking, letters.BOOKING)
    walk.press("a:has-text('colleague')")
    assert not javascript or walk.faults() == []
    for name, text in {"name": "Robin", "email": "robin@example.org", "job": "Nurse"}.items():
        walk.page.locator(f"#id_{name}").focus()
        walk.page.keyboard.type(text)
    walk.page.locator("#id_organisation").fill("")
    walk.page.locator("#id_agency").select_option(label="Solent")
    walk.press("main button[type=submit]")
    assert "Your colleague has your place" in walk.page.inner_text("main")
    assert fresh(booking).state == S.SUBSTITUTED
    taken = Booking.objects.get(replaces=booking)
    assert (taken.state, taken.name) == (S.CONFIRMED, "Robin")
    by_link(walk, "booking_by_link", taken, letters.BOOKING)
    assert "You have a place" in walk.page.inner_text("main")


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_a_trainer_without_an_account_takes_the_register(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]
) -> None:
    AgencyFactory(name="Solent")
    trainer = programme.set_trainer(name="Alex", email="alex@example.org", by=None)
    session = coming(trainers=[trainer], capacity=5)
    booking = booked(session)
    register.send_register(session=session, by=None, now=timezone.now())
    begin(session, timezone.now())
    walk = start(journey, None, javascript, screen)
    link = Link.objects.get(purpose=letters.REGISTER)
    walk.open(reverse("training:register_by_link", args=[links.token_of(link)]))
    assert not javascript or walk.faults() == []
    walk.page.locator("#there-1").focus()
    walk.page.keyboard.press("Space")
    walk.press("button:has-text('Save the register')")
    assert fresh(booking).state == S.ATTENDED
    walk.press("a:has-text('did not book')")
    for name, text in {"name": "Robin", "email": "robin@example.org", "job": "Nurse"}.items():
        walk.page.locator(f"#id_{name}").focus()
        walk.page.keyboard.type(text)
    walk.page.locator("#id_agency").select_option(label="Solent")
    walk.press("main button[type=submit]")
    assert not javascript or walk.faults() == []
    assert Booking.objects.get(name="Robin").state == S.WALKED_IN
    assert "Robin" in walk.page.inner_text("main")
