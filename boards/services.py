"""Writes of the board's own records: groups, seats and who holds them, priorities, themes, the plan, the money.

`by` is the person who does it, or None for the portal itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.text import slugify

from lscb.accounts.models import Actor, Agency, User
from lscb.actions import services as actions
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.common.words import say
from lscb.trail.services import changes_between, record

from .access import must_manage
from .models import (
    BusinessPlan,
    Contribution,
    Group,
    GroupKind,
    Holder,
    Meeting,
    MeetingState,
    Priority,
    Purpose,
    Seat,
    SeatKind,
    Theme,
    ThemeAction,
)

GROUP_FACTS = (
    *("name", "short_name", "kind", "parent", "joint_with_adults_board", "remit", "chaired_by", "ends_on"),
    "confidential_permission",
)
LONGEST_CODE = 50


# ---- Groups ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_up_group(
    *,
    name: str,
    short_name: str,
    kind: str,
    parent: Group | None = None,
    joint_with_adults_board: bool = False,
    remit: str = "",
    chaired_by: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    confidential_permission: str = "",
    code: str = "",
    by: Actor,
) -> Group:
    """A group under `parent`, or the main board. Its `code` comes from the short name unless given, and stays.

    `confidential_permission` is what reading its meetings needs, for a group that is confidential.
    """
    must_manage(by)
    group = Group(
        code=code or slugify(short_name)[:LONGEST_CODE].strip("-"),
        name=name.strip(),
        short_name=short_name.strip(),
        kind=kind,
        parent=parent,
        joint_with_adults_board=joint_with_adults_board,
        remit=remit.strip(),
        chaired_by=chaired_by.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        confidential_permission=confidential_permission,
    )
    _check_group(group)
    if Group.objects.filter(code=group.code).exists():
        raise RuleBroken("There is or was a group with this short name. Choose another.", field="short_name")
    group.save(force_insert=True)
    record(verb="set up a group", by=by, target=group)
    return group


@transaction.atomic
def change_group(*, group: Group, by: Actor, **facts: Any) -> Group:
    """Give a group another name, place, remit or chair. `facts` are fields of `GROUP_FACTS`; its code stays.

    Who reads its meetings is settled before it has any.
    """
    must_manage(by)
    group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    before = {name: getattr(group, name) for name in facts}
    for name, value in facts.items():
        if name not in GROUP_FACTS:
            raise TypeError(f"{name} of a group is not changed here.")
        setattr(group, name, value.strip() if isinstance(value, str) else value)
    _check_group(group)
    changes = changes_between(before, {name: getattr(group, name) for name in facts})
    if "confidential_permission" in changes and group.meetings.exists():
        raise RuleBroken("The group has had meetings, so who reads them stays.", field="confidential_permission")
    if changes:
        group.save(update_fields=list(changes))
        record(verb="changed the group", by=by, target=group, changes=changes)
    return group


@transaction.atomic
def close_group(*, group: Group, last_day: dt.date, reason: str, by: Actor) -> None:
    """The group ends after `last_day`, and its seats with it. Groups under it must have ended before."""
    must_manage(by)
    group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if group.ends_on:
        raise RuleBroken("This group has its last day already.")
    if group.starts_on and last_day < group.starts_on:
        raise RuleBroken("The last day must be on or after the day on which the group began.", field="last_day")
    if group.groups.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day)).exists():
        raise RuleBroken("Groups under it still run then. Close them first, or move them.", field="last_day")
    if not reason.strip():
        raise RuleBroken("Say why the group ends.", field="reason")
    _check_no_meeting_after(group, last_day, field="last_day")
    group.ends_on = last_day
    group.save(update_fields=["ends_on"])
    record(verb="closed the group", by=by, target=group, changes={"ends_on": (None, last_day)}, reason=reason.strip())


def _check_group(group: Group) -> None:
    if not group.name:
        raise RuleBroken("Enter the name of the group.", field="name")
    if not group.short_name or not group.code:
        raise RuleBroken("Enter a short name with letters or numbers.", field="short_name")
    if group.starts_on and group.ends_on and group.ends_on < group.starts_on:
        raise RuleBroken("The last day must be on or after the first day.", field="ends_on")
    others = Group.objects.exclude(pk=group.pk).filter(ends_on__isnull=True)
    if group.ends_on is None and others.filter(name__iexact=group.name).exists():
        raise RuleBroken("A group of this name is running.", field="name")
    if group.kind == GroupKind.BOARD:
        if group.parent:
            raise RuleBroken(say("The main {board} is not under another group."), field="parent")
        if group.ends_on is None and others.filter(kind=GroupKind.BOARD).exists():
            raise RuleBroken(say("There is a main {board} already. Choose another kind."), field="kind")
    elif group.parent is None:
        raise RuleBroken("Select the group that it reports to.", field="parent")
    if group.kind == GroupKind.BOARD and group.confidential_permission:
        raise RuleBroken(say("The main {board} is not confidential."), field="confidential_permission")
    if group.pk and group.ends_on:
        _check_no_meeting_after(group, group.ends_on, field="ends_on")
    _check_no_circle(group)


def _check_no_meeting_after(group: Group, last_day: dt.date, *, field: str) -> None:
    if group.meetings.after(last_day).exclude(state=MeetingState.CANCELLED).exists():
        raise RuleBroken("The group has a meeting after that day. Cancel it first, or enter a later day.", field=field)


def _check_no_circle(group: Group) -> None:
    parents = dict(Group.objects.values_list("pk", "parent"))
    above = group.parent_id
    while above is not None:
        if above == group.pk:
            raise RuleBroken("A group cannot report to itself or to a group under it.", field="parent")
        above = parents.get(above)


# ---- Seats and who holds them ---------------------------------------------------------------------------------------


@transaction.atomic
def add_seat(
    *,
    group: Group,
    position: str,
    agency: Agency | None = None,
    kind: str = SeatKind.MEMBER,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    by: Actor,
) -> Seat:
    """A place in `group`. Members and advisers sit for an agency; lay members and the board's team for none."""
    must_manage(by)
    if not position.strip():
        raise RuleBroken("Enter the position.", field="position")
    if kind in (SeatKind.MEMBER, SeatKind.ADVISER) and agency is None:
        raise RuleBroken("Select the agency for which they sit.", field="agency")
    if kind in (SeatKind.LAY, SeatKind.TEAM) and agency is not None:
        raise RuleBroken(
            say("Lay members and the {board}’s team sit for no agency. Leave the agency empty."), field="agency"
        )
    if ends_on and ends_on < starts_on:
        raise RuleBroken("The last day must be on or after the first day.", field="ends_on")
    if group.ends_on and starts_on > group.ends_on:
        raise RuleBroken("The group has ended by then.", field="starts_on")
    last = group.seats.aggregate(last=Max("order"))["last"] or 0
    seat = Seat.objects.create(
        group=group,
        agency=agency,
        position=position.strip(),
        kind=kind,
        order=last + 1,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record(verb="added a seat", by=by, target=group, changes={"seat": (None, seat.position)})
    return seat


@transaction.atomic
def end_seat(*, seat: Seat, last_day: dt.date, by: Actor) -> None:
    """The seat is no more after `last_day`; whoever holds it leaves it then."""
    must_manage(by)
    seat = Seat.objects.select_for_update(of=("self",)).select_related("group").get(pk=seat.pk)
    if seat.ends_on:
        raise RuleBroken("This seat has its last day already.")
    if last_day < seat.starts_on:
        raise RuleBroken("The last day must be on or after the day on which the seat began.", field="last_day")
    if seat.holders.filter(starts_on__gt=last_day).exists():
        raise RuleBroken("Somebody takes this seat after that day. Enter a later day.", field="last_day")
    if seat.attendance.filter(meeting__in=Meeting.objects.after(last_day)).exists():
        raise RuleBroken("Its attendance at a meeting after that day is recorded. Enter a later day.", field="last_day")
    seat.holders.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day)).update(ends_on=last_day)
    seat.ends_on = last_day
    seat.save(update_fields=["ends_on"])
    record(verb="ended a seat", by=by, target=seat.group, changes={"seat": (seat.position, None)})


