"""Refer and decide, publish by two, confirm a briefing: by keyboard, with and without scripts, at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from casereviews.models import BriefingConfirmation, CaseReview, PublishedReview, Stage
from casereviews.services import running
from lscb.accounts.roles import AgencyLead, IndependentChair
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import manager, person
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .samples import DECIDED, SECRET, TODAY, WORDS, a_briefing, an_answer, presented, the_group

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = [
    pytest.param(True, DESKTOP, id="with JavaScript"),
    pytest.param(False, PHONE, id="320 px without JavaScript"),
]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def type_into(walk: Journey, field: str, text: str) -> None:
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Control+A")
    walk.page.keyboard.type(text)


def tick(walk: Journey, field: str) -> None:
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Space")


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_referring_and_deciding(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    the_group()
    AgencyFactory(name="Police")
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(reverse("casereviews:portfolio"))
    walk.pages = 0
    walk.press("a:has-text('Record a referral')")
    assert not javascript or walk.faults() == []
    type_into(walk, "#id_code_name", SECRET)
    walk.page.locator("#id_kind").select_option("thematic")
    type_into(walk, "#id_referred_by", "Police")
    type_into(walk, "#id_referral", "Why it is asked for")
    tick(walk, "#id_agencies_0")
    walk.press("button:has-text('Record the referral')")
    assert (walk.pages, walk.clicks) == (2, 2)
    assert SECRET not in walk.page.title()
    assert SECRET.lower() not in walk.page.url
    walk.press("a:has-text('Record the decision')")
    walk.press("button:has-text('Record the decision')")
    assert "Error: " in walk.page.title()
    assert walk.dead_error_links() == []
    for criterion in ("abuse", "died", "harmed", "concern"):
        tick(walk, f"#id_{criterion}_0")
    tick(walk, "#id_agreed_0")
    type_into(walk, "#id_reason", "Much can be learned")
    walk.press("button:has-text('Record the decision')")
    assert CaseReview.objects.get().stage == Stage.AGREED
    assert not javascript or walk.faults() == []


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_publishing_by_two(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    review = presented()
    first = journey(manager(), javascript=javascript, screen=screen)
    first.open(review.get_absolute_url())
    first.pages = 0
    first.press("a:has-text('Preview, and propose to publish')")
    preview = first.page.locator("section.lscb-public").inner_text()
    assert not javascript or first.faults() == []
    first.press("button:has-text('Propose to publish this')")
    assert (first.pages, first.clicks) == (2, 2)
    second = journey(person(IndependentChair), javascript=javascript, screen=screen)
    second.open(reverse("home"))
    second.pages = 0
    second.press("a:has-text('Release the publication')")
    assert second.page.locator("section.lscb-public").inner_text() == preview
    assert not javascript or second.faults() == []
    second.press("button:has-text('Release to the public')")
    assert (second.pages, second.clicks) == (2, 2)
    stranger = journey(javascript=javascript, screen=screen)
    stranger.open(reverse("learning:reviews"))
    stranger.press(f"a:has-text('{WORDS['public_name']}')")
    assert WORDS["public_summary"] in stranger.page.content()
    assert not javascript or stranger.faults() == []
    assert PublishedReview.objects.get().is_released


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_confirming_a_briefing(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    a_briefing(presented())
    walk = journey(person(AgencyLead, agency=AgencyFactory()), javascript=javascript, screen=screen)
    walk.open(reverse("home"))
    walk.pages = 0
    walk.press("a:has-text('Learning briefing: Life online')")
    assert not javascript or walk.faults() == []
    walk.press("a:has-text('Confirm that teams had it')")
    type_into(walk, "#id_teams", "School nurses")
    walk.press("button:has-text('Confirm')")
    assert (walk.pages, walk.clicks) == (3, 3)
    assert BriefingConfirmation.objects.get().teams == "School nurses"


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "320 px"])
def test_pages_with_everything_on_them_are_accessible(screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    review = presented()
    an_answer(review)
    running.pause_review(
        review=review, scope="part", part="Interviews", reason="Police", on=DECIDED, by=None, today=TODAY
    )
    running.note_proceedings(review=review, kind="criminal", on=DECIDED, by=None, today=TODAY)
    running.seat_on_panel(review=review, position="Head", chairs=True, on=DECIDED, by=None, today=TODAY)
    walk = journey(manager(), screen=screen)
    names = ("review", "timeline", "viewers", "briefing_write", "wall", "panel_add", "publish", "stage")
    addresses = [reverse(f"casereviews:{name}", args=[review.pk]) for name in names]
    addresses += [reverse(f"casereviews:{name}") for name in ("portfolio", "numbers", "themes")]
    for address in addresses:
        walk.open(address)
        assert walk.faults() == [], address
