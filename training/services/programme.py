"""Programmes, courses, trainers and the questions of evaluations: what staff keep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import transaction

from boards.models import Theme
from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken, check_version
from lscb.trail.services import changes_between, record

from ..models import ChargePolicy, Course, Programme, Question, Trainer
from .rights import must_manage

COURSE_FACTS = (
    *("programme", "title", "aims", "level", "audience", "length"),
    *("needs_approval", "certificate_after_evaluation", "charge_policy"),
)


Kept = TypeVar("Kept", Programme, Trainer, Question, ChargePolicy)


def to_write(new: Kept, row: Kept | None, version: int | None, *, what: str) -> Kept:
    """`new`, or `row` as it is on file, locked, its version counted up. Raises Overtaken when another was read."""
    if row is None:
        return new
    on_file = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    check_version(on_file, version, what=what)
    on_file.version += 1
    return on_file


@transaction.atomic
def set_programme(
    *,
    programme: Programme | None = None,
    version: int | None = None,
    name: str,
    summary: str = "",
    order: int = 0,
    by: Actor,
) -> Programme:
    """Add a programme, or change one; then `version` is the one that was read."""
    must_manage(by)
    row = to_write(Programme(), programme, version, what="this programme")
    row.name, row.summary, row.order = name.strip(), summary.strip(), order
    if not row.name:
        raise RuleBroken("Enter the name of the programme.", field="name")
    if Programme.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise RuleBroken("There is a programme of this name already.", field="name")
    row.save()
    record(verb="changed a programme" if programme else "added a programme", by=by, target=row)
    return row


@transaction.atomic
def add_course(
    *,
    programme: Programme,
    title: str,
    length: str,
    aims: str = "",
    level: str = "",
    audience: str = "",
    needs_approval: bool = False,
    certificate_after_evaluation: bool = False,
    charge_policy: ChargePolicy | None = None,
    themes: Iterable[Theme] = (),
    by: Actor,
) -> Course:
    """`themes` are those of the business plan that the course serves."""
    must_manage(by)
    course = Course(
        programme=programme,
        title=title.strip(),
        length=length,
        aims=aims.strip(),
        level=level.strip(),
        audience=audience.strip(),
        needs_approval=needs_approval,
        certificate_after_evaluation=certificate_after_evaluation,
        charge_policy=charge_policy,
    )
    _check_title(course)
    course.save(force_insert=True)
    course.themes.set(themes)
    record(verb="added a course", by=by, target=course)
    return course


@transaction.atomic
def change_course(
    *, course: Course, version: int, themes: Iterable[Theme] | None = None, by: Actor, **facts: Any
) -> Course:
    """`facts` are those of `COURSE_FACTS`; `themes` of None leaves them. Raises Overtaken on another `version`."""
    must_manage(by)
    if unknown := set(facts) - set(COURSE_FACTS):
        raise TypeError(f"{', '.join(sorted(unknown))} of a course is not changed here.")
    course = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    check_version(course, version, what="this course")
    before = {name: getattr(course, name) for name in facts}
    for name, value in facts.items():
        setattr(course, name, value.strip() if isinstance(value, str) else value)
    _check_title(course)
    course.version += 1
    course.save()
    changes = changes_between(before, {name: getattr(course, name) for name in facts})
    if themes is not None:
        told = _told(course)
        course.themes.set(themes)
        changes |= changes_between({"themes": told}, {"themes": _told(course)})
    record(verb="changed a course", by=by, target=course, changes=changes)
    return course


@transaction.atomic
def set_trainer(
    *,
    trainer: Trainer | None = None,
    version: int | None = None,
    name: str,
    organisation: str = "",
    email: str = "",
    is_active: bool = True,
    by: Actor,
) -> Trainer:
    """Add a trainer, or change one; then `version` is the one that was read."""
    must_manage(by)
    row = to_write(Trainer(), trainer, version, what="this trainer")
    row.name, row.organisation, row.email, row.is_active = name.strip(), organisation.strip(), email.strip(), is_active
    if not row.name:
        raise RuleBroken("Enter the name of the trainer.", field="name")
    row.save()
    record(verb="changed a trainer" if trainer else "added a trainer", by=by, target=row, named="Trainer")
    return row


@transaction.atomic
def set_question(
    *,
    question: Question | None = None,
    version: int | None = None,
    text: str,
    order: int,
    is_asked: bool = True,
    by: Actor,
) -> Question:
    """A question of every evaluation. Once it was answered its words stay: other words would be another question."""
    must_manage(by)
    row = to_write(Question(), question, version, what="this question")
    text = " ".join(text.split())
    if not text:
        raise RuleBroken("Enter the question.", field="text")
    if question and question.answers.exists() and text != row.text:
        raise RuleBroken("This question was answered already. Stop asking it and add another.", field="text")
    if Question.objects.filter(text__iexact=text).exclude(pk=row.pk).exists():
        raise RuleBroken("This question is asked already.", field="text")
    row.text, row.order, row.is_asked = text, order, is_asked
    row.save()
    record(verb="changed a question" if question else "added a question", by=by, target=row)
    return row


def _told(course: Course) -> str:
    return ", ".join(f"{theme.year} theme {theme.number}" for theme in course.themes.all())


def _check_title(course: Course) -> None:
    if not course.title:
        raise RuleBroken("Enter the title of the course.", field="title")
    same = Course.objects.filter(programme=course.programme, title__iexact=course.title)
    if same.exclude(pk=course.pk).exists():
        raise RuleBroken("The programme has a course of this title already.", field="title")