@transaction.atomic
def fill_seat(
    *,
    seat: Seat,
    user: User | None = None,
    name: str = "",
    is_deputy: bool = False,
    starts_on: dt.date,
    by: Actor,
) -> Holder:
    """Somebody takes a seat, or stands in for its holder: a user of the portal, or only a name."""
    must_manage(by)
    seat = Seat.objects.select_for_update(of=("self",)).select_related("group").get(pk=seat.pk)
    if (user is None) == (not name.strip()):
        raise RuleBroken("Choose a person who has an account, or enter a name, not both.", field="name")
    if starts_on < seat.starts_on or (seat.ends_on and starts_on > seat.ends_on):
        raise RuleBroken("The seat does not exist on that day. Enter a day while it does.", field="starts_on")
    same = seat.holders.filter(is_deputy=is_deputy)
    if same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)).exists():
        who = "A deputy" if is_deputy else "Somebody"
        raise RuleBroken(f"{who} is in place on that day. End that first.", field="starts_on")
    holder = Holder.objects.create(
        seat=seat, user=user, name=name.strip(), is_deputy=is_deputy, starts_on=starts_on, ends_on=seat.ends_on
    )
    verb = "named a deputy" if is_deputy else "filled a seat"
    record(verb=verb, by=by, target=seat.group, changes={seat.position: (None, str(holder))})
    return holder


