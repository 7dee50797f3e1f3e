"""What is on the pages of actions, who reaches them, and how often they ask the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lscb.accounts.permissions import Permission
from lscb.accounts.roles import CaseReviewMember, LayMember
from lscb.actions import services
from lscb.actions.models import Action, State
from lscb.actions.waiting import waiting_for
from tests.accounts.factories import AgencyFactory, person

from .factories import OPENED, TODAY, a_plan, an_action, lead, manager, member, outsider

pytestmark = pytest.mark.django_db
FORMS = ("note", "move", "propose", "send_back", "sign_off", "withdraw", "reopen")


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answers(user: Any, action: Action) -> dict[str, int]:
    """The status of every page about `action` for `user`."""
    client = signed_in(user)
    urls = {
        "mine": reverse("actions:mine"),
        "plan_list": reverse("actions:plan_list"),
        "plan": reverse("actions:plan", args=[action.plan_id]),
        "add": reverse("actions:add", args=[action.plan_id]),
        "action": reverse("actions:action", args=[action.pk]),
        **{name: reverse(f"actions:{name}", args=[action.pk]) for name in FORMS},
    }
    return {name: client.get(url).status_code for name, url in urls.items()}


def test_each_person_at_every_door() -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(group="monitoring"), agency)
    reads = {"mine": 200, "plan_list": 200, "plan": 200, "add": 403, "action": 200, **dict.fromkeys(FORMS, 403)}
    nothing = dict.fromkeys(reads, 404) | {"mine": 200, "plan_list": 200}
    assert set(answers(manager(), action).values()) == {200}
    assert answers(person(LayMember), action) == reads
    assert answers(member("monitoring"), action) == reads
    assert answers(member("neglect"), action) == nothing
    own = {"plan": 404, "add": 404, "note": 200, "propose": 200}
    assert answers(lead(agency), action) == reads | own
    assert answers(lead(AgencyFactory()), action) == nothing
    assert set(answers(outsider(), action).values()) == {404}


def test_an_action_of_a_confidential_plan_is_nowhere_for_the_agency_it_asks() -> None:
    agency = AgencyFactory()
    plan = a_plan(group="serious-case-review", permission=Permission.READ_CASE_REVIEWS, title="Plan of J")
    action = an_action(plan, agency, what="Retrain the team of J")
    asked = lead(agency)
    client = signed_in(asked)
    everywhere = (
        client.get(reverse("actions:mine")).content
        + client.get(reverse("actions:mine"), {"format": "csv", "show": "all"}).getvalue()
    )
    assert b"Retrain" not in everywhere
    assert b"Plan of J" not in everywhere
    assert {code for name, code in answers(asked, action).items() if name not in ("mine", "plan_list")} == {404}
    assert waiting_for(asked, TODAY) == []
    page = signed_in(person(CaseReviewMember, group="serious-case-review")).get(action.get_absolute_url())
    title = page.content.decode().split("</title>")[0]
    assert "Retrain" not in title, "no case text in a title"


def test_my_actions_come_worst_first_and_show_a_word_with_the_colour() -> None:
    agency = AgencyFactory()
    plan = a_plan()
    an_action(plan, agency, what="Later", due=dt.date(2999, 1, 1))
    an_action(plan, agency, what="Long ago", due=OPENED)
    an_action(plan, AgencyFactory(), what="Of another")
    page = signed_in(lead(agency)).get(reverse("actions:mine")).content.decode()
    assert page.index("Long ago") < page.index("Later")
    assert "Of another" not in page
    assert ">red</strong>" in page
    assert "My actions" in page


def test_the_filter_shows_overdue_closed_and_all() -> None:
    plan = a_plan()
    done = an_action(plan, what="Done thing")
    an_action(plan, what="Late thing", due=OPENED)
    an_action(plan, what="Early thing", due=dt.date(2999, 1, 1))
    services.sign_off_actions(plan=plan, actions=[done], on=OPENED, forum="Executive", by=None)
    client = signed_in(manager())
    seen = {}
    for show in ("", "overdue", "closed", "all"):
        page = client.get(reverse("actions:mine"), {"show": show}).content.decode()
        seen[show] = {word for word in ("Done", "Late", "Early") if f"{word} thing" in page}
    assert seen == {
        "": {"Late", "Early"},
        "overdue": {"Late"},
        "closed": {"Done"},
        "all": {"Done", "Late", "Early"},
    }


def test_from_proposal_to_sign_off_and_back_by_the_forms() -> None:
    agency = AgencyFactory()
    action = an_action(a_plan(), agency)
    by_agency, by_board = signed_in(lead(agency)), signed_in(manager())

    def send(client: Client, name: str, **data: str) -> Action:
        answer = client.post(reverse(f"actions:{name}", args=[action.pk]), {"on": "30 June 2016", **data})
        assert answer.status_code == 302, answer.content.decode()
        return Action.objects.get(pk=action.pk)

    assert send(by_agency, "propose", evidence="Report").state == State.PROPOSED
    assert send(by_board, "send_back", reason="No dates in it").state == State.OPEN
    assert send(by_board, "sign_off", forum="Executive, June").state == State.SIGNED_OFF
    assert send(by_board, "reopen", reason="It came back").state == State.OPEN
    page = by_board.get(action.get_absolute_url()).content.decode()
    for told in ("Proposed complete", "No dates in it", "Executive, June", "It came back", "Report"):
        assert told in page


def test_a_refusal_keeps_what_was_typed() -> None:
    action = an_action(a_plan())
    data = {"on": "30 June 2016", "to": "31 March 2017", "reason": "The same day again"}
    page = signed_in(manager()).post(reverse("actions:move", args=[action.pk]), data).content.decode()
    assert "There is a problem" in page
    assert 'href="#id_to"' in page
    assert "The same day again" in page


def test_what_waits_for_an_agency_and_for_who_runs_plans() -> None:
    agency = AgencyFactory()
    plan = a_plan(title="Plan A")
    late = an_action(plan, agency, due=TODAY - dt.timedelta(days=5))
    an_action(plan, agency, due=TODAY + dt.timedelta(days=200))
    proposed = an_action(plan, agency)
    services.propose_complete(action=proposed, evidence="Report", on=TODAY, by=None)
    own = waiting_for(lead(agency), TODAY)
    assert [(one.url, one.tag, one.tone) for one in own] == [(late.get_absolute_url(), "5 days late", "red")]
    assert [(one.title, one.tag) for one in waiting_for(manager(), TODAY)] == [
        ("Sign off actions: Plan A", "to decide"),
        ("Late actions: Plan A", "1 late"),
    ]
    assert waiting_for(outsider(), TODAY) == []


@pytest.mark.parametrize("name", ["mine", "plan_list", "plan", "action"])
def test_pages_ask_the_database_as_often_with_three_rows_as_with_one(
    name: str, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    plan = a_plan()
    action = an_action(plan, AgencyFactory())
    urls = {"plan": [plan.pk], "action": [action.pk]}
    url = reverse(f"actions:{name}", args=urls.get(name, []))
    client = signed_in(manager())
    client.get(url)
    with django_assert_max_num_queries(25) as counted:
        client.get(url)
    for day in (1, 2):
        an_action(plan, AgencyFactory(), AgencyFactory())
        an_action(a_plan(), AgencyFactory())
        services.add_note(action=action, text="Begun", on=OPENED + dt.timedelta(days=day), by=manager())
    with django_assert_num_queries(len(counted) + (1 if name == "action" else 0)):
        client.get(url)  # an action's notes bring the people who wrote them, once for all of them
