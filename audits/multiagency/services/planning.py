"""Audits are put on the schedule, prepared, moved from stage to stage. `by` is who does it, None the portal itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from boards.models import Group, Theme
from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.common.periods import Month
from lscb.trail.services import changes_between, record

from ...models import (
    Audit,
    AuditCase,
    AuditGrade,
    AuditHappened,
    AuditQuestion,
    AuditReturn,
    AuditStage,
    AuditTool,
    AuditWorkshop,
    ReturnStatus,
)
from .parts import current, locked, move, must_be_at, must_be_changeable, must_manage, needs, next_number, note

FACTS = (
    *("title", "kind", "subject", "lead_group", "looking_on", "scheduled_from", "scheduled_to", "terms_of_reference"),
    *("team", "period_from", "period_to", "fieldwork_from", "fieldwork_to", "tool", "summary"),
)
"""What is changed of an audit besides its stage, its themes and what hangs on it."""

# ---- Tools ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_tool(*, title: str, grades: Sequence[str], questions: Sequence[str], by: Actor) -> AuditTool:
    """Questions in their order, and the grades that may be given, the best first. Blank lines are left out."""
    must_manage(by)
    title = needs(title, "Enter a name for the tool.", "title")
    if AuditTool.objects.filter(title__iexact=title).exists():
        raise RuleBroken("There is a tool of that name. Choose another.", field="title")
    tool = AuditTool.objects.create(title=title)
    _write_tool(tool, grades, questions)
    record(verb="made an audit tool", by=by, target=tool)
    return tool


@transaction.atomic
def change_tool(*, tool: AuditTool, title: str, grades: Sequence[str], questions: Sequence[str], by: Actor) -> None:
    """Write a tool anew, as long as no agency was asked with it: a tool in use never changes."""
    must_manage(by)
    tool = AuditTool.objects.select_for_update().get(pk=tool.pk)
    if is_used(tool):
        raise RuleBroken("Agencies were asked with this tool, so it stays. Make another one.")
    before, tool.title = tool.title, needs(title, "Enter a name for the tool.", "title")
    if AuditTool.objects.filter(title__iexact=tool.title).exclude(pk=tool.pk).exists():
        raise RuleBroken("There is a tool of that name. Choose another.", field="title")
    tool.save()
    tool.questions.all().delete()
    AuditCase.objects.filter(audit__tool=tool).update(grade=None)
    tool.grades.all().delete()
    _write_tool(tool, grades, questions)
    record(verb="changed the audit tool", by=by, target=tool, changes={"title": (before, tool.title)})


def is_used(tool: AuditTool) -> bool:
    """Whether an agency was asked with it."""
    return AuditReturn.objects.filter(case__audit__tool=tool).exists()


def _write_tool(tool: AuditTool, grades: Sequence[str], questions: Sequence[str]) -> None:
    labels = [label.strip() for label in grades if label.strip()]
    texts = [text.strip() for text in questions if text.strip()]
    if len(labels) < 2 or len({label.lower() for label in labels}) < len(labels):
        raise RuleBroken("Enter at least two grades, each once.", field="grades")
    if not texts:
        raise RuleBroken("Enter at least one question.", field="questions")
    AuditGrade.objects.bulk_create(
        AuditGrade(tool=tool, rank=rank, label=label) for rank, label in enumerate(labels, start=1)
    )
    AuditQuestion.objects.bulk_create(
        AuditQuestion(tool=tool, number=number, text=text) for number, text in enumerate(texts, start=1)
    )


# ---- The schedule ---------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_audit(
    *,
    title: str,
    kind: str,
    lead_group: Group,
    first: Month,
    last: Month,
    themes: Iterable[Theme] = (),
    on: dt.date,
    by: Actor,
    **facts: Any,
) -> Audit:
    """Put an audit on the schedule, from the month `first` to the month `last`. `facts` are further ones of `FACTS`."""
    must_manage(by)
    _known(facts)
    audit = Audit(
        title=title, kind=kind, lead_group=lead_group, scheduled_from=first.first_day, scheduled_to=last.last_day
    )
    _set(audit, facts)
    _check(audit)
    audit.save(force_insert=True)
    audit.themes.set(themes)
    note(audit, AuditHappened.PLANNED, on=on, text=f"{audit.months}.", by=by)
    record(verb="planned an audit", by=by, target=audit)
    return audit


@transaction.atomic
def change_audit(
    *,
    audit: Audit,
    version: int,
    first: Month,
    last: Month,
    themes: Iterable[Theme] = (),
    by: Actor,
    today: dt.date,
    **facts: Any,
) -> Audit:
    """Write the facts of an audit anew. Raises Overtaken when they were changed since `version` was read."""
    must_manage(by)
    _known(facts)
    audit = current(audit, version, "audit")
    must_be_changeable(audit)
    before, tool_before = _facts(audit), audit.tool_id
    _set(audit, {**facts, "scheduled_from": first.first_day, "scheduled_to": last.last_day})
    _check(audit)
    if audit.tool_id != tool_before and AuditReturn.objects.filter(case__audit=audit).exists():
        raise RuleBroken("Agencies were asked with the tool of this audit, so it stays.", field="tool")
    changes = changes_between(before, _facts(audit))
    audit.themes.set(themes)
    if not changes:
        return audit
    audit.version += 1
    audit.save()
    words = ", ".join(str(Audit._meta.get_field(name).verbose_name) for name in changes)  # type: ignore[union-attr]
    note(audit, AuditHappened.CHANGED, on=today, text=f"{words[:1].upper()}{words[1:]}.", by=by)
    record(verb="changed the audit", by=by, target=audit, changes=changes)
    return audit


def _known(facts: dict[str, Any]) -> None:
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"{', '.join(sorted(unknown))} of an audit is not changed here.")


def _set(audit: Audit, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(audit, name, value)
    for name in ("title", "subject", "terms_of_reference", "team", "summary"):
        setattr(audit, name, str(getattr(audit, name)).strip())
    if audit.looking_on == audit.lead_group:
        audit.looking_on = None  # who leads looks on anyway


def _facts(audit: Audit) -> dict[str, Any]:
    return {name: getattr(audit, name) for name in FACTS}


def _check(audit: Audit) -> None:
    needs(audit.title, "Enter the title of the audit.", "title")
    if audit.scheduled_to < audit.scheduled_from:
        raise RuleBroken("The last month cannot be before the first.", field="last")
    for start, end, words in (
        (audit.period_from, audit.period_to, "period"),
        (audit.fieldwork_from, audit.fieldwork_to, "fieldwork"),
    ):
        if (start is None) != (end is None):
            raise RuleBroken("Enter both days, or neither.", field=f"{words}_{'from' if start is None else 'to'}")
        if start and end and end < start:
            raise RuleBroken("The last day cannot be before the first.", field=f"{words}_to")


# ---- Cases and workshops --------------------------------------------------------------------------------------------


@transaction.atomic
def add_case(*, audit: Audit, pseudonym: str, age_band: str, risk: str, plan_status: str, by: Actor) -> AuditCase:
    """A child's case under a pseudonym. Who is asked already is asked about it too, with the same due date."""
    must_manage(by)
    audit = locked(audit)
    must_be_at(audit, AuditStage.PLANNED, AuditStage.FIELDWORK)
    pseudonym = _free(audit, needs(pseudonym, "Enter a pseudonym.", "pseudonym"))
    case = AuditCase.objects.create(
        audit=audit,
        number=next_number(audit.cases.all()),
        pseudonym=pseudonym,
        age_band=age_band,
        risk=risk,
        plan_status=plan_status,
    )
    asked = {one.agency_id: one for one in AuditReturn.objects.filter(case__audit=audit).order_by("due")}
    AuditReturn.objects.bulk_create(
        AuditReturn(case=case, agency_id=agency, asked_on=one.asked_on, due=one.due) for agency, one in asked.items()
    )
    record(verb="added a case", by=by, target=case, named=f"Case {case.number}")
    return case


