"""Answers from a file: a row for each respondent, a column for each question. The whole file comes in, or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.common.spreadsheets import CsvRow, UnreadableFile, csv_bytes, read_csv, read_xlsx
from lscb.files.checking import kind_of
from lscb.trail.services import record

from ..access import must_manage
from ..models import Answer, CameBy, Question, QuestionKind, Survey, SurveyResponse
from .services import LONGEST_COMMENT, Given

SEPARATOR = ";"
MOST_ROWS = 5_000
Reads = dict[int, dict[int, Question]]


@dataclass(frozen=True)
class CellError:
    """What is wrong in one cell, and what to do. `row` counts as a spreadsheet does, from 1."""

    row: int
    column: str
    value: str
    sentence: str


class FileRefused(RuleBroken):
    """Nothing of the file was taken; `errors` names every cell that is wrong."""

    def __init__(self, errors: Sequence[CellError]) -> None:
        number = len(errors)
        words = "1 thing is" if number == 1 else f"{number} things are"
        super().__init__(f"Nothing was imported: {words} wrong in the file.", field="file")
        self.errors = errors


def template_of(survey: Survey) -> bytes:
    """A CSV file with the headings of this survey."""
    return csv_bytes([question.text for question in survey.questions.order_by("order")], [])


@transaction.atomic
def import_answers(*, survey: Survey, content: bytes, name: str, on: dt.date, by: Actor) -> int:
    """Take the answers of a CSV or XLSX file into an open survey. Returns how many respondents were new.

    The same file a second time changes nothing. Errors: RuleBroken for a file that cannot be read or a survey that
    takes no answers; FileRefused with every wrong cell.
    """
    must_manage(by)
    survey = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if not survey.is_open:
        raise RuleBroken("Open the survey before you import answers into it.")
    digest = hashlib.sha256(content).hexdigest()
    if SurveyResponse.objects.filter(survey=survey, file_digest=digest).exists():
        return 0
    rows = _rows(content, name)
    questions = list(survey.questions.prefetch_related("options").order_by("order"))
    read, errors = _read(rows, questions)
    if errors:
        raise FileRefused(errors)
    responses = SurveyResponse.objects.bulk_create(
        SurveyResponse(survey=survey, came_by=CameBy.FILE, given_on=on, file_digest=digest, row=row.number)
        for row, _ in read
    )
    Answer.objects.bulk_create(
        answer for response, (_, given) in zip(responses, read, strict=True) for answer in _answers(response, given)
    )
    record(verb="imported answers", by=by, target=survey, changes={"respondents": (None, len(read))})
    return len(read)


def _rows(content: bytes, name: str) -> Sequence[CsvRow]:
    upload = SimpleUploadedFile(name, content)
    try:
        rows = read_xlsx(content) if kind_of(upload, name).word == "Excel" else read_csv(content).rows
    except UnreadableFile as error:
        raise RuleBroken(str(error), field="file") from error
    if len(rows) < 2:
        raise RuleBroken("The file has headings and no answers.", field="file")
    if len(rows) > MOST_ROWS:
        raise RuleBroken(f"The file has more than {MOST_ROWS:,} rows. Split it.", field="file")
    return rows


def _read(rows: Sequence[CsvRow], questions: Sequence[Question]) -> tuple[list[tuple[CsvRow, Given]], list[CellError]]:
    columns, errors = _columns(rows[0], questions)
    read: list[tuple[CsvRow, Given]] = []
    for row in rows[1:]:
        given: dict[int, list[int] | str] = {}
        for place, question in columns.items():
            value = row.values[place] if place < len(row.values) else ""
            try:
                given[question.pk] = _value(question, value)
            except ValueError as error:
                errors.append(CellError(row.number, question.text, value, str(error)))
        read.append((row, given))
    return read, errors


def _columns(heading: CsvRow, questions: Sequence[Question]) -> tuple[dict[int, Question], list[CellError]]:
    """The question of each column; a heading that is no question is an error, and so is a question without one."""
    known = {_plain(question.text): question for question in questions}
    columns: dict[int, Question] = {}
    errors: list[CellError] = []
    for place, text in enumerate(heading.values):
        question = known.get(_plain(text))
        if question is None or question in columns.values():
            sentence = "This heading is there twice." if question else "The survey has no such question."
            errors.append(CellError(heading.number, text or f"column {place + 1}", text, sentence))
        else:
            columns[place] = question
    missing = [question for question in questions if question not in columns.values()]
    errors += [CellError(heading.number, one.text, "", "Add a column with this heading.") for one in missing]
    return columns, errors


def _value(question: Question, text: str) -> list[int] | str:
    """Raises ValueError with a sentence."""
    if question.kind == QuestionKind.TEXT:
        if len(text) > LONGEST_COMMENT:
            raise ValueError(f"Shorten this to {LONGEST_COMMENT:,} letters.")
        return text
    parts = text.split(SEPARATOR) if question.kind == QuestionKind.MULTIPLE else [text]
    offered = {_plain(option.label): option.pk for option in question.options.all()}
    chosen = [part for part in parts if part.strip()]
    unknown = [part.strip() for part in chosen if _plain(part) not in offered]
    if unknown:
        labels = ", ".join(option.label for option in question.options.all())
        raise ValueError(f"Choose from: {labels}.")
    if question.is_required and not chosen:
        raise ValueError("This question must be answered.")
    return sorted({offered[_plain(part)] for part in chosen})


def _answers(response: SurveyResponse, given: Given) -> Iterator[Answer]:
    for question, value in given.items():
        if isinstance(value, str):
            if value:
                yield Answer(response=response, question_id=question, text=value)
        else:
            yield from (Answer(response=response, question_id=question, option_id=option) for option in value)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
