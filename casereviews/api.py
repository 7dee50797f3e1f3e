"""Case reviews for programs: the same `visible_to`, the same services as the pages, and each look is on the trail.

A review that asks for a reason is not given out here: a program has none. Who is let in, who is kept out, papers and
what is released to the public stay with the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from boards.models import Group
from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, Watched, Writes, verb
from lscb.actions.api import ActionWords
from lscb.common.errors import RuleBroken
from lscb.common.programs import Body, Day, Number, OnADay, Text, many_of
from lscb.trail.filters import UpdatedSince

from .access import MANAGE, may_confirm, may_manage
from .models import (
    Answer,
    Briefing,
    BriefingStep,
    CaseReview,
    Criterion,
    LearningTheme,
    PanelMember,
    Pause,
    PauseScope,
    Proceedings,
    ProceedingsKind,
    Recommendation,
    ReviewKind,
    Stage,
    StageEvent,
)
from .models.learning import STEPS
from .models.review import BY_RELEASE_ONLY
from .querysets import READ, TEACHES
from .services import learning, reviews, running


class StageSerializer(serializers.ModelSerializer[StageEvent]):
    class Meta:
        model = StageEvent
        fields = ("stage", "on", "text")


class PauseSerializer(serializers.ModelSerializer[Pause]):
    class Meta:
        model = Pause
        fields = ("id", "scope", "part", "reason", "starts_on", "ends_on")


class ProceedingsSerializer(serializers.ModelSerializer[Proceedings]):
    class Meta:
        model = Proceedings
        fields = ("id", "kind", "note", "starts_on", "ends_on")


class PanelSerializer(serializers.ModelSerializer[PanelMember]):
    """By position: no person's name leaves by this door."""

    agency = serializers.CharField(source="agency.name", read_only=True, default=None, allow_null=True)

    class Meta:
        model = PanelMember
        fields = ("id", "position", "agency", "chairs", "starts_on", "ends_on")


class RecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    theme = serializers.CharField(source="theme.title", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Recommendation
        fields = ("number", "text", "theme")


class StepSerializer(serializers.ModelSerializer[BriefingStep]):
    class Meta:
        model = BriefingStep
        fields = ("order", "heading", "text")


class BriefingSerializer(serializers.ModelSerializer[Briefing]):
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = Briefing
        fields = ("id", "version", "title", "shared_on", "workshop", "workshop_link", "video_link", "steps")


class CaseReviewSerializer(serializers.ModelSerializer[CaseReview]):
    reference = serializers.CharField(read_only=True)
    group = serializers.CharField(source="group.code", read_only=True)
    agencies = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)
    themes = serializers.SlugRelatedField[Any](slug_field="title", many=True, read_only=True)
    stages = StageSerializer(many=True, read_only=True)
    pauses = PauseSerializer(many=True, read_only=True)
    proceedings = ProceedingsSerializer(many=True, read_only=True)
    panel = PanelSerializer(many=True, read_only=True)
    recommendations = RecommendationSerializer(many=True, read_only=True)
    briefing = BriefingSerializer(read_only=True, default=None, allow_null=True)

    class Meta:
        model = CaseReview
        fields = (
            *("id", "version", "reference", "code_name", "kind", "group", "referred_on", "referred_by", "referral"),
            *("lead_reviewer", "agencies", "themes", "stage", "report_expected", "plan"),
            *("public_name", "public_status", "public_summary", "public_learning"),
            *("stages", "pauses", "proceedings", "panel", "recommendations", "briefing"),
        )


class ReviewFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=ReviewKind.choices)
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    updated_since = UpdatedSince()


REACHED = [choice for choice in Stage.choices if choice[0] != BY_RELEASE_ONLY]

# ---- What may be sent -----------------------------------------------------------------------------------------------


class _ReviewFacts(Body):
    code_name = serializers.CharField(max_length=60, help_text="No name of a child, a family or a place")
    kind = serializers.ChoiceField(choices=ReviewKind.choices)
    referred_by = serializers.CharField(max_length=150, help_text="A role or an agency, never a person")
    referral = Text(help_text="Why a review is asked for, without names of children or families")
    agencies = Visible(queryset=Agency.objects.all(), many=True, default=list)


class ReferBody(_ReviewFacts):
    referred_on = Day()
    group = Visible("code", queryset=Group.objects.all(), help_text="Code of the group that decides")

    def validate_group(self, value: Group) -> Group:
        """As the page offers them: groups whose papers are those of case reviews."""
        if value.confidential_permission != READ:
            raise exceptions.ValidationError("This group does not decide on case reviews.")
        return value


class ReviewReviseBody(_ReviewFacts):
    version = Number(help_text="The version that was read")
    lead_reviewer = serializers.CharField(max_length=150, allow_blank=True, default="", help_text="A position")


class ReviewWordingBody(Body):
    version = Number(help_text="The version that was read")
    public_name = serializers.CharField(max_length=150, help_text="What it is about, for the public")
    public_status = serializers.CharField(max_length=300)
    public_summary = Text(required=False)
    public_learning = Text(required=False)


