"""What is done with a multi-agency audit by who runs audits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from audits.models import Audit, AuditFinding, AuditRecommendation, AuditReturn, AuditTool
from audits.multiagency import forms, services
from boards.models import Group, Theme
from lscb.accounts.access import check_access
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned
from lscb.actions.forms import ActionForm
from lscb.actions.views import asked
from lscb.common.forms import show_day
from lscb.common.periods import Month

from .multiagency import ReadsAudits, crumbs, stage_tag

LOOKS_ON = "monitoring-and-evaluation"
"""Offered as the group that looks on, where the board has a group of that code."""


def _choices(user: User, today: dt.date, *, chosen: Audit | None = None) -> dict[str, QuerySet[Any]]:
    """What the form offers: groups that run today and those chosen, the themes of all years."""
    groups = Group.objects.visible_to(user).running(today)
    if chosen:
        groups = groups | Group.objects.visible_to(user).filter(Q(pk=chosen.lead_group_id) | Q(pk=chosen.looking_on_id))
    return {"groups": groups, "themes": Theme.objects.visible_to(user).order_by("-year", "number")}


class ManagesAudits(ReadsAudits, Change):
    """A form for who runs audits."""

    right = Permission.MANAGE_AUDITS
    template_name = "audits/multiagency/form.html"


class PlanAudit(ManagesAudits):
    form_class = forms.PlanForm
    title = "Plan an audit"
    done = "The audit is on the schedule."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | _choices(self.user, self.today)

    def get_initial(self) -> dict[str, Any]:
        return {"looking_on": Group.objects.filter(code=LOOKS_ON).first()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.plan_audit(on=self.today, by=self.user, **data)


class ChangesAudit(ManagesAudits):
    """A form about one audit. First whether it exists for this person (404), then whether it is theirs (403)."""

    warning: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    submit: ClassVar[str] = ""
    form_class: Any = forms.NothingToEnter

    @cached_property
    def audit(self) -> Audit:
        return self.find_audit(self.kwargs["pk"])

    def find_audit(self, pk: Any) -> Audit:
        related = Audit.objects.visible_to(self.user).select_related("lead_group", "looking_on", "tool", "plan")
        return get_object_or_404(related, pk=pk)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, None)
        if self.audit and not self.user.may(Permission.MANAGE_AUDITS):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | ({"submit_label": self.submit} if self.submit else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = crumbs((self.audit.title, self.audit.get_absolute_url()))
        words = {"breadcrumbs": above, "warning": self.warning, "intro": self.intro, "audit": self.audit}
        return super().get_context_data(**{**words, "state": stage_tag(self.audit), **kwargs})


class ChangesTexts(Versioned, ChangesAudit):
    """A form over texts of an audit."""

    @property
    def record(self) -> Any:
        return self.audit


class ChangeAudit(ChangesTexts):
    form_class = forms.ChangeForm
    title = "Change an audit"
    done = "The audit is changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        tools = AuditTool.objects.visible_to(self.user)
        return super().get_form_kwargs() | _choices(self.user, self.today, chosen=self.audit) | {"tools": tools}

    def values(self, record: Audit) -> dict[str, Any]:
        names = [name for name in services.FACTS if name not in ("scheduled_from", "scheduled_to")]
        return {name: getattr(record, name) for name in names} | {
            "first": Month.containing(record.scheduled_from),
            "last": Month.containing(record.scheduled_to),
            "themes": list(record.themes.all()),
        }

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_audit(audit=self.audit, by=self.user, today=self.today, **data)


# ---- Cases and agencies ---------------------------------------------------------------------------------------------


class AddCase(ChangesAudit):
    form_class, title = forms.CaseForm, "Add a case"
    done = "The case is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_case(audit=self.audit, by=self.user, **data)
        return self.audit


class AskAgencies(ChangesAudit):
    form_class, title = forms.AskForm, "Ask the agencies"
    done = "The agencies are asked. Who fills in their returns is told by e-mail."

    def get_form_kwargs(self) -> dict[str, Any]:
        agencies = Agency.objects.visible_to(self.user).active(self.today)
        return super().get_form_kwargs() | {"agencies": agencies, "today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cases = self.audit.cases.count()
        words = "1 case" if cases == 1 else f"{cases} cases"
        intro = (
            f"Each agency makes one return for each case. This audit has {words}. Who was asked before stays as it is."
        )
        return super().get_context_data(**{"intro": intro, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.ask_agencies(audit=self.audit, by=self.user, today=self.today, **data)
        return self.audit


class ChaseAgencies(ChangesAudit):
    title, submit = "Chase the agencies", "Send the reminders"
    done = "The agencies are reminded."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        owed = AuditReturn.objects.visible_to(self.user).owed().filter(case__audit=self.audit)
        names = list(Agency.objects.filter(pk__in=owed.values("agency")).values_list("name", flat=True))
        intro = f"A reminder goes to {'; '.join(names)}." if names else "No agency owes a return to this audit."
        return super().get_context_data(**{"intro": intro, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.chase_agencies(audit=self.audit, by=self.user, today=self.today)
        return self.audit


class AddWorkshop(ChangesAudit):
    form_class, title, done = forms.WorkshopForm, "Add a workshop", "The workshop is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_workshop(audit=self.audit, by=self.user, **data)
        return self.audit


# ---- From stage to stage --------------------------------------------------------------------------------------------


class _Stage(ChangesAudit):
    """A stage that is reached on a day."""

    call: ClassVar[Callable[..., Any]]
    form_class: Any = forms.StageForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        type(self).call(audit=self.audit, by=self.user, today=self.today, **data)
        return self.audit


class BeginFieldwork(_Stage):
    title, submit, call = "Begin the fieldwork", "Begin the fieldwork", services.begin_fieldwork
    intro = "Asking the agencies begins it by itself. Begin it here for an audit that asks for no returns."
    done = "The audit is under way."


class CloseReturns(_Stage):
    title, submit, call = "Close the returns", "Close the returns", services.close_returns
    warning = "What is still due becomes “no return”, and the report says so. A return that comes later is still taken."
    done = "The returns are closed."


class ReportFindings(_Stage):
    title, submit, call = "Report the findings", "Report the findings", services.report_findings
    warning = (
        "The lead group and the group that looks on read the findings from now on. Agencies read the moderated grades "
        "of their own returns."
    )
    done = "The findings are reported."


class CloseAudit(_Stage):
    title, submit, call = "Close the audit", "Close the audit", services.close_audit
    warning = "Nothing is changed in an audit that is closed."
    done = "The audit is closed."


class CancelAudit(_Stage):
    form_class, title, call = forms.CancelForm, "The audit is not carried out", services.cancel_audit
    warning = "The audit leaves the schedule and stays on record with the reason. It is not taken up again."
    done = "The audit is recorded as not carried out."


class SmallNumbers(ChangesAudit):
    """A named person lets the annual report print few children, or hides them again."""

    title = "Small numbers in the annual report"
    intro = (
        "The annual report does not print how many children were in an audit, or what became of them, where it would "
        "count from one to five. Showing them is your decision, with your name and reason on the record."
    )

    def get_form_class(self) -> Any:
        return forms.NothingToEnter if self.audit.shows_small_numbers else forms.SmallNumbersForm

    def get_form_kwargs(self) -> dict[str, Any]:
        hides = {"submit_label": "Hide small numbers again"} if self.audit.shows_small_numbers else {}
        return super().get_form_kwargs() | hides

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audit = self.audit
        if audit.shows_small_numbers:
            shown = f"{audit.small_numbers_shown_by} let them be shown on {show_day(audit.small_numbers_shown_on)}"  # type: ignore[arg-type]
            kwargs |= {"intro": f"{shown}: {audit.small_numbers_because}"}
        return super().get_context_data(**kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        if self.audit.shows_small_numbers:
            return services.hide_small_numbers(audit=self.audit, by=self.user)
        return services.show_small_numbers(audit=self.audit, by=self.user, today=self.today, **data)


# ---- What came of it ------------------------------------------------------------------------------------------------


class AddFinding(ChangesAudit):
    form_class, title, done = forms.FindingForm, "Add a finding", "The finding is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_finding(audit=self.audit, by=self.user, **data)
        return self.audit


class _OfFinding(ChangesAudit):
    @cached_property
    def finding(self) -> AuditFinding:
        return get_object_or_404(AuditFinding.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @cached_property
    def audit(self) -> Audit:
        return self.find_audit(self.finding.audit_id)


class ChangeFinding(_OfFinding, ChangesTexts):
    form_class, title, done = forms.ChangeFindingForm, "Change a finding", "The finding is changed."

    @property
    def record(self) -> AuditFinding:
        return self.finding

    def values(self, record: AuditFinding) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("kind", "theme", "text", "public")}

    def do(self, data: dict[str, Any]) -> Any:
        services.change_finding(finding=self.finding, by=self.user, **data)
        return self.audit


class RemoveFinding(_OfFinding):
    title, submit, done = "Remove a finding", "Remove the finding", "The finding is removed."
    warning = "The finding is taken away for good. The record of the audit says that it was there."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": self.finding.text, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        return services.remove_finding(finding=self.finding, by=self.user)


class Recommend(ChangesAudit):
    form_class, title, done = forms.RecommendForm, "Add a recommendation", "The recommendation is added."

    def do(self, data: dict[str, Any]) -> Any:
        services.recommend(audit=self.audit, by=self.user, **data)
        return self.audit


class PlanRecommendedAction(ChangesAudit):
    form_class, title, done = ActionForm, "Plan an action", "The action is in the plan of the audit."

    @cached_property
    def recommendation(self) -> AuditRecommendation:
        return get_object_or_404(AuditRecommendation.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @cached_property
    def audit(self) -> Audit:
        return self.find_audit(self.recommendation.audit_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": f"It follows from: {self.recommendation.text}", **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.plan_action(
            recommendation=self.recommendation,
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            on=self.today,
            today=self.today,
            by=self.user,
        )
        return self.audit
