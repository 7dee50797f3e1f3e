"""Writing answers, by several people at once (domain: "Nothing is lost").

Somebody's page holds several questions. Only what that person changed is written: a question left as it was drawn is
left alone, whatever others did to it meanwhile. Where two changed the same question, the second is told and shown
both; nothing is overwritten. The page that saved last may save again, so saving by itself never gets into its own way.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files import File
from django.db import transaction

from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.files.services import store_attachment
from lscb.trail.services import record

from ..access import may_fill, must
from ..models import Answer, Contributor, Evidence, Option, Return, ReturnStep, Section
from .moving import Writer, locked, move, named

CONTENT = ("option", "not_applicable", "why_not", "evidence", "improvement", "improve_by")
WRITTEN = (*CONTENT, "to_confirm", "version", "saved_from", "saved_at", "saved_by_name")
SENT = (
    "This return was signed or submitted in the meantime, so nothing was saved. Your text is still here: copy it, "
    "and ask the lead of your agency."
)


@dataclass(frozen=True)
class Typed:
    """What somebody typed into one question. `drawn` is the `fingerprint` of what the page showed before."""

    option: Option | None = None
    not_applicable: bool = False
    why_not: str = ""
    evidence: str = ""
    improvement: str = ""
    improve_by: dt.date | None = None
    version: int = 0
    drawn: str = ""


@dataclass
class Saved:
    """What became of a page: the answers as they are on file now, those that somebody else had changed, the faults."""

    answers: list[Answer] = field(default_factory=list)
    overtaken: list[Answer] = field(default_factory=list)
    changed: list[Answer] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """What is missing before a standard is completed. `name` is the field of the answer."""

    answer: Answer
    name: str
    sentence: str


def fingerprint(answer: Answer | Typed) -> str:
    """Tells whether a question was changed on a page; the same for an answer and for what was drawn from it."""
    values = [answer.option.pk if answer.option else None, answer.not_applicable]
    texts = [" ".join(getattr(answer, name).split()) for name in ("why_not", "evidence", "improvement")]
    day = answer.improve_by.isoformat() if answer.improve_by else None
    return hashlib.sha256(json.dumps([values, texts, day]).encode()).hexdigest()[:16]


@transaction.atomic
def save_answers(
    *,
    section: Section,
    typed: Mapping[int, Typed],
    page: str = "",
    still_true: Iterable[int] = (),
    completed: bool | None = None,
    by: Writer,
    at: dt.datetime,
) -> Saved:
    """Write what was typed into one standard. `typed` and `still_true` go by the keys of the answers.

    `page` is a random name of the page that was drawn. `completed` marks the standard, if nothing is missing; what is
    missing is told in `faults`, and what was typed is saved all the same.
    Errors: RuleBroken when the return is not written any more.
    """
    of_return = locked(section.of_return)
    section = Section.objects.select_related("standard").get(pk=section.pk)
    must(may_write(by, of_return, section))
    if not of_return.is_writable:
        raise RuleBroken(SENT)
    saved = Saved()
    confirmed = set(still_true)
    for answer in _locked_answers(section):
        _write(answer, typed.get(answer.pk), answer.pk in confirmed, page, by, at, saved)
        saved.answers.append(answer)
    if completed:
        saved.faults = [fault for answer in saved.answers for fault in missing(answer)]
    _mark(section, completed, saved)
    if saved.changed:
        record(verb="saved answers", by=named(by), target=of_return, changes={"standard": (None, section.standard)})
    if saved.changed and of_return.allows(ReturnStep.STARTED):
        _start(of_return, by, at)
    return saved


def _write(
    answer: Answer, given: Typed | None, still_true: bool, page: str, by: Writer, at: dt.datetime, saved: Saved
) -> None:
    own = bool(page) and answer.saved_from == page
    changed = given if given and _was_changed(given, answer, own) else None
    if changed and changed.version != answer.version and not own:
        saved.overtaken.append(answer)
        return
    if changed is None and not (still_true and answer.to_confirm):
        return
    if changed:
        _fill(answer, changed)
    answer.to_confirm = False
    answer.version += 1
    answer.saved_from, answer.saved_at = page, at
    answer.saved_by_name = by.name if by else ""
    answer.save(update_fields=WRITTEN)
    saved.changed.append(answer)


def _was_changed(given: Typed, answer: Answer, own: bool) -> bool:
    """Not what is on file, and not what the page was drawn with; a page that saved before may also go back to that."""
    now = fingerprint(given)
    return now != fingerprint(answer) and (own or now != given.drawn)


def _fill(answer: Answer, given: Typed) -> None:
    for name in CONTENT:
        value = getattr(given, name)
        setattr(answer, name, value.strip() if isinstance(value, str) else value)
    if answer.not_applicable:
        answer.option = None


def _mark(section: Section, completed: bool | None, saved: Saved) -> None:
    """A standard that changed and misses something is not completed any more."""
    wanted = section.is_completed if completed is None else completed and not saved.faults and not saved.overtaken
    if wanted and saved.changed and completed is None:
        wanted = not any(True for answer in saved.answers for _ in missing(answer))
    if wanted != section.is_completed:
        section.is_completed = wanted
        section.save(update_fields=["is_completed"])


@transaction.atomic
def confirm_all(*, section: Section, page: str = "", by: Writer, at: dt.datetime) -> Saved:
    """ "Everything here is still true": one click for a standard. What misses something waits to be changed."""
    carried = section.of_return.answers.filter(question__standard=section.standard_id, to_confirm=True)
    ready = [one.pk for one in carried.select_related("option") if not list(missing(one, confirming=True))]
    return save_answers(section=section, typed={}, page=page, still_true=ready, completed=True, by=by, at=at)


def missing(answer: Answer, *, confirming: bool = False) -> Iterable[Fault]:
    """What an answer lacks before it can be submitted. Needs `option` and `question__standard`."""
    reference = answer.question.reference
    if answer.not_applicable and not answer.why_not:
        yield Fault(answer, "why_not", f"Question {reference}: say why it does not apply")
    elif not answer.is_answered:
        yield Fault(answer, "grade", f"Question {reference}: select a grade, or that it does not apply")
    if answer.to_confirm and not confirming and answer.is_answered:
        yield Fault(answer, "still_true", f"Question {reference}: say that it is still true, or change the answer")
    if answer.needs_improvement and not answer.improvement:
        yield Fault(answer, "improvement", f"Question {reference}: say what will be improved")
    if answer.needs_improvement and answer.improve_by is None:
        yield Fault(answer, "improve_by", f"Question {reference}: enter the day by which it will be improved")


def may_write(by: Writer, of_return: Return, section: Section) -> bool:
    """Who fills in returns of the agency; who helps by a link writes in one standard of one return."""
    if isinstance(by, Contributor):
        own = (by.of_return_id, by.standard_id) == (of_return.pk, section.standard_id)
        return own and Contributor.objects.open().filter(pk=by.pk).exists()
    return may_fill(by, of_return.agency)


def _locked_answers(section: Section) -> list[Answer]:
    answers = Answer.objects.select_for_update(of=("self",)).filter(
        of_return=section.of_return_id, question__standard=section.standard_id
    )
    return list(answers.select_related("option", "question__standard").order_by("question__number"))


def _start(of_return: Return, by: Writer, at: dt.datetime) -> None:
    who = of_return.agency.short_name
    move(of_return, ReturnStep.STARTED, at=at, by=by, who=who, verb="started a return")


# ---- Files ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def attach_evidence(*, answer: Answer, upload: File[Any], by: Writer, at: dt.datetime) -> Evidence:
    """Keep a file beside an answer. Errors: RuleBroken for a file that the portal does not take."""
    of_return, section = _of(answer)
    must(may_write(by, of_return, section))
    if not of_return.is_writable:
        raise RuleBroken(SENT)
    attachment = store_attachment(
        upload=upload,
        by=None if isinstance(by, Contributor) else by,
        permission=Permission.READ_OWN_RETURNS,
        agency=of_return.agency,
    )
    evidence = Evidence.objects.create(answer=answer, attachment=attachment)
    record(verb="added evidence", by=named(by), target=of_return)
    if of_return.allows(ReturnStep.STARTED):
        _start(of_return, by, at)
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: Writer) -> None:
    of_return, section = _of(evidence.answer)
    must(may_write(by, of_return, section))
    if not of_return.is_writable:
        raise RuleBroken(SENT)
    evidence.delete()
    record(verb="removed evidence", by=named(by), target=of_return)


def _of(answer: Answer) -> tuple[Return, Section]:
    of_return = locked(answer.of_return)
    return of_return, Section.objects.get(of_return=of_return, standard=answer.question.standard_id)
