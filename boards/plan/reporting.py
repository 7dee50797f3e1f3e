"""What the business plan hands to the annual report: priorities, themes, what was done for each, what is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.urls import reverse

from lscb.actions.models import Action, ActionEvent, Kind
from lscb.actions.querysets import ActionQuerySet
from lscb.common.chapters import Chapter, Column, Fact, Figure, ListOfItems, Section, Table, in_line, of_fact
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day
from lscb.common.words import naming

from ..models import Challenge, Priority, Theme
from .work import CHALLENGE, work_for


def _planned(year: FinancialYear) -> ActionQuerySet:
    return Action.objects.filter(theme_action__theme__year=year)


def _left(year: FinancialYear, as_at: dt.date) -> ActionQuerySet:
    """Left to do at the end of the year, or on the day of an earlier report."""
    return _planned(year).outstanding(year.upto(as_at))


def _done(year: FinancialYear, as_at: dt.date) -> ActionQuerySet:
    """Signed off in the year, and not re-opened by its end."""
    on = year.upto(as_at)
    signed_off = ActionEvent.objects.filter(kind=Kind.SIGNED_OFF, on__gte=year.first_day, on__lte=on)
    return _planned(year).filter(pk__in=signed_off.values("action")).exclude(pk__in=_left(year, as_at).values("pk"))


COUNTED_ACTIONS: Mapping[str, Counted] = {
    "priorities.done": Counted("Actions of the business plan done", _done),
    "priorities.left": Counted("Actions of the business plan left to do", _left),
}


def priorities_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The priorities, the themes of the year, what was done for each and what is left to do at the end of the year."""
    on = year.upto(as_at)
    priorities = list(Priority.objects.of_year(year))
    themes = list(Theme.objects.filter(year=year))
    in_order = ("theme_action__theme__number", "number")
    left = list(
        _left(year, as_at).order_by(*in_order).select_related("theme_action").prefetch_related("entries__agency__names")
    )
    done = list(_done(year, as_at).order_by(*in_order).select_related("theme_action"))
    challenges = Challenge.objects.filter(theme__year=year, raised_on__lte=on).order_by()
    raised = dict(challenges.values_list("theme").annotate(Count("pk")))
    source = f"Business plan {year}, as at {day(on)}"
    plan = reverse("boards:business_plan", args=[year])

    def actions(figure: str) -> str:
        return rows_at("actions:mine", f"priorities.{figure}", year, on, show="all")

    return Chapter(
        slug="priorities",
        title="What we set out to do",
        lead=in_line(
            f"The {naming().board} worked on ",
            _printed("priorities", len(priorities)),
            " priorities through ",
            _printed("themes", len(themes)),
            " themes. ",
            _printed("left", len(left)),
            " actions are left to do and are carried into the next plan.",
        ),
        figures=(
            Figure(_printed("themes", len(themes)), f"themes in {year}"),
            Figure(_printed("done", len(done)), "actions of the plan done in the year"),
            Figure(_printed("left", len(left)), f"left to do on {day(on)}"),
        ),
        sections=(
            _list_of_priorities(priorities),
            *(_section_of_theme(theme, done, left, raised.get(theme.pk, 0), on) for theme in themes),
        ),
        facts=(
            _fact("priorities", len(priorities), "Priorities of the year", source, plan),
            _fact("themes", len(themes), "Themes of the year", source, plan),
            _fact("done", len(done), "Actions of the plan signed off in the year", source, actions("done")),
            _fact("left", len(left), "Actions of the plan left to do", source, actions("left")),
            *(
                fact
                for theme in themes
                for fact in _facts_of_theme(theme, done, left, raised.get(theme.pk, 0), source, on)
            ),
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
        rows += [(_challenges(theme, challenges), "Challenges", f"in {theme.year}")] if challenges else []
        blocks.append(Table("What we did for it", (Column("What"), Column("Kind"), Column("When")), rows))
    if of_theme:
        rows = [(action.what, _asked(action, on), day(action.due)) for action in of_theme]
        blocks.append(Table("What is left to do", (Column("Action"), Column("Who"), Column("Due")), rows))
    return Section(f"Theme {theme.number}: {theme.text}", blocks, level=3)


def _of(theme: Theme, actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if action.theme_action.theme_id == theme.pk]


def _challenges(theme: Theme, number: int) -> str:
    words = " challenge to partners" if number == 1 else " challenges to partners"
    return in_line(_printed(f"theme_{theme.number}.challenges", number), words)


def _printed(name: str, number: int) -> str:
    return of_fact(f"priorities.{name}", str(number))


def _facts_of_theme(
    theme: Theme, done: Sequence[Action], left: Sequence[Action], challenges: int, source: str, on: dt.date
) -> list[Fact]:
    page = reverse("boards:theme", args=[theme.year, theme.number])
    raised = rows_at("boards:challenge_list", "challenges.of_themes", theme.year, on, theme=theme.pk)
    counts = (
        ("done", len(_of(theme, done)), "actions done", page),
        ("left", len(_of(theme, left)), "actions left to do", page),
        ("challenges", challenges, "challenges raised", raised),
    )
    return [
        _fact(f"theme_{theme.number}.{name}", count, f"Theme {theme.number}: {label}", source, rows)
        for name, count, label, rows in counts
    ]


def _fact(name: str, number: int, label: str, source: str, rows: str) -> Fact:
    return Fact(name, number, str(number), label, source=source, rows=rows)


def _asked(action: Action, on: dt.date) -> str:
    return "; ".join(entry.agency.name_on(on) if entry.agency else entry.owner for entry in action.entries.all())
