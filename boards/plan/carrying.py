"""Carrying what is left to do into the next year's business plan (domain: "Business plan and money").

The action itself stays where it is: on the last day of its year it was outstanding, and that is counted for ever. From
the day on which it is carried it is superseded by a new action in the next plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.actions import services as actions
from lscb.actions.models import Action, ActionPlan
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.trail.services import record

from .. import services
from ..access import must_manage
from ..models import BusinessPlan, Priority, Theme


@transaction.atomic
def carry_forward(
    *,
    year: FinancialYear,
    chosen: Iterable[Action],
    into: Mapping[int, Theme],
    due: dt.date,
    on: dt.date,
    by: Actor,
    today: dt.date | None = None,
) -> list[Action]:
    """Put `chosen` actions of the plan of `year` into the next one; returns the new actions.

    `into` says under which theme of the next year the actions of a theme (its key) go; a theme that is not in it is
    carried over, too. An action that is late by now is due on `due`, the others keep their day. What was carried
    before is left alone, so doing it twice does it once.
    """
    must_manage(by)
    plan = BusinessPlan.objects.filter(year=year).first()
    if plan is None:
        raise RuleBroken(f"There is no business plan for {year}.")
    if on <= year.last_day:
        raise RuleBroken(f"{year} is not over yet. Carry forward what is left from 1 April on.", field="on")
    ActionPlan.objects.select_for_update().get(pk=plan.plan_id)
    if any(theme.year != year.next for theme in into.values()):
        raise RuleBroken(f"Choose themes of {year.next}.")
    live = Action.objects.filter(pk__in=[one.pk for one in chosen], theme_action__theme__year=year).live()
    waiting = live.select_related("plan", "theme_action__theme").prefetch_related("entries__agency").order_by("number")
    themes = dict(into)
    carried = [_carry(action, themes, due=due, on=on, by=by, today=today) for action in waiting]
    if carried:
        changes = {"carried": (None, f"{len(carried)} into {year.next}")}
        record(verb="carried forward what is left", by=by, target=plan, changes=changes)
    return carried


def _carry(
    action: Action, themes: dict[int, Theme], *, due: dt.date, on: dt.date, by: Actor, today: dt.date | None
) -> Action:
    theme = action.theme_action.theme
    if theme.pk not in themes:
        themes[theme.pk] = _same_theme(theme, by=by)
    copy = services.plan_business(
        theme=themes[theme.pk],
        what=action.what,
        intended_outcome=action.intended_outcome,
        due=action.due if action.due >= on else due,
        asked=[Asked(entry.agency, entry.owner) for entry in action.entries.all()],
        on=on,
        by=by,
        today=today,
    )
    reason = f"Carried into the business plan {theme.year.next}."
    actions.supersede_action(action=action, replacement=copy, reason=reason, on=on, by=by, today=today)
    return copy


def _same_theme(theme: Theme, *, by: Actor) -> Theme:
    """The theme in the next year: the one of the same words, or a new one that serves what still runs."""
    year = theme.year.next
    there = Theme.objects.filter(year=year)
    same = there.filter(text=theme.text).first()
    if same:
        return same
    taken = set(there.values_list("number", flat=True))
    number = theme.number if theme.number not in taken else max(taken) + 1
    serves = Priority.objects.of_year(year).filter(themes=theme)
    return services.set_theme(year=year, number=number, text=theme.text, priorities=serves, by=by)
