"""Agencies are asked, chased, answer; the audit team moderates. `by` is who does it, None the portal itself.

The trail tells that a return was saved, sent or moderated; it repeats no word of a case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from lscb.accounts.models import Actor, Agency, Grant
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import roles_with
from lscb.common.errors import RuleBroken
from lscb.common.templatetags.portal import day
from lscb.common.words import in_templates, naming
from lscb.files.services import store_attachment
from lscb.jobs.services import queue_email
from lscb.trail.services import record

from ...models import (
    AUDIT_RETURN_MOVES,
    Audit,
    AuditAnswer,
    AuditCase,
    AuditGrade,
    AuditHappened,
    AuditQuestion,
    AuditReturn,
    AuditStage,
    ReturnHappened,
    ReturnStatus,
)
from .parts import current, locked, move, must_be_at, must_manage, needs

AGREED = "As the agency graded it."
FILLING_IN = roles_with(Permission.FILL_RETURN)


@dataclass(frozen=True)
class Said:
    """What was answered to one question."""

    grade: AuditGrade | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Moderated:
    """The audit team's grade of one return, and why. Without a grade it is not moderated yet."""

    grade: AuditGrade | None = None
    reason: str = ""


# ---- Asking ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_agencies(
    *, audit: Audit, agencies: Iterable[Agency], due: dt.date, by: Actor, today: dt.date, tell: bool = True
) -> int:
    """Ask agencies for a return to every case. Who was asked before is left as it is. Gives the number of new returns.

    `tell` is False for audits of the past, of which the agencies know.
    """
    must_manage(by)
    audit = locked(audit)
    asked = sorted(set(agencies), key=lambda agency: agency.name)
    if not asked:
        raise RuleBroken("Select at least one agency.", field="agencies")
    if due < today:
        raise RuleBroken("The returns cannot be due before they are asked for.", field="due")
    if audit.tool is None:
        raise RuleBroken("Choose the tool of the audit first: without it there is nothing to answer.")
    cases = list(audit.cases.all())
    if not cases:
        raise RuleBroken("Add the cases first: the agencies make one return for each.")
    if audit.stage == AuditStage.PLANNED:
        move(audit, AuditHappened.BEGAN, on=today, by=by, today=today)
    there = set(AuditReturn.objects.filter(case__audit=audit).values_list("case", "agency"))
    new = [
        AuditReturn(case=case, agency=agency, asked_on=today, due=due)
        for agency in asked
        for case in cases
        if (case.pk, agency.pk) not in there
    ]
    AuditReturn.objects.bulk_create(new)
    names = ", ".join(agency.short_name for agency in asked)
    move(audit, AuditHappened.ASKED, on=today, text=f"{names}. Due {day(due)}.", by=by, today=today)
    if tell:
        _tell(audit, {one.agency_id for one in new}, "audit_returns_asked", due=due, today=today)
    record(verb="asked agencies for returns", by=by, target=audit, changes={"agencies": (None, names)})
    return len(new)


@transaction.atomic
def chase_agencies(*, audit: Audit, by: Actor, today: dt.date) -> list[Agency]:
    """Write to every agency that owes a return to this audit, once on a day. Gives whom it went to."""
    must_manage(by)
    audit = locked(audit)
    owed = AuditReturn.objects.owed().filter(case__audit=audit).order_by("due")
    due = owed.values_list("due", flat=True).first()
    if due is None:
        raise RuleBroken("No agency owes a return to this audit.")
    agencies = list(Agency.objects.filter(pk__in=owed.values("agency")).order_by("name"))
    names = ", ".join(agency.short_name for agency in agencies)
    move(audit, AuditHappened.CHASED, on=today, text=f"{names}.", by=by, today=today)
    _tell(audit, {agency.pk for agency in agencies}, "audit_returns_chased", due=due, today=today)
    record(verb="chased returns", by=by, target=audit, changes={"agencies": (None, names)})
    return agencies


@transaction.atomic
def close_returns(*, audit: Audit, on: dt.date, by: Actor, today: dt.date) -> Audit:
    """No more returns are waited for: what is still due becomes “no return”, which is a finding in itself."""
    must_manage(by)
    audit = locked(audit)
    move(audit, AuditHappened.RETURNS_CLOSED, on=on, by=by, today=today)
    given_up = AuditReturn.objects.filter(case__audit=audit, status=ReturnStatus.DUE).update(
        status=AUDIT_RETURN_MOVES[ReturnStatus.DUE, ReturnHappened.GIVEN_UP]
    )
    record(verb="closed the returns", by=by, target=audit, changes={"returns that never came": (None, given_up)})
    return audit


