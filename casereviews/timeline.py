"""The story of a review on one page: a picture along the years, and every step with its date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lscb.common.chapters import Chart, Column, Table
from lscb.common.charts.svg import DARK_GREY, DARK_PINK, QUIET, SMALL, element, picture, rule, words
from lscb.common.templatetags.portal import day
from lscb.common.words import naming

from .models import CaseReview, PauseScope
from .models.review import ENDED

LEFT, RIGHT, ROW, TOP = 210, 920, 26, 34


@dataclass(frozen=True)
class Span:
    """A bar of the picture: what lasted from when to when. `kind` is stage, pause or proceedings."""

    kind: str
    label: str
    starts: dt.date
    ends: dt.date
    is_open: bool = False


@dataclass(frozen=True)
class Step:
    on: dt.date
    what: str
    text: str = ""


def steps(review: CaseReview) -> list[Step]:
    """Everything that has a day, in its order."""
    return sorted(_steps(review), key=lambda step: step.on)


def table(review: CaseReview) -> Table:
    rows = [(day(step.on), step.what, step.text) for step in steps(review)]
    return Table("Everything that happened", (Column("When"), Column("What"), Column("More")), rows)


def chart(review: CaseReview, today: dt.date) -> Chart:
    """Stages, pauses and proceedings as bars from the referral to today, or to the day it ended."""
    bars = list(spans(review, today))
    last = max([*(bar.ends for bar in bars), review.report_expected or today])
    first = review.referred_on
    described = "; ".join(
        f"{bar.label} from {day(bar.starts)}{'' if bar.is_open else f' to {day(bar.ends)}'}" for bar in bars
    )
    title = f"Timeline of {review.reference.lower()}"
    drawn = _draw(bars, first, last, review.report_expected)
    height = TOP + ROW * len(bars) + 30
    svg = picture(*drawn, id="timeline", title=title, description=described, width=RIGHT + 20, height=height)
    return Chart(title, described, svg)


def spans(review: CaseReview, today: dt.date) -> Iterator[Span]:
    events = list(review.stages.all())
    ends = [event.on for event in events[1:]] + [today]
    for event, end in zip(events, ends, strict=True):
        if event.stage not in ENDED:
            yield Span("stage", event.get_stage_display(), event.on, end, event is events[-1])
    for pause in review.pauses.all():
        label = "Paused" if pause.scope == PauseScope.WHOLE else "Part halted"
        yield Span("pause", label, pause.starts_on, pause.ends_on or today, pause.ends_on is None)
    for one in review.proceedings.all():
        yield Span("proceedings", one.get_kind_display(), one.starts_on, one.ends_on or today, one.ends_on is None)


def _steps(review: CaseReview) -> Iterator[Step]:
    for event in review.stages.all():
        yield Step(event.on, event.get_stage_display(), event.text)
    for pause in review.pauses.all():
        yield Step(pause.starts_on, f"Paused: {pause}", pause.reason)
        if pause.ends_on:
            yield Step(pause.ends_on, f"Went on: {pause}")
    for one in review.proceedings.all():
        yield Step(one.starts_on, f"Began: {one}", one.note)
        if one.ends_on:
            yield Step(one.ends_on, f"Ended: {one}")
    for said in review.expected.all():
        yield Step(said.said_on, f"Report expected {day(said.moved_to)}", said.reason)
    for paper in review.papers.all():
        yield Step(paper.on, paper.get_kind_display(), paper.about)


# ---- Drawing --------------------------------------------------------------------------------------------------------


def _draw(bars: Sequence[Span], first: dt.date, last: dt.date, expected: dt.date | None) -> Iterator[str]:
    days = max(1, (last - first).days)

    def x(on: dt.date) -> float:
        return LEFT + (RIGHT - LEFT) * (on - first).days / days

    bottom = TOP + ROW * len(bars)
    step = 1 + (last.year - first.year) // 12
    for year in range(first.year, last.year + 2, step):
        on = max(first, dt.date(year, 1, 1))
        if on > last:
            continue
        yield rule(x(on), TOP - 8, x(on), bottom)
        yield words(x(on) + 3, TOP - 12, str(year), size=SMALL, fill=QUIET)
    for place, bar in enumerate(bars):
        y = TOP + ROW * place
        yield words(LEFT - 10, y + 15, bar.label, size=SMALL, anchor="end")
        yield _bar(bar, x(bar.starts), max(3.0, x(bar.ends) - x(bar.starts)), y + 4)
    if expected and first <= expected <= last:
        yield rule(x(expected), TOP - 8, x(expected), bottom + 6, colour=DARK_PINK, dash="4 3")
        anchor = "end" if x(expected) > RIGHT - 150 else "start"
        yield words(x(expected), bottom + 20, f"report expected {day(expected)}", size=SMALL, anchor=anchor)


def _bar(bar: Span, x: float, width: float, y: float) -> str:
    """Stages are solid, pauses and proceedings are outlined: told apart also without colour."""
    if bar.kind == "stage":
        return element("rect", x=x, y=y, width=width, height=16, fill=naming().brand_colour)
    colour = DARK_PINK if bar.kind == "pause" else DARK_GREY
    dash = "4 2" if bar.kind == "proceedings" else None
    return element(
        "rect", x=x, y=y, width=width, height=16, fill="#ffffff", stroke=colour, stroke_width=2, stroke_dasharray=dash
    )