def _considered(criterion: Criterion) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=Answer.choices, required=False, help_text=criterion.label)


class DecideBody(Body):
    """Every criterion of the kind of review is answered; a criterion of another law is refused."""

    abuse = _considered(Criterion.ABUSE)
    died = _considered(Criterion.DIED)
    harmed = _considered(Criterion.HARMED)
    concern = _considered(Criterion.CONCERN)
    improvements = _considered(Criterion.IMPROVEMENTS)
    recurrent = _considered(Criterion.RECURRENT)
    considered_on = Day()
    agreed = serializers.BooleanField(help_text="Whether a review is agreed")
    decided_on = Day()
    reason = Text()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        answers = {name: attrs.pop(name) for name in Criterion.values if name in attrs}
        return attrs | {"answers": answers}


class StageBody(OnADay):
    """The next stage. The decision has an address of its own, and what is published is released in person."""

    stage = serializers.ChoiceField(choices=REACHED)
    text = Text(required=False, help_text="Note or reason")


class PauseBody(OnADay):
    scope = serializers.ChoiceField(choices=PauseScope.choices)
    part = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="Where a part stands still")
    reason = serializers.CharField(max_length=300)


class ResumeBody(OnADay):
    pause = Number(help_text="Key of the pause")


class ProceedingsBody(OnADay):
    kind = serializers.ChoiceField(choices=ProceedingsKind.choices)
    note = Text(required=False)


class EndProceedingsBody(OnADay):
    proceedings = Number(help_text="Key of the proceedings")


class ExpectBody(OnADay):
    expected = Day()
    reason = Text(required=False, help_text="Why it moves; not needed for the first date")


class PanelBody(OnADay):
    """By position. Who is let into the review by their account is chosen on the page."""

    position = serializers.CharField(max_length=150, help_text="Not a person’s name")
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    chairs = serializers.BooleanField(default=False)


class LeavePanelBody(OnADay):
    member = Number(help_text="Key of the place on the panel")


class ReviewThemesBody(Body):
    themes = Visible(queryset=LearningTheme.objects.all(), many=True)


class ReviewRecommendBody(Body):
    text = Text()
    theme = Visible(queryset=LearningTheme.objects.all(), allow_null=True, default=None)


class ReviewAnswerBody(ActionWords, OnADay):
    recommendation = Number(help_text="Number of the recommendation")
    due = Day()
    meeting = serializers.CharField(max_length=200, allow_blank=True, default="")


class StepBody(Body):
    heading = serializers.CharField(max_length=100)
    text = Text(required=False)


