"""What the board of the demonstration asked, held and keeps: surveys, engagement, the library.

Percentages of one survey, the events and the number of newsletters were published; see `data/README.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.core.files.uploadedfile import SimpleUploadedFile

from boards.engagement import services as engagement
from boards.library import services as library
from boards.models import Answer, Group, LibraryItem, QuestionKind, Survey, Theme
from boards.surveys import services as surveys
from boards.surveys.importing import import_answers
from lscb.accounts.models import User
from lscb.common.periods import FinancialYear, Month
from lscb.common.spreadsheets import csv_bytes

from .boards import rows

YEAR = FinancialYear(2016)
ON_THE_WEB = "https://library.example.org/"
Row = dict[str, str]


def load_engagement(*, by: User) -> None:
    """After the themes and the groups. `by` clears for print, which only a person does."""
    themes = {str(theme.number): theme for theme in Theme.objects.filter(year=YEAR)}
    for _, of_survey in groupby(rows("surveys"), key=lambda row: row["month"]):
        _survey(list(of_survey), themes, by=by)
    for row in rows("engagement"):
        _event(row, themes, by=by)
    _library(by=by)


# ---- Surveys --------------------------------------------------------------------------------------------------------


def _survey(table: list[Row], themes: dict[str, Theme], *, by: User) -> None:
    """Built, answered from a file with as many rows as people, and closed at the end of its month."""
    month = _month(table[0]["month"])
    survey = surveys.draft_survey(
        title=table[0]["title"],
        month=month,
        audience="Professionals of all agencies",
        introduction="A few minutes once a month tell the board what people who work with children need.",
        themes=[themes[table[0]["theme"]]],
        by=by,
    )
    questions = [list(of_question) for _, of_question in groupby(table, key=lambda row: row["question"])]
    for question in questions:
        kind = question[0]["kind"]
        options = [] if kind == QuestionKind.TEXT else [row["answer"] for row in question]
        surveys.set_question(survey=survey, text=question[0]["question"], kind=kind, options=options, by=by)
    survey = surveys.open_survey(survey=survey, on=month.first_day, by=by)
    import_answers(survey=survey, content=_file(questions), name="answers.csv", on=month.last_day, by=by)
    _read_comments(survey, on=month.last_day, by=by)
    surveys.close_survey(survey=survey, on=month.last_day, by=by)


def _file(questions: list[list[Row]]) -> bytes:
    """A row for each respondent."""
    people = max(sum(int(row["people"]) for row in rows_) for rows_ in questions if rows_[0]["kind"] == "single")
    columns = [list(_column(question, people)) for question in questions]
    return csv_bytes([question[0]["question"] for question in questions], zip(*columns, strict=True))


def _column(question: list[Row], people: int) -> Iterator[str]:
    if question[0]["kind"] == QuestionKind.MULTIPLE:
        for person in range(people):
            yield ";".join(row["answer"] for row in question if _chose(person, row, question, people))
        return
    given = [row["answer"] for row in question for _ in range(int(row["people"]))]
    yield from [*given, *[""] * (people - len(given))]


def _chose(person: int, row: Row, question: list[Row], people: int) -> bool:
    """Of several answers to one question each is given by so many people in a row, and each begins somewhere else."""
    return (person + 7 * question.index(row)) % people < int(row["people"])


def _read_comments(survey: Survey, *, on: dt.date, by: User) -> None:
    """All but the last are cleared; one that lets a person be known is withheld."""
    comments = list(Answer.objects.comments().filter(question__survey=survey).order_by("pk"))
    for answer in comments[:-1]:
        surveys.clear_comment(answer=answer, printed=answer.text, on=on, by=by)
    for answer in comments[-1:]:
        surveys.withhold_comment(answer=answer, on=on, by=by)


# ---- Engagement -----------------------------------------------------------------------------------------------------


def _event(row: Row, themes: dict[str, Theme], *, by: User) -> None:
    event = engagement.record_event(
        kind=row["kind"],
        title=row["title"],
        month=_month(row["month"]),
        on=_day(row["on"]),
        until=_day(row["until"]),
        about=row["about"],
        held_with=row["held_with"],
        reached=_number(row["reached"]),
        reach_is=row["reach_is"] or "exact",
        reached_who=row["reached_who"],
        evaluations=_number(row["evaluations"]),
        learned=row["learned"],
        themes=[themes[number] for number in row["themes"].split(";") if number],
        by=by,
    )
    if row["quote"]:
        quote = engagement.add_quote(event=event, text=row["quote"], said_by=row["said_by"], by=by)
        consent, on = "The young person, in writing", event.month.last_day
        engagement.clear_for_print(item=quote, consent=consent, on=on, by=by, today=on)


# ---- Library --------------------------------------------------------------------------------------------------------


def _library(*, by: User) -> None:
    groups = {group.code: group for group in Group.objects.all()}
    for _, versions in groupby(rows("library"), key=lambda row: (row["kind"], row["title"])):
        first, *later = list(versions)
        item = library.add_item(
            kind=first["kind"],
            title=first["title"],
            audience=first["audience"],
            about=first["about"],
            owner=groups.get(first["owner"]),
            review_months=_number(first["review_months"]),
            by=by,
        )
        _versions(item, [first, *later], by=by)


def _versions(item: LibraryItem, versions: Iterable[Row], *, by: User) -> None:
    for row in versions:
        text = f"{item.title}\n\n{item.about}.\n\nThis text stands for the document of a real board.\n"
        library.add_version(
            item=item,
            on=dt.date.fromisoformat(row["on"]),
            upload=SimpleUploadedFile(f"{row['kind']}.txt", text.encode()) if row["file"] else None,
            link="" if row["file"] else f"{ON_THE_WEB}{row['kind']}-{row['on']}",
            change=row["change"],
            by=by,
        )


def _month(text: str) -> Month:
    return Month.parse(f"{text}M")


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _number(text: str) -> int | None:
    return int(text) if text else None
