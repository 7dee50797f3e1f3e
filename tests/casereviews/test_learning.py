"""Recommendations become actions; briefings are shared, printed and confirmed; numbers hold at any date."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from casereviews import briefing_documents
from casereviews.counting import EARLIER, numbers
from casereviews.models import BriefingConfirmation
from casereviews.services import learning, running
from lscb.accounts.roles import AgencyLead
from lscb.actions import services as actions
from lscb.actions.models import Action
from lscb.common.errors import Overtaken, RuleBroken
from lscb.jobs.models import Email
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import manager, person

from .samples import DECIDED, SECRET, TODAY, a_briefing, a_recommendation, a_theme, an_answer, fresh, presented

pytestmark = pytest.mark.django_db


def test_an_action_answers_a_recommendation_in_the_confidential_plan_of_its_review() -> None:
    review, police, health = presented(), AgencyFactory(), AgencyFactory()
    action = an_answer(review, police, health)
    plan = action.plan
    assert (plan.case, plan.permission, plan.group) == (review.pk, "read_case_reviews", review.group.code)
    assert SECRET not in plan.title
    assert {entry.agency for entry in action.entries.all()} == {police, health}
    assert action.learned.theme == a_theme()
    assert list(fresh(review).themes.all()) == [a_theme()], "the theme of a recommendation is one of the review's"
    assert an_answer(fresh(review)).plan == plan


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_outstanding_at_any_date_equals_a_replay_of_what_happened(seed: int) -> None:
    """Actions added, signed off, withdrawn and re-opened on random days; pauses of the review change nothing."""
    chance = random.Random(seed)
    reviews = [presented(), presented("Larch")]
    start = dt.date(2016, 6, 1)
    live: list[Action] = []
    gone: list[Action] = []
    balance: dict[dt.date, int] = {}
    for day in (start + dt.timedelta(days=3 * step) for step in range(40)):
        what = chance.choice(["add", "add", "sign off", "withdraw", "reopen", "pause"])
        if what == "add":
            live.append(an_answer(fresh(chance.choice(reviews)), on=day))
        elif what in ("sign off", "withdraw") and live:
            action = live.pop(chance.randrange(len(live)))
            if what == "sign off":
                actions.sign_off_actions(plan=action.plan, actions=[action], on=day, forum="Group", by=None)
            else:
                actions.withdraw_action(action=action, reason="Closed", on=day, by=None)
            gone.append(action)
        elif what == "reopen" and gone:
            action = gone.pop(chance.randrange(len(gone)))
            actions.reopen_action(action=Action.objects.get(pk=action.pk), reason="Not done", on=day, by=None)
            live.append(action)
        elif what == "pause":
            pause = running.pause_review(
                review=reviews[0], scope="part", part="Interviews", reason="Police", on=day, by=None, today=day
            )
            running.resume_review(pause=pause, on=day, by=None, today=day)
        balance[day] = len(live)
    for day in chance.sample(sorted(balance), 15):
        found = numbers(day)
        assert found.total == balance[day], day
        for counts in (found.by_review, found.by_theme):
            assert sum(number for _, number in counts) == found.total, day
    assert EARLIER not in dict(numbers(TODAY).by_review)


# ---- The briefing ---------------------------------------------------------------------------------------------------


def test_a_briefing_has_six_steps_with_headings_of_ones_own_and_no_code_name() -> None:
    review = presented()
    steps = [(f"Own heading {one}", "Text") for one in range(6)]
    for wrong in (steps[:5], [("", "Text"), *steps[1:]], [(SECRET.upper(), "Text"), *steps[1:]]):
        with pytest.raises(RuleBroken):
            learning.write_briefing(review=review, version=0, title="Life online", steps=wrong, by=None)
    briefing = learning.write_briefing(review=review, version=0, title="Life online", steps=steps, by=None)
    assert [step.heading for step in briefing.steps.all()] == [heading for heading, _ in steps]
    with pytest.raises(Overtaken):
        learning.write_briefing(review=review, version=0, title="Other", steps=steps, by=None)
    half = [("Heading", ""), *steps[1:]]
    learning.write_briefing(review=review, version=1, title="Life online", steps=half, by=None)
    with pytest.raises(RuleBroken, match="all six"):
        learning.share_briefing(briefing=briefing, on=TODAY, by=None)


def test_agencies_read_a_shared_briefing_and_say_who_had_it(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    agency, review = AgencyFactory(name="Police"), presented()
    lead = person(AgencyLead, agency=agency)
    client = Client()
    client.force_login(lead)
    briefing = a_briefing(review, shared=False)
    page, confirm = briefing.get_absolute_url(), reverse("casereviews:briefing_confirm", args=[briefing.pk])
    assert client.get(page).status_code == client.get(confirm).status_code == 404, "not shared yet"
    learning.share_briefing(briefing=briefing, on=DECIDED, by=None)
    assert Email.objects.get().to == lead.email
    assert page in client.get(reverse("home")).content.decode()
    assert "Text of step 3" in client.get(page).content.decode()
    data = {"agency": agency.pk, "teams": "Child abuse team", "on": "20 May 2016", "once": "one"}
    assert client.post(confirm, data).status_code == client.post(confirm, data).status_code == 302
    assert BriefingConfirmation.objects.get().agency == agency
    assert page not in client.get(reverse("home")).content.decode()
    refused = client.post(confirm, data | {"on": "1 May 2016", "once": "two"}).content.decode()
    assert "not shared yet on that day" in refused
    other = person(AgencyLead, agency=AgencyFactory())
    client.force_login(other)
    assert "Child abuse team" not in client.get(page).content.decode()
    with pytest.raises(PermissionDenied):
        learning.confirm_briefing(briefing=briefing, agency=agency, teams="All", on=TODAY, by=other, today=TODAY)
    client.force_login(manager())
    assert "Child abuse team" in client.get(page).content.decode()


def test_the_briefing_is_a_tagged_pdf_that_says_no_code_name(tmp_path: Any) -> None:
    briefing = a_briefing(presented())
    pdf = briefing_documents.as_pdf(briefing)
    assert pdf == briefing_documents.as_pdf(briefing), "the same briefing gives the same file"
    path = tmp_path / "briefing.pdf"
    path.write_bytes(pdf)
    with pikepdf.open(path) as opened:
        assert "/StructTreeRoot" in opened.Root
        assert str(opened.docinfo["/Title"]) == "Life online"
        assert str(opened.Root.Lang) == "en-GB"


def test_a_theme_is_there_once() -> None:
    a_theme("Escalation")
    with pytest.raises(RuleBroken):
        learning.add_theme(title="escalation", in_short="", by=None)
    a_recommendation(presented(), theme=None)
