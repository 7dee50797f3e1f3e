"""Agencies are asked for their reports, chased, and answer.

An agency is told under which reference it is asked, and when the report is due. Who the child was it hears from the
officer, by telephone or secure mail: the portal shows that to nobody but the officer and the designated doctor.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.templatetags.portal import day
from lscb.common.words import naming
from lscb.jobs.services import queue_email
from lscb.trail.services import record

from ..form_b import Answer, unanswered, version_of
from ..models import AgencyReport, Death, ReportState
from .access import check_version, must_be_open, must_manage
from .notifying import people_who

Answers = Mapping[str, Mapping[str, str]]


@transaction.atomic
def ask_agencies(
    *, death: Death, agencies: Iterable[Agency], due: dt.date, tell: bool = True, by: Actor, today: dt.date
) -> list[AgencyReport]:
    """Ask several agencies at once. One that was asked already keeps its report; one no longer needed is asked anew.

    `tell` is False for reports of the past.
    """
    must_manage(by)
    death = must_be_open(death)
    chosen = list(dict.fromkeys(agencies))
    if not chosen:
        raise RuleBroken("Tick at least one agency.", field="agencies")
    if due < today:
        raise RuleBroken("The reports must be due today or later.", field="due")
    asked = [report for agency in chosen if (report := _ask(death, agency, due, today))]
    for report in asked if tell else []:
        _tell(report, "is asked for", today)
    names = "; ".join(report.agency.short_name for report in asked)
    record(verb="asked agencies", by=by, target=death, changes={"due": (None, due)}, reason=names)
    return asked


def _ask(death: Death, agency: Agency, due: dt.date, today: dt.date) -> AgencyReport | None:
    report, is_new = AgencyReport.objects.get_or_create(
        death=death, agency=agency, defaults={"asked_on": today, "due": due}
    )
    if not is_new and report.state != ReportState.NOT_NEEDED:
        return None
    report.state, report.asked_on, report.due = ReportState.ASKED, today, due
    report.save(update_fields=["state", "asked_on", "due"])
    return report


@transaction.atomic
def chase(*, reports: Sequence[AgencyReport], by: Actor, today: dt.date) -> int:
    """Remind the agencies of reports they owe, each at most once a day. Returns how many were reminded."""
    must_manage(by)
    owed = AgencyReport.objects.select_for_update(of=("self",)).select_related("agency", "death")
    chased = 0
    for report in owed.filter(pk__in=[one.pk for one in reports], state=ReportState.ASKED, death__state="open"):
        if report.chased_on == today:
            continue
        report.chased_on, report.chased_times = today, report.chased_times + 1
        report.save(update_fields=["chased_on", "chased_times"])
        _tell(report, "is still missing", today)
        record(verb="chased a report", by=by, target=report.death, reason=report.agency.short_name)
        chased += 1
    return chased


@transaction.atomic
def save_answers(*, report: AgencyReport, version: int, answers: Answers, by: Actor) -> AgencyReport:
    """Keep what an agency has written so far. Raises Overtaken when somebody else saved meanwhile."""
    report = _being_answered(report, version, by)
    _write(report, answers)
    record(verb="wrote an agency report", by=by, target=report.death, reason=report.agency.short_name)
    return report


@transaction.atomic
def send_report(*, report: AgencyReport, version: int, answers: Answers, by: Actor, today: dt.date) -> AgencyReport:
    """Send the report. Not known and not applicable are answers, a blank is none."""
    report = _being_answered(report, version, by)
    _write(report, answers)
    missing = unanswered(version_of(report.death.form_version), report.answers)
    if missing:
        first = missing[0]
        raise RuleBroken(
            f"“{first.text}” has no answer. Answer it, or choose “Not known to us” or “Does not apply”.",
            field=f"{first.code}_kind",
        )
    return _sent(report, ReportState.SENT, "sent an agency report", by, today)


@transaction.atomic
def say_not_known(*, report: AgencyReport, by: Actor, today: dt.date) -> AgencyReport:
    """The agency never knew the child: a report in itself."""
    report = _being_answered(report, report.version, by)
    return _sent(report, ReportState.NOT_KNOWN, "did not know the child", by, today)


@transaction.atomic
def drop_request(*, report: AgencyReport, by: Actor) -> AgencyReport:
    """A report that is not needed any more."""
    must_manage(by)
    report = AgencyReport.objects.select_for_update(of=("self",)).select_related("agency", "death").get(pk=report.pk)
    if not report.is_owed:
        raise RuleBroken("Only a report that is still owed can be dropped.")
    report.state = ReportState.NOT_NEEDED
    report.save(update_fields=["state"])
    record(verb="dropped a request", by=by, target=report.death, reason=report.agency.short_name)
    return report


def may_answer(by: Actor, report: AgencyReport) -> bool:
    """The lead of the agency; and the officer, who writes down what came by letter."""
    return (
        by is None
        or by.for_whole_board(Permission.MANAGE_CHILD_DEATHS)
        or report.agency_id in by.agencies_where(Permission.ANSWER_CHILD_DEATHS)
    )


def _being_answered(report: AgencyReport, version: int, by: Actor) -> AgencyReport:
    if not may_answer(by, report):
        raise PermissionDenied
    report = AgencyReport.objects.select_for_update(of=("self",)).select_related("agency", "death").get(pk=report.pk)
    if not report.is_owed or not report.death.is_open:
        raise RuleBroken("This report is not owed any more. What was sent stays as it is.")
    check_version(report.version, version, report)
    return report


def _write(report: AgencyReport, answers: Answers) -> None:
    known = {question.code for question in version_of(report.death.form_version).questions}
    kinds = set(Answer)
    report.answers = {
        code: {"kind": one.get("kind", ""), "text": one.get("text", "").strip()}
        for code, one in answers.items()
        if code in known and (one.get("kind") in kinds or one.get("text", "").strip())
    }
    report.version += 1
    report.save(update_fields=["answers", "version"])


def _sent(report: AgencyReport, state: ReportState, verb: str, by: Actor, today: dt.date) -> AgencyReport:
    report.state, report.sent_on, report.sent_by = state, today, by
    report.save(update_fields=["state", "sent_on", "sent_by"])
    record(verb=verb, by=by, target=report.death, reason=report.agency.short_name)
    return report


def _tell(report: AgencyReport, what: str, today: dt.date) -> None:
    """One e-mail to each lead of the agency, without a word of the case."""
    for email in people_who(Permission.ANSWER_CHILD_DEATHS, on=today, agency=report.agency_id):
        queue_email(
            unique_key=f"report {report.pk} {what} {today} {email}",
            to=email,
            subject=f"A report {what}",
            body=(
                f"A report of your agency to the {naming().board} {what}. It is due on {day(report.due)}.\n\n"
                f"{settings.PORTAL_URL}{report.get_absolute_url()}\n\n"
                "The officer of the panel tells your agency by telephone or secure mail whom it is about.\n"
            ),
        )
