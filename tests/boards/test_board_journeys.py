"""Journeys of the board's own work in a real browser: by keyboard, without JavaScript, at 320 px."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from boards.models import Challenge, ChallengeResponse, SurveyResponse
from boards.surveys import services as surveys
from lscb.accounts.roles import AgencyLead
from lscb.jobs.models import Email
from tests.accounts.factories import PASSWORD
from tests.accounts.factories import member as with_password
from tests.actions.factories import AgencyFactory, manager
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .challenge_samples import a_challenge
from .survey_samples import an_open_survey
from .test_challenge_journeys import type_into
from .test_meeting_journey import a_held_meeting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = pytest.mark.parametrize(
    "javascript, screen", [(True, DESKTOP), (False, PHONE)], ids=["desktop with JavaScript", "320 px without"]
)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def tick(walk: Journey, field: str) -> None:
    walk.page.locator(field).focus()
    walk.page.keyboard.press("Space")


@WAYS
def test_a_respondent_answers_from_the_mail_on_two_pages_with_one_click(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]
) -> None:
    survey = an_open_survey()
    surveys.send_survey(survey=survey, addresses=["a@example.org"], by=None, at=timezone.now())
    link = re.search(r"https?://[^/\s]+(/\S+)", Email.objects.get().body)
    assert link
    walk = journey(javascript=javascript, screen=screen)
    walk.open(link[1])
    assert not javascript or walk.faults() == []
    single, multiple, text = survey.questions.order_by("order")
    tick(walk, f"#id_question_{single.pk}_1")
    tick(walk, f"#id_question_{multiple.pk}_0")
    type_into(walk, f"#id_question_{text.pk}", "One page that says whom to call")
    walk.press("button:has-text('Send your answers')")
    assert (walk.pages, walk.clicks) == (2, 1)
    assert "Thank you" in walk.page.locator("h1").inner_text()
    assert not javascript or walk.faults() == []
    assert SurveyResponse.objects.get().answers.count() == 3


def test_an_empty_answer_leads_to_the_question(journey: Callable[..., Journey]) -> None:
    survey = an_open_survey()
    surveys.send_survey(survey=survey, addresses=["a@example.org"], by=None, at=timezone.now())
    link = re.search(r"https?://[^/\s]+(/\S+)", Email.objects.get().body)
    assert link
    walk = journey()
    walk.open(link[1])
    walk.press("button:has-text('Send your answers')")
    assert "Answer at least one question" in walk.page.locator(".govuk-error-summary").inner_text()
    assert walk.dead_error_links() == []
    assert walk.faults() == []


@WAYS
def test_a_challenge_from_a_meeting_on_two_pages_with_two_clicks(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]
) -> None:
    AgencyFactory(name="Police")
    meeting = a_held_meeting()
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(meeting.get_absolute_url())
    walk.pages = 0
    walk.press("a:has-text('Raise a challenge')")
    assert not javascript or walk.faults() == []
    type_into(walk, "#id_title", "Is it safe?")
    type_into(walk, "#id_issue", "The number fell.")
    type_into(walk, "#id_asked", "An audit.")
    tick(walk, "#id_agencies_0")
    walk.press("button:has-text('Log the challenge')")
    assert (walk.pages, walk.clicks) == (2, 2)
    assert Challenge.objects.get().held_at == meeting
    walk.open(meeting.get_absolute_url())
    assert walk.page.locator("a:has-text('Is it safe?')").count() == 1


@WAYS
def test_a_lead_answers_from_the_mail(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]
) -> None:
    police = AgencyFactory()
    user = with_password(AgencyLead, agency=police)
    challenge = a_challenge(police)
    walk = journey(javascript=javascript, screen=screen)
    walk.open(reverse("boards:challenge_respond", args=[challenge.pk]))
    type_into(walk, "input[name=login]", user.email)
    type_into(walk, "input[name=password]", PASSWORD)
    walk.press("main button[type=submit]")
    type_into(walk, "#id_text", "What we did.")
    walk.press("button:has-text('Send the response')")
    assert (walk.pages, walk.clicks) == (3, 2)
    assert ChallengeResponse.objects.get().given_by == user
