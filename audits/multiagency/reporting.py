"""What multi-agency audits hand to the annual report: what was audited and found, and next year's schedule.

The report is public, and a case is a child. How many children were in an audit and what became of them is printed by
the rule for small numbers, unless a named person let it be shown (`show_small_numbers`). Of a finding only the words
written for the report are printed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.text import slugify

from lscb.actions.models import Action, ActionEvent, Kind
from lscb.actions.querysets import ActionQuerySet
from lscb.common.chapters import (
    Block,
    Chapter,
    Column,
    Fact,
    Figure,
    ListOfItems,
    Note,
    Section,
    Table,
    in_line,
    of_fact,
)
from lscb.common.counted import Counted, rows_at
from lscb.common.periods import FinancialYear
from lscb.common.small_numbers import Cell, Hidden, SmallNumberPolicy, suppress_row
from lscb.common.templatetags.portal import day

from ..models import Audit, AuditCase, AuditFinding, AuditReturn, CaseOutcome, FindingKind, ReturnStatus
from .querysets import AuditQuerySet, AuditReturnQuerySet
from .reading import Silent, silent

POLICY = SmallNumberPolicy(threshold=5)
EVERYTHING = SmallNumberPolicy(threshold=0)
AUDITS, RETURNS, ACTIONS = "audits:audit_list", "audits:audit_return_list", "actions:mine"


def _reported(year: FinancialYear, as_at: dt.date) -> AuditQuerySet:
    return Audit.objects.begun_in(year).reported_by(as_at)


def _returns(status: ReturnStatus, year: FinancialYear, as_at: dt.date) -> AuditReturnQuerySet:
    return AuditReturn.objects.filter(case__audit__in=_reported(year, as_at).values("pk"), status=status)


def _actions(year: FinancialYear, as_at: dt.date) -> ActionQuerySet:
    added = ActionEvent.objects.filter(kind=Kind.ADDED, on__lte=as_at)
    return Action.objects.filter(plan__audit__in=_reported(year, as_at).values("pk"), pk__in=added.values("action"))


def _actions_done(year: FinancialYear, as_at: dt.date) -> ActionQuerySet:
    actions, signed_off = _actions(year, as_at), ActionEvent.objects.filter(kind=Kind.SIGNED_OFF, on__lte=as_at)
    outstanding = Action.objects.outstanding(as_at)
    return actions.filter(pk__in=signed_off.values("action")).exclude(pk__in=outstanding.values("pk"))


COUNTED: Mapping[str, Counted] = {
    "audits.audits": Counted("Audits that were reported", _reported),
    "audits.next_year": Counted(
        "Audits on next year’s schedule", lambda year, as_at: Audit.objects.scheduled_in(year.next)
    ),
}
COUNTED_RETURNS: Mapping[str, Counted] = {
    "audits.agencies": Counted("Returns received for audits", partial(_returns, ReturnStatus.RECEIVED)),
    "audits.no_return": Counted("No return for an audit", partial(_returns, ReturnStatus.NO_RETURN)),
}
COUNTED_ACTIONS: Mapping[str, Counted] = {
    "audits.actions": Counted("Actions of audits", _actions),
    "audits.actions_done": Counted("Actions of audits signed off", _actions_done),
}


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
    reported = _reported(year, as_at).select_related("lead_group")
    told = [_told(audit) for audit in reported.order_by("scheduled_from", "title")]
    coming = list(Audit.objects.scheduled_in(year.next).order_by("scheduled_from", "title"))
    facts = _facts(year, as_at, told, coming)
    shown = {fact.name: of_fact(f"audits.{fact.name}", fact.shown) for fact in facts}
    return Chapter(
        slug="audits",
        title="Audits",
        lead=_lead(year, told),
        figures=(
            Figure(shown["audits"], f"audits of {year} reported"),
            Figure(shown["agencies"], "agencies made returns to them"),
            Figure(shown["recommendations"], "recommendations, each with who does what"),
        ),
        sections=tuple(_sections(year, told, coming, shown)),
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
    number = ("One audit was",) if len(told) == 1 else (of_fact("audits.audits", str(len(told))), " audits were")
    kept_quiet = sorted({one.agency for each in told for one in each.silent})
    gap = f" {_and(kept_quiet)} gave no return where they were asked." if kept_quiet else ""
    return in_line(*number, f" carried out with the agencies that knew the children.{gap}")


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# ---- Facts ----------------------------------------------------------------------------------------------------------


def _facts(year: FinancialYear, as_at: dt.date, told: Sequence[Told], coming: Sequence[Audit]) -> list[Fact]:
    source = f"Multi-agency audits, as at {day(as_at)}"
    audits = [one.audit for one in told]
    received = _returns(ReturnStatus.RECEIVED, year, as_at).order_by()
    agencies = received.values("agency").distinct().count()
    no_return = len({each.agency for one in told for each in one.silent})
    recommended = sum(audit.recommendations.count() for audit in audits)
    added, done = _actions(year, as_at).count(), _actions_done(year, as_at).count()

    def rows(page: str, figure: str) -> str:
        return rows_at(page, f"audits.{figure}", year, as_at, **({"show": "all"} if page == ACTIONS else {}))

    def fact(name: str, number: int, label: str, page: str = AUDITS, figure: str = "") -> Fact:
        return Fact(name, number, str(number), label, source=source, rows=rows(page, figure or name))

    return [
        fact("audits", len(told), f"Audits of {year} whose findings were reported"),
        fact("agencies", agencies, "Agencies that made at least one return", RETURNS),
        fact("no_return", no_return, "Agencies that gave no return to an audit", RETURNS),
        fact("recommendations", recommended, "Recommendations of audits", figure="audits"),
        fact("actions", added, "Actions that followed from audits", ACTIONS),
        fact("actions_done", done, f"Actions of audits signed off by {day(as_at)}", ACTIONS),
        fact("next_year", len(coming), f"Audits on the schedule of {year.next}"),
        *_facts_of_children(told, source, rows(AUDITS, "audits")),
    ]


def _cases_of(one: Told) -> str:
    """What the fact of an audit's cases is called, where there is one."""
    return f"cases_{slugify(one.audit.subject or one.audit.title).replace('-', '_')}"


