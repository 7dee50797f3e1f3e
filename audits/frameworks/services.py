"""Writes of frameworks. Nothing of a version that a round uses changes any more: begin a new version instead."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, Max
from django.utils.text import slugify

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.trail.services import changes_between, record

from ..access import must, runs
from ..models import Framework, Option, Question, Standard
from .files import Content

Part = TypeVar("Part", Standard, Question, Option)

WORDS = ("title", "duty", "edition", "declaration")
STANDARD = ("title", "summary", "theme")
QUESTION = ("text", "guidance", "evidence_hint")
OPTION = ("label", "meaning", "points", "is_compliant", "needs_action")


@transaction.atomic
def add_framework(*, content: Content, by: Actor) -> Framework:
    """A new version with everything of `content`: a file that was read, or another version (`files.content_of`)."""
    must(runs(by))
    last = Framework.objects.filter(audience=content["audience"]).aggregate(last=Max("version"))["last"] or 0
    framework = Framework.objects.create(
        audience=content["audience"], version=last + 1, **{name: content[name] for name in WORDS}
    )
    for order, option in enumerate(content["options"], start=1):
        Option.objects.create(framework=framework, order=order, **option)
    for number, given in enumerate(content["standards"], start=1):
        standard = Standard.objects.create(
            framework=framework, number=number, **{name: given[name] for name in STANDARD}
        )
        Question.objects.bulk_create(
            Question(standard=standard, number=place, **question)
            for place, question in enumerate(given["questions"], start=1)
        )
    record(verb="added a framework", by=by, target=framework)
    return framework


@transaction.atomic
def change_framework(*, framework: Framework, by: Actor, **words: str) -> Framework:
    """Its title, the law and the guidance it is tied to, and what is declared by signing."""
    framework = _open(framework, by)
    before = {name: getattr(framework, name) for name in WORDS}
    for name in WORDS:
        setattr(framework, name, words[name].strip())
    framework.save()
    after = {name: getattr(framework, name) for name in WORDS}
    record(verb="changed a framework", by=by, target=framework, changes=changes_between(before, after))
    return framework


@transaction.atomic
def lock(*, framework: Framework, at: dt.datetime) -> None:
    """A round uses it: from now on it stays as it is. Refuses a version that cannot be answered."""
    framework = Framework.objects.select_for_update().get(pk=framework.pk)
    if not framework.options.exists():
        raise RuleBroken("This framework has no answer scale. Add one before a round uses it.", field="framework")
    if not framework.standards.exists() or framework.standards.filter(questions=None).exists():
        raise RuleBroken("Each standard of the framework needs a question before a round uses it.", field="framework")
    if not framework.is_locked:
        framework.locked_at = at
        framework.save(update_fields=["locked_at"])


# ---- Standards, questions, the scale --------------------------------------------------------------------------------


@transaction.atomic
def add_standard(*, framework: Framework, by: Actor, **words: str) -> Standard:
    """At the end of the framework; `theme` marks one that is added for a year."""
    framework = _open(framework, by)
    number = (framework.standards.aggregate(last=Max("number"))["last"] or 0) + 1
    standard = Standard.objects.create(framework=framework, number=number, **_given(STANDARD, words))
    record(verb="added a standard", by=by, target=framework, changes={"standard": (None, standard)})
    return standard


@transaction.atomic
def change_standard(*, standard: Standard, by: Actor, **words: str) -> Standard:
    framework = _open(standard.framework, by)
    return _change(standard, STANDARD, words, framework, "changed a standard", by)


@transaction.atomic
def remove_standard(*, standard: Standard, by: Actor) -> Framework:
    """With its questions; those after it move up."""
    framework = _open(standard.framework, by)
    named = str(standard)
    standard.delete()
    for later in framework.standards.filter(number__gt=standard.number).order_by("number"):
        later.number -= 1
        later.save(update_fields=["number"])
    record(verb="removed a standard", by=by, target=framework, changes={"standard": (named, None)})
    return framework


@transaction.atomic
def add_question(*, standard: Standard, by: Actor, **words: str) -> Question:
    """At the end of its standard. Its key comes from its first words and stays when they change."""
    framework = _open(standard.framework, by)
    number = (standard.questions.aggregate(last=Max("number"))["last"] or 0) + 1
    given = _given(QUESTION, words)
    question = Question.objects.create(standard=standard, number=number, key=_free_key(framework, given), **given)
    record(verb="added a question", by=by, target=framework, changes={"question": (None, question.reference)})
    return question


@transaction.atomic
def change_question(*, question: Question, by: Actor, **words: str) -> Question:
    """The wording; what it asks stays the same, so that answers can be compared. Ask something else as a new one."""
    framework = _open(question.standard.framework, by)
    return _change(question, QUESTION, words, framework, "changed a question", by)


@transaction.atomic
def remove_question(*, question: Question, by: Actor) -> Framework:
    framework = _open(question.standard.framework, by)
    named, standard = question.reference, question.standard
    question.delete()
    for later in standard.questions.filter(number__gt=question.number).order_by("number"):
        later.number -= 1
        later.save(update_fields=["number"])
    record(verb="removed a question", by=by, target=framework, changes={"question": (named, None)})
    return framework


@transaction.atomic
def add_option(*, framework: Framework, by: Actor, **words: Any) -> Option:
    """At the lower end of the scale."""
    framework = _open(framework, by)
    order = (framework.options.aggregate(last=Max("order"))["last"] or 0) + 1
    given = _given(OPTION, words)
    _check_option(framework, given)
    option = Option.objects.create(framework=framework, order=order, **given)
    record(verb="added a grade", by=by, target=framework, changes={"grade": (None, option)})
    return option


@transaction.atomic
def change_option(*, option: Option, by: Actor, **words: Any) -> Option:
    framework = _open(option.framework, by)
    _check_option(framework, _given(OPTION, words), but=option)
    return _change(option, OPTION, words, framework, "changed a grade", by)


@transaction.atomic
def remove_option(*, option: Option, by: Actor) -> Framework:
    framework = _open(option.framework, by)
    named = str(option)
    option.delete()
    framework.options.filter(order__gt=option.order).update(order=F("order") - 1)
    record(verb="removed a grade", by=by, target=framework, changes={"grade": (named, None)})
    return framework


# ---- Rules ----------------------------------------------------------------------------------------------------------


def _open(framework: Framework, by: Actor) -> Framework:
    must(runs(by))
    framework = Framework.objects.select_for_update().get(pk=framework.pk)
    if framework.is_locked:
        raise RuleBroken("A round uses this version, so it stays as it is. Begin a new version to change it.")
    return framework


def _given(names: tuple[str, ...], words: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(words) - set(names):
        raise TypeError(f"{', '.join(sorted(unknown))} is not changed here.")
    return {name: value.strip() if isinstance(value, str) else value for name, value in words.items()}


def _change(
    part: Part, names: tuple[str, ...], words: dict[str, Any], framework: Framework, verb: str, by: Actor
) -> Part:
    given = _given(names, words)
    before = {name: getattr(part, name) for name in given}
    for name, value in given.items():
        setattr(part, name, value)
    part.save()
    record(verb=verb, by=by, target=framework, changes=changes_between(before, given))
    return part


def _check_option(framework: Framework, given: dict[str, Any], but: Option | None = None) -> None:
    same: models.QuerySet[Option] = framework.options.filter(label__iexact=given["label"])
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise RuleBroken("The scale has a grade of that name already. Enter another name.", field="label")
    if not given["is_compliant"] and not given["needs_action"]:
        raise RuleBroken(
            "What does not meet the standard must be improved. Tick “something must be improved”.", field="needs_action"
        )


def _free_key(framework: Framework, given: dict[str, Any]) -> str:
    taken = set(Question.objects.filter(standard__framework=framework).values_list("key", flat=True))
    key = base = slugify(given["text"])[:50].strip("-") or "question"
    count = 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    return key
