"""What engagement, surveys and the newsletter hand to the annual report: whom the board reached, and what they said.

Nothing is printed of a quote, a picture or a comment that was not cleared, nor the answers of fewer than five people.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from lscb.common import chapters
from lscb.common.chapters import Block, Chapter, Column, Fact, Figure, Section, Table, Text
from lscb.common.periods import FinancialYear, Month

from ..models import EngagementEvent, LibraryItem, Picture, Quote, Survey
from ..surveys.results import FEWEST_TO_PRINT, QuestionResult, results_of_all


def engagement_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """Events and voice of the child, surveys and newsletters of `year`, as at its end or before it."""
    on = min(as_at, year.last_day)
    events = list(EngagementEvent.objects.of_year(year).not_after(on).order_by("month", "on", "title"))
    surveys = list(Survey.objects.of_year(year).closed().filter(closed_on__lte=on).order_by("month", "title"))
    results = results_of_all(surveys)
    newsletters = LibraryItem.objects.newsletters_of(year, on).count()
    evaluations = sum(event.evaluations or 0 for event in events)
    people = sum(survey.responses.count() for survey in surveys)
    source = f"Engagement records, as at {on.day} {on:%B %Y}"
    facts = [
        _fact("events", len(events), "Events and campaigns", source),
        _fact("evaluations", evaluations, "Evaluations received at events", source),
        _fact("surveys", len(surveys), "Surveys of professionals", source),
        _fact("respondents", people, "Answers to surveys; a person may have answered several", source),
        _fact("newsletters", newsletters, "Issues of the newsletter", source),
        *_facts_of_reach(events, source),
        *(fact for survey, name in _named(surveys) for fact in _facts_of_survey(survey, name, results[survey.pk])),
    ]
    return Chapter(
        slug="engagement",
        title="Engagement and voice",
        lead=_lead(len(events), len(surveys), newsletters),
        figures=(
            Figure(str(len(events)), "events and campaigns with children, families and professionals"),
            Figure(str(len(surveys)), f"surveys of professionals in {year}"),
            Figure(str(newsletters), "issues of the newsletter"),
        ),
        sections=[
            *_events(events, year),
            *_voices(events, as_at),
            *(_survey(survey, name, results[survey.pk]) for survey, name in _named(surveys)),
        ],
        facts=facts,
    )


def _lead(events: int, surveys: int, newsletters: int) -> str:
    if not events and not surveys:
        return "No event and no survey is recorded."
    asked = f" It asked professionals in {_number(surveys, 'survey')}." if surveys else ""
    shared = f" It shared what was learned in {_number(newsletters, 'newsletter')}." if newsletters else ""
    held = _number(events, "event or campaign", "events and campaigns")
    return f"The board went out to people in {held}.{asked}{shared}"


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _events(events: Sequence[EngagementEvent], year: FinancialYear) -> list[Section]:
    if not events:
        return []
    rows = [(event.title, event.when, event.reach or "not known", _evaluations(event)) for event in events]
    columns = (Column("What"), Column("When"), Column("Reached"), Column("Evaluations", numeric=True))
    note = "Numbers that were not counted say so: approximately, or over."
    return [Section("Events and campaigns", (Table(f"Events and campaigns, {year}", columns, rows, note=note),))]


def _evaluations(event: EngagementEvent) -> str:
    return "" if event.evaluations is None else f"{event.evaluations:,}"


def _voices(events: Sequence[EngagementEvent], as_at: dt.date) -> list[Section]:
    """What was said, where it was cleared by the day of the report."""
    quotes = Quote.objects.cleared(as_at).filter(event__in=events).select_related("event")
    learned = [event for event in events if event.learned]
    blocks: list[Block] = [Text(f"> {_escaped(quote.text)}\n>\n> {_escaped(quote.said_by)}") for quote in quotes]
    shown = Picture.objects.cleared(as_at).filter(event__in=events).select_related("event", "file")
    blocks += [chapters.Picture(one.alt, _carried(one), f"{one.event.title}, {one.event.when}") for one in shown]
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
            blocks += [result.chart(f"{name.replace('_', '-')}-{number}"), result.table()]
        blocks += [Text(f"> {_escaped(comment)}") for comment in result.comments]
    if not blocks:
        small = f"Fewer than {FEWEST_TO_PRINT} people answered, so the answers are not printed."
        blocks = [Text(small)]
    return Section(f"Survey: {survey.title}, {survey.month.label}", blocks, level=3)


def _facts_of_reach(events: Sequence[EngagementEvent], source: str) -> list[Fact]:
    """One fact for each event of which it is known whom it reached, named after its place in the year."""
    return [
        Fact(f"event_{place}.reached", event.reached, event.reach, f"Reached by: {event.title}", source=source)
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


def _fact(name: str, number: int, label: str, source: str) -> Fact:
    return Fact(name, number, f"{number:,}", label, source=source)