@transaction.atomic
def end_holding(*, holder: Holder, last_day: dt.date, by: Actor) -> None:
    """Somebody leaves a seat after `last_day`. It is vacant until it is filled again."""
    must_manage(by)
    holder = Holder.objects.select_for_update(of=("self",)).select_related("seat__group", "user").get(pk=holder.pk)
    if holder.ends_on and holder.ends_on <= last_day:
        raise RuleBroken("They leave the seat on or before that day already.", field="last_day")
    if last_day < holder.starts_on:
        raise RuleBroken("The last day must be on or after the day on which they took the seat.", field="last_day")
    holder.ends_on = last_day
    holder.save(update_fields=["ends_on"])
    record(
        verb="left a seat",
        by=by,
        target=holder.seat.group,
        changes={holder.seat.position: (str(holder), None)},
        reason=f"After {last_day.day} {last_day:%B %Y}",
    )


# ---- Priorities, themes, the plan -----------------------------------------------------------------------------------


@transaction.atomic
def set_priority(*, first_year: FinancialYear, last_year: FinancialYear, number: int, text: str, by: Actor) -> Priority:
    """Set the wording of a priority; the same number in the same years is worded anew."""
    must_manage(by)
    if not text.strip():
        raise RuleBroken("Enter the priority.", field="text")
    if last_year < first_year:
        raise RuleBroken("The last year must be the first year or later.", field="last_year")
    priority = Priority.objects.select_for_update().filter(first_year=first_year, number=number).first()
    before = {"last_year": priority.last_year, "text": priority.text} if priority else {}
    priority = priority or Priority(first_year=first_year, number=number)
    priority.last_year, priority.text = last_year, text.strip()
    priority.save()
    changes = changes_between(before, {"last_year": last_year, "text": priority.text})
    record(verb="set a priority", by=by, target=priority, changes=changes)
    return priority


@transaction.atomic
def set_theme(*, year: FinancialYear, number: int, text: str, priorities: Iterable[Priority] = (), by: Actor) -> Theme:
    """Set the wording of a theme of a year and the priorities it serves."""
    must_manage(by)
    if not text.strip():
        raise RuleBroken("Enter the theme.", field="text")
    priorities = list(priorities)
    if any(not priority.first_year <= year <= priority.last_year for priority in priorities):
        raise RuleBroken(f"A priority chosen here is not one of {year}.", field="priorities")
    theme = Theme.objects.select_for_update().filter(year=year, number=number).first()
    before = {"text": theme.text} if theme else {}
    theme = theme or Theme(year=year, number=number)
    theme.text = text.strip()
    theme.save()
    theme.priorities.set(priorities)
    record(verb="set a theme", by=by, target=theme, changes=changes_between(before, {"text": theme.text}))
    return theme


@transaction.atomic
def open_business_plan(*, year: FinancialYear, by: Actor) -> BusinessPlan:
    """The plan of a year, with an action plan of the whole board."""
    must_manage(by)
    if BusinessPlan.objects.filter(year=year).exists():
        raise RuleBroken(f"There is a business plan for {year} already.", field="year")
    plan = actions.open_plan(title=f"Business plan {year}", opened_on=year.first_day, by=by)
    business_plan = BusinessPlan.objects.create(year=year, plan=plan)
    record(verb="opened the business plan", by=by, target=business_plan)
    return business_plan


@transaction.atomic
def plan_business(
    *,
    theme: Theme,
    what: str,
    due: dt.date,
    asked: Sequence[Asked],
    intended_outcome: str = "",
    on: dt.date,
    by: Actor,
    today: dt.date | None = None,
) -> Action:
    """An action under a theme, in the business plan of the theme's year, which is opened with the first of them."""
    must_manage(by)
    business_plan = BusinessPlan.objects.filter(year=theme.year).first() or open_business_plan(year=theme.year, by=by)
    action = actions.add_action(
        plan=business_plan.plan,
        what=what,
        due=due,
        asked=asked,
        intended_outcome=intended_outcome,
        on=on,
        by=by,
        today=today,
    )
    ThemeAction.objects.create(theme=theme, action=action)
    return action


