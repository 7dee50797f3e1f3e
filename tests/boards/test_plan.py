"""The business plan over the turn of the year, the page of a theme, and what contributions are late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards import services
from boards.meetings import services as meetings
from boards.models import Contribution, Theme, ThemeAction
from boards.plan.carrying import carry_forward
from boards.plan.reporting import priorities_chapter
from boards.plan.tying import tie_meeting
from boards.plan.work import Work, work_for
from boards.reporting import finances_chapter
from boards.waiting import waiting_for
from lscb.accounts.models import Actor, Agency, User
from lscb.accounts.roles import LayMember
from lscb.actions import services as actions
from lscb.actions.models import Action, State
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from lscb.common.periods import LONDON
from tests.actions.factories import AgencyFactory, lead, manager, member, person

from .challenge_samples import a_challenge
from .factories import APRIL, TODAY, YEAR, a_contribution, a_group, the_board

pytestmark = pytest.mark.django_db

NEXT = YEAR.next
CARRIED = NEXT.first_day + dt.timedelta(days=20)
DUE = dt.date(2017, 3, 31)


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def a_theme(number: int = 1, text: str = "Neglect", **kwargs: Any) -> Theme:
    return services.set_theme(year=kwargs.pop("year", YEAR), number=number, text=text, by=None, **kwargs)


def planned(theme: Theme, what: str = "Do it", due: dt.date = DUE) -> Action:
    asked = [Asked(AgencyFactory(), "Head of service"), Asked(owner="Board Manager")]
    return services.plan_business(theme=theme, what=what, due=due, asked=asked, on=APRIL, by=None)


def carry(*chosen: Action, **kwargs: Any) -> list[Action]:
    given = {"into": {}, "due": NEXT.last_day, "on": CARRIED, "today": CARRIED, "by": None, **kwargs}
    return carry_forward(year=YEAR, chosen=chosen, **given)


# ---- Carrying forward -----------------------------------------------------------------------------------------------


def test_what_is_left_is_planned_anew_and_stays_in_every_count_of_its_year() -> None:
    priority = services.set_priority(first_year=YEAR, last_year=NEXT, number=1, text="Whole city", by=None)
    old = services.set_priority(first_year=YEAR, last_year=YEAR, number=2, text="This year only", by=None)
    theme = a_theme(priorities=[priority, old])
    action = planned(theme)
    before = priorities_chapter(YEAR, dt.date(2017, 6, 30))
    (copy,) = carry(action)
    assert Action.objects.outstanding(YEAR.last_day).get() == action
    assert priorities_chapter(YEAR, dt.date(2017, 6, 30)) == before
    action.refresh_from_db()
    assert (action.state, action.replaced_by) == (State.SUPERSEDED, copy)
    assert list(Action.objects.outstanding(CARRIED)) == [copy]
    carried = copy.theme_action.theme
    assert (carried.year, carried.number, carried.text) == (NEXT, theme.number, theme.text)
    assert list(carried.priorities.all()) == [priority], "the other one ran for one year"
    assert [(one.agency, one.owner) for one in copy.entries.all()] == [
        (one.agency, one.owner) for one in action.entries.all()
    ]


def test_only_a_late_action_gets_the_new_due_date() -> None:
    theme = a_theme()
    late, later = planned(theme, "Late"), planned(theme, "Later", due=dt.date(2017, 9, 30))
    assert [one.due for one in carry(late, later)] == [NEXT.last_day, dt.date(2017, 9, 30)]


def test_twice_is_once_and_what_was_signed_off_meanwhile_stays() -> None:
    theme = a_theme()
    left, done = planned(theme, "Left"), planned(theme, "Done")
    actions.sign_off_actions(
        plan=done.plan, actions=[done], on=NEXT.first_day, forum="Executive", by=None, today=CARRIED
    )
    assert len(carry(left, done)) == 1
    assert carry(left, done) == []
    assert ThemeAction.objects.filter(theme__year=NEXT).count() == 1


def test_into_another_theme_and_beside_one_whose_number_is_taken() -> None:
    first, second = a_theme(1, "Neglect"), a_theme(2, "Exploitation")
    other = a_theme(2, "Another theme", year=NEXT)
    one, two = carry(planned(first), planned(second), into={first.pk: other})
    assert one.theme_action.theme == other
    assert (two.theme_action.theme.number, two.theme_action.theme.text) == (3, "Exploitation")


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"on": YEAR.last_day}, "is not over yet"),
        ({"into": "this year"}, "Choose themes of 2017-18"),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], says: str) -> None:
    theme = a_theme()
    action = planned(theme)
    if wrong.get("into"):
        wrong = {"into": {theme.pk: theme}}
    with pytest.raises(RuleBroken, match=says):
        carry(action, **wrong)
    with pytest.raises(PermissionDenied):
        carry(action, by=person(LayMember))


def test_the_page_offers_what_is_left_and_shows_it_in_the_next_plan() -> None:
    theme = a_theme()
    action, kept = planned(theme, "Carry this"), planned(theme, "Keep this")
    client = signed_in(manager())
    plan = reverse("boards:business_plan", args=[str(YEAR)])
    assert "Carry forward what is left" in client.get(plan).content.decode()
    address = reverse("boards:carry_forward", args=[str(YEAR)])
    form = client.get(address).context["form"]
    assert [key for key, _ in form.fields["actions"].choices] == form["actions"].value() == [action.pk, kept.pk]
    data = {"actions": [str(action.pk)], "due": "31 March 2027", "theme_1": "", "once": "one"}
    for _ in range(2):
        answer = client.post(address, data)
    assert answer["Location"] == reverse("boards:business_plan", args=[str(NEXT)])
    page = client.get(answer["Location"]).content.decode()
    assert page.count("Carry this") == 1
    assert "Keep this" not in page
    assert signed_in(member("neglect")).get(address).status_code == 403
    assert signed_in(lead(AgencyFactory())).get(address).status_code == 404


# ---- The page of a theme --------------------------------------------------------------------------------------------


def a_held_meeting(**kwargs: Any) -> Any:
    day = dt.datetime(2016, 10, 13, 9, 30, tzinfo=LONDON)
    given = {"group": the_board(), "starts_at": day, "ends_at": day + dt.timedelta(hours=2), "place": "Civic Centre"}
    meeting = meetings.plan_meeting(**{**given, "theme": "Neglect", "by": None, **kwargs})
    return meetings.hold_meeting(meeting=meeting, by=None)


def training_for(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    """Stands for a part of the portal on a floor above."""
    yield Work("Workshop", f"Workshop on {theme.text}", dt.date(2016, 9, 1), "/training/1/")


def test_the_page_of_a_theme_gathers_what_was_done_in_every_part(settings: Any) -> None:
    settings.THEME_WORK = [f"{__name__}.training_for"]
    theme = a_theme()
    tie_meeting(meeting=a_held_meeting(), themes=[theme], by=None)
    challenge = a_challenge(theme=theme)
    planned(theme, "What is left")
    work = work_for(theme, reader=manager(), upto=TODAY)
    assert [(one.kind, one.on) for one in work] == [
        ("Workshop", dt.date(2016, 9, 1)),
        ("Meeting", dt.date(2016, 10, 13)),
        ("Challenge", challenge.raised_on),
    ]
    page = signed_in(manager()).get(theme.get_absolute_url()).content.decode()
    for told in ("Workshop on Neglect", challenge.title, "What is left"):
        assert told in page
    for_public = work_for(theme, reader=None, upto=TODAY)
    assert [one.kind for one in for_public] == ["Workshop", "Meeting"], "the challenge has no published words"


def test_a_theme_shows_nobody_what_they_may_not_read() -> None:
    theme = a_theme()
    tie_meeting(meeting=a_held_meeting(group=a_group("Neglect")), themes=[theme], by=None)
    a_challenge(theme=theme)
    assert work_for(theme, reader=member("training"), upto=TODAY) == []
    assert [one.kind for one in work_for(theme, reader=member("neglect"), upto=TODAY)] == ["Meeting"]
    assert signed_in(lead(AgencyFactory())).get(theme.get_absolute_url()).status_code == 404


def test_only_themes_of_the_year_and_no_confidential_meeting_are_tied() -> None:
    theme = a_theme(year=NEXT)
    with pytest.raises(RuleBroken, match="Choose themes of 2016-17"):
        tie_meeting(meeting=a_held_meeting(), themes=[theme], by=None)
    panel = a_group("Panel", confidential_permission="read_child_deaths")
    with pytest.raises(RuleBroken, match="confidential"):
        tie_meeting(meeting=a_held_meeting(group=panel), themes=[a_theme()], by=None)


def test_the_page_of_a_theme_asks_as_often_with_many_records(django_assert_num_queries: Any) -> None:
    theme = a_theme()
    client = signed_in(manager())
    a_challenge(theme=theme)
    planned(theme)
    client.get(theme.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(theme.get_absolute_url())
    for _ in range(6):
        a_challenge(theme=theme)
        planned(theme)
    with django_assert_num_queries(len(before)):
        client.get(theme.get_absolute_url())


# ---- Contributions --------------------------------------------------------------------------------------------------


def test_late_is_what_was_not_paid_in_thirty_days() -> None:
    invoiced = a_contribution()
    services.record_invoice(contribution=invoiced, amount=Decimal("100.00"), on=APRIL, by=None)
    a_contribution()
    paid = a_contribution()
    services.record_invoice(contribution=paid, amount=Decimal("100.00"), on=APRIL, by=None)
    services.record_payment(contribution=paid, amount=Decimal("100.00"), on=APRIL, by=None)
    for days, late in ((29, False), (30, True)):
        today = APRIL + dt.timedelta(days=days)
        assert list(Contribution.objects.late(today)) == ([invoiced] if late else [])
        assert Contribution.objects.get(pk=invoiced.pk).is_late(today) is late
        titles = [one.title for one in waiting_for(manager(), today)]
        assert ("Chase contributions" in titles) is late
    client, url = signed_in(manager()), reverse("boards:contribution_list")
    for state, number in (("late", 1), ("owed", 1), ("to_invoice", 1), ("received", 1)):
        assert client.get(url, {"state": state}).context["view"].filtered.count() == number, state
    export = client.get(url, {"state": "late", "format": "csv"}).content.decode()
    assert invoiced.given_by in export
    assert paid.given_by not in export


def test_totals_by_year_and_purpose_are_of_what_is_shown() -> None:
    a_contribution()
    a_contribution(agreed=Decimal("20.50"))
    a_contribution(purpose="learning", agreed=Decimal("7.25"))
    a_contribution(year=NEXT, agreed=Decimal("1.00"))
    client, url = signed_in(manager()), reverse("boards:contribution_list")
    assert [row[:3] for row in client.get(url).context["table"].rows] == [
        ("2017-18", "Core budget", "£1"),
        ("2016-17", "Core budget", "£120.50"),
        ("2016-17", "Learning and development", "£7.25"),
    ]
    assert len(client.get(url, {"purpose": "learning"}).context["table"].rows) == 1


def test_the_list_of_contributions_asks_as_often_with_300_as_with_one(django_assert_num_queries: Any) -> None:
    one = a_contribution()
    client, url = signed_in(manager()), reverse("boards:contribution_list")
    client.get(url)
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    facts = {"purpose": one.purpose, "year": one.year, "agreed": one.agreed}
    agencies = Agency.objects.bulk_create(Agency(name=f"Partner {number}", sector="other") for number in range(300))
    Contribution.objects.bulk_create(Contribution(agency=agency, **facts) for agency in agencies)
    with django_assert_num_queries(len(before)):
        page = client.get(url).content.decode()
    assert "301 contributions" in page


def test_the_report_counts_what_was_invoiced_and_received_by_its_day() -> None:
    one = a_contribution()
    services.record_invoice(contribution=one, amount=Decimal("100.00"), on=APRIL, by=None)
    services.record_payment(contribution=one, amount=Decimal("60.00"), on=TODAY, by=None)
    for on, received, owed in ((TODAY - dt.timedelta(days=1), "£0", "£100"), (TODAY, "£60", "£40")):
        chapter = finances_chapter(YEAR, on)
        facts = {fact.name: fact.shown for fact in chapter.facts}
        assert (facts["received"], facts["owed"]) == (received, owed)
        (table,) = chapter.tables()
        assert table.rows == [(one.given_by, "£100", received)]
        assert f"£100 was invoiced and {received} received" in table.note
