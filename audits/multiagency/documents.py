"""The report of an audit and its schedule as tagged PDFs and spreadsheets, drawn from the same values as the pages.

Who reads the cases gets them; the groups get the findings without any case and any agency's grade.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from lscb.actions.views import asked_of
from lscb.common.chapters import Column, Table
from lscb.common.pdf import print_pdf
from lscb.common.spreadsheets import Sheet, xlsx_bytes
from lscb.common.templatetags.portal import day
from lscb.common.words import naming

from ..models import Audit, AuditFinding, AuditReturn, CaseOutcome, FindingKind
from .reading import actions_of, compare, silent
from .schedule import Schedule


@dataclass(frozen=True)
class AuditReport:
    """What is printed of an audit. `cases` and `returns` are None for who reads no case."""

    audit: Audit
    as_at: dt.date
    facts: Sequence[tuple[str, str]]
    cases: Table | None
    returns: Table | None
    outcomes: Table | None
    silent: Sequence[str]
    strengths: Sequence[AuditFinding]
    gaps: Sequence[AuditFinding]
    workshops: Sequence[str]
    recommendations: Sequence[str]
    actions: Table | None
    compared: Table | None
    again: Sequence[str]


def gather(audit: Audit, *, reads_cases: bool, before: Audit | None, as_at: dt.date) -> AuditReport:
    """`before` is the last audit of the same subject that the reader may read."""
    findings = list(audit.findings.all())
    compared = compare(before, audit) if before else None
    return AuditReport(
        audit=audit,
        as_at=as_at,
        facts=_facts(audit),
        cases=_cases(audit) if reads_cases else None,
        returns=_returns(audit) if reads_cases else None,
        outcomes=_outcomes(audit),
        silent=[one.sentence for one in silent(audit)],
        strengths=[one for one in findings if one.kind == FindingKind.STRENGTH],
        gaps=[one for one in findings if one.kind == FindingKind.GAP],
        workshops=[f"{day(one.held_on)}: {one.about}" for one in audit.workshops.all()],
        recommendations=[one.text for one in audit.recommendations.all()],
        actions=_actions(audit),
        compared=compared.table if compared else None,
        again=compared.again if compared else (),
    )


def _facts(audit: Audit) -> list[tuple[str, str]]:
    facts = (
        ("Kind", audit.get_kind_display()),
        ("Subject", audit.subject),
        ("On the schedule", audit.months),
        ("Lead group", audit.lead_group.name),
        ("Looking on", audit.looking_on.name if audit.looking_on else ""),
        ("Audit team", "; ".join(audit.team.splitlines())),
        ("Period audited", _span(audit.period_from, audit.period_to)),
        ("Fieldwork", _span(audit.fieldwork_from, audit.fieldwork_to)),
        ("Tool", str(audit.tool or "")),
        ("Stage", audit.get_stage_display()),
    )
    return [(name, value) for name, value in facts if value]


def _span(start: dt.date | None, end: dt.date | None) -> str:
    return f"{day(start)} to {day(end)}" if start and end else ""


def _cases(audit: Audit) -> Table | None:
    headings = ("Case", "Age", "Risk level", "Plan status", "Grade", "Outcome for the child")
    rows = [
        (
            case.pseudonym,
            case.get_age_band_display(),
            case.get_risk_display(),
            case.get_plan_status_display(),
            case.grade.label if case.grade else "",
            case.get_outcome_display(),
        )
        for case in audit.cases.select_related("grade")
    ]
    return Table("The cases", [Column(one) for one in headings], rows) if rows else None


RETURN_HEADINGS = ("Case", "Agency", "Due", "Status", "Received", "Own grade", "Moderated grade", "Reason")


def _return_rows(audit: Audit) -> list[tuple[str, ...]]:
    returns = AuditReturn.objects.filter(case__audit=audit).order_by("case__number", "agency__name")
    return [
        (
            one.case.pseudonym,
            one.agency.name,
            day(one.due),
            one.get_status_display(),
            day(one.received_on),
            one.own_grade.label if one.own_grade and one.is_in else "",
            one.moderated_grade.label if one.moderated_grade else "",
            one.moderation_reason,
        )
        for one in returns.select_related("case", "agency", "own_grade", "moderated_grade")
    ]


def _returns(audit: Audit) -> Table | None:
    """By agency: how many of its returns came, and how often the audit team graded otherwise."""
    returns = AuditReturn.objects.filter(case__audit=audit).select_related("agency").order_by("agency__name")
    by_agency: dict[str, list[AuditReturn]] = {}
    for one in returns:
        by_agency.setdefault(one.agency.name, []).append(one)
    rows = [_agency_row(name, mine) for name, mine in by_agency.items()]
    headings = ("Agency", "Received", "No involvement", "No return", "Still due", "Graded otherwise")
    columns = [Column(heading, place > 0) for place, heading in enumerate(headings)]
    return Table("Returns by agency", columns, rows) if rows else None


def _agency_row(name: str, returns: Sequence[AuditReturn]) -> tuple[str, ...]:
    counts = Counter(one.status for one in returns)
    otherwise = sum(one.moderated_grade_id not in (None, one.own_grade_id) for one in returns)
    statuses = ("received", "no_involvement", "no_return", "due")
    return (name, *(str(counts[status]) for status in statuses), str(otherwise))


def _outcomes(audit: Audit) -> Table | None:
    """How many cases had which grade and which outcome."""
    cases = list(audit.cases.select_related("grade"))
    if not cases:
        return None
    graded = Counter(case.grade for case in cases if case.grade)
    rows = [(f"Graded {grade.label.lower()}", str(graded[grade])) for grade in sorted(graded, key=lambda one: one.rank)]
    counted = Counter(case.outcome for case in cases)
    rows += [(CaseOutcome(one).label, str(counted[one])) for one in CaseOutcome if counted[one]]
    columns = (Column("Grade or outcome"), Column("Cases", True))
    return Table("Grades and outcomes of the cases", columns, rows, total=("All cases", str(len(cases))))


def _actions(audit: Audit) -> Table | None:
    rows = [
        (action.what, asked_of(action), day(action.due), action.get_state_display())
        for action in actions_of(audit).order_by("number")
    ]
    columns = [Column(one) for one in ("Action", "Who", "Due", "State")]
    return Table("Actions that follow", columns, rows) if rows else None


def as_pdf(report: AuditReport) -> bytes:
    """Raises RuleBroken with a sentence when it cannot be printed."""
    words = {"report": report, "title": f"Audit: {report.audit.title}", "marking": report.cases is not None}
    return _print("audits/multiagency/print.html", words, report.as_at, f"{report.audit.pk} {report.audit.version}")


def schedule_as_pdf(schedule: Schedule, *, as_at: dt.date) -> bytes:
    words = {"table": schedule.as_table(), "title": f"Audit schedule {schedule.year}"}
    return _print("audits/multiagency/print_schedule.html", words, as_at, f"schedule {schedule.year}")


def _print(template: str, words: dict[str, object], on: dt.date, identifier: str) -> bytes:
    shared = {"board": naming().board_name, "created": on.isoformat(), "as_at": on, "brand": naming().brand_colour}
    return print_pdf(render_to_string(template, words | shared), pictures=frozenset(), identifier=identifier).pdf


def as_xlsx(report: AuditReport) -> bytes:
    audit = report.audit
    sheets = [Sheet("Audit", ("Fact", "Value"), [*report.facts, ("Terms of reference", audit.terms_of_reference)])]
    if report.cases:
        sheets.append(_sheet("Cases", report.cases))
        sheets.append(Sheet("Returns", RETURN_HEADINGS, _return_rows(audit)))
    if report.outcomes:
        sheets.append(_sheet("Outcomes", report.outcomes))
    found = [(one.number, one.get_kind_display(), one.theme, one.text) for one in audit.findings.all()]
    sheets.append(Sheet("Findings", ("Number", "Kind", "Theme", "What was found"), found))
    sheets.append(Sheet("No return", ("Finding",), [(one,) for one in report.silent]))
    sheets.append(Sheet("Recommendations", ("Recommendation",), [(one,) for one in report.recommendations]))
    if report.actions:
        sheets.append(_sheet("Actions", report.actions))
    if report.compared:
        sheets.append(_sheet("Last audit", report.compared))
    return xlsx_bytes(sheets)


def schedule_as_xlsx(schedule: Schedule) -> bytes:
    return xlsx_bytes([_sheet("Schedule", schedule.as_table())])


def _sheet(title: str, table: Table) -> Sheet:
    rows = [
        [
            int(text) if column.numeric and text.isdecimal() else text
            for column, text in zip(table.columns, row, strict=True)
        ]
        for row in [*table.rows, *([table.total] if table.total else [])]
    ]
    return Sheet(title, [column.heading for column in table.columns], rows)