def _facts_of_children(told: Sequence[Told], source: str, rows: str) -> list[Fact]:
    """Children are counted in facts only where the count may be printed; the total only where every part may."""
    with_cases = [one for one in told if one.cases]
    facts = []
    for one in with_cases:
        if isinstance(one.number_of_cases, Hidden):
            continue
        number, label = len(one.cases), f"Cases in the audit “{one.audit}”"
        facts.append(Fact(_cases_of(one), number, str(number), label, source=source, rows=rows))
    if with_cases and len(facts) == len(with_cases):
        total = sum(len(one.cases) for one in with_cases)
        label = "Cases in all audits of the year"
        facts.append(Fact("cases", total, str(total), label, source=source, rows=rows))
    names = Counter(fact.name for fact in facts)
    return [fact for fact in facts if names[fact.name] == 1]


# ---- Sections -------------------------------------------------------------------------------------------------------


def _sections(
    year: FinancialYear, told: Sequence[Told], coming: Sequence[Audit], shown: Mapping[str, str]
) -> Iterator[Section]:
    """`shown` are the facts of the chapter as they are printed, by name."""
    if told:
        yield Section("What was audited", list(_audited(year, told, shown)))
    outcomes = list(_outcomes(told))
    if outcomes:
        yield Section("What the cases showed", outcomes)
    for one in told:
        if one.findings:
            yield Section(f"Findings: {one.audit.title}", list(_findings(one)), level=3)
    yield Section("Next year’s schedule", (_schedule(year.next, coming),))


def _audited(year: FinancialYear, told: Sequence[Told], shown: Mapping[str, str]) -> Iterator[Block]:
    headings = ("Audit", "Kind", "Overseen by", "Children’s cases", "Agencies", "No return from")
    columns = [Column(heading, place in (3, 4)) for place, heading in enumerate(headings)]
    rows = [
        (
            one.audit.title,
            one.audit.get_kind_display(),
            one.audit.lead_group.name,
            shown.get(_cases_of(one), str(one.number_of_cases)) if one.cases else "none",
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
