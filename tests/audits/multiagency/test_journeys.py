"""Plan an audit, ask in one click, answer a case, moderate it: by keyboard, without scripts, at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from audits.models import Audit, AuditCase, AuditReturn
from audits.multiagency import services
from tests.actions.factories import AgencyFactory, contributor, manager
from tests.boards.factories import a_group
from tests.plugins.browser import DESKTOP, PHONE, Journey

from .samples import a_case, an_audit, asked, filled, sent

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


def choose(walk: Journey, field: str, start: str) -> None:
    """In a list of choices, by its first letters."""
    walk.page.locator(field).focus()
    walk.page.keyboard.type(start)


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_planning_an_audit_and_asking_the_agencies(
    javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]
) -> None:
    a_group("Monitoring")
    police, health = AgencyFactory(name="Police"), AgencyFactory(name="Solent")
    ready = an_audit(title="Ready to ask")
    a_case(ready)
    a_case(ready, "Case B")
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(reverse("audits:audit_list"))
    walk.pages = 0
    walk.press("a:has-text('Plan an audit')")
    assert not javascript or walk.faults() == []
    type_into(walk, "#id_title", "Neglect")
    tick(walk, "#id_kind_2")
    type_into(walk, "#id_first", "sep 2016")
    type_into(walk, "#id_last", "November 2016")
    choose(walk, "#id_lead_group", "Monitoring")
    walk.press("button:has-text('Put it on the schedule')")
    assert (walk.pages, walk.clicks) == (2, 2)
    assert Audit.objects.get(title="Neglect").months == "September to November 2016"
    walk.open(ready.get_absolute_url())
    walk.pages = walk.clicks = 0
    walk.press("a:has-text('Ask the agencies')")
    assert not javascript or walk.faults() == []
    for place in range(2):
        tick(walk, f"#id_agencies_{place}")
    walk.press("button:has-text('Ask the agencies')")
    assert (walk.pages, walk.clicks) == (2, 2)
    assert not javascript or walk.faults() == []
    assert set(AuditReturn.objects.values_list("agency__name", flat=True)) == {police.name, health.name}
    assert AuditReturn.objects.count() == 4


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_answering_a_case(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    police = AgencyFactory(name="Police")
    one = asked(an_audit(title="Ready"), police)[0]
    walk = journey(contributor(police), javascript=javascript, screen=screen)
    walk.open(reverse("audits:audit_return_list"))
    assert not javascript or walk.faults() == []
    walk.pages = 0
    walk.press("a:has-text('Case A')")
    walk.press("a:has-text('Answer')")
    assert not javascript or walk.faults() == []
    walk.press("button:has-text('Send the return')")
    assert walk.dead_error_links() == []
    assert not javascript or walk.faults() == []
    walk.pages, walk.clicks = walk.pages - 1, walk.clicks - 1
    for question in one.case.audit.tool.questions.all():  # type: ignore[union-attr]
        choose(walk, f"#id_grade_{question.pk}", "Good")
    tick(walk, "#id_own_grade_0")
    type_into(walk, "#id_account", "We acted at once.")
    walk.press("button:has-text('Send the return')")
    assert (walk.pages, walk.clicks) == (3, 3)
    one.refresh_from_db()
    assert (one.status, one.account) == ("received", "We acted at once.")


def test_what_is_typed_is_kept_while_it_is_typed_and_two_people_see_both_texts(
    journey: Callable[..., Journey],
) -> None:
    police = AgencyFactory(name="Police")
    one = asked(an_audit(), police)[0]
    address = reverse("audits:audit_return_answer", args=[one.pk])
    walk = journey(contributor(police))
    walk.open(address)
    type_into(walk, "#id_account", "Half a sentence")
    walk.page.locator("[data-autosave-status]:has-text('Saved at')").wait_for()
    assert AuditReturn.objects.get().account == "Half a sentence"
    services.save_return(**filled(one, account="What the other wrote"))
    type_into(walk, "#id_account", "What I wrote")
    walk.press("button:has-text('Save and finish later')")
    assert walk.page.input_value("#theirs-account") == "What the other wrote"
    assert walk.page.input_value("#id_account") == "What I wrote"
    walk.complaints.clear()  # the browser mentions the 409
    assert walk.faults() == []


@pytest.mark.parametrize("javascript, screen", WAYS)
def test_moderating_a_case(javascript: bool, screen: dict[str, int], journey: Callable[..., Journey]) -> None:
    one = sent(asked(an_audit(), AgencyFactory(name="Police"))[0])
    walk = journey(manager(), javascript=javascript, screen=screen)
    walk.open(one.case.get_absolute_url())
    assert not javascript or walk.faults() == []
    walk.pages = 0
    walk.press("a:has-text('Moderate the case')")
    assert not javascript or walk.faults() == []
    choose(walk, f"#id_grade_{one.pk}", "Requires")
    type_into(walk, f"#id_reason_{one.pk}", "The child was not seen.")
    choose(walk, "#id_outcome", "Risk reduced")
    walk.press("button:has-text('Save the moderation')")
    assert (walk.pages, walk.clicks) == (2, 2)
    one.refresh_from_db()
    assert (str(one.own_grade), str(one.moderated_grade)) == ("Good", "Requires improvement")
    assert AuditCase.objects.get().outcome == "reduced"
