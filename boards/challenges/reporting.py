"""What the challenge log hands to the annual report: how many, where, to whom, how long, and what changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median

from lscb.common.chapters import Block, Chapter, Chart, Column, Fact, Figure, Section, Table, in_line, of_fact
from lscb.common.charts import Point, bar_chart
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear, end_of_day
from lscb.common.rounding import show
from lscb.common.words import naming

from ..models import Challenge, ChallengeResponse, ChallengeStatus, PublishedChallenge
from .querysets import ChallengeQuerySet

EXAMPLES = 6
NO_THEME = "No theme"
LIST = "boards:challenge_list"


def _raised_in(year: FinancialYear, as_at: dt.date) -> ChallengeQuerySet:
    return Challenge.objects.of_year(year).filter(raised_on__lte=year.upto(as_at))


def _responded(year: FinancialYear, as_at: dt.date) -> ChallengeQuerySet:
    given = ChallengeResponse.objects.filter(given_on__lte=year.upto(as_at))
    return _raised_in(year, as_at).filter(pk__in=given.values("challenge"))


def _ended(year: FinancialYear, as_at: dt.date) -> ChallengeQuerySet:
    return _raised_in(year, as_at).filter(closed_on__lte=year.upto(as_at))


COUNTED: Mapping[str, Counted] = {
    "challenges.raised": Counted("Challenges raised", _raised_in),
    "challenges.responded": Counted("Challenges that had a response", _responded),
    "challenges.resolved": Counted(
        "Challenges resolved", lambda year, as_at: _ended(year, as_at).filter(status=ChallengeStatus.RESOLVED)
    ),
    "challenges.closed_without_change": Counted(
        "Challenges closed without change",
        lambda year, as_at: _ended(year, as_at).exclude(status=ChallengeStatus.RESOLVED),
    ),
    "challenges.open": Counted("Challenges open", lambda year, as_at: Challenge.objects.open(year.upto(as_at))),
    "challenges.of_themes": Counted(
        "Challenges raised for the year’s themes",
        lambda year, as_at: Challenge.objects.filter(theme__year=year, raised_on__lte=year.upto(as_at)),
    ),
}


def challenges_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The challenges raised in `year`, as at the end of the year or before it; published words as at `as_at`."""
    on = year.upto(as_at)
    raised = _raised(year, as_at)
    open_then = Challenge.objects.open(on).count()
    ended = [one for one in raised if one.closed_on and one.closed_on <= on]
    resolved = sum(one.status == ChallengeStatus.RESOLVED for one in ended)
    days = _days_to_respond(raised, on)
    told = Decimal(median(days)) if days else None
    source = f"Challenge log, as at {on.day} {on:%B %Y}"

    def rows(figure: str, **filters: object) -> str:
        return rows_at(LIST, f"challenges.{figure}", year, on, **filters)

    def fact(name: str, number: int, label: str) -> Fact:
        return Fact(name, number, str(number), label, source=source, rows=rows(name))

    facts = [
        fact("raised", len(raised), f"Challenges raised in {year}"),
        *(
            replace(
                fact(f"raised_q{quarter.number}", sum(one.quarter == quarter for one in raised), quarter.label),
                rows=rows("raised", quarter=quarter.number),
            )
            for quarter in year.quarters
        ),
        fact("responded", len(days), "Challenges that had a response"),
        fact("resolved", resolved, "Challenges of the year that were resolved"),
        fact("closed_without_change", len(ended) - resolved, "Challenges closed without change"),
        fact("open", open_then, f"Challenges open on {on.day} {on:%B %Y}, of whatever year"),
    ]
    if told is not None:
        label = "Median days from a challenge to its first response"
        shown, asked = show(told, 0), rows("responded")
        facts.append(Fact("median_days", told, shown, label, base=len(days), source=source, rows=asked))
    return Chapter(
        slug="challenges",
        title="Challenges",
        lead=_lead(len(raised), resolved, told),
        figures=(
            Figure(_printed("raised", len(raised)), f"challenges raised in {year}"),
            Figure(_printed("resolved", resolved), "of them resolved, with what changed for children"),
            Figure(_printed("open", open_then), f"open on {on.day} {on:%B %Y}"),
        ),
        sections=(
            Section("How many and where", _counts(year, raised)),
            Section("To whom", (_by_agency(raised, on),)),
            *_examples(year, as_at),
        ),
        facts=facts,
    )