def _tell(audit: Audit, agencies: Iterable[int], template: str, *, due: dt.date, today: dt.date) -> None:
    """One e-mail per person and day: it says that something waits, and nothing of what it is about."""
    grants = Grant.objects.in_force(today).filter(role__in=FILLING_IN, agency__in=list(agencies))
    words = {
        "link": settings.PORTAL_URL + reverse("audits:audit_return_list"),
        "due": due,
        **in_templates(),
    }
    for user in {grant.user for grant in grants.select_related("user")}:
        queue_email(
            unique_key=f"{template} {audit.pk} {today} for {user.pk}",
            to=user.email,
            subject=f"{naming().board_short_name}: your agency’s returns to an audit",
            body=render_to_string(f"audits/email/{template}.txt", words),
        )


# ---- Answering ------------------------------------------------------------------------------------------------------


def may_answer_for(by: Actor, agency_id: int) -> bool:
    """Who fills in returns of the agency, and who runs audits, for what came by letter. The portal (None) may."""
    return (
        by is None
        or by.for_whole_board(Permission.MANAGE_AUDITS)
        or agency_id in by.agencies_where(Permission.FILL_RETURN)
    )


@transaction.atomic
def save_return(
    *,
    audit_return: AuditReturn,
    version: int,
    own_grade: AuditGrade | None,
    account: str,
    said: Mapping[int, Said],
    uploads: Sequence[File[Any]] = (),
    by: Actor,
) -> AuditReturn:
    """Keep a draft: nobody but the agency reads it. `said` is keyed by question.

    Raises Overtaken when somebody of the agency saved since `version` was read.
    """
    kept = _write(audit_return, version, own_grade, account, said, uploads, by)
    record(verb="saved a return", by=by, target=kept, named=_named(kept))
    return kept


@transaction.atomic
def send_return(
    *,
    audit_return: AuditReturn,
    version: int,
    own_grade: AuditGrade | None,
    account: str,
    said: Mapping[int, Said],
    uploads: Sequence[File[Any]] = (),
    by: Actor,
    on: dt.date,
) -> AuditReturn:
    """The return goes to the audit team: every question has a grade, and so has the agency's work as a whole."""
    kept = _write(audit_return, version, own_grade, account, said, uploads, by)
    for question in _questions(kept):
        if said.get(question.pk, Said()).grade is None:
            raise RuleBroken(f"Select a grade for question {question.number}.", field=f"grade_{question.pk}")
    if own_grade is None:
        raise RuleBroken("Select a grade for the work of your agency as a whole.", field="own_grade")
    needs(account, "Say what your agency found.", "account")
    _arrive(kept, ReturnHappened.SENT, on)
    record(verb="sent a return", by=by, target=kept, named=_named(kept))
    return kept


@transaction.atomic
def report_no_involvement(*, audit_return: AuditReturn, note: str, by: Actor, on: dt.date) -> AuditReturn:
    """The agency never knew this child. It says how it made sure."""
    kept = _answerable(audit_return, by)
    kept.account = needs(note, "Say where you looked.", "note")
    _arrive(kept, ReturnHappened.NOT_INVOLVED, on)
    record(verb="reported no involvement", by=by, target=kept, named=_named(kept))
    return kept


@transaction.atomic
def send_back(*, audit_return: AuditReturn, reason: str, due: dt.date, by: Actor, today: dt.date) -> AuditReturn:
    """The return is the agency's again, with what is missing and by when. A moderated return stays."""
    must_manage(by)
    kept = _locked_return(audit_return)
    must_be_at(kept.case.audit, AuditStage.FIELDWORK)
    if kept.moderated_grade_id:
        raise RuleBroken("This return is moderated already, so it stays as it came.")
    if due < today:
        raise RuleBroken("The return cannot be due before today.", field="due")
    _move(kept, ReturnHappened.SENT_BACK)
    kept.received_on, kept.due = None, due
    kept.sent_back_because = needs(reason, "Say what is missing.", "reason")
    kept.version += 1
    kept.save()
    _tell(kept.case.audit, {kept.agency_id}, "audit_returns_asked", due=due, today=today)
    record(verb="sent a return back", by=by, target=kept, named=_named(kept))
    return kept


