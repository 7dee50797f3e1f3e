"""Writes of surveys: built, opened, sent, answered, closed; comments read before they are printed.

`by` is the person who does it, or None for the portal itself. Answers have no actor: nobody is known from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string

from lscb.accounts import links
from lscb.accounts.models import Actor, Link
from lscb.common.errors import RuleBroken, check_version
from lscb.common.periods import FinancialYear, Month, end_of_day
from lscb.common.words import in_templates, naming
from lscb.jobs.services import queue_email
from lscb.trail.services import changes_between, record

from ..access import must_manage
from ..models import (
    SURVEY_MOVES,
    Answer,
    CameBy,
    Moderation,
    Option,
    Question,
    QuestionKind,
    Survey,
    SurveyMove,
    SurveyResponse,
    Theme,
)
from ..plan.tying import tie
from .links import PURPOSE, own_address

FACTS = ("title", "month", "audience", "introduction", "closes_on")
FEWEST_OPTIONS = 2
LONGEST_COMMENT = 4_000
LIVES_WITHOUT_END = dt.timedelta(days=90)

Given = Mapping[int, Collection[int] | str]
"""What somebody answered: a question's key to the keys of the chosen options, or to a text."""


# ---- Building -------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_survey(
    *,
    title: str,
    month: Month,
    audience: str = "",
    introduction: str = "",
    closes_on: dt.date | None = None,
    themes: Iterable[Theme] = (),
    by: Actor,
) -> Survey:
    """A survey without questions yet. Nobody can answer it before it is opened."""
    must_manage(by)
    survey = Survey(title=title.strip(), month=month, audience=audience.strip(), introduction=introduction.strip())
    survey.closes_on = closes_on
    _check(survey)
    survey.save(force_insert=True)
    tie(survey.themes, themes, year=FinancialYear.containing(month.first_day))
    record(verb="drafted a survey", by=by, target=survey)
    return survey


@transaction.atomic
def change_survey(*, survey: Survey, version: int, themes: Iterable[Theme] = (), by: Actor, **facts: Any) -> Survey:
    """Another title, month, audience, introduction or last day. `version` is the one that was read before writing.

    Raises Overtaken when another version is on file by now.
    """
    must_manage(by)
    survey = _locked(survey)
    check_version(survey, version, what="this survey")
    before = {name: getattr(survey, name) for name in FACTS}
    for name, value in facts.items():
        if name not in FACTS:
            raise TypeError(f"{name} of a survey is not changed here.")
        setattr(survey, name, value.strip() if isinstance(value, str) else value)
    _check(survey)
    survey.version += 1
    survey.save()
    tie(survey.themes, themes, year=FinancialYear.containing(survey.month.first_day))
    changes = changes_between(before, {name: getattr(survey, name) for name in FACTS})
    record(verb="changed the survey", by=by, target=survey, changes=changes)
    return survey


@transaction.atomic
def set_question(
    *,
    survey: Survey,
    text: str,
    kind: str,
    options: Sequence[str] = (),
    is_required: bool = False,
    question: Question | None = None,
    by: Actor,
) -> Question:
    """Add a question at the end of a draft, or word `question` anew. `options` stand in the order given."""
    must_manage(by)
    survey = _draft(survey)
    labels = [label.strip() for label in options if label.strip()]
    _check_question(survey, text.strip(), kind, labels, question)
    last = survey.questions.aggregate(last=Max("order"))["last"] or 0
    question = question or Question(survey=survey, order=last + 1)
    question.text, question.kind, question.is_required = text.strip(), kind, is_required
    question.save()
    question.options.all().delete()
    Option.objects.bulk_create(
        Option(question=question, order=place, label=label) for place, label in enumerate(labels, start=1)
    )
    record(verb="set a question", by=by, target=survey, changes={f"question {question.order}": (None, question.text)})
    return question


@transaction.atomic
def remove_question(*, question: Question, by: Actor) -> None:
    """Take a question out of a draft; those after it move up."""
    must_manage(by)
    survey = _draft(question.survey)
    record(verb="removed a question", by=by, target=survey, changes={"question": (question.text, None)})
    question.delete()
    for place, one in enumerate(survey.questions.order_by("order"), start=1):
        if one.order != place:
            Question.objects.filter(pk=one.pk).update(order=place)


# ---- Opening and closing --------------------------------------------------------------------------------------------