def _raised(year: FinancialYear, as_at: dt.date) -> list[Challenge]:
    challenges = _raised_in(year, as_at).select_related("group", "theme")
    return list(challenges.prefetch_related("agencies__names").order_by("number"))


def _days_to_respond(raised: Iterable[Challenge], on: dt.date) -> list[int]:
    """Days from the challenge to its first response, of those that had one."""
    days = {one.pk: one.raised_on for one in raised}
    first: dict[object, dt.date] = {}
    responses = ChallengeResponse.objects.filter(challenge__in=days, given_on__lte=on).order_by("given_on", "pk")
    for challenge, given_on in responses.values_list("challenge", "given_on"):
        first.setdefault(challenge, given_on)
    return [(given_on - days[challenge]).days for challenge, given_on in first.items()]  # type: ignore[index]


def _lead(raised: int, resolved: int, told: Decimal | None) -> str:
    if not raised:
        return "No challenge was raised."
    waited: tuple[str, ...] = ()
    if told is not None:
        waited = (" Half of the responses came within ", of_fact("challenges.median_days", show(told, 0)), " days.")
    return in_line(
        f"The {naming().board} and its groups raised ",
        _printed("raised", raised),
        " challenges, and ",
        _printed("resolved", resolved),
        " of them were resolved.",
        *waited,
    )


def _printed(name: str, number: int) -> str:
    return of_fact(f"challenges.{name}", str(number)) if name else str(number)


def _counts(year: FinancialYear, raised: Sequence[Challenge]) -> Sequence[Block]:
    quarters = Counter(one.quarter.label for one in raised)
    forums = Counter(one.forum for one in raised)
    themes = Counter(f"Theme {one.theme.number}: {one.theme.text}" if one.theme else NO_THEME for one in raised)
    in_order = {quarter.label: quarters.get(quarter.label, 0) for quarter in year.quarters}
    named = {quarter.label: f"raised_q{quarter.number}" for quarter in year.quarters}
    by_forum = dict(sorted(forums.items(), key=lambda item: (-item[1], item[0])))
    tables = [
        _table(f"Challenges by forum, {year}", "Forum", by_forum),
        _table(f"Challenges by quarter, {year}", "Quarter", in_order, named),
        _table(f"Challenges by theme, {year}", "Theme", dict(sorted(themes.items()))),
    ]
    return (_chart(year, by_forum), *tables) if raised else tables[1:2]


def _chart(year: FinancialYear, by_forum: Mapping[str, int]) -> Chart:
    title = f"Where challenges were raised, {year}"
    said = ", ".join(f"{forum} {number}" for forum, number in by_forum.items())
    points = [Point(forum, Decimal(number), str(number)) for forum, number in by_forum.items()]
    description = f"Challenges by forum: {said}."
    svg = bar_chart(points, id="challenges-forum", title=title, description=description, brand=naming().brand_colour)
    return Chart(title, description, svg)


def _by_agency(raised: Sequence[Challenge], on: dt.date) -> Table:
    asked = Counter(agency.name_on(on) for one in raised for agency in one.agencies.all())
    numbers = dict(sorted(asked.items(), key=lambda item: (-item[1], item[0])))
    note = "A challenge that was put to several agencies counts for each of them."
    rows = [(name, str(number)) for name, number in numbers.items()]
    return Table("Challenges by challenged agency", (Column("Agency"), Column("Challenges", True)), rows, note=note)


_UNNAMED: Mapping[str, str] = {}


def _table(title: str, heading: str, numbers: Mapping[str, int], named: Mapping[str, str] = _UNNAMED) -> Table:
    """All challenges of the year, split; `named` are the facts that some rows print."""
    rows = [(name, _printed(named.get(name, ""), number)) for name, number in numbers.items()]
    total = ("All", _printed("raised", sum(numbers.values())))
    return Table(title, (Column(heading), Column("Challenges", True)), rows, total=total)


def _examples(year: FinancialYear, as_at: dt.date) -> list[Section]:
    """ "You said, we did": from what was published by then, never from the record."""
    published = PublishedChallenge.objects.as_at(end_of_day(as_at)).filter(year=year).exclude(impact="")
    told = list(published.order_by("in_year"))
    chosen = told[:: max(1, len(told) // EXAMPLES)][:EXAMPLES]
    if not chosen:
        return []
    rows = [(one.issue, one.answer, one.impact) for one in chosen]
    columns = (Column("We asked"), Column("We were told"), Column("What changed for children"))
    return [Section("You said, we did", (Table("Examples from the published challenge log", columns, rows),))]
