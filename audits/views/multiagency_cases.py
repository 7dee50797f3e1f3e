"""One case of a multi-agency audit: what every agency returned, side by side, and the audit team's moderation."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from audits.models import Audit, AuditAnswer, AuditCase, AuditGrade, AuditReturn, AuditStage, ReturnStatus
from audits.multiagency import forms, services
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.trail.history import timeline
from lscb.trail.services import viewed

from .multiagency import crumbs, return_tag, stage_tag
from .multiagency_changes import ChangesTexts

CASES = (Permission.READ_RETURNS,)


class CasePage(Guarded, TemplateView):
    """Each view of a case is on the trail."""

    scope = CASES
    template_name = "audits/multiagency/case.html"

    @cached_property
    def case(self) -> AuditCase:
        related = AuditCase.objects.visible_to(self.user).select_related("audit", "grade")
        return get_object_or_404(related, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, today = self.case, timezone.localdate()
        viewed(case, by=self.user, named=f"Case {case.number}")
        manages = self.user.may(Permission.MANAGE_AUDITS)
        moderates = manages and case.audit.stage in (AuditStage.FIELDWORK, AuditStage.MODERATION)
        returns = list(returns_of(case))
        return super().get_context_data(
            title=case.pseudonym,
            case=case,
            audit=case.audit,
            state=stage_tag(case.audit),
            breadcrumbs=crumbs((case.audit.title, case.audit.get_absolute_url())),
            rows=_facts(case, manages and case.audit.is_changeable),
            returns=[{"one": one, "tag": return_tag(one, today)} for one in returns],
            answers=_answers(case, self.user, returns),
            moderates=moderates and any(one.is_in for one in returns),
            history=timeline(case),
            **kwargs,
        )


def returns_of(case: AuditCase) -> QuerySet[AuditReturn]:
    related = AuditReturn.objects.filter(case=case).select_related("agency", "own_grade", "moderated_grade", "case")
    return related.order_by("agency__name")


def _facts(case: AuditCase, changes: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("audits:audit_case_change", args=[case.pk])} if changes else {}
    return [
        {"key": "Age", "value": case.get_age_band_display(), **change},
        {"key": "Risk level", "value": case.get_risk_display(), **change},
        {"key": "Plan status", "value": case.get_plan_status_display(), **change},
        {"key": "Grade of the whole case", "value": case.grade.label if case.grade else "", "empty": "Not yet graded"},
        {"key": "Outcome for the child", "value": case.get_outcome_display(), "empty": "Not yet known"},
        {"key": "What changed for the child", "value": case.outcome_note, "empty": "Not yet written"},
    ]


def _answers(case: AuditCase, user: Any, returns: list[AuditReturn]) -> dict[str, Any] | None:
    """Question by question: the grade that each agency gave itself, of the returns that came."""
    came = [one for one in returns if one.is_in]
    if not came:
        return None
    answers = AuditAnswer.objects.visible_to(user).filter(audit_return__in=came).select_related("grade", "question")
    by_question: dict[Any, dict[Any, str]] = {}
    for answer in answers.order_by("question__number"):
        grade = answer.grade.label if answer.grade else ""
        by_question.setdefault(answer.question, {})[answer.audit_return_id] = grade
    return {
        "headings": [one.agency.short_name for one in came],
        "rows": [(str(question), [mine.get(one.pk, "") for one in came]) for question, mine in by_question.items()],
    }


class _OfCase(ChangesTexts):
    scope = CASES

    @cached_property
    def case(self) -> AuditCase:
        return get_object_or_404(AuditCase.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @cached_property
    def audit(self) -> Audit:
        return self.find_audit(self.case.audit_id)

    @property
    def record(self) -> AuditCase:
        return self.case

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audit = (self.audit.title, self.audit.get_absolute_url())
        above = crumbs(audit, (self.case.pseudonym, self.case.get_absolute_url()))
        return super().get_context_data(**{"breadcrumbs": above, "case": self.case, **kwargs})


class ChangeCase(_OfCase):
    form_class, title, done = forms.ChangeCaseForm, "Change a case", "The case is changed."

    def values(self, record: AuditCase) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("pseudonym", "age_band", "risk", "plan_status")}

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_case(case=self.case, by=self.user, **data)


class ModerateCase(_OfCase):
    """Every return that came, with the agency's own grade and what it found beside the audit team's grade."""

    template_name = "audits/multiagency/moderate.html"
    form_class, title, done = forms.ModerationForm, "Moderate a case", "The moderation is saved."

    @cached_property
    def returns(self) -> list[AuditReturn]:
        return list(returns_of(self.case).filter(status=ReturnStatus.RECEIVED))

    def get_form_kwargs(self) -> dict[str, Any]:
        grades = AuditGrade.objects.filter(tool=self.audit.tool_id)
        return super().get_form_kwargs() | {"returns": self.returns, "grades": grades}

    def values(self, record: AuditCase) -> dict[str, Any]:
        shown: dict[str, Any] = {name: getattr(record, name) for name in ("grade", "outcome", "outcome_note")}
        for one in returns_of(record).filter(status=ReturnStatus.RECEIVED):
            shown |= {f"grade_{one.pk}": one.moderated_grade, f"reason_{one.pk}": one.moderation_reason}
        return shown

    def form_valid(self, form: Any) -> Any:
        self.moderated = form.moderated()
        return super().form_valid(form)

    def do(self, data: dict[str, Any]) -> Any:
        whole = {name: data[name] for name in ("version", "grade", "outcome", "outcome_note")}
        return services.moderate_case(case=self.case, moderated=self.moderated, by=self.user, **whole)
