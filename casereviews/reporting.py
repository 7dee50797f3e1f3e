"""What case reviews hand to the annual report: counts, where each stands in public words, themes, actions.

Nothing in here says a code name or a word that was not written for the public.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify

from lscb.accounts.models import Agency
from lscb.actions.models import ActionEvent, Kind
from lscb.actions.querysets import ActionQuerySet
from lscb.common.chapters import Block, Chapter, Chart, Column, Fact, Figure, Section, Table, in_line, of_fact
from lscb.common.charts import Point, bar_chart
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear
from lscb.common.rounding import percentage
from lscb.common.words import capital, naming, worded

from .counting import Numbers, actions_of_reviews, numbers
from .models import STATUTORY, CaseReview, LearningTheme, Stage, StageEvent
from .querysets import CaseReviewQuerySet

SOURCE = "Case reviews and their action plans"
GONE = (Kind.WITHDRAWN, Kind.SUPERSEDED)


def _reached(stage: Stage, year: FinancialYear, as_at: dt.date) -> CaseReviewQuerySet:
    """The reviews that reached `stage` in the year."""
    events = StageEvent.objects.filter(stage=stage, on__gte=year.first_day, on__lte=year.upto(as_at))
    return CaseReview.objects.filter(pk__in=events.values("review")).order_by("number")


def _moved(kinds: Sequence[Kind], year: FinancialYear, as_at: dt.date) -> ActionQuerySet:
    """The actions to which one of `kinds` happened in the year."""
    happened = ActionEvent.objects.filter(kind__in=kinds, on__gte=year.first_day, on__lte=year.upto(as_at))
    return actions_of_reviews().filter(pk__in=happened.values("action"))


def _to_do(year: FinancialYear, as_at: dt.date) -> ActionQuerySet:
    """The actions that were to be done in the year: outstanding when it began, or something happened to them in it."""
    earlier = actions_of_reviews().outstanding(year.previous.last_day)
    moved = _moved(list(Kind), year, as_at)
    return actions_of_reviews().filter(Q(pk__in=earlier.values("pk")) | Q(pk__in=moved.values("pk")))


COUNTED: Mapping[str, Counted] = {
    "reviews.agreed": Counted("Reviews agreed", partial(_reached, Stage.AGREED)),
    "reviews.running": Counted("Reviews running", lambda year, as_at: CaseReview.objects.running_at(year.upto(as_at))),
    "reviews.completed": Counted(worded("Reviews presented to the {board}"), partial(_reached, Stage.PRESENTED)),
    "reviews.serious_completed": Counted(
        worded("{Case_review}s completed"),
        lambda year, as_at: _reached(Stage.PRESENTED, year, as_at).filter(kind__in=STATUTORY),
    ),
}
COUNTED_ACTIONS: Mapping[str, Counted] = {
    "reviews.outstanding": Counted(
        "Actions of case reviews outstanding",
        lambda year, as_at: actions_of_reviews().outstanding(year.upto(as_at)),
    ),
    "reviews.outstanding_before": Counted(
        "Actions of case reviews outstanding before the year",
        lambda year, as_at: actions_of_reviews().outstanding(year.previous.last_day),
    ),
    "reviews.added": Counted("Actions of case reviews added", partial(_moved, (Kind.ADDED, Kind.REOPENED))),
    "reviews.signed_off": Counted("Actions of case reviews signed off", partial(_moved, (Kind.SIGNED_OFF,))),
    "reviews.withdrawn": Counted("Actions of case reviews withdrawn or superseded", partial(_moved, GONE)),
    "reviews.to_do": Counted("Actions of case reviews to do in the year", _to_do),
}


def reviews_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """Reviews as they stood at the end of `year` or before it; actions outstanding at both year ends."""
    on = year.upto(as_at)
    before = year.previous.last_day
    agreed = list(_reached(Stage.AGREED, year, as_at))
    completed = list(_reached(Stage.PRESENTED, year, as_at))
    statutory = [review for review in completed if review.kind in STATUTORY]
    running = list(CaseReview.objects.running_at(on))
    opening, closing = numbers(before), numbers(on)
    flow = _flow(before, on)
    shares = _shares(year, as_at)
    source = f"{SOURCE}, as at {_long(on)}"

    def reviews(figure: str) -> str:
        return rows_at("casereviews:portfolio", f"reviews.{figure}", year, on)

    def actions(figure: str, **filters: object) -> str:
        return rows_at("actions:mine", f"reviews.{figure}", year, on, show="all", **filters)

    return Chapter(
        slug="reviews",
        title="Case reviews",
        lead=_lead(len(agreed), len(running), opening, closing),
        figures=(
            Figure(_printed("agreed", len(agreed)), f"reviews agreed in {year}"),
            Figure(_printed("running", len(running)), f"running on {_long(on)}"),
            Figure(
                _printed("outstanding", closing.total),
                in_line(
                    f"actions outstanding on {_long(on)}, ",
                    _printed("outstanding_before", opening.total),
                    " a year before",
                ),
            ),
        ),
        sections=(
            *_where_each_stands(running, on),
            *_themes(),
            Section("What is left to do", tuple(_actions(year, opening, closing, flow, shares, on))),
        ),
        facts=(
            *(
                _fact(name, len(found), label, source, reviews(name))
                for name, found, label in (
                    ("agreed", agreed, f"Reviews agreed in {year}"),
                    ("running", running, f"Reviews running on {_long(on)}"),
                    ("completed", completed, f"Reviews presented to the {naming().board} in {year}"),
                    ("serious_completed", statutory, f"{capital(naming().case_review)}s completed in {year}"),
                )
            ),
            _fact(
                "themes",
                LearningTheme.objects.count(),
                "Themes that reviews teach",
                source,
                reverse("casereviews:themes"),
            ),
            *(
                _fact(name, number, label, source, actions(name))
                for name, number, label in (
                    ("outstanding_before", opening.total, f"Actions outstanding on {_long(before)}"),
                    ("outstanding", closing.total, f"Actions outstanding on {_long(on)}"),
                    ("added", flow["added"], f"Actions added in {year}"),
                    ("signed_off", flow["signed_off"], f"Actions signed off in {year}"),
                    ("withdrawn", flow["withdrawn"], f"Actions withdrawn or superseded in {year}"),
                )
            ),
            *(
                _share_fact(agency, done, asked, year, source, actions("to_do", agency=agency.pk))
                for agency, (done, asked) in shares.items()
            ),
        ),
    )


# ---- Counting -------------------------------------------------------------------------------------------------------


def _flow(after: dt.date, upto: dt.date) -> dict[str, int]:
    """What came and went in all plans of case reviews after `after`, up to the end of `upto`."""
    happened = ActionEvent.objects.filter(action__in=actions_of_reviews(), on__gt=after, on__lte=upto)
    kinds = Counter(happened.values_list("kind", flat=True))
    return {
        "added": kinds[Kind.ADDED] + kinds[Kind.REOPENED],
        "signed_off": kinds[Kind.SIGNED_OFF],
        "withdrawn": kinds[Kind.WITHDRAWN] + kinds[Kind.SUPERSEDED],
    }


def _shares(year: FinancialYear, as_at: dt.date) -> dict[Agency, tuple[int, int]]:
    """Of the actions that each agency had to do in the year: how many were signed off at its end, and of how many."""
    left = set(actions_of_reviews().outstanding(year.upto(as_at)).values_list("pk", flat=True))
    given_up = set(_moved(GONE, year, as_at).values_list("pk", flat=True))
    asked: Counter[Agency] = Counter()
    done: Counter[Agency] = Counter()
    for action in _to_do(year, as_at).prefetch_related("entries__agency__names"):
        for entry in action.entries.all():
            if entry.agency:
                asked[entry.agency] += 1
                done[entry.agency] += action.pk not in left and action.pk not in given_up
    return {agency: (done[agency], asked[agency]) for agency in sorted(asked, key=lambda one: one.name)}


# ---- Printing -------------------------------------------------------------------------------------------------------


def _lead(agreed: int, running: int, opening: Numbers, closing: Numbers) -> str:
    return in_line(
        _printed("running", running),
        " reviews were running at the end of the year, and ",
        _printed("agreed", agreed),
        " were agreed in it. ",
        _printed("outstanding", closing.total),
        " actions from reviews were outstanding, after ",
        _printed("outstanding_before", opening.total),
        " a year before.",
    )


def _printed(name: str, number: int) -> str:
    return of_fact(f"reviews.{name}", str(number))


def _where_each_stands(running: Sequence[CaseReview], on: dt.date) -> list[Section]:
    worded = sorted((one for one in running if one.public_name), key=lambda one: one.number)
    if not worded:
        return []
    rows = [(one.public_name, one.get_kind_display(), one.public_status) for one in worded]
    columns = (Column("What it is about"), Column("Kind"), Column("Where it stands"))
    return [Section("Where each review stands", (Table(f"Reviews on {_long(on)}", columns, rows),))]


def _themes() -> list[Section]:
    themes = list(LearningTheme.objects.all())
    if not themes:
        return []
    rows = [(theme.title, theme.in_short) for theme in themes]
    table = Table("Themes across reviews", (Column("Theme"), Column("In short")), rows)
    return [Section("What reviews teach", (table,))]


def _actions(
    year: FinancialYear,
    opening: Numbers,
    closing: Numbers,
    flow: Mapping[str, int],
    shares: Mapping[Agency, tuple[int, int]],
    on: dt.date,
) -> list[Block]:
    came_and_went = Table(
        f"Actions that came and went, {year}",
        (Column("Actions"), Column("Number", numeric=True)),
        [
            (f"Outstanding on {_long(opening.at)}", _printed("outstanding_before", opening.total)),
            ("Added", _printed("added", flow["added"])),
            ("Signed off", _printed("signed_off", flow["signed_off"])),
            ("Withdrawn or superseded", _printed("withdrawn", flow["withdrawn"])),
        ],
        total=(f"Outstanding on {_long(on)}", _printed("outstanding", closing.total)),
        note="Each number is counted by itself from what happened to each action.",
    )
    if not closing.total and not opening.total:
        return [came_and_went]
    about = _by_theme(opening, closing)
    return [came_and_went, *_chart(closing, on), about, *_by_agency(shares, year, on)]


def _chart(closing: Numbers, on: dt.date) -> list[Chart]:
    if not closing.by_theme:
        return []
    title = f"What the outstanding actions are about, {_long(on)}"
    said = ", ".join(f"{theme} {number}" for theme, number in closing.by_theme)
    points = [Point(theme, Decimal(number), str(number)) for theme, number in closing.by_theme]
    description = f"Outstanding actions by theme: {said}."
    svg = bar_chart(points, id="reviews-themes", title=title, description=description, brand=naming().brand_colour)
    return [Chart(title, description, svg)]


def _by_theme(opening: Numbers, closing: Numbers) -> Table:
    then, now = dict(opening.by_theme), dict(closing.by_theme)
    themes = sorted({*then, *now}, key=lambda theme: (-now.get(theme, 0), theme))
    rows = [(theme, str(then.get(theme, 0)), str(now.get(theme, 0))) for theme in themes]
    columns = (Column("Theme"), Column(_long(opening.at), numeric=True), Column(_long(closing.at), numeric=True))
    total = ("All", _printed("outstanding_before", opening.total), _printed("outstanding", closing.total))
    return Table("Outstanding actions by theme", columns, rows, total=total)


def _by_agency(shares: Mapping[Agency, tuple[int, int]], year: FinancialYear, on: dt.date) -> list[Table]:
    rows = [
        (
            agency.name_on(on),
            str(asked),
            str(done),
            of_fact(f"reviews.{_share_of(agency)}", percentage(done, asked).show()),
        )
        for agency, (done, asked) in shares.items()
    ]
    columns = (
        *(Column("Agency"), Column("To do in the year", numeric=True), Column("Signed off", numeric=True)),
        Column("Share", numeric=True),
    )
    note = "An action that several agencies are asked for counts for each of them."
    return [Table(f"Actions signed off by agency, {year}", columns, rows, note=note)] if rows else []


def _fact(name: str, number: int, label: str, source: str, rows: str) -> Fact:
    return Fact(name, number, str(number), label, source=source, rows=rows)


def _share_of(agency: Agency) -> str:
    """What the fact of an agency's share is called."""
    return f"share_{slugify(agency.short_name).replace('-', '_')}"


def _share_fact(agency: Agency, done: int, asked: int, year: FinancialYear, source: str, rows: str) -> Fact:
    share = percentage(done, asked)
    label = f"Share of the actions of {agency.name} signed off in {year}"
    return Fact(_share_of(agency), share.value, share.show(), label, base=asked, source=source, rows=rows)


def _long(on: dt.date) -> str:
    return f"{on.day} {on:%B %Y}"
