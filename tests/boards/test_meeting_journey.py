"""A meeting in a real browser: recorded by keyboard alone, without JavaScript, at 320 px; no page bars anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from boards.meetings import services
from boards.meetings.services import Item
from boards.models import Attendance, Mark, Meeting
from lscb.common.periods import LONDON
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import manager
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .factories import a_seat, the_board

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


@pytest.mark.parametrize(
    "javascript, screen", [(True, DESKTOP), (False, PHONE)], ids=["desktop with JavaScript", "320 px without"]
)
def test_thirty_seats_by_keyboard_on_two_pages_with_two_clicks(
    journey: Callable[..., Journey], javascript: bool, screen: dict[str, int]
) -> None:
    seats = [a_seat() for _ in range(30)]
    meeting = a_held_meeting()
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(meeting.get_absolute_url())
    walk.press("a:has-text('Change attendance')")
    for number, seat in enumerate(seats):
        mark = Mark.values[number % 4]
        choice = walk.page.locator(f"input[name=seat_{seat.pk}][value={mark}]")
        choice.focus()
        walk.page.keyboard.press("Space")
    walk.press("button:has-text('Save attendance')")
    assert "8 present, 8 deputies, 7 apologies, 7 absent" in walk.page.inner_text("main")
    assert (walk.pages, walk.clicks) == (3, 2), "where it began, the one screen, and where it ended"
    assert Attendance.objects.count() == 30


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "320 px"])
def test_every_page_of_a_meeting_is_accessible(journey: Callable[..., Journey], screen: dict[str, int]) -> None:
    a_seat(agency=AgencyFactory(name="Solent NHS Trust"))
    meeting = a_held_meeting()
    user = manager()
    walk = journey(user, screen=screen)
    names = ("meeting", "meeting_agenda", "meeting_attendance", "meeting_minutes", "meeting_action")
    pages = [reverse(f"boards:{name}", args=[meeting.pk]) for name in names]
    pages += [reverse(f"boards:{name}") for name in ("meeting_list", "meeting_add", "attendance")]
    for address in pages:
        walk.open(address)
        assert walk.faults() == [], address


def test_the_second_of_two_writers_sees_both_texts(journey: Callable[..., Journey]) -> None:
    meeting = a_held_meeting()
    walk = journey(manager())
    walk.open(reverse("boards:meeting_minutes", args=[meeting.pk]))
    services.write_minutes(meeting=meeting, minutes="What the other wrote", said={}, version=0, by=None)
    walk.page.fill("#id_minutes", "What I wrote")
    walk.click("button:has-text('Save the minutes')")
    walk.page.wait_for_selector(".govuk-error-summary")
    assert walk.page.input_value("#theirs_minutes") == "What the other wrote"
    assert walk.page.input_value("#id_minutes") == "What I wrote"
    assert walk.dead_error_links() == []
    walk.complaints.clear()  # the browser mentions the 409
    assert walk.faults() == []


def a_held_meeting() -> Meeting:
    starts = dt.datetime(2016, 5, 12, 9, 30, tzinfo=LONDON)
    meeting = services.plan_meeting(
        group=the_board(), starts_at=starts, ends_at=starts + dt.timedelta(hours=3), place="Civic Centre", by=None
    )
    services.set_agenda(meeting=meeting, items=[Item("Neglect", "Board Manager", 20)], version=0, by=None)
    return services.hold_meeting(meeting=meeting, by=None)