# ---- Money ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def agree_contribution(
    *,
    year: FinancialYear,
    purpose: str,
    agreed: Decimal,
    agency: Agency | None = None,
    contributor: str = "",
    by: Actor,
) -> Contribution:
    """What a partner will give in a year for a purpose; `contributor` names who is no one agency."""
    must_manage(by)
    contributor = contributor.strip()
    if (agency is None) == (not contributor):
        raise RuleBroken("Select an agency, or enter who gives it when it is no one agency.", field="agency")
    _check_amount(agreed, field="agreed")
    if Contribution.objects.filter(agency=agency, contributor=contributor, year=year, purpose=purpose).exists():
        raise RuleBroken(
            f"Their contribution for {Purpose(purpose).label.lower()} in {year} is there already. Change that one.",
            field="purpose",
        )
    contribution = Contribution.objects.create(
        agency=agency, contributor=contributor, year=year, purpose=purpose, agreed=agreed
    )
    record(verb="agreed a contribution", by=by, target=contribution, changes={"agreed": (None, agreed)})
    return contribution


@transaction.atomic
def change_contribution(*, contribution: Contribution, agreed: Decimal, reason: str, by: Actor) -> None:
    """Another amount was agreed, for a reason; not after it was invoiced."""
    must_manage(by)
    contribution = _locked(contribution)
    _check_amount(agreed, field="agreed")
    if contribution.invoiced is not None:
        raise RuleBroken("This contribution was invoiced, so the amount stays.", field="agreed")
    if not reason.strip():
        raise RuleBroken("Say why the amount changes.", field="reason")
    old, contribution.agreed = contribution.agreed, agreed
    contribution.save(update_fields=["agreed"])
    record(
        verb="changed a contribution",
        by=by,
        target=contribution,
        changes={"agreed": (old, agreed)},
        reason=reason.strip(),
    )


@transaction.atomic
def record_invoice(*, contribution: Contribution, amount: Decimal, on: dt.date, by: Actor) -> None:
    """The invoice went out."""
    must_manage(by)
    contribution = _locked(contribution)
    _check_amount(amount, field="amount")
    if contribution.purpose == Purpose.IN_KIND:
        raise RuleBroken("What is given in kind is not invoiced.")
    if contribution.invoiced is not None:
        raise RuleBroken("This contribution was invoiced already.")
    contribution.invoiced, contribution.invoiced_on = amount, on
    contribution.save(update_fields=["invoiced", "invoiced_on"])
    record(verb="invoiced a contribution", by=by, target=contribution, changes={"invoiced": (None, amount)})


@transaction.atomic
def record_payment(*, contribution: Contribution, amount: Decimal, on: dt.date, by: Actor) -> None:
    """A payment came in. Payments add up, never to more than was invoiced."""
    must_manage(by)
    contribution = _locked(contribution)
    _check_amount(amount, field="amount")
    if contribution.invoiced is None or contribution.invoiced_on is None:
        raise RuleBroken("Record the invoice first.")
    if on < contribution.invoiced_on:
        raise RuleBroken("The payment cannot be before the invoice. Check the day.", field="on")
    before = contribution.received
    received = (before or Decimal(0)) + amount
    if received > contribution.invoiced:
        left = contribution.invoiced - (before or Decimal(0))
        raise RuleBroken(f"That is more than was invoiced. Up to £{left:,.2f} is still to be paid.", field="amount")
    contribution.received, contribution.received_on = received, max(on, contribution.received_on or on)
    contribution.save(update_fields=["received", "received_on"])
    record(verb="received a contribution", by=by, target=contribution, changes={"received": (before, received)})


def _check_amount(amount: Decimal, *, field: str) -> None:
    if amount <= 0:
        raise RuleBroken("Enter an amount of more than nothing.", field=field)
    if amount != amount.quantize(Decimal("0.01")):
        raise RuleBroken("Enter pounds and pence, with no parts of a penny.", field=field)


def _locked(contribution: Contribution) -> Contribution:
    return Contribution.objects.select_for_update(of=("self",)).select_related("agency").get(pk=contribution.pk)
