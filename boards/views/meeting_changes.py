"""What is done with a meeting: planned, changed, sent, held, cancelled, approved; actions raised from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from boards.meetings import forms, services
from boards.meetings.access import READERS, groups_run_by, may_run, runs_any
from boards.models import Group, GroupKind, Meeting, Theme
from boards.plan.forms import ThemesForm
from boards.plan.tying import tie_meeting
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import AsRead
from lscb.actions.access import must
from lscb.actions.forms import ActionForm
from lscb.actions.views import asked
from lscb.common.periods import LONDON, FinancialYear

from .meetings import OfMeeting, approvers, crumbs


class PlanMeeting(Change):
    """A new meeting of a group whose meetings this person runs."""

    scope = READERS
    form_class = forms.PlanMeetingForm
    title = "Plan a meeting"
    done = "The meeting is planned."
    groups: Sequence[Group] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if any(self.user.may(permission) for permission in READERS):
            self.groups = [group for group in groups_run_by(self.user) if group.is_running(self.today)]
            must(bool(self.groups) or runs_any(self.user))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"groups": self.groups}

    def get_initial(self) -> dict[str, Any]:
        board = next((group.code for group in self.groups if group.kind == GroupKind.BOARD), "")
        return {"group": self.request.GET.get("group", board)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def do(self, data: dict[str, Any]) -> Any:
        group = next(group for group in self.groups if group.code == data["group"])
        return services.plan_meeting(group=group, invite=data["invite"], by=self.user, **self.form.facts())  # type: ignore[attr-defined]


class ChangesMeeting(OfMeeting, Change):
    """A form of a meeting, for who runs the meetings of its group."""

    warning: ClassVar[str] = ""
    submit: ClassVar[str] = ""
    form_class: Any = forms.NothingToEnter

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        must(may_run(self.user, self.meeting.group))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | ({"submit_label": self.submit} if self.submit else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.request.method == "GET":
            self.seen()
        above = crumbs((str(self.meeting), self.meeting.get_absolute_url()))
        words = {"breadcrumbs": above, "warning": self.warning, "meeting": self.meeting}
        return super().get_context_data(**{**words, **kwargs})


class ChangeMeeting(ChangesMeeting, AsRead):
    form_class = forms.MeetingForm
    title = "Change the meeting"
    submit = "Save the change"
    done = "The meeting is changed. Who was invited is told."

    @property
    def record(self) -> Meeting:
        return self.meeting

    def values(self, record: Meeting) -> dict[str, Any]:
        return {
            "day": record.day,
            "starts": record.starts_at.astimezone(LONDON).time(),
            "ends": record.ends_at.astimezone(LONDON).time(),
            "place": record.place,
            "link": record.link,
            "theme": record.theme,
        }

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def do(self, data: dict[str, Any]) -> Any:
        return services.move_meeting(meeting=self.meeting, by=self.user, **self.form.facts())  # type: ignore[attr-defined]


class CancelMeeting(ChangesMeeting):
    form_class = forms.CancelMeetingForm
    title = "Cancel the meeting"
    warning = "The meeting leaves the calendars of everybody who was invited. This cannot be undone."
    done = "The meeting is cancelled."

    def do(self, data: dict[str, Any]) -> Any:
        return services.cancel_meeting(meeting=self.meeting, by=self.user, **data)


class SendPapers(ChangesMeeting):
    title = "Send the papers"
    warning = "Everybody who holds a seat and has an account is told by e-mail where to read them."
    submit = "Send the papers"
    done = "The papers are out."

    def do(self, data: dict[str, Any]) -> Any:
        return services.send_papers(meeting=self.meeting, by=self.user)


class HoldMeeting(ChangesMeeting):
    title = "The meeting took place"
    warning = "A meeting that took place cannot be moved or cancelled any more."
    submit = "It took place"
    done = "The meeting is recorded as held."

    def do(self, data: dict[str, Any]) -> Any:
        return services.hold_meeting(meeting=self.meeting, by=self.user)


class Invite(ChangesMeeting):
    title = "Send invitations"
    submit = "Send invitations"
    done = "Everybody who holds a seat and has an account has the invitation."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = len(services.guests(self.meeting))
        people = "1 person" if number == 1 else f"{number} people"
        warning = f"{people} who hold a seat on that day have an account. Who has this invitation gets no second one."
        return super().get_context_data(**{"warning": warning, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.invite_to_meeting(meeting=self.meeting, by=self.user)
        return self.meeting


class ApproveMinutes(ChangesMeeting):
    form_class = forms.ApproveMinutesForm
    title = "Approve the minutes"
    warning = "From then on minutes, agenda, decisions and attendance stay as they are."
    done = "The minutes are approved."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"meetings": approvers(self.meeting)}

    def do(self, data: dict[str, Any]) -> Any:
        return services.approve_minutes(meeting=self.meeting, by=self.user, **data)


class RaiseAction(ChangesMeeting):
    template_name = "boards/meeting_form.html"
    form_class = ActionForm
    title = "Raise an action"
    done = "The action is raised."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.meeting.day}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        intro = (
            f"Agreed at: {self.meeting}. It starts on that day, in the action plan of the {self.meeting.group.name}."
        )
        return super().get_context_data(**{"intro": intro, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        services.raise_action(
            meeting=self.meeting,
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            by=self.user,
            today=self.today,
        )
        return self.meeting


class ServeThemes(ChangesMeeting, AsRead):
    form_class = ThemesForm
    title = "Themes that the meeting serves"
    done = "The themes are saved."

    def get_form_kwargs(self) -> dict[str, Any]:
        year = FinancialYear.containing(self.meeting.day)
        return super().get_form_kwargs() | {"themes": Theme.objects.visible_to(self.user).filter(year=year)}

    @property
    def record(self) -> Meeting:
        return self.meeting

    def values(self, record: Meeting) -> dict[str, Any]:
        return {"themes": record.serves.all()}

    def do(self, data: dict[str, Any]) -> Any:
        tie_meeting(meeting=self.meeting, by=self.user, **data)
        return self.meeting