@transaction.atomic
def open_survey(*, survey: Survey, on: dt.date, by: Actor) -> Survey:
    """From now on it can be answered, and its questions stay as they are."""
    must_manage(by)
    survey = _locked(survey)
    if not survey.questions.exists():
        raise RuleBroken("Write at least one question first.")
    if survey.closes_on and survey.closes_on < on:
        raise RuleBroken("The last day for answers has passed. Enter a later one first.")
    _move(survey, SurveyMove.OPENED)
    survey.opened_on = on
    survey.save(update_fields=["state", "opened_on"])
    record(verb="opened the survey", by=by, target=survey)
    return survey


@transaction.atomic
def close_survey(*, survey: Survey, on: dt.date, by: Actor) -> Survey:
    """No more answers. Its results are for everybody who reads the board."""
    must_manage(by)
    survey = _locked(survey)
    _move(survey, SurveyMove.CLOSED)
    survey.closed_on = on
    survey.save(update_fields=["state", "closed_on"])
    record(verb="closed the survey", by=by, target=survey)
    return survey


@transaction.atomic
def reopen_survey(*, survey: Survey, closes_on: dt.date, on: dt.date, by: Actor) -> Survey:
    """Take answers again until the end of `closes_on`."""
    must_manage(by)
    survey = _locked(survey)
    _move(survey, SurveyMove.REOPENED)
    if closes_on < on:
        raise RuleBroken("Enter a last day that is today or later.", field="closes_on")
    survey.closed_on, survey.closes_on = None, closes_on
    survey.save(update_fields=["state", "closed_on", "closes_on"])
    record(verb="re-opened the survey", by=by, target=survey, changes={"closes_on": (None, closes_on)})
    return survey


@transaction.atomic
def send_survey(*, survey: Survey, addresses: Iterable[str], by: Actor, at: dt.datetime) -> int:
    """A link of one's own to each address, once. Returns how many there are; it works until it was answered by."""
    must_manage(by)
    survey = _locked(survey)
    if not survey.is_open:
        raise RuleBroken("Open the survey before you send it.")
    chosen = sorted({address.strip().lower() for address in addresses if address.strip()})
    if not chosen:
        raise RuleBroken("Enter at least one address.", field="addresses")
    expires_at = end_of_day(survey.closes_on) if survey.closes_on else at + LIVES_WITHOUT_END
    used = set(Link.objects.to(survey).filter(purpose=PURPOSE, spent_at__isnull=False).values_list("email", flat=True))
    for address in chosen:
        if address not in used:
            _send(survey, address, expires_at=expires_at, by=by, at=at)
    record(verb="sent the survey", by=by, target=survey, changes={"people": (None, len(chosen))})
    return len(chosen)


@transaction.atomic
def take_back_open_link(*, survey: Survey, by: Actor) -> Survey:
    """The open link stops working; the page of the survey shows a new one."""
    must_manage(by)
    survey = _locked(survey)
    survey.link_version += 1
    survey.save(update_fields=["link_version"])
    record(verb="took back the open link", by=by, target=survey)
    return survey


# ---- Answering ------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_survey(
    *,
    survey: Survey,
    given: Given,
    on: dt.date,
    link: Link | None = None,
    submission: UUID | None = None,
    at: dt.datetime | None = None,
) -> SurveyResponse:
    """The answers of one respondent, by a link of their own (which is spent) or by the open one.

    A form that is sent twice has the same `submission` and makes one response.
    Errors: RuleBroken when the survey takes no answers, a required question is open, or a choice is not offered.
    """
    survey = _locked(survey)
    if submission and (twin := SurveyResponse.objects.filter(submission=submission).first()):
        return twin
    check_takes_answers(survey, on)
    if link is not None and at is not None:
        links.spend(link=link, at=at)
    response = SurveyResponse.objects.create(
        survey=survey,
        came_by=CameBy.OWN_LINK if link else CameBy.OPEN_LINK,
        given_on=on,
        submission=submission,
    )
    Answer.objects.bulk_create(answers_of(response, list(survey.questions.prefetch_related("options")), given))
    return response


def check_takes_answers(survey: Survey, on: dt.date) -> None:
    """Raises RuleBroken with a sentence for whoever followed the link."""
    if not survey.is_open or (survey.closes_on and survey.closes_on < on):
        raise RuleBroken("This survey takes no answers any more. Thank you for wanting to help.")


def answers_of(response: SurveyResponse, questions: Sequence[Question], given: Given) -> list[Answer]:
    """The rows that `given` makes. Raises RuleBroken, naming the field `question_<key>`."""
    rows: list[Answer] = []
    for question in questions:
        rows += _answers(response, question, given.get(question.pk, ()))
    if not rows:
        raise RuleBroken("Answer at least one question.")
    return rows


