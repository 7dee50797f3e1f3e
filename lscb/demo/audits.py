"""The multi-agency audits of the demonstration: the four of 2016-17, and the schedule of 2017-18.

What was published and what is invented is told in `data/README.md`. Agencies' own answers are the portal's, because
most agencies have nobody who signs in here.
"""

from __future__ import annotations

import datetime as dt

from audits.models import Audit, AuditCase, AuditGrade, AuditQuestion, AuditReturn, AuditTool
from audits.multiagency import services
from audits.multiagency.services import Moderated, Said
from boards.models import Group, Theme
from lscb.accounts.models import Agency, User
from lscb.actions import services as actions
from lscb.actions.services import Asked
from lscb.common.forms import read_month
from lscb.common.periods import FinancialYear

from .boards import rows

YEAR = FinancialYear(2016)
TOOL = "Joint audit tool"
GRADES = ("Outstanding", "Good", "Requires improvement", "Inadequate")
QUESTIONS = (
    "Was risk to the child seen early and acted on?",
    "Did your agency know the child's own view, and did it count?",
    "Did your agency share what it knew with the others in time?",
    "Were plans clear about what must change, and by when?",
    "Was the worker supervised, and is that recorded?",
)
ACCOUNTS = (
    "We acted at once and told the others. The child's own words are missing in our record.",
    "Our worker saw the child often. We told the other agencies late.",
    "The plan was clear. Supervision took place but is not recorded.",
)
SILENT = {"domestic-abuse": ("NPS", "GPs"), "missing": ("Police", "Solent")}
"""Who gave no return to the dry run, and who still owes them to the audit that is under way."""
SCHEDULED_ON = dt.date(2017, 3, 9)

Row = dict[str, str]


def load_audits(agencies: dict[str, Agency], *, by: User) -> None:
    """After the groups, the themes and the agencies. `by` runs the audits."""
    loader = _Audits(agencies, by)
    for row in rows("audits"):
        loader.carry_out(row)
    for row in rows("audit_schedule"):
        loader.schedule(row)


