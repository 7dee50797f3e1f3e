"""What is on the pages of actions, who reaches them, and how often they ask the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lscb.accounts.permissions import Permission
from lscb.accounts.roles import CaseReviewMember, LayMember
from lscb.actions import services
from lscb.actions.models import Action, ActionEntry, ActionEvent, ActionPlan, Note, State
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


def test_one_plan_is_a_chip_with_its_title_and_another_persons_plan_lists_nothing() -> None:
    agency = AgencyFactory()
    chosen, other = an_action(a_plan(title="Plan of the year"), agency), an_action(a_plan(title="Another"), agency)
    confidential = a_plan(group="serious-case-review", permission=Permission.READ_CASE_REVIEWS, title="Plan of J")
    an_action(confidential, agency)
    client = signed_in(lead(agency))
    page = client.get(reverse("actions:mine"), {"plan": chosen.plan_id}).content.decode()
    assert "Plan: Plan of the year" in page
    assert chosen.get_absolute_url() in page
    assert other.get_absolute_url() not in page
    assert other.get_absolute_url() in client.get(reverse("actions:mine"), {"words": "another"}).content.decode()
    for hidden in (confidential.pk, "nonsense"):
        page = client.get(reverse("actions:mine"), {"plan": hidden}).content.decode()
        assert "There is a problem" in page
        assert "Plan of J" not in page
        assert chosen.get_absolute_url() not in page


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


URLS = {
    "mine": lambda action: reverse("actions:mine"),
    "plan_list": lambda action: reverse("actions:plan_list"),
    "counts": lambda action: reverse("actions:counts"),
    "plan": lambda action: reverse("actions:plan", args=[action.plan_id]),
    "review": lambda action: reverse("actions:review", args=[action.plan_id]),
    "plan_xlsx": lambda action: reverse("actions:plan_xlsx", args=[action.plan_id]),
    "reviewed": lambda action: action.plan.reviews.get().get_absolute_url(),
    "action": lambda action: action.get_absolute_url(),
}


def test_pages_ask_the_database_as_often_with_three_hundred_rows_as_with_one(
    django_assert_num_queries: Any,
) -> None:
    """Once with one row of each kind, once with 300 actions, plans and notes."""
    plan, by = a_plan(), manager()
    action = an_action(plan, AgencyFactory())
    services.add_note(action=action, text="Begun", progress="on_track", on=OPENED, by=by)
    services.hold_quarterly_review(plan=plan, held_on=OPENED, forum="Executive", by=by)
    client = signed_in(by)
    before = {}
    for name, url in URLS.items():
        client.get(url(action))
        with CaptureQueriesContext(connection) as before[name]:
            assert client.get(url(action)).status_code == 200
    multiply(action, 300)
    for name, url in URLS.items():
        with django_assert_num_queries(len(before[name]), info=name):
            client.get(url(action))


def multiply(action: Action, times: int) -> None:
    """As many more plans, and actions of the same plan, as `action`: the same parts, notes and what happened."""
    ActionPlan.objects.bulk_create(ActionPlan(title=f"Plan {n}", opened_on=OPENED) for n in range(times))
    [entry], [note], [added] = action.entries.all(), action.notes.all(), action.events.all()
    others = [copy(action, number=number) for number in range(2, times + 2)]
    Action.objects.bulk_create(others)
    for model, one in ((ActionEntry, entry), (ActionEvent, added)):
        model.objects.bulk_create(copy(one, action=other) for other in others)
    parts = {part.action_id: part for part in ActionEntry.objects.all()}
    Note.objects.bulk_create(copy(note, action=other, entry=parts[other.pk]) for other in others)
    Note.objects.bulk_create(copy(note) for _ in range(times))


def copy(record: Any, **changes: Any) -> Any:
    values = {field.attname: getattr(record, field.attname) for field in record._meta.fields if not field.primary_key}
    for name, value in changes.items():
        related = isinstance(value, Model)
        values[f"{name}_id" if related else name] = value.pk if related else value
    return type(record)(**values)
