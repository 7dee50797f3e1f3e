"""Log a challenge in 2 pages and 2 clicks, publish a quarter in 3 and 3: by keyboard, without scripts, at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from boards.challenges import publishing
from boards.models import Challenge, PublishedChallenge
from lscb.common.periods import Quarter
from tests.actions.factories import AgencyFactory, manager
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .challenge_samples import a_challenge, answered, worded
from .test_challenge_pages import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = [
    pytest.param(True, DESKTOP, id="with JavaScript"),
    pytest.param(False, DESKTOP, id="without JavaScript"),
    pytest.param(True, PHONE, id="320 px"),
    pytest.param(False, PHONE, id="320 px without JavaScript"),
]


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def type_into(walk: Journey, field: str, text: str) -> None:
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Control+A")
    walk.page.keyboard.type(text)


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_logging_a_challenge(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    AgencyFactory(name="Police")
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(reverse("boards:challenge_list"))
    walk.pages = 0
    walk.press("a:has-text('Log a challenge')")
    assert not javascript or walk.faults() == []
    type_into(walk, "#id_raised_on", "8 dec 2016")
    type_into(walk, "#id_due", "31 jan 2017")
    type_into(walk, "#id_title", "Is it safe?")
    type_into(walk, "#id_issue", "The number fell.")
    type_into(walk, "#id_asked", "An audit.")
    walk.page.locator("#id_agencies_0").focus()
    walk.page.keyboard.press("Space")
    walk.press("button:has-text('Log the challenge')")
    assert walk.page.locator(".lscb-identity__reference").inner_text() == "CH/2016-17/001"
    assert (walk.pages, walk.clicks) == (2, 2)
    assert not javascript or walk.faults() == []
    assert Challenge.objects.get().agencies.get().name == "Police"


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_publishing_a_quarter(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    first, second = worded(a_challenge()), worded(a_challenge())
    a_challenge()
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(reverse("boards:challenge_list"))
    walk.pages = 0
    walk.press("a:has-text('Publish a quarter')")
    assert not javascript or walk.faults() == []
    walk.page.locator(f"#tick-{second.number}").focus()
    walk.page.keyboard.press("Space")
    walk.press("button:has-text('Preview')")
    assert not javascript or walk.faults() == []
    preview = walk.page.locator("article").all_inner_texts()
    walk.press("button:has-text('Publish 1 challenge')")
    assert (walk.pages, walk.clicks) == (3, 3)
    assert not javascript or walk.faults() == []
    walk.page.reload()
    assert PublishedChallenge.objects.get().challenge == first
    stranger = journey(javascript=javascript, screen=screen)
    stranger.open(reverse("challenges:log"))
    assert stranger.page.locator("article").all_inner_texts() == preview, "the public reads what was previewed"
    assert not javascript or stranger.faults() == []


def test_two_texts_on_one_page(journey: Callable[..., Journey]) -> None:
    challenge = a_challenge()
    walk = journey(manager())
    walk.open(reverse("boards:challenge_wording", args=[challenge.pk]))
    worded(challenge, public_issue="What the other wrote")
    type_into(walk, "#id_public_title", "Mine")
    type_into(walk, "#id_public_issue", "What I wrote")
    walk.press("button:has-text('Save')")
    assert walk.page.input_value("#theirs-public_issue") == "What the other wrote"
    assert walk.page.input_value("#id_public_issue") == "What I wrote"
    assert walk.dead_error_links() == []
    walk.complaints.clear()  # the browser mentions the 409
    assert walk.faults() == []


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "320 px"])
def test_the_public_history_is_accessible(screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    quarter, challenge = Quarter.parse("2016-17Q3"), worded(a_challenge())
    for answer in ("First", "Second"):
        answered(challenge)
        worded(challenge, public_answer=answer)
        publishing.publish_quarter(quarter=quarter, challenges=[challenge], by=None, at=AT)
    stranger = journey(screen=screen)
    stranger.open(reverse("challenges:challenge", args=["2016-17", 1]))
    assert stranger.faults() == []
    stranger.press("a:has-text('Challenge log')")
    assert stranger.faults() == []
