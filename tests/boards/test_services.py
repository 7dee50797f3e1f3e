"""Each verb of the board, by every way out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from boards import services
from boards.invariants import broken
from boards.models import BusinessPlan, Contribution, Group, Holder, Purpose, Seat, ThemeAction
from lscb.accounts.roles import BoardAnalyst, IndependentChair, LayMember
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory, UserFactory, person
from tests.actions.factories import lead, manager, member, outsider

from .factories import APRIL, JUNE, TODAY, YEAR, a_contribution, a_group, a_seat, the_board

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


# ---- Groups ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts, field",
    [
        ({"name": " "}, "name"),
        ({"short_name": "?"}, "short_name"),
        ({"short_name": "Main board"}, "short_name"),
        ({"name": "safeguarding board"}, "name"),
        ({"parent": None}, "parent"),
        ({"kind": "board", "parent": None}, "kind"),
        ({"starts_on": JUNE, "ends_on": APRIL}, "ends_on"),
    ],
)
def test_a_group_needs_its_parts(facts: dict[str, Any], field: str) -> None:
    the_board()
    with pytest.raises(RuleBroken) as refusal:
        a_group(**facts)
    assert refusal.value.field == field
    assert Group.objects.count() == 1


def test_groups_never_report_in_a_circle() -> None:
    upper = a_group("Upper")
    lower = a_group("Lower", parent=upper)
    for parent in (upper, lower):
        with pytest.raises(RuleBroken, match="cannot report to itself"):
            services.change_group(group=upper, parent=parent, by=None)
    Group.objects.filter(pk=upper.pk).update(parent=lower)
    assert any("in a circle" in sentence for sentence in broken(TODAY))


def test_changing_a_group_tells_the_trail_what_changed() -> None:
    group = services.change_group(group=a_group("Neglect"), name="Neglect Board", chaired_by="Head teacher", by=None)
    event = Event.objects.of(group).first()
    assert event is not None
    assert event.changes == {"name": ["Neglect Group", "Neglect Board"], "chaired_by": ["", "Head teacher"]}


def test_a_group_closes_after_the_groups_under_it() -> None:
    upper = a_group("Upper")
    lower = a_group("Lower", parent=upper)
    with pytest.raises(RuleBroken, match="still run"):
        services.close_group(group=upper, last_day=JUNE, reason="Done", by=None)
    with pytest.raises(RuleBroken, match="why"):
        services.close_group(group=lower, last_day=JUNE, reason=" ", by=None)
    services.close_group(group=lower, last_day=JUNE, reason="Done", by=None)
    services.close_group(group=upper, last_day=JUNE, reason="Done", by=None)
    assert list(Group.objects.running(JUNE + DAY)) == [the_board()]
    with pytest.raises(RuleBroken, match="already"):
        services.close_group(group=upper, last_day=TODAY, reason="Done", by=None)


# ---- Seats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, with_agency, allowed",
    [
        ("chair", False, True),
        ("chair", True, True),
        ("lay", False, True),
        ("lay", True, False),
        ("team", False, True),
        ("team", True, False),
        ("member", True, True),
        ("member", False, False),
        ("adviser", True, True),
        ("adviser", False, False),
    ],
)
def test_members_sit_for_an_agency_and_lay_members_for_none(kind: str, with_agency: bool, allowed: bool) -> None:
    agency = AgencyFactory() if with_agency else None
    if allowed:
        assert a_seat(kind=kind, agency=agency).agency == agency
        return
    with pytest.raises(RuleBroken) as refusal:
        a_seat(kind=kind, agency=agency)
    assert refusal.value.field == "agency"
    with pytest.raises(IntegrityError, match="members_sit_for_an_agency"), transaction.atomic():
        Seat.objects.create(group=the_board(), kind=kind, agency=agency, position="X", starts_on=APRIL)


def test_a_seat_has_one_holder_and_one_deputy_at_a_time() -> None:
    seat = a_seat()
    first = services.fill_seat(seat=seat, name="Somebody", starts_on=APRIL, by=None)
    services.fill_seat(seat=seat, name="A deputy", is_deputy=True, starts_on=APRIL, by=None)
    with pytest.raises(RuleBroken, match="in place"):
        services.fill_seat(seat=seat, user=UserFactory(), starts_on=JUNE, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holder.objects.create(seat=seat, name="Another", starts_on=JUNE)
    services.end_holding(holder=first, last_day=JUNE, by=None)
    with pytest.raises(RuleBroken, match="in place"):
        services.fill_seat(seat=seat, name="Next", starts_on=JUNE, by=None)
    services.fill_seat(seat=seat, name="Next", starts_on=JUNE + DAY, by=None)
    assert [str(one) for one in seat.holders.holding(TODAY).filter(is_deputy=False)] == ["Next"]
    assert list(broken(TODAY)) == []


def test_a_deputy_alone_does_not_fill_a_seat() -> None:
    seat = a_seat()
    services.fill_seat(seat=seat, name="A deputy", is_deputy=True, starts_on=APRIL, by=None)
    assert list(Seat.objects.vacant(JUNE)) == [seat]
    assert not Seat.objects.vacant(APRIL - DAY).exists(), "not counted before the seat existed"


@pytest.mark.parametrize("user, name", [(False, ""), (True, "Both")])
def test_a_holder_is_a_user_or_a_name(user: bool, name: str) -> None:
    someone = UserFactory() if user else None
    with pytest.raises(RuleBroken, match="not both"):
        services.fill_seat(seat=a_seat(), user=someone, name=name, starts_on=APRIL, by=None)
    with pytest.raises(IntegrityError, match="holder_is_a_user_or_a_name"), transaction.atomic():
        Holder.objects.create(seat=a_seat(), user=someone, name=name, starts_on=APRIL)


def test_ending_a_seat_ends_who_holds_it() -> None:
    seat = a_seat()
    holder = services.fill_seat(seat=seat, name="Somebody", starts_on=APRIL, by=None)
    services.end_seat(seat=seat, last_day=JUNE, by=None)
    holder.refresh_from_db()
    assert holder.ends_on == JUNE
    assert not Seat.objects.in_place(JUNE + DAY).exists()
    with pytest.raises(RuleBroken, match="does not exist"):
        services.fill_seat(seat=Seat.objects.get(), name="Late", starts_on=TODAY, by=None)
    with pytest.raises(RuleBroken, match="already"):
        services.end_holding(holder=holder, last_day=TODAY, by=None)


# ---- The plan -------------------------------------------------------------------------------------------------------


def test_the_same_number_is_worded_anew() -> None:
    first = services.set_priority(first_year=YEAR, last_year=YEAR.next, number=1, text="Old", by=None)
    again = services.set_priority(first_year=YEAR, last_year=YEAR.next, number=1, text="New", by=None)
    assert (again.pk, again.text) == (first.pk, "New")
    event = Event.objects.of(first).first()
    assert event is not None
    assert event.changes == {"text": ["Old", "New"]}


def test_a_theme_serves_priorities_of_its_year_only() -> None:
    later = services.set_priority(first_year=YEAR.next, last_year=YEAR.next, number=1, text="Later", by=None)
    with pytest.raises(RuleBroken) as refusal:
        services.set_theme(year=YEAR, number=1, text="Neglect", priorities=[later], by=None)
    assert refusal.value.field == "priorities"


def test_the_plan_of_a_year_opens_with_its_first_action() -> None:
    theme = services.set_theme(year=YEAR, number=1, text="Neglect", by=None)
    team = [Asked(owner="Board Manager")]
    for what in ("One", "Two"):
        services.plan_business(theme=theme, what=what, due=TODAY, asked=team, on=APRIL, by=None)
    plan = BusinessPlan.objects.get()
    assert plan.year == YEAR
    assert [row.action.what for row in ThemeAction.objects.all()] == ["One", "Two"]
    assert list(broken(TODAY)) == []
    with pytest.raises(RuleBroken, match="already"):
        services.open_business_plan(year=YEAR, by=None)


# ---- Money ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_money_is_more_than_nothing_and_exact_to_the_penny(amount: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        a_contribution(agreed=Decimal(amount))
    assert refusal.value.field == "agreed"


def test_a_contribution_is_from_an_agency_or_somebody_named_and_there_once() -> None:
    agency = AgencyFactory()
    for names in ({"agency": None, "contributor": ""}, {"agency": agency, "contributor": "Partners"}):
        with pytest.raises(RuleBroken, match="no one agency"):
            services.agree_contribution(year=YEAR, purpose=Purpose.CORE, agreed=Decimal(1), by=None, **names)
        with pytest.raises(IntegrityError, match="contribution_is_from"), transaction.atomic():
            Contribution.objects.create(year=YEAR, purpose=Purpose.CORE, agreed=Decimal(1), **names)
    a_contribution(agency=agency)
    with pytest.raises(RuleBroken, match="there already"):
        a_contribution(agency=agency)
    a_contribution(contributor="Partners")
    with pytest.raises(RuleBroken, match="there already"):
        a_contribution(contributor="Partners")


def test_payments_add_up_to_what_was_invoiced_and_never_to_more() -> None:
    contribution = a_contribution()
    with pytest.raises(RuleBroken, match="invoice first"):
        services.record_payment(contribution=contribution, amount=Decimal(10), on=JUNE, by=None)
    services.record_invoice(contribution=contribution, amount=Decimal("99.99"), on=JUNE, by=None)
    with pytest.raises(RuleBroken, match="before the invoice"):
        services.record_payment(contribution=contribution, amount=Decimal(10), on=APRIL, by=None)
    services.record_payment(contribution=contribution, amount=Decimal("60.00"), on=JUNE, by=None)
    with pytest.raises(RuleBroken, match=r"Up to £39\.99"):
        services.record_payment(contribution=contribution, amount=Decimal("40.00"), on=JUNE, by=None)
    services.record_payment(contribution=contribution, amount=Decimal("39.99"), on=TODAY, by=None)
    contribution.refresh_from_db()
    assert (contribution.received, contribution.received_on) == (Decimal("99.99"), TODAY)
    with pytest.raises(RuleBroken, match="already"):
        services.record_invoice(contribution=contribution, amount=Decimal(1), on=TODAY, by=None)
    with pytest.raises(RuleBroken, match="was invoiced"):
        services.change_contribution(contribution=contribution, agreed=Decimal(1), reason="X", by=None)


def test_nothing_in_kind_is_invoiced() -> None:
    contribution = a_contribution(purpose=Purpose.IN_KIND)
    with pytest.raises(RuleBroken, match="in kind"):
        services.record_invoice(contribution=contribution, amount=Decimal(1), on=JUNE, by=None)
    with pytest.raises(IntegrityError, match="nothing_in_kind"), transaction.atomic():
        Contribution.objects.filter(pk=contribution.pk).update(invoiced=Decimal(1), invoiced_on=JUNE)


def test_the_database_refuses_more_received_than_invoiced() -> None:
    contribution = a_contribution()
    with pytest.raises(IntegrityError, match="no_more_received_than_invoiced"), transaction.atomic():
        Contribution.objects.filter(pk=contribution.pk).update(received=Decimal(1), received_on=JUNE)


# ---- Who ------------------------------------------------------------------------------------------------------------


def test_only_who_runs_the_board_changes_it() -> None:
    board, seat, agency, ending = the_board(), a_seat(), AgencyFactory(), a_group("Ending")
    money = a_contribution()
    holder = services.fill_seat(seat=a_seat(), name="Somebody", starts_on=APRIL, by=None)
    theme = services.set_theme(year=YEAR, number=1, text="Neglect", by=None)
    verbs: list[Callable[[Any], Any]] = [
        lambda by: services.set_up_group(name="G", short_name="G", kind="sub_group", parent=board, by=by),
        lambda by: services.change_group(group=board, remit="New", by=by),
        lambda by: services.add_seat(group=board, position="X", kind="lay", starts_on=APRIL, by=by),
        lambda by: services.fill_seat(seat=seat, name="N", starts_on=APRIL, by=by),
        lambda by: services.end_holding(holder=holder, last_day=JUNE, by=by),
        lambda by: services.end_seat(seat=seat, last_day=TODAY, by=by),
        lambda by: services.set_priority(first_year=YEAR, last_year=YEAR, number=9, text="P", by=by),
        lambda by: services.set_theme(year=YEAR, number=9, text="T", by=by),
        lambda by: services.plan_business(
            theme=theme, what="W", due=TODAY, asked=[Asked(agency)], on=APRIL, by=by, today=TODAY
        ),
        lambda by: services.agree_contribution(
            year=YEAR, purpose=Purpose.CORE, agreed=Decimal(1), agency=agency, by=by
        ),
        lambda by: services.change_contribution(contribution=money, agreed=Decimal(2), reason="Less", by=by),
        lambda by: services.record_invoice(contribution=money, amount=Decimal(2), on=JUNE, by=by),
        lambda by: services.record_payment(contribution=money, amount=Decimal(2), on=JUNE, by=by),
        lambda by: services.close_group(group=ending, last_day=TODAY, reason="End", by=by),
    ]
    refused = [
        *(person(role) for role in (BoardAnalyst, IndependentChair, LayMember)),
        *(member(board.code), lead(agency), outsider()),
    ]
    for verb in verbs:
        for by in refused:
            with pytest.raises(PermissionDenied):
                verb(by)
    runs_it = manager()
    for verb in verbs:
        verb(runs_it)
    assert Event.objects.filter(actor_key=str(runs_it.pk)).count() >= len(verbs)
