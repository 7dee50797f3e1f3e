"""What is read of an audit besides its rows: who gave no return, what became of its actions, how it stands beside the
last audit of the same subject. Page, document and annual report share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from lscb.actions.models import Action
from lscb.actions.views import WATCHED
from lscb.common.chapters import Column, Table

from ..models import Audit, AuditReturn, CaseOutcome, FindingKind, ReturnStatus


@dataclass(frozen=True)
class Silent:
    """An agency that gave no return for `cases` of the `of` cases about which it was asked."""

    agency: str
    cases: int
    of: int

    @property
    def sentence(self) -> str:
        if self.cases < self.of:
            return f"{self.agency} gave no return for {self.cases} of {self.of} cases."
        return f"{self.agency} gave no return{' for any case' if self.of > 1 else ''}."


def silent(audit: Audit) -> list[Silent]:
    """Who was asked and gave no return: a finding in itself."""
    counted: dict[str, Counter[str]] = {}
    for name, status in AuditReturn.objects.filter(case__audit=audit).values_list("agency__name", "status"):
        counted.setdefault(name, Counter())[status] += 1
    return [
        Silent(name, mine[ReturnStatus.NO_RETURN], mine.total())
        for name, mine in sorted(counted.items())
        if mine[ReturnStatus.NO_RETURN]
    ]


def actions_of(audit: Audit) -> QuerySet[Action]:
    """The actions of an audit's plan. Who reads its findings reads what became of them, also who looks on."""
    actions = Action.objects.filter(plan=audit.plan_id) if audit.plan_id else Action.objects.none()
    return actions.select_related("plan").prefetch_related(WATCHED)


# ---- Beside the last one --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """`again` are themes in which both audits found a gap, `new` those of the later one only, `gone` of the earlier."""

    before: Audit
    table: Table
    again: Sequence[str]
    new: Sequence[str]
    gone: Sequence[str]


def compare(before: Audit, audit: Audit) -> Compared:
    """Two audits of one subject, side by side. Grades are compared as counts: the scales may differ."""
    earlier, later = _counts(before), _counts(audit)
    names = list(dict.fromkeys([*later, *earlier]))
    rows = [(name, str(earlier.get(name, 0)), str(later.get(name, 0))) for name in names]
    columns = (Column("Counted"), Column(_name(before), True), Column(_name(audit), True))
    gaps_then, gaps_now = _gaps(before), _gaps(audit)
    return Compared(
        before=before,
        table=Table("Beside the last audit of this subject", columns, rows),
        again=[theme for key, theme in gaps_now.items() if key in gaps_then],
        new=[theme for key, theme in gaps_now.items() if key not in gaps_then],
        gone=[theme for key, theme in gaps_then.items() if key not in gaps_now],
    )


def _name(audit: Audit) -> str:
    return f"{audit.title}, {audit.year}"


def _counts(audit: Audit) -> dict[str, int]:
    returns = Counter(AuditReturn.objects.filter(case__audit=audit).values_list("status", flat=True))
    cases = list(audit.cases.select_related("grade"))
    kinds = Counter(audit.findings.values_list("kind", flat=True))
    counts = {
        "Cases": len(cases),
        "Agencies that made a return": audit_agencies(audit),
        "Returns received": returns[ReturnStatus.RECEIVED],
        "Returns never given": returns[ReturnStatus.NO_RETURN],
    }
    graded = Counter(case.grade for case in cases if case.grade)
    for grade in sorted(graded, key=lambda one: one.rank):
        counts[f"Cases graded {grade.label.lower()}"] = graded[grade]
    for outcome in CaseOutcome:
        counts[f"Cases: {outcome.label.lower()}"] = sum(case.outcome == outcome for case in cases)
    return counts | {"Strengths found": kinds[FindingKind.STRENGTH], "Gaps found": kinds[FindingKind.GAP]}


def audit_agencies(audit: Audit) -> int:
    """Agencies that made at least one return."""
    received = AuditReturn.objects.filter(case__audit=audit, status=ReturnStatus.RECEIVED)
    return received.order_by().values("agency").distinct().count()


def _gaps(audit: Audit) -> dict[str, str]:
    """Themes of gaps, as they are written, by how they compare."""
    themes = audit.findings.filter(kind=FindingKind.GAP).values_list("theme", flat=True)
    return {theme.casefold(): theme for theme in themes}
