"""Multi-agency audits in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from audits.models import Audit, AuditCase, AuditGrade, AuditReturn
from audits.multiagency import services
from audits.multiagency.services import Said
from boards.models import Group
from lscb.accounts.models import Agency
from lscb.common.periods import Month
from tests.actions.factories import AgencyFactory
from tests.boards.factories import a_group

PLANNED = dt.date(2016, 4, 4)
ASKED = dt.date(2016, 9, 12)
DUE = dt.date(2016, 10, 14)
TODAY = dt.date(2016, 11, 30)


def a_tool(title: str = "Tool") -> Any:
    grades, questions = ("Good", "Requires improvement"), ("Was risk seen?", "Was the child heard?")
    return services.make_tool(title=title, grades=grades, questions=questions, by=None)


def an_audit(lead: Group | None = None, **kwargs: Any) -> Audit:
    """On the schedule from September to November 2016, with a tool."""
    given = {"title": "Neglect", "kind": "thematic", "subject": "Neglect", **kwargs}
    given.setdefault("first", Month(2016, 9))
    given.setdefault("last", Month(2016, 11))
    if "tool" not in given:
        given["tool"] = a_tool(f"Tool for {given['title']}")
    lead = lead or Group.objects.filter(short_name="Monitoring").first() or a_group("Monitoring")
    return services.plan_audit(lead_group=lead, on=PLANNED, by=None, **given)


def a_case(audit: Audit, pseudonym: str = "Case A", **kwargs: Any) -> AuditCase:
    given = {"age_band": "5_9", "risk": "high", "plan_status": "protection", **kwargs}
    return services.add_case(audit=audit, pseudonym=pseudonym, by=None, **given)


def asked(audit: Audit, *agencies: Agency, **kwargs: Any) -> list[AuditReturn]:
    """Agencies asked on `ASKED` for returns due on `DUE`; a case is added where there is none."""
    if not audit.cases.exists():
        a_case(audit)
    given = {"due": DUE, "today": ASKED, "by": None, **kwargs}
    services.ask_agencies(audit=audit, agencies=agencies or [AgencyFactory()], **given)
    return list(AuditReturn.objects.filter(case__audit=audit).order_by("case__number", "agency__name"))


def grade(one: AuditReturn, label: str = "Good") -> AuditGrade:
    return AuditGrade.objects.get(tool=one.case.audit.tool, label=label)


def filled(one: AuditReturn, **kwargs: Any) -> dict[str, Any]:
    """Everything that a return needs to be sent."""
    own = grade(one)
    questions = one.case.audit.tool.questions.all()  # type: ignore[union-attr]
    return {
        "audit_return": one,
        "version": AuditReturn.objects.get(pk=one.pk).version,
        "own_grade": own,
        "account": "We acted at once.",
        "said": {question.pk: Said(own, "In the file.") for question in questions},
        "by": None,
        **kwargs,
    }


def sent(one: AuditReturn, **kwargs: Any) -> AuditReturn:
    return services.send_return(**filled(one, **{"on": DUE, **kwargs}))


def moderated(one: AuditReturn, label: str = "Good", reason: str = "Seen in the file.") -> AuditCase:
    case = AuditCase.objects.get(pk=one.case_id)
    given = services.Moderated(grade(one, label), reason)
    return services.moderate_case(
        case=case,
        version=case.version,
        grade=grade(one, label),
        outcome="reduced",
        outcome_note="",
        moderated={str(one.pk): given},
        by=None,
    )


def reported(audit: Audit, **kwargs: Any) -> Audit:
    """Closed, with one finding of each kind, and reported. Returns that came must be moderated before."""
    when: dict[str, Any] = {"on": TODAY, "today": TODAY, "by": None}
    audit = fresh(audit)
    if audit.allows("began"):
        services.begin_fieldwork(audit=audit, **when)
    services.close_returns(audit=audit, **when)
    words = {"theme": "Chronologies", "text": "Inside words", "public": "Public words", **kwargs}
    services.add_finding(audit=audit, kind="gap", by=None, **words)
    services.add_finding(audit=audit, kind="strength", theme="Speed", text="Quick inside", public="", by=None)
    return services.report_findings(audit=audit, **when)


def fresh(audit: Audit) -> Audit:
    return Audit.objects.get(pk=audit.pk)