def _write(
    audit_return: AuditReturn,
    version: int,
    own_grade: AuditGrade | None,
    account: str,
    said: Mapping[int, Said],
    uploads: Sequence[File[Any]],
    by: Actor,
) -> AuditReturn:
    _answerable(audit_return, by)
    kept: AuditReturn = current(audit_return, version, "return")
    questions = {question.pk: question for question in _questions(kept)}
    _check_grades(kept, [own_grade, *(one.grade for one in said.values())])
    kept.own_grade, kept.account = own_grade, account.strip()
    kept.version += 1
    kept.save()
    kept.answers.all().delete()
    AuditAnswer.objects.bulk_create(
        AuditAnswer(audit_return=kept, question=questions[pk], grade=one.grade, evidence=one.evidence.strip())
        for pk, one in said.items()
        if pk in questions and (one.grade or one.evidence.strip())
    )
    for upload in uploads:
        kept.files.add(
            store_attachment(upload=upload, by=by, permission=Permission.READ_OWN_RETURNS, agency=kept.agency)
        )
    return kept


def _questions(audit_return: AuditReturn) -> list[AuditQuestion]:
    return list(AuditQuestion.objects.filter(tool__audits=audit_return.case.audit_id))


def _check_grades(audit_return: AuditReturn, grades: Iterable[AuditGrade | None]) -> None:
    tool = audit_return.case.audit.tool_id
    if any(grade is not None and grade.tool_id != tool for grade in grades):
        raise RuleBroken("Select a grade of the scale of this audit.")


def _answerable(audit_return: AuditReturn, by: Actor) -> AuditReturn:
    kept = _locked_return(audit_return)
    if not may_answer_for(by, kept.agency_id):
        raise PermissionDenied
    must_be_at(kept.case.audit, AuditStage.FIELDWORK, AuditStage.MODERATION)
    if not kept.takes_answers:
        raise RuleBroken(
            f"This return is {kept.get_status_display().lower()}. Ask the {naming().board}’s team to send it back."
        )
    return kept


def _locked_return(audit_return: AuditReturn) -> AuditReturn:
    related = AuditReturn.objects.select_for_update(of=("self",)).select_related("case__audit", "agency")
    return related.get(pk=audit_return.pk)


def _arrive(audit_return: AuditReturn, happened: ReturnHappened, on: dt.date) -> None:
    _move(audit_return, happened)
    audit_return.received_on, audit_return.sent_back_because = max(on, audit_return.asked_on), ""
    audit_return.save()


def _move(audit_return: AuditReturn, happened: ReturnHappened) -> None:
    target = AUDIT_RETURN_MOVES.get((audit_return.status, happened))
    if target is None:
        raise RuleBroken(f"This cannot be done while the return is “{audit_return.get_status_display().lower()}”.")
    audit_return.status = target


def _named(audit_return: AuditReturn) -> str:
    """The trail names the agency, never the case."""
    return f"Audit return of {audit_return.agency}"


# ---- Moderating -----------------------------------------------------------------------------------------------------


@transaction.atomic
def moderate_case(
    *,
    case: AuditCase,
    version: int,
    grade: AuditGrade | None,
    outcome: str,
    outcome_note: str,
    moderated: Mapping[str, Moderated],
    by: Actor,
) -> AuditCase:
    """The audit team's grade for the case and for each return (by its key), and what became of the risk to the child.

    The agencies' own grades stay beside them. Where the grade is another than the agency's own, the reason is needed.
    Raises Overtaken when the case was changed since `version` was read.
    """
    must_manage(by)
    kept: AuditCase = current(case, version, "case")
    must_be_at(kept.audit, AuditStage.FIELDWORK, AuditStage.MODERATION)
    returns = kept.returns.select_for_update(of=("self",)).filter(status=ReturnStatus.RECEIVED)
    for one in returns.select_related("agency"):
        _moderate(one, moderated.get(str(one.pk), Moderated()))
    kept.grade, kept.outcome, kept.outcome_note = grade, outcome, outcome_note.strip()
    kept.version += 1
    kept.save()
    record(verb="moderated a case", by=by, target=kept, named=f"Case {kept.number}")
    return kept


def _moderate(one: AuditReturn, given: Moderated) -> None:
    reason = given.reason.strip()
    if given.grade is None:
        if reason:
            raise RuleBroken(f"Select the moderated grade for {one.agency}.", field=f"grade_{one.pk}")
        one.moderated_grade, one.moderation_reason = None, ""
    elif given.grade.pk != one.own_grade_id and not reason:
        words = f"Say why the grade of {one.agency} is another than its own."
        raise RuleBroken(words, field=f"reason_{one.pk}")
    else:
        one.moderated_grade, one.moderation_reason = given.grade, reason or AGREED
    one.save(update_fields=["moderated_grade", "moderation_reason"])