@transaction.atomic
def change_case(
    *, case: AuditCase, version: int, pseudonym: str, age_band: str, risk: str, plan_status: str, by: Actor
) -> AuditCase:
    """Raises Overtaken when the case was changed since `version` was read."""
    must_manage(by)
    case = current(case, version, "case")
    must_be_changeable(case.audit)
    after = {"age_band": age_band, "risk": risk, "plan_status": plan_status}
    changes = changes_between({name: getattr(case, name) for name in after}, after)
    case.pseudonym = _free(case.audit, needs(pseudonym, "Enter a pseudonym.", "pseudonym"), but=case)
    for name, value in after.items():
        setattr(case, name, value)
    case.version += 1
    case.save()
    record(verb="changed the case", by=by, target=case, named=f"Case {case.number}", changes=changes)
    return case


def _free(audit: Audit, pseudonym: str, *, but: AuditCase | None = None) -> str:
    others = audit.cases.exclude(pk=but.pk) if but else audit.cases.all()
    if others.filter(pseudonym__iexact=pseudonym).exists():
        raise RuleBroken("Another case of this audit has that pseudonym. Choose another.", field="pseudonym")
    return pseudonym


@transaction.atomic
def add_workshop(*, audit: Audit, held_on: dt.date, about: str, by: Actor) -> AuditWorkshop:
    """A day on which practitioners look at the cases or hear what was found."""
    must_manage(by)
    audit = locked(audit)
    must_be_changeable(audit)
    about = needs(about, "Say what the workshop is about.", "about")
    workshop = AuditWorkshop.objects.create(audit=audit, held_on=held_on, about=about)
    record(verb="added a workshop", by=by, target=audit, changes={"workshop": (None, held_on)})
    return workshop


