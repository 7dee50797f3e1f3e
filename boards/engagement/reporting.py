"""What engagement, surveys and the newsletter hand to the annual report: whom the board reached, and what they said.

Nothing is printed of a quote, a picture or a comment that was not cleared, nor the answers of fewer than five people.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from lscb.common import chapters
from lscb.common.chapters import Block, Chapter, Column, Fact, Figure, Section, Table, Text, in_line, of_fact
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear, Month
from lscb.common.words import naming

from ..models import EngagementEvent, LibraryItem, Picture, Quote, Survey
from ..surveys.results import FEWEST_TO_PRINT, QuestionResult, results_of_all


def _held(year: FinancialYear, as_at: dt.date) -> QuerySet[EngagementEvent]:
    return EngagementEvent.objects.of_year(year).not_after(year.upto(as_at))


def _closed(year: FinancialYear, as_at: dt.date) -> QuerySet[Survey]:
    return Survey.objects.of_year(year).closed().filter(closed_on__lte=year.upto(as_at))


def _newsletters(year: FinancialYear, as_at: dt.date) -> QuerySet[LibraryItem]:
    return LibraryItem.objects.newsletters_of(year, year.upto(as_at))


COUNTED_EVENTS: Mapping[str, Counted] = {"engagement.events": Counted("Events and campaigns", _held)}
COUNTED_SURVEYS: Mapping[str, Counted] = {"engagement.surveys": Counted("Surveys that are closed", _closed)}
COUNTED_LIBRARY: Mapping[str, Counted] = {"engagement.newsletters": Counted("Issues of the newsletter", _newsletters)}


def engagement_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """Events and voice of the child, surveys and newsletters of `year`, as at its end or before it."""
    on = year.upto(as_at)
    events = list(_held(year, as_at).order_by("month", "on", "title"))
    surveys = list(_closed(year, as_at).order_by("month", "title"))
    results = results_of_all(surveys)
    newsletters = _newsletters(year, as_at).count()
    evaluations = sum(event.evaluations or 0 for event in events)
    people = sum(survey.responses.count() for survey in surveys)
    source = f"Engagement records, as at {on.day} {on:%B %Y}"
    of_events = rows_at("boards:event_list", "engagement.events", year, on)
    of_surveys = rows_at("boards:survey_list", "engagement.surveys", year, on)
    in_library = rows_at("boards:library", "engagement.newsletters", year, on)
    facts = [
        _fact("events", len(events), "Events and campaigns", source, of_events),
        _fact("evaluations", evaluations, "Evaluations received at events", source, of_events),
        _fact("surveys", len(surveys), "Surveys of professionals", source, of_surveys),
        _fact("respondents", people, "Answers to surveys; a person may have answered several", source, of_surveys),
        _fact("newsletters", newsletters, "Issues of the newsletter", source, in_library),
        *_facts_of_reach(events, source),
        *(fact for survey, name in _named(surveys) for fact in _facts_of_survey(survey, name, results[survey.pk])),
    ]
    return Chapter(
        slug="engagement",
        title="Engagement and voice",
        lead=_lead(len(events), len(surveys), newsletters),
        figures=(
            Figure(_printed("events", len(events)), "events and campaigns with children, families and professionals"),
            Figure(_printed("surveys", len(surveys)), f"surveys of professionals in {year}"),
            Figure(_printed("newsletters", newsletters), "issues of the newsletter"),
        ),
        sections=[
            *_events(events, year),
            *_voices(events, year, as_at),
            *(_survey(survey, name, results[survey.pk]) for survey, name in _named(surveys)),
        ],
        facts=facts,
    )


def _lead(events: int, surveys: int, newsletters: int) -> str:
    if not events and not surveys:
        return "No event and no survey is recorded."
    return in_line(
        f"The {naming().board} went out to people in ",
        _printed("events", events),
        " event or campaign." if events == 1 else " events and campaigns.",
        *_said(" It asked professionals in ", "surveys", surveys),
        *_said(" It shared what was learned in ", "newsletters", newsletters),
    )


def _said(begins: str, what: str, count: int) -> tuple[str, ...]:
    """A sentence of the lead on so many of `what`; nothing where there was none."""
    return (begins, _printed(what, count), f" {what.removesuffix('s') if count == 1 else what}.") if count else ()


def _printed(name: str, number: int) -> str:
    return of_fact(f"engagement.{name}", f"{number:,}")


def _events(events: Sequence[EngagementEvent], year: FinancialYear) -> list[Section]:
    if not events:
        return []
    rows = [
        (event.title, event.when, _reached(event, place) or "not known", _evaluations(event))
        for place, event in enumerate(events, start=1)
    ]
    columns = (Column("What"), Column("When"), Column("Reached"), Column("Evaluations", numeric=True))
    note = "Numbers that were not counted say so: approximately, or over."
    return [Section("Events and campaigns", (Table(f"Events and campaigns, {year}", columns, rows, note=note),))]


def _reached(event: EngagementEvent, place: int) -> str:
    return of_fact(f"engagement.event_{place}.reached", event.reach)


def _evaluations(event: EngagementEvent) -> str:
    return "" if event.evaluations is None else f"{event.evaluations:,}"


def quotes_for_print(year: FinancialYear, as_at: dt.date) -> QuerySet[Quote]:
    """What was said in the year and may be printed on the day of the report."""
    return Quote.objects.cleared(as_at).filter(event__in=_held(year, as_at).values("pk")).select_related("event")


def pictures_for_print(year: FinancialYear, as_at: dt.date) -> QuerySet[Picture]:
    """Pictures of the year that may be printed on the day of the report."""
    cleared = Picture.objects.cleared(as_at).filter(event__in=_held(year, as_at).values("pk"))
    return cleared.select_related("event", "file")


def as_block(cleared: Quote | Picture) -> Block:
    """As it is printed, wherever the report prints it."""
    if isinstance(cleared, Quote):
        return Text(f"> {_escaped(cleared.text)}\n>\n> {_escaped(cleared.said_by)}")
    return chapters.Picture(cleared.alt, _carried(cleared), f"{cleared.event.title}, {cleared.event.when}")


def _voices(events: Sequence[EngagementEvent], year: FinancialYear, as_at: dt.date) -> list[Section]:
    """What was said, where it was cleared by the day of the report."""
    learned = [event for event in events if event.learned]
    cleared: list[Quote | Picture] = [*quotes_for_print(year, as_at), *pictures_for_print(year, as_at)]
    blocks: list[Block] = [as_block(one) for one in cleared]
    if learned:
        rows = [(event.title, event.learned) for event in learned]
        blocks.append(Table("What we heard and what follows", (Column("Where"), Column("What")), rows))
    return [Section("What children, families and professionals said", blocks)] if blocks else []


def _named(surveys: Sequence[Survey]) -> list[tuple[Survey, str]]:
    """Each survey with its name in facts: `survey_2016_11`, and `survey_2016_11_2` for the second of a month."""
    named: list[tuple[Survey, str]] = []
    seen: Counter[Month] = Counter()
    for survey in surveys:
        month: Any = survey.month
        seen[month] += 1
        again = f"_{seen[month]}" if seen[month] > 1 else ""
        named.append((survey, f"survey_{month.calendar_year}_{month.number:02d}{again}"))
    return named


def _carried(picture: Picture) -> str:
    """The picture as an address that carries it, so that a report that is frozen keeps it."""
    with picture.file.file.open("rb") as file:
        return f"data:{picture.file.content_type};base64,{base64.b64encode(file.read()).decode()}"


def _survey(survey: Survey, name: str, results: Sequence[QuestionResult]) -> Section:
    """A chart and its table for each question that enough people answered, and the comments that were cleared."""
    blocks: list[Block] = []
    for number, result in enumerate(results, start=1):
        if result.is_small:
            continue
        if result.is_choice:
            blocks += [result.chart(f"{name.replace('_', '-')}-{number}"), _answers(result, f"{name}.{number}")]
        blocks += [Text(f"> {_escaped(comment)}") for comment in result.comments]
    if not blocks:
        small = f"Fewer than {FEWEST_TO_PRINT} people answered, so the answers are not printed."
        blocks = [Text(small)]
    return Section(f"Survey: {survey.title}, {survey.month.label}", blocks, level=3)


def _answers(result: QuestionResult, name: str) -> Table:
    """The answers to a question; their shares are facts."""
    table = result.table()
    rows = [
        (*rest, of_fact(f"engagement.{name}.{place}", share))
        for place, (*rest, share) in enumerate(table.rows, start=1)
    ]
    return replace(table, rows=rows)


def _facts_of_reach(events: Sequence[EngagementEvent], source: str) -> list[Fact]:
    """One fact for each event of which it is known whom it reached, named after its place in the year."""
    return [
        Fact(
            f"event_{place}.reached",
            event.reached,
            event.reach,
            f"Reached by: {event.title}",
            source=source,
            rows=event.get_absolute_url(),
        )
        for place, event in enumerate(events, start=1)
        if event.reach
    ]


def _facts_of_survey(survey: Survey, name: str, results: Sequence[QuestionResult]) -> list[Fact]:
    """The share of each answer, named `survey_2016_11.1.2`: month, question, answer."""
    source = f"Survey “{survey.title}”, {survey.month.label}"
    return [
        Fact(
            f"{name}.{number}.{place}",
            choice.share.value,
            choice.share.show(),
            f"{result.text} {choice.label}",
            base=result.n,
            source=source,
            rows=survey.get_absolute_url(),
        )
        for number, result in enumerate(results, start=1)
        if not result.is_small
        for place, choice in enumerate(result.choices, start=1)
    ]


def _escaped(text: str) -> str:
    """As words of a quotation in Markdown: on lines of one paragraph, with nothing read as markup or as a fact."""
    marks = "\\`*_[]<>#|!~{}&"
    plain = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in marks else letter for letter in plain)


def _fact(name: str, number: int, label: str, source: str, rows: str) -> Fact:
    return Fact(name, number, f"{number:,}", label, source=source, rows=rows)
