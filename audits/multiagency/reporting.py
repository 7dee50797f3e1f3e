"""What multi-agency audits hand to the annual report: what was audited and found, and next year's schedule.

The report is public, and a case is a child. How many children were in an audit and what became of them is printed by
the rule for small numbers, unless a named person let it be shown (`show_small_numbers`). Of a finding only the words
written for the report are printed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from lscb.actions.models import Action, ActionEvent, Kind
from lscb.common.chapters import Block, Chapter, Column, Fact, Figure, ListOfItems, Note, Section, Table
from lscb.common.periods import FinancialYear
from lscb.common.small_numbers import Cell, Hidden, SmallNumberPolicy, suppress_row
from lscb.common.templatetags.portal import day

from ..models import Audit, AuditCase, AuditFinding, AuditReturn, CaseOutcome, FindingKind, ReturnStatus
from .reading import Silent, silent

POLICY = SmallNumberPolicy(threshold=5)
EVERYTHING = SmallNumberPolicy(threshold=0)


@dataclass(frozen=True)
class Told:
    """What the public is told of one audit."""

    audit: Audit
    cases: Sequence[AuditCase]
    agencies: int
    silent: Sequence[Silent]
    findings: Sequence[AuditFinding]

    @property
    def policy(self) -> SmallNumberPolicy:
        return EVERYTHING if self.audit.shows_small_numbers else POLICY

    @property
    def number_of_cases(self) -> Cell:
        return self.policy.show(len(self.cases))


def audits_chapter(year: FinancialYear, as_at: dt.date) -> Chapter:
    """The audits of `year` whose findings were reported by `as_at`, and what is on the schedule of the year after."""
    reported = Audit.objects.begun_in(year).reported_by(as_at).select_related("lead_group")
    told = [_told(audit) for audit in reported.order_by("scheduled_from", "title")]
    coming = list(Audit.objects.scheduled_in(year.next).order_by("scheduled_from", "title"))
    facts = _facts(year, as_at, told, coming)
    shown = {fact.name: fact.shown for fact in facts}
    return Chapter(
        slug="audits",
        title="Audits",
        lead=_lead(year, told),
        figures=(
            Figure(shown["audits"], f"audits of {year} reported"),
            Figure(shown["agencies"], "agencies made returns to them"),
            Figure(shown["recommendations"], "recommendations, each with who does what"),
        ),
        sections=tuple(_sections(year, told, coming)),
        facts=facts,
    )


def _told(audit: Audit) -> Told:
    received = AuditReturn.objects.filter(case__audit=audit, status=ReturnStatus.RECEIVED).order_by()
    return Told(
        audit,
        list(audit.cases.select_related("grade")),
        received.values("agency").distinct().count(),
        silent(audit),
        list(audit.findings.exclude(public="")),
    )


def _lead(year: FinancialYear, told: Sequence[Told]) -> str:
    if not told:
        return f"No audit of {year} was reported."
    number = "One audit was" if len(told) == 1 else f"{len(told)} audits were"
    kept_quiet = sorted({one.agency for each in told for one in each.silent})
    gap = f" {_and(kept_quiet)} gave no return where they were asked." if kept_quiet else ""
    return f"{number} carried out with the agencies that knew the children.{gap}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# ---- Facts ----------------------------------------------------------------------------------------------------------


def _facts(year: FinancialYear, as_at: dt.date, told: Sequence[Told], coming: Sequence[Audit]) -> list[Fact]:
    source = f"Multi-agency audits, as at {day(as_at)}"
    audits = [one.audit for one in told]
    received = AuditReturn.objects.filter(case__audit__in=audits, status=ReturnStatus.RECEIVED).order_by()
    actions = Action.objects.filter(plan__audit__in=audits, events__kind=Kind.ADDED, events__on__lte=as_at)
    signed_off = ActionEvent.objects.filter(kind=Kind.SIGNED_OFF, on__lte=as_at).values("action")
    done = actions.filter(pk__in=signed_off).exclude(pk__in=actions.outstanding(as_at).values("pk"))
    counted: list[tuple[str, int, str]] = [
        ("audits", len(told), f"Audits of {year} whose findings were reported"),
        ("agencies", received.values("agency").distinct().count(), "Agencies that made at least one return"),
        ("no_return", len({s.agency for one in told for s in one.silent}), "Agencies that gave no return to an audit"),
        ("recommendations", sum(audit.recommendations.count() for audit in audits), "Recommendations of audits"),
        ("actions", actions.count(), "Actions that followed from audits"),
        ("actions_done", done.count(), f"Actions of audits signed off by {day(as_at)}"),
        ("next_year", len(coming), f"Audits on the schedule of {year.next}"),
    ]
    facts = [Fact(name, number, str(number), label, source=source) for name, number, label in counted]
    return facts + _facts_of_children(told, source)


def _facts_of_children(told: Sequence[Told], source: str) -> list[Fact]:
    """Children are counted in facts only where the count may be printed; the total only where every part may."""
    with_cases = [one for one in told if one.cases]
    facts = []
    for one in with_cases:
        if isinstance(one.number_of_cases, Hidden):
            continue
        number, key = len(one.cases), slugify(one.audit.subject or one.audit.title).replace("-", "_")
        facts.append(Fact(f"cases_{key}", number, str(number), f"Cases in the audit “{one.audit}”", source=source))
    if with_cases and len(facts) == len(with_cases):
        total = sum(len(one.cases) for one in with_cases)
        facts.append(Fact("cases", total, str(total), "Cases in all audits of the year", source=source))
    names = Counter(fact.name for fact in facts)
    return [fact for fact in facts if names[fact.name] == 1]


# ---- Sections -------------------------------------------------------------------------------------------------------


def _sections(year: FinancialYear, told: Sequence[Told], coming: Sequence[Audit]) -> Iterator[Section]:
    if told:
        yield Section("What was audited", list(_audited(year, told)))
    outcomes = list(_outcomes(told))
    if outcomes:
        yield Section("What the cases showed", outcomes)
    for one in told:
        if one.findings:
            yield Section(f"Findings: {one.audit.title}", list(_findings(one)), level=3)
    yield Section("Next year’s schedule", (_schedule(year.next, coming),))


def _audited(year: FinancialYear, told: Sequence[Told]) -> Iterator[Block]:
    headings = ("Audit", "Kind", "Overseen by", "Children’s cases", "Agencies", "No return from")
    columns = [Column(heading, place in (3, 4)) for place, heading in enumerate(headings)]
    rows = [
        (
            one.audit.title,
            one.audit.get_kind_display(),
            one.audit.lead_group.name,
            str(one.number_of_cases) if one.cases else "none",
            str(one.agencies) if one.cases else "none",
            "; ".join(each.agency for each in one.silent),
        )
        for one in told
    ]
    note = "Agencies are those that made a return. An audit without cases read policies, files and figures."
    yield Table(f"Audits of {year}", columns, rows, note=note)
    if any(isinstance(one.number_of_cases, Hidden) for one in told if one.cases):
        yield Note(f"Children are counted by the rule for small numbers. {POLICY.note}")


def _outcomes(told: Sequence[Told]) -> Iterator[Block]:
    """For each audit with cases: how many were graded what, and what became of the risk to the child."""
    for one in told:
        counts = _counts(one)
        if not counts:
            continue
        for what, numbers in counts.items():
            cells, total = suppress_row(list(numbers.values()), one.policy)
            rows = [(name, str(cell)) for name, cell in zip(numbers, cells, strict=True)]
            note = one.policy.note
            title = f"{one.audit.title}: {what}"
            yield Table(
                title, (Column(what.capitalize()), Column("Cases", True)), rows, note, ("All cases", str(total))
            )


def _counts(one: Told) -> dict[str, dict[str, int]]:
    """Grades of the scale in use and outcomes, those with nothing known left out whole."""
    found: dict[str, dict[str, int]] = {}
    graded = Counter(case.grade for case in one.cases if case.grade)
    if graded and graded.total() == len(one.cases):
        grades = sorted(graded, key=lambda grade: grade.rank)
        found["grades"] = {grade.label: graded[grade] for grade in grades}
    outcomes = Counter(case.outcome for case in one.cases if case.outcome)
    if outcomes.total() and outcomes.total() == len(one.cases):
        found["outcomes"] = {outcome.label: outcomes[outcome] for outcome in CaseOutcome}
    return found


def _findings(one: Told) -> Iterator[Block]:
    for kind, title in ((FindingKind.STRENGTH, "What works"), (FindingKind.GAP, "What must be better")):
        words = [f"{finding.theme}: {finding.public}" for finding in one.findings if finding.kind == kind]
        if kind == FindingKind.GAP:
            words += [f"Returns: {each.agency} gave no return." for each in one.silent]
        if words:
            yield ListOfItems(words, title)


def _schedule(year: FinancialYear, coming: Sequence[Audit]) -> Table:
    columns = (Column("Audit"), Column("Kind"), Column("Months"))
    rows = [(audit.title, audit.get_kind_display(), audit.months) for audit in coming]
    return Table(f"Audits on the schedule of {year}", columns, rows or [("No audit is on the schedule yet", "", "")])