class BriefingBody(Body):
    """The six steps in their order. Everybody may read them once they are shared: no code name, no case."""

    version = Number(help_text="The version of the briefing that was read, 0 for none")
    title = serializers.CharField(max_length=150)
    steps = many_of(StepBody, most=len(STEPS))
    workshop = serializers.CharField(max_length=200, allow_blank=True, default="")
    workshop_link = serializers.URLField(max_length=200, allow_blank=True, default="")
    video_link = serializers.URLField(max_length=200, allow_blank=True, default="")

    def validate_steps(self, value: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return [(one["heading"], one["text"]) for one in value]


class ShareBody(OnADay):
    """On which day it was shared."""


class ConfirmBody(OnADay):
    agency = Visible(queryset=Agency.objects.all())
    teams = serializers.CharField(max_length=200, help_text="Which teams had the briefing")


class LearningThemeBody(Body):
    title = serializers.CharField(max_length=100, help_text="It names no case")
    in_short = serializers.CharField(max_length=300)


# ---- The endpoints --------------------------------------------------------------------------------------------------


class CaseReviews(Watched, Creates):
    scope = (READ,)
    serializer_class = CaseReviewSerializer
    filterset_class = ReviewFilter
    queryset = CaseReview.objects.none()
    noun, looked_at = "review", "case reviews"
    creates, may_create = ReferBody, (MANAGE,)

    def get_queryset(self) -> QuerySet[CaseReview]:
        visible = CaseReview.objects.visible_to(person(self.request)).filter(asks_reason=False)
        related = ("agencies", "themes", "stages", "pauses", "proceedings", "panel__agency", "recommendations__theme")
        return visible.select_related("group", "briefing").prefetch_related(*related, "briefing__steps")

    def do_create(self, data: dict[str, Any]) -> CaseReview:
        return reviews.refer_review(by=self.user, today=self.today, **data)

    @verb(ReviewReviseBody, may_manage)
    def revise(self, request: Request, pk: str) -> Response:
        """Write the facts of the review anew."""
        return self.do(reviews.change_review, asks_reason=False)  # one that asks for a reason is not found here

    @verb(ReviewWordingBody, may_manage)
    def wording(self, request: Request, pk: str) -> Response:
        """Write its public wording. Nothing is public before it is released."""
        return self.do(reviews.write_public_words)

    @verb(DecideBody, may_manage)
    def decide(self, request: Request, pk: str) -> Response:
        """The group considered the criteria, and agreed a review or not."""
        return self.do(reviews.decide_review, today=self.today)

    @verb(StageBody, may_manage)
    def stage(self, request: Request, pk: str) -> Response:
        """It has reached the next stage."""
        return self.do(reviews.reach_stage, today=self.today)

    @verb(PauseBody, may_manage)
    def pause(self, request: Request, pk: str) -> Response:
        """The review, or a part of it, stands still."""
        return self.do(running.pause_review, today=self.today)

    @verb(ResumeBody, may_manage)
    def resume(self, request: Request, pk: str) -> Response:
        """What stood still goes on."""
        return self.do_part(running.resume_review, "pause", _by_key("pauses"), today=self.today)

    @verb(ProceedingsBody, may_manage)
    def proceedings(self, request: Request, pk: str) -> Response:
        """Proceedings began beside it. While they run, nothing is published."""
        return self.do(running.note_proceedings, today=self.today)

    @verb(EndProceedingsBody, may_manage, url_path="end-proceedings")
    def end_proceedings(self, request: Request, pk: str) -> Response:
        """Proceedings ended."""
        return self.do_part(running.end_proceedings, "proceedings", _by_key("proceedings"), today=self.today)

    @verb(ExpectBody, may_manage)
    def expect(self, request: Request, pk: str) -> Response:
        """When the report is expected. The earlier day stays on record."""
        return self.do(running.expect_report, today=self.today)

    @verb(PanelBody, may_manage)
    def panel(self, request: Request, pk: str) -> Response:
        """A position sits on the panel."""
        return self.do(running.seat_on_panel, today=self.today)

    @verb(LeavePanelBody, may_manage, url_path="leave-panel")
    def leave_panel(self, request: Request, pk: str) -> Response:
        """A place on the panel ends."""
        return self.do_part(running.leave_panel, "member", _by_key("panel"), today=self.today)

    @verb(ReviewThemesBody, may_manage)
    def themes(self, request: Request, pk: str) -> Response:
        """What it teaches."""
        return self.do(learning.set_themes)

    @verb(ReviewRecommendBody, may_manage)
    def recommend(self, request: Request, pk: str) -> Response:
        """A recommendation by the author of the report."""
        return self.do(learning.add_recommendation)

    @verb(ReviewAnswerBody, may_manage)
    def answer(self, request: Request, pk: str) -> Response:
        """Answer a recommendation with an action, in the plan of the review."""
        return self.do_part(learning.answer_recommendation, "recommendation", _recommendation, today=self.today)

    @verb(BriefingBody, may_manage)
    def briefing(self, request: Request, pk: str) -> Response:
        """Write the briefing for teams. Nobody reads it before it is shared."""
        return self.do(learning.write_briefing)

    @verb(ShareBody, may_manage, url_path="share-briefing")
    def share_briefing(self, request: Request, pk: str) -> Response:
        """Share the briefing. Who answers for an agency is told that it waits."""
        review, data = self.get_object(), self.checked()
        briefing = getattr(review, "briefing", None)
        if briefing is None:
            raise RuleBroken("Write the briefing first.")
        return self.change(review, lambda: learning.share_briefing(briefing=briefing, by=self.user, **data))


def _by_key(parts: str) -> Callable[[CaseReview, int], Any]:
    return lambda review, key: getattr(review, parts).filter(pk=key).first()


def _recommendation(review: CaseReview, number: int) -> Recommendation | None:
    return review.recommendations.filter(number=number).first()


class Briefings(ReadOnlyModelViewSet[Briefing], Writes):
    """Those that are shared."""

    scope = (Permission.READ_BOARD, READ, TEACHES)
    serializer_class = BriefingSerializer
    queryset = Briefing.objects.none()
    noun = "briefing"

    def get_queryset(self) -> QuerySet[Briefing]:
        shared = Briefing.objects.visible_to(person(self.request)).filter(shared_on__isnull=False)
        return shared.prefetch_related("steps")

    @verb(ConfirmBody, may_confirm)
    def confirm(self, request: Request, pk: str) -> Response:
        """Teams of an agency had the briefing."""
        return self.do(learning.confirm_briefing, today=self.today)


class LearningThemeSerializer(serializers.ModelSerializer[LearningTheme]):
    class Meta:
        model = LearningTheme
        fields = ("id", "title", "in_short")


class LearningThemes(ReadOnlyModelViewSet[LearningTheme], Creates):
    """What reviews teach again and again. Which review taught it stands with the review."""

    scope = (READ,)
    serializer_class = LearningThemeSerializer
    queryset = LearningTheme.objects.none()
    creates, may_create = LearningThemeBody, (MANAGE,)

    def get_queryset(self) -> QuerySet[LearningTheme]:
        return LearningTheme.objects.visible_to(person(self.request))

    def do_create(self, data: dict[str, Any]) -> LearningTheme:
        return learning.add_theme(by=self.user, **data)
