"""What who runs a review records of it: decision, stages, pauses, proceedings, panel, conflicts, papers, meetings."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404

from boards.models import Meeting
from casereviews import forms
from casereviews.models import CRITERIA, STAGE_MOVES, PanelMember, Pause, Proceedings
from casereviews.models.review import BY_RELEASE_ONLY
from casereviews.services import papers, reviews, running
from casereviews.services.reviews import FACTS
from lscb.accounts.models import Agency, CaseAccess, CaseAccessKind

from .base import ChangesReview, VersionedChange, accounts


class Change(VersionedChange):
    form_class = forms.ChangeForm
    title = "Change a review"
    done = "The review is changed."
    related = ("agencies",)

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = Agency.objects.filter(pk__in=[one.pk for one in self.review.agencies.all()])
        choices = {"agencies": Agency.objects.active(self.today) | chosen}
        return super().get_form_kwargs() | {"choices": choices}

    def values(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in FACTS} | {"agencies": list(record.agencies.all())}

    def do(self, data: dict[str, Any]) -> Any:
        return reviews.change_review(review=self.review, by=self.user, **data)


class Decide(ChangesReview):
    form_class = forms.DecideForm
    title = "Record the decision"
    done = "The decision is recorded."
    takes_day = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"criteria": CRITERIA[self.review.kind]}

    def do(self, data: dict[str, Any]) -> Any:
        return reviews.decide_review(
            review=self.review,
            considered_on=data["considered_on"],
            answers={one: data[one] for one in CRITERIA[self.review.kind]},
            agreed=data["agreed"] == forms.YES,
            decided_on=data["decided_on"],
            reason=data["reason"],
            by=self.user,
            today=self.today,
        )


class ReachStage(ChangesReview):
    form_class = forms.StageForm
    title = "Record the next stage"
    done = "The stage is recorded."
    takes_day = True

    def get_form_kwargs(self) -> dict[str, Any]:
        stages = [stage for stage in STAGE_MOVES[self.review.stage] if stage != BY_RELEASE_ONLY]
        return super().get_form_kwargs() | {"stages": stages}

    def get_initial(self) -> dict[str, Any]:
        stages = STAGE_MOVES[self.review.stage]
        return {"stage": stages[0]} if len(stages) == 1 else {}

    def do(self, data: dict[str, Any]) -> Any:
        return reviews.reach_stage(review=self.review, by=self.user, today=self.today, **data)


class PauseReview(ChangesReview):
    form_class = forms.PauseForm
    title = "Pause a review"
    done = "The pause is recorded."
    takes_day = True

    def do(self, data: dict[str, Any]) -> Any:
        running.pause_review(review=self.review, by=self.user, today=self.today, **data)
        return self.review


class Resume(ChangesReview):
    form_class = forms.EndForm
    title = "Go on with a review"
    done = "It is recorded that it went on."
    takes_day = True

    @cached_property
    def pause(self) -> Pause:
        return get_object_or_404(self.review.pauses.all(), pk=self.kwargs["pause"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "It went on"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": f"{self.pause}: {self.pause.reason}", **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        running.resume_review(pause=self.pause, by=self.user, today=self.today, **data)
        return self.review


class NoteProceedings(ChangesReview):
    form_class = forms.ProceedingsForm
    title = "Record proceedings"
    done = "The proceedings are recorded. Nothing is published while they run."
    warning = "While proceedings run, nothing of this review can be published."
    takes_day = True

    def do(self, data: dict[str, Any]) -> Any:
        running.note_proceedings(review=self.review, by=self.user, today=self.today, **data)
        return self.review


class EndProceedings(ChangesReview):
    form_class = forms.EndForm
    title = "Record the end of proceedings"
    done = "The end of the proceedings is recorded."
    takes_day = True

    @cached_property
    def proceedings(self) -> Proceedings:
        return get_object_or_404(self.review.proceedings.all(), pk=self.kwargs["proceedings"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "They ended"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": f"{self.proceedings}.", **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        running.end_proceedings(proceedings=self.proceedings, by=self.user, today=self.today, **data)
        return self.review


class Expect(ChangesReview):
    form_class = forms.ExpectForm
    title = "When the report is expected"
    done = "The expected date is recorded."
    takes_day = True

    def do(self, data: dict[str, Any]) -> Any:
        return running.expect_report(review=self.review, by=self.user, today=self.today, **data)


# ---- People ---------------------------------------------------------------------------------------------------------


class AddPanelMember(ChangesReview):
    form_class = forms.PanelForm
    title = "Add to the panel"
    done = "The panel is changed."
    takes_day = True

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = {"agency": Agency.objects.active(self.today), "user": accounts()}
        return super().get_form_kwargs() | {"choices": choices}

    def do(self, data: dict[str, Any]) -> Any:
        running.seat_on_panel(review=self.review, by=self.user, today=self.today, **data)
        return self.review


class LeavePanel(ChangesReview):
    form_class = forms.EndForm
    title = "End a place on the panel"
    done = "The place on the panel has ended."
    takes_day = True

    @cached_property
    def member(self) -> PanelMember:
        return get_object_or_404(self.review.panel.all(), pk=self.kwargs["member"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "End the place"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": str(self.member), **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        running.leave_panel(member=self.member, by=self.user, today=self.today, **data)
        return self.review


class WallOff(ChangesReview):
    form_class = forms.WallForm
    title = "Record a conflict of interest"
    done = "For this person the review does not exist any more."
    warning = "Review, action plan, files, briefing and meetings about it alone vanish for this person at once."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"choices": {"user": accounts().exclude(pk=self.user.pk)}}

    def do(self, data: dict[str, Any]) -> Any:
        running.wall_off(review=self.review, by=self.user, today=self.today, **data)
        return self.review


class LiftWall(ChangesReview):
    form_class = forms.PortalForm
    title = "Lift a conflict of interest"
    done = "From now on the roles of this person decide again."

    @cached_property
    def wall(self) -> CaseAccess:
        walls = CaseAccess.objects.filter(case=self.review.pk, kind=CaseAccessKind.KEPT_OUT).select_related("user")
        return get_object_or_404(walls, pk=self.kwargs["wall"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": "Lift it"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"intro": f"{self.wall.user}: {self.wall.reason}", **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        running.lift_wall(review=self.review, wall=self.wall, by=self.user)
        return self.review


# ---- Papers and meetings --------------------------------------------------------------------------------------------


class AddPaper(ChangesReview):
    form_class = forms.PaperForm
    title = "Add a letter or paper"
    done = "The paper is added."
    takes_day = True

    def do(self, data: dict[str, Any]) -> Any:
        papers.add_paper(review=self.review, by=self.user, today=self.today, **data)
        return self.review


class LinkMeeting(ChangesReview):
    form_class = forms.MeetingForm
    title = "Link a meeting"
    done = "The meeting is linked."

    def get_form_kwargs(self) -> dict[str, Any]:
        meetings = Meeting.objects.visible_to(self.user).filter(group=self.review.group)
        return super().get_form_kwargs() | {"choices": {"meeting": meetings.select_related("group")}}

    def do(self, data: dict[str, Any]) -> Any:
        papers.link_meeting(review=self.review, by=self.user, **data)
        return self.review
