"""Recommendations and their actions, themes of a review, and the briefing that agencies confirm."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from casereviews import briefing_documents, forms
from casereviews.access import MANAGE, may_confirm, reads
from casereviews.models import Briefing, CaseReview, Recommendation
from casereviews.querysets import TEACHES
from casereviews.services import learning
from lscb.accounts.access import Guarded, person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import AsRead
from lscb.actions.forms import ActionForm
from lscb.actions.views import asked
from lscb.common.errors import RuleBroken
from lscb.common.lists import ListColumn, ListPage
from lscb.common.words import worded
from lscb.trail.services import viewed

from .base import ChangesReview, VersionedChange


class SetThemes(ChangesReview, AsRead):
    form_class = forms.ThemesForm
    title = "Themes of a review"
    done = "The themes are saved."

    @property
    def record(self) -> CaseReview:
        return self.review

    def values(self, record: CaseReview) -> dict[str, Any]:
        return {"themes": list(record.themes.all())}

    def do(self, data: dict[str, Any]) -> Any:
        return learning.set_themes(review=self.review, themes=data["themes"], by=self.user)


class AddRecommendation(ChangesReview):
    form_class = forms.RecommendationForm
    title = "Add a recommendation"
    done = "The recommendation is added. Answer it with an action."

    def do(self, data: dict[str, Any]) -> Any:
        learning.add_recommendation(review=self.review, by=self.user, **data)
        return self.review


class AnswerRecommendation(ChangesReview):
    form_class = ActionForm
    title = "Answer a recommendation with an action"
    done = "The action is added to the plan of the review."
    takes_day = True

    @cached_property
    def recommendation(self) -> Recommendation:
        return get_object_or_404(self.review.recommendations.all(), number=self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": self.recommendation.text, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        learning.answer_recommendation(
            recommendation=self.recommendation,
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            on=self.today,
            by=self.user,
            today=self.today,
        )
        return self.review


# ---- The briefing ---------------------------------------------------------------------------------------------------


class WriteBriefing(VersionedChange):
    """Six steps with headings that can be changed, a workshop and a video."""

    form_class = forms.BriefingForm
    title = "Learning briefing"
    done = "The briefing is saved."
    intro = "Write for everybody who works with children: no code name, no case, nobody who could be known."

    @property
    def record(self) -> Briefing | None:
        return Briefing.objects.filter(review=self.review).prefetch_related("steps").first()

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() if self.record else {"version": 0}

    def values(self, record: Any) -> dict[str, Any]:
        shown = {name: getattr(record, name) for name in ("title", "workshop", "workshop_link", "video_link")}
        for step in record.steps.all():
            shown |= {f"heading_{step.order}": step.heading, f"text_{step.order}": step.text}
        return shown

    def do(self, data: dict[str, Any]) -> Any:
        return learning.write_briefing(
            review=self.review,
            version=data["version"],
            title=data["title"],
            steps=forms.steps_of(data),
            workshop=data["workshop"],
            workshop_link=data["workshop_link"],
            video_link=data["video_link"],
            by=self.user,
        )


class ShareBriefing(ChangesReview):
    form_class = forms.PortalForm
    title = "Share the briefing"
    done = "The briefing is shared. Who answers for an agency is told that it waits."
    warning = worded("Everybody who reads the {board}, and who answers for an agency, can read it from then on.")

    @cached_property
    def briefing(self) -> Briefing:
        return get_object_or_404(Briefing, review=self.review)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Share the briefing"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": self.briefing.title, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        return learning.share_briefing(briefing=self.briefing, on=self.today, by=self.user)


class BriefingList(Guarded, ListPage):
    """The briefings that are shared, for everybody who works with the board."""

    scope = (Permission.READ_BOARD, Permission.READ_CASE_REVIEWS, TEACHES)
    title = "Learning briefings"
    nouns = ("briefing", "briefings")
    default_sort = "-shared"
    exportable = False
    empty_text = "No briefing is shared yet."
    columns = (
        ListColumn("Briefing", "title", sort="title", link=True),
        ListColumn("Shared", "shared_on", sort="shared_on"),
        ListColumn("Workshop", "workshop"),
    )

    def get_queryset(self) -> QuerySet[Briefing]:
        return Briefing.objects.visible_to(self.user).filter(shared_on__isnull=False)


class OfBriefing(Guarded):
    """A page of a briefing that the person may read. Until it is shared, looking is a look at the review."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def briefing(self) -> Briefing:
        visible = Briefing.objects.visible_to(self.user).select_related("review").prefetch_related("steps")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person(request)
        if not self.briefing.is_shared and request.method == "GET":
            viewed(self.briefing.review, by=self.user)
        return super().dispatch(request, *args, **kwargs)


class BriefingPage(OfBriefing, TemplateView):
    template_name = "casereviews/briefing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        briefing, user = self.briefing, self.user
        of_review = reads(user, briefing.review)
        confirmations = briefing.confirmations.select_related("agency")
        if not of_review:
            confirmations = confirmations.filter(agency__in=user.agencies_where(TEACHES))
        missing: list[Agency] = []
        if of_review and briefing.is_shared:
            confirmed = briefing.confirmations.values("agency")
            missing = list(briefing.review.agencies.exclude(pk__in=confirmed))
        return super().get_context_data(
            title=briefing.title,
            briefing=briefing,
            steps=briefing.steps.all(),
            confirmations=confirmations,
            missing=missing,
            review=briefing.review if of_review else None,
            may_confirm=may_confirm(user, briefing),
            breadcrumbs=[("Learning briefings", reverse("casereviews:briefings"))],
            **kwargs,
        )


class BriefingPdf(OfBriefing, View):
    """The briefing as a tagged PDF to print and hand round."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            pdf = briefing_documents.as_pdf(self.briefing)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.briefing)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="learning-briefing.pdf"'
        return response


class ConfirmBriefing(OfBriefing, Change):
    form_class = forms.ConfirmForm
    title = "Confirm that teams had the briefing"
    done = "Thank you. It is recorded which teams had the briefing."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person(request)
        if not may_confirm(self.user, self.briefing):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = Agency.objects.filter(pk__in=self.user.agencies_where(TEACHES))
        agencies = Agency.objects.active(self.today) if self.user.for_whole_board(MANAGE) else own
        return super().get_form_kwargs() | {"today": self.today, "choices": {"agency": agencies}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (self.briefing.title, self.briefing.get_absolute_url())
        crumbs = [("Learning briefings", reverse("casereviews:briefings")), own]
        return super().get_context_data(breadcrumbs=crumbs, **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        learning.confirm_briefing(briefing=self.briefing, by=self.user, today=self.today, **data)
        return self.briefing