# ---- From stage to stage --------------------------------------------------------------------------------------------


@transaction.atomic
def begin_fieldwork(*, audit: Audit, on: dt.date, by: Actor, today: dt.date) -> Audit:
    """The audit is under way. Asking agencies does it by itself; an audit of files alone begins here."""
    must_manage(by)
    audit = locked(audit)
    move(audit, AuditHappened.BEGAN, on=on, by=by, today=today)
    record(verb="began the fieldwork", by=by, target=audit)
    return audit


@transaction.atomic
def report_findings(*, audit: Audit, on: dt.date, by: Actor, today: dt.date) -> Audit:
    """The findings are the groups' to read from now on. There must be some, and every return must be moderated."""
    must_manage(by)
    audit = locked(audit)
    if audit.allows(AuditHappened.REPORTED):
        _check_reportable(audit)
    move(audit, AuditHappened.REPORTED, on=on, by=by, today=today)
    record(verb="reported the findings", by=by, target=audit)
    return audit


def _check_reportable(audit: Audit) -> None:
    if not audit.findings.exists():
        raise RuleBroken("Write down at least one finding first.")
    waiting = AuditReturn.objects.filter(
        case__audit=audit, status=ReturnStatus.RECEIVED, moderated_grade=None
    ).select_related("case", "agency")
    if waiting:
        number = f"1 return ({waiting[0]})" if len(waiting) == 1 else f"{len(waiting)} returns"
        raise RuleBroken(f"Moderate every return first: {number} had no moderated grade yet.")


@transaction.atomic
def close_audit(*, audit: Audit, on: dt.date, by: Actor, today: dt.date) -> Audit:
    """Nothing is left to do: every action of its plan is signed off or withdrawn."""
    must_manage(by)
    audit = locked(audit)
    left = audit.plan.actions.live().count() if audit.plan else 0
    if audit.allows(AuditHappened.CLOSED) and left:
        words = "1 action is" if left == 1 else f"{left} actions are"
        raise RuleBroken(f"{words} still open in the action plan of this audit. Sign them off or withdraw them first.")
    move(audit, AuditHappened.CLOSED, on=on, by=by, today=today)
    record(verb="closed the audit", by=by, target=audit)
    return audit


@transaction.atomic
def cancel_audit(*, audit: Audit, reason: str, on: dt.date, by: Actor, today: dt.date) -> Audit:
    """The audit is not carried out, and why. It leaves the schedule and stays on record."""
    must_manage(by)
    audit = locked(audit)
    reason = needs(reason, "Say why the audit is not carried out.", "reason")
    move(audit, AuditHappened.CANCELLED, on=on, text=reason, by=by, today=today)
    record(verb="did not carry out the audit", by=by, target=audit, reason=reason)
    return audit


@transaction.atomic
def show_small_numbers(*, audit: Audit, reason: str, by: Actor, today: dt.date) -> Audit:
    """Let the annual report print how many children were in this audit, however few; a named person answers for it."""
    must_manage(by)
    audit = locked(audit)
    if by is None:
        raise RuleBroken("A named person must answer for showing small numbers.")
    if audit.shows_small_numbers:
        raise RuleBroken("Small numbers of this audit are shown already.")
    audit.small_numbers_because = needs(reason, "Say why small numbers may be shown.", "reason")
    audit.small_numbers_shown_by, audit.small_numbers_shown_on = by, today
    audit.save(update_fields=["small_numbers_because", "small_numbers_shown_by", "small_numbers_shown_on"])
    record(verb="let small numbers be shown", by=by, target=audit, reason=audit.small_numbers_because)
    return audit


@transaction.atomic
def hide_small_numbers(*, audit: Audit, by: Actor) -> Audit:
    """Hide small numbers again in every report that is built from now on."""
    must_manage(by)
    audit = locked(audit)
    audit.small_numbers_because, audit.small_numbers_shown_by, audit.small_numbers_shown_on = "", None, None
    audit.save(update_fields=["small_numbers_because", "small_numbers_shown_by", "small_numbers_shown_on"])
    record(verb="hid small numbers again", by=by, target=audit)
    return audit
