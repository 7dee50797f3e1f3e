"""What the business plan hands to the annual report: priorities, themes, what was done for each, what is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, QuerySet

from lscb.actions.models import Action, Kind
from lscb.common.chapters import Chapter, Column, Fact, Figure, ListOfItems, Section, Table
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day

from ..models import Challenge, Priority, Theme
from .work import CHALLENGE, work_for


def priorities_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The priorities, the themes of the year, what was done for each and what is left to do at the end of the year."""
    on = min(as_at, year.last_day)
    priorities = list(Priority.objects.of_year(year))
    themes = list(Theme.objects.filter(year=year))
    planned = Action.objects.filter(theme_action__theme__year=year).order_by("theme_action__theme__number", "number")
    left = list(planned.outstanding(on).select_related("theme_action").prefetch_related("entries__agency__names"))
    done = [action for action in _signed_off(planned, year, on) if action not in left]
    challenges = Challenge.objects.filter(theme__year=year, raised_on__lte=on).order_by()
    raised = dict(challenges.values_list("theme").annotate(Count("pk")))
    source = f"Business plan {year}, as at {day(on)}"
    return Chapter(
        slug="priorities",
        title="What we set out to do",
        lead=(
            f"The board worked on {len(priorities)} priorities through {len(themes)} themes. "
            f"{len(left)} actions are left to do and are carried into the next plan."
        ),
        figures=(
            Figure(str(len(themes)), f"themes in {year}"),
            Figure(str(len(done)), "actions of the plan done in the year"),
            Figure(str(len(left)), f"left to do on {day(on)}"),
        ),
        sections=(
            _list_of_priorities(priorities),
            *(_section_of_theme(theme, done, left, raised.get(theme.pk, 0), on) for theme in themes),
        ),
        facts=(
            Fact("priorities", len(priorities), str(len(priorities)), "Priorities of the year", source=source),
            Fact("themes", len(themes), str(len(themes)), "Themes of the year", source=source),
            Fact("done", len(done), str(len(done)), "Actions of the plan signed off in the year", source=source),
            Fact("left", len(left), str(len(left)), "Actions of the plan left to do", source=source),
            *(fact for theme in themes for fact in _facts_of_theme(theme, done, left, raised.get(theme.pk, 0), source)),
        ),
    )


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _list_of_priorities(priorities: Sequence[Priority]) -> Section:
    if not priorities:
        return Section("Priorities", ())
    years = f"{priorities[0].first_year.start} to {priorities[0].last_year.start + 1}"
    return Section("Priorities", (ListOfItems([one.text for one in priorities], f"Our priorities, {years}"),))


def _section_of_theme(
    theme: Theme, done: Sequence[Action], left: Sequence[Action], challenges: int, on: dt.date
) -> Section:
    """What was done for a theme in every part of the portal, and what is left. Challenges have their own chapter."""
    of_theme, finished = _of(theme, left), _of(theme, done)
    blocks: list[ListOfItems | Table] = []
    if finished:
        blocks.append(ListOfItems([action.what for action in finished], "What was done"))
    work = [one for one in work_for(theme, reader=None, upto=on) if one.kind != CHALLENGE]
    if work or challenges:
        rows = [(one.what, one.kind, one.when_told) for one in work]
        rows += [(_challenges(challenges), "Challenges", f"in {theme.year}")] if challenges else []
        blocks.append(Table("What we did for it", (Column("What"), Column("Kind"), Column("When")), rows))
    if of_theme:
        rows = [(action.what, _asked(action, on), day(action.due)) for action in of_theme]
        blocks.append(Table("What is left to do", (Column("Action"), Column("Who"), Column("Due")), rows))
    return Section(f"Theme {theme.number}: {theme.text}", blocks, level=3)


def _of(theme: Theme, actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if action.theme_action.theme_id == theme.pk]


def _challenges(number: int) -> str:
    return "1 challenge to partners" if number == 1 else f"{number} challenges to partners"


def _facts_of_theme(
    theme: Theme, done: Sequence[Action], left: Sequence[Action], challenges: int, source: str
) -> list[Fact]:
    counts = {
        "done": (len(_of(theme, done)), "actions done"),
        "left": (len(_of(theme, left)), "actions left to do"),
        "challenges": (challenges, "challenges raised"),
    }
    return [
        Fact(f"theme_{theme.number}.{name}", count, str(count), f"Theme {theme.number}: {label}", source=source)
        for name, (count, label) in counts.items()
    ]


def _signed_off(planned: QuerySet[Action], year: FinancialYear, on: dt.date) -> list[Action]:
    """Signed off in the year, up to `on`."""
    signed_off = planned.filter(events__kind=Kind.SIGNED_OFF, events__on__gte=year.first_day, events__on__lte=on)
    return list(signed_off.select_related("theme_action").distinct())


def _asked(action: Action, on: dt.date) -> str:
    return "; ".join(entry.agency.name_on(on) if entry.agency else entry.owner for entry in action.entries.all())