class _Audits:
    def __init__(self, agencies: dict[str, Agency], by: User) -> None:
        self.by = by
        self.agencies = {agency.short_name: agency for agency in agencies.values()}
        self.groups = {group.code: group for group in Group.objects.all()}
        self.themes = {str(theme.number): theme for theme in Theme.objects.filter(year=YEAR)}
        self.tool = services.make_tool(title=TOOL, grades=GRADES, questions=QUESTIONS, by=by)
        self.grades = {grade.label: grade for grade in AuditGrade.objects.filter(tool=self.tool)}
        self.questions = list(AuditQuestion.objects.filter(tool=self.tool))

    def plan(self, row: Row, *, on: dt.date, tool: AuditTool | None = None) -> Audit:
        texts = {name: row.get(name, "") for name in ("subject", "terms_of_reference", "summary")}
        days = {
            name: _day(row.get(name, "")) for name in ("period_from", "period_to", "fieldwork_from", "fieldwork_to")
        }
        return services.plan_audit(
            title=row["title"],
            kind=row["kind"],
            lead_group=self.groups[row["lead_group"]],
            looking_on=self.groups.get(row["looking_on"]),
            first=read_month(row["first"]),
            last=read_month(row["last"]),
            themes=[self.themes[number] for number in row.get("themes", "").split() if number],
            team="\n".join(row.get("team", "").split("; ")),
            tool=tool,
            on=on,
            by=self.by,
            **texts,
            **days,
        )

    def schedule(self, row: Row) -> None:
        """An audit of 2017-18. The first is under way: agencies are asked, and not all of them have answered."""
        begun = _day(row["begun_on"])
        audit = self.plan(row, on=SCHEDULED_ON, tool=self.tool if begun else None)
        if begun:
            self._ask(audit, row, begun)

    def carry_out(self, row: Row) -> None:
        """From the plan to the findings, each step on its day."""
        begun, closed, reported = (
            dt.date.fromisoformat(row[name]) for name in ("begun_on", "closed_on", "reported_on")
        )
        tool = self.tool if row["agencies"] else None
        audit = self.plan(row, on=dt.date.fromisoformat(row["planned_on"]), tool=tool)
        cases = _cases(row["key"])
        if row["agencies"]:
            self._ask(audit, row, begun)
        else:
            services.begin_fieldwork(audit=audit, on=begun, by=self.by, today=begun)
        services.close_returns(audit=audit, on=closed, by=self.by, today=closed)
        for case in audit.cases.all():
            self._moderate(case, cases[case.pseudonym])
        self._find(audit, row["key"])
        services.report_findings(audit=audit, on=reported, by=self.by, today=reported)
        self._recommend(audit, row["key"])
        if cases:
            reason = "The board printed these numbers in its annual report of the year; no child can be known by them."
            services.show_small_numbers(audit=audit, reason=reason, by=self.by, today=reported)

    def _ask(self, audit: Audit, row: Row, begun: dt.date) -> None:
        cases = _cases(row["key"])
        for name, case in cases.items():
            facts = {field: case[field] for field in ("age_band", "risk", "plan_status")}
            services.add_case(audit=audit, pseudonym=name, by=self.by, **facts)
        asked = [self.agencies[name] for name in row["agencies"].split("; ")]
        due = dt.date.fromisoformat(row["due"])
        services.ask_agencies(audit=audit, agencies=asked, due=due, by=self.by, today=begun, tell=False)
        returns = AuditReturn.objects.filter(case__audit=audit).select_related("case", "agency")
        for place, one in enumerate(returns.order_by("agency__name", "case__number")):
            if one.agency.short_name not in SILENT.get(row["key"], ()):
                self._answer(one, cases[one.case.pseudonym], place)

    def _answer(self, one: AuditReturn, case: Row, place: int) -> None:
        on = one.due - dt.timedelta(days=place % 9) + dt.timedelta(days=3 if place % 13 == 0 else 0)
        if one.agency.short_name in case["not_involved"].split("; "):
            note = "Our records were searched under all names: the child is not known to us."
            services.report_no_involvement(audit_return=one, note=note, by=None, on=on)
            return
        services.send_return(
            audit_return=one,
            version=one.version,
            own_grade=self._drawn(place),
            account=ACCOUNTS[place % len(ACCOUNTS)],
            said={question.pk: Said(self._drawn(place + question.number)) for question in self.questions},
            by=None,
            on=on,
        )

    def _drawn(self, place: int) -> AuditGrade:
        """Invented, and the same each time: half of the agencies grade themselves good."""
        return self.grades["Good" if place * 7 % 11 < 6 else "Requires improvement"]

    def _moderate(self, case: AuditCase, row: Row) -> None:
        """The audit team lowers some grades, with a reason."""
        moderated = {}
        for place, one in enumerate(case.returns.filter(status="received").select_related("own_grade")):
            lowered = one.own_grade == self.grades["Good"] and place % 3 == 0
            grade = self.grades["Requires improvement"] if lowered else one.own_grade
            reason = "The child's own view is missing in the record." if lowered else ""
            moderated[str(one.pk)] = Moderated(grade, reason)
        services.moderate_case(
            case=case,
            version=case.version,
            grade=self.grades.get(row["grade"]),
            outcome=row["outcome"],
            outcome_note=row["outcome_note"],
            moderated=moderated,
            by=self.by,
        )

    def _find(self, audit: Audit, key: str) -> None:
        for row in rows("audit_findings"):
            if row["audit"] == key:
                words = {name: row[name] for name in ("kind", "theme", "text", "public")}
                services.add_finding(audit=audit, by=self.by, **words)
        for row in rows("audit_workshops"):
            if row["audit"] == key:
                held_on = dt.date.fromisoformat(row["held_on"])
                services.add_workshop(audit=audit, held_on=held_on, about=row["about"], by=self.by)

    def _recommend(self, audit: Audit, key: str) -> None:
        for row in rows("audit_recommendations"):
            if row["audit"] != key:
                continue
            on = dt.date.fromisoformat(row["on"])
            action = services.plan_action(
                recommendation=services.recommend(audit=audit, text=row["text"], by=self.by),
                what=row["action"],
                intended_outcome=row["outcome"],
                due=dt.date.fromisoformat(row["due"]),
                asked=[Asked(agency=self.agencies[name]) for name in row["asked"].split("; ")],
                on=on,
                today=on,
                by=self.by,
            )
            done_on = _day(row["done_on"])
            if done_on:
                forum = audit.lead_group.name
                actions.sign_off_actions(plan=action.plan, actions=[action], on=done_on, forum=forum, by=self.by)


def _cases(key: str) -> dict[str, Row]:
    """The cases of an audit by pseudonym."""
    return {row["pseudonym"]: row for row in rows("audit_cases") if row["audit"] == key}


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