def _answers(response: SurveyResponse, question: Question, value: Collection[int] | str) -> list[Answer]:
    field = f"question_{question.pk}"
    if question.is_required and not value:
        raise RuleBroken(f"Answer the question: {question.text}", field=field)
    if question.kind == QuestionKind.TEXT:
        text = str(value or "").strip()[:LONGEST_COMMENT]
        return [Answer(response=response, question=question, text=text)] if text else []
    offered = {option.pk for option in question.options.all()}
    chosen = set(value) if not isinstance(value, str) else set()
    if not chosen <= offered or (question.kind == QuestionKind.SINGLE and len(chosen) > 1):
        raise RuleBroken("Select one of the choices", field=field)
    return [Answer(response=response, question=question, option_id=option) for option in sorted(chosen)]


# ---- Comments -------------------------------------------------------------------------------------------------------


@transaction.atomic
def clear_comment(*, answer: Answer, printed: str, on: dt.date, by: Actor) -> None:
    """Somebody read a comment: nothing in it lets a person be known, or what did was taken out of `printed`."""
    if not printed.strip():
        raise RuleBroken("Enter the words that may be printed.", field="printed")
    _moderate(answer, Moderation.CLEARED, printed.strip(), on=on, by=by)


@transaction.atomic
def withhold_comment(*, answer: Answer, on: dt.date, by: Actor) -> None:
    """It is never printed."""
    _moderate(answer, Moderation.WITHHELD, "", on=on, by=by)


def _moderate(answer: Answer, moderation: str, printed: str, *, on: dt.date, by: Actor) -> None:
    must_manage(by)
    if by is None:
        raise RuleBroken("A comment is read by a person before it is printed.")
    answer = Answer.objects.select_for_update(of=("self",)).select_related("question__survey").get(pk=answer.pk)
    if answer.option_id is not None:
        raise RuleBroken("Only comments are cleared for print.")
    answer.moderation, answer.printed = moderation, printed
    answer.moderated_on, answer.moderated_by = on, by
    answer.save()
    verb = "cleared a comment" if moderation == Moderation.CLEARED else "withheld a comment"
    record(verb=verb, by=by, target=answer.question.survey)


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)


def _draft(survey: Survey) -> Survey:
    survey = _locked(survey)
    if not survey.is_draft:
        raise RuleBroken("People may have answered already, so the questions stay as they are.")
    return survey


def _move(survey: Survey, move: SurveyMove) -> None:
    state = SURVEY_MOVES.get((survey.state, move))
    if state is None:
        raise RuleBroken(f"This survey is {survey.get_state_display().lower()}, so that is not possible now.")
    survey.state = state


def _check(survey: Survey) -> None:
    if not survey.title:
        raise RuleBroken("Enter a title.", field="title")
    if survey.opened_on and survey.closes_on and survey.closes_on < survey.opened_on:
        raise RuleBroken("The last day for answers must be on or after the day on which it opened.", field="closes_on")


def _check_question(survey: Survey, text: str, kind: str, labels: Sequence[str], question: Question | None) -> None:
    if not text:
        raise RuleBroken("Enter the question.", field="text")
    others = survey.questions.exclude(pk=question.pk) if question else survey.questions.all()
    if others.filter(text=text).exists():
        raise RuleBroken("The survey asks this already.", field="text")
    if kind == QuestionKind.TEXT and labels:
        raise RuleBroken("A question that is answered in own words has no answers to choose from.", field="options")
    if kind != QuestionKind.TEXT and len(labels) < FEWEST_OPTIONS:
        raise RuleBroken("Enter at least two answers to choose from, one on each line.", field="options")
    if len({label.lower() for label in labels}) < len(labels):
        raise RuleBroken("Two of the answers are the same.", field="options")


def _send(survey: Survey, address: str, *, expires_at: dt.datetime, by: Actor, at: dt.datetime) -> None:
    link = links.issue_link(purpose=PURPOSE, target=survey, email=address, expires_at=expires_at, by=by, at=at)
    words = {
        "link": own_address(links.token_of(link)),
        "survey": survey,
        "expires_at": link.expires_at,
        **in_templates(),
    }
    queue_email(
        unique_key=f"survey {survey.pk} link {link.pk}",
        to=address,
        subject=f"{naming().board_short_name}: a short survey asks for your answers",
        body=render_to_string("boards/email/survey.txt", words),
    )
