"""The calendar of meetings, one meeting, and what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from boards.meetings import attendance, documents, forms, services
from boards.meetings.access import READERS, groups_run_by, may_run, runs_any
from boards.meetings.calendar import entry
from boards.meetings.services import Item, Overtaken, Said
from boards.models import AgendaItem, Group, GroupKind, Mark, Meeting, MeetingAction, MeetingState
from lscb.accounts.access import Guarded
from lscb.accounts.models import User
from lscb.accounts.views.base import Change
from lscb.actions.access import must
from lscb.actions.forms import ActionForm
from lscb.actions.models import Action, ActionPlan, Kind
from lscb.actions.views import WATCHED, asked, asked_of, rag_tag, state_tag
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.lists import CSV, XLSX, XLSX_TYPE, ListColumn, ListPage, Tag
from lscb.common.markdown import to_html
from lscb.common.periods import LONDON, FinancialYear
from lscb.common.spreadsheets import Sheet, csv_bytes, xlsx_bytes
from lscb.common.templatetags.portal import day
from lscb.common.word_documents import DOCX_TYPE
from lscb.trail.history import timeline
from lscb.trail.models import Event
from lscb.trail.services import record, viewed

TONES = {
    MeetingState.PLANNED: "blue",
    MeetingState.PAPERS_OUT: "amber",
    MeetingState.HELD: "green",
    MeetingState.CANCELLED: "grey",
}


def state_of(meeting: Meeting) -> Tag:
    return Tag(meeting.get_state_display().lower(), TONES[MeetingState(meeting.state)])


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Meetings", reverse("boards:meeting_list")), *more]


# ---- The calendar ---------------------------------------------------------------------------------------------------


def visible_groups(user: User) -> list[Group]:
    """The groups of which this person sees a meeting."""
    return list(Group.objects.filter(meetings__in=Meeting.objects.visible_to(user)).distinct())


def visible_years(user: User) -> list[FinancialYear]:
    """The years in which this person sees a meeting, the newest first."""
    starts = Meeting.objects.visible_to(user).order_by().datetimes("starts_at", "month", order="DESC", tzinfo=LONDON)
    return list(dict.fromkeys(FinancialYear.containing(start.date()) for start in starts))


class MeetingFilter(django_filters.FilterSet):
    group = django_filters.ChoiceFilter(label="Group", field_name="group__code", empty_label="All groups")
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years", method="in_year")
    show = django_filters.ChoiceFilter(
        label="Show",
        choices=[("to_come", "To come"), ("held", "Held"), ("cancelled", "Cancelled")],
        empty_label="All meetings",
        method="shown",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["group"].extra["choices"] = [(group.code, group.name) for group in visible_groups(user)]
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in visible_years(user)]

    def in_year(self, meetings: Any, name: str, value: str) -> Any:
        return meetings.of_year(FinancialYear.parse(value))

    def shown(self, meetings: Any, name: str, value: str) -> Any:
        return meetings.to_come() if value == "to_come" else meetings.filter(state=value)


class MeetingList(Guarded, ListPage):
    """The meetings of all groups that a person may read, the newest first."""

    scope = READERS
    title = "Meetings"
    template_name = "boards/meeting_list.html"
    nouns = ("meeting", "meetings")
    filterset_class = MeetingFilter
    default_sort = "-date"
    columns = (
        ListColumn("Date", "day", sort="starts_at", link=True),
        ListColumn("Time", "hours"),
        ListColumn("Group", "group.short_name", sort="group__short_name"),
        ListColumn("Theme", "theme"),
        ListColumn("Place", "where"),
        ListColumn("State", state_of, sort="state", tag=True),
    )

    def get_queryset(self) -> QuerySet[Meeting]:
        return Meeting.objects.visible_to(self.user).select_related("group")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if runs_any(self.user):
            kwargs |= {"start_url": reverse("boards:meeting_add"), "start_label": "Plan a meeting"}
        return super().get_context_data(**kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} meetings as {format.upper()}", by=self.user)


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


# ---- One meeting ----------------------------------------------------------------------------------------------------


class OfMeeting(Guarded):
    """A page of a meeting that the person may read. Of a confidential group's, each view is on the trail."""

    scope = READERS
    kwargs: dict[str, Any]

    @cached_property
    def meeting(self) -> Meeting:
        meetings = Meeting.objects.visible_to(self.user).select_related("group", "approved_in")
        return get_object_or_404(meetings, pk=self.kwargs["pk"])

    def seen(self) -> None:
        if self.meeting.is_confidential:
            viewed(self.meeting, by=self.user, named=self.meeting.safe_name)


class MeetingPage(OfMeeting, TemplateView):
    """Agenda and papers, attendance, decisions, minutes, and the actions that came out of it."""

    template_name = "boards/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, user = self.meeting, self.user
        self.seen()
        runs = may_run(user, meeting.group)
        agenda = list(meeting.agenda.select_related("paper"))
        marks = attendance.seat_marks(meeting)
        today = timezone.localdate()
        raised = [_row(action, today) for action in raised_actions(meeting, user)]
        signed_off = [_row(action, today) for action in _signed_off(meeting, user)]
        return super().get_context_data(
            title=meeting.theme or f"Meeting of the {meeting.group.name}",
            meeting=meeting,
            state=state_of(meeting),
            breadcrumbs=crumbs(),
            rows=_facts(meeting, runs),
            agenda=agenda,
            runs_to=sum(item.minutes or 0 for item in agenda),
            marks=marks,
            counted=_counted(marks),
            decisions=[(item, to_html(item.decision, top_heading=4)) for item in agenda if item.decision],
            minutes=to_html(meeting.minutes, top_heading=3),
            raised=raised,
            signed_off=signed_off,
            runs=runs,
            offers=_offers(meeting, bool(agenda)) if runs else [],
            history=timeline(meeting, limit=12),
            **kwargs,
        )


def raised_actions(meeting: Meeting, user: User) -> list[Action]:
    """The actions that this meeting asked for, as far as `user` may see them."""
    links = MeetingAction.objects.visible_to(user).filter(meeting=meeting)
    return list(Action.objects.filter(meeting_action__in=links).prefetch_related(WATCHED).order_by("number"))


def _signed_off(meeting: Meeting, user: User) -> list[Action]:
    """Actions of the group's plans that were signed off on the day of the meeting."""
    if not meeting.is_held:
        return []
    group = meeting.group
    plans = ActionPlan.objects.visible_to(user).filter(group__in={group.papers_of, group.code}, agency=None)
    done = Action.objects.visible_to(user).filter(plan__in=plans, events__kind=Kind.SIGNED_OFF, events__on=meeting.day)
    return list(done.distinct().prefetch_related(WATCHED).order_by("plan", "number"))


def _row(action: Action, today: Any) -> dict[str, Any]:
    return {
        "action": action,
        "url": action.get_absolute_url(),
        "who": asked_of(action),
        "rag": rag_tag(action, today),
        "state": state_tag(action),
    }


def _facts(meeting: Meeting, runs: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("boards:meeting_change", args=[meeting.pk])} if runs and meeting.is_to_come else {}
    rows: list[dict[str, Any]] = [
        {"key": "Group", "value": meeting.group.name},
        {"key": "Date and time", "value": f"{day(meeting.day)}, {meeting.hours}", **change},
        {"key": "Place", "value": meeting.place, "empty": "Online", **change},
    ]
    if meeting.link:
        rows.append({"key": "Link to join", "value": meeting.link, **change})
    if meeting.cancelled_because:
        rows.append({"key": "Cancelled because", "value": meeting.cancelled_because})
    if meeting.approved_in:
        approved = {"url": meeting.approved_in.get_absolute_url(), "action": "See that meeting"}
        rows.append({"key": "Minutes approved on", "value": day(meeting.approved_in.day), **approved})
    return rows


def _counted(marks: Sequence[attendance.SeatMark]) -> str:
    """ "20 present, 4 deputies, 3 apologies, 1 absent, 2 not recorded" """
    words = {
        Mark.PRESENT: ("present", "present"),
        Mark.DEPUTY: ("deputy", "deputies"),
        Mark.APOLOGIES: ("apologies", "apologies"),
        Mark.ABSENT: ("absent", "absent"),
        "": ("not recorded", "not recorded"),
    }
    counts = {mark: sum(one.mark == mark for one in marks) for mark in words}
    return ", ".join(f"{count} {words[mark][count != 1]}" for mark, count in counts.items() if count)


def approvers(meeting: Meeting) -> QuerySet[Meeting]:
    """The meetings at which its minutes can have been approved: later ones of the same group that took place."""
    later = Meeting.objects.held().filter(group=meeting.group, starts_at__gt=meeting.starts_at)
    return later.select_related("group").order_by("starts_at")


def _offers(meeting: Meeting, has_agenda: bool) -> list[dict[str, str]]:
    """What can be done with the meeting as it stands: the main thing first."""
    began = meeting.starts_at <= timezone.now()
    open_, to_come, held = not meeting.is_closed, meeting.is_to_come, meeting.is_held
    offers = (
        ("meeting_agenda", "Write the agenda", to_come and not has_agenda and not began),
        ("meeting_papers", "Send the papers", meeting.state == MeetingState.PLANNED and has_agenda and not began),
        ("meeting_attendance", "Record attendance", to_come and began),
        ("meeting_minutes", "Write the minutes", held and open_ and not meeting.minutes),
        ("meeting_approve", "Approve the minutes", open_ and bool(meeting.minutes) and approvers(meeting).exists()),
        ("meeting_action", "Raise an action", held),
        ("meeting_agenda", "Change the agenda", open_ and (has_agenda or began)),
        ("meeting_attendance", "Change attendance", held and open_),
        ("meeting_minutes", "Change the minutes", held and open_ and bool(meeting.minutes)),
        ("meeting_invite", "Send invitations", to_come and not began),
        ("meeting_held", "It took place", to_come and began),
        ("meeting_cancel", "Cancel the meeting", to_come),
    )
    return [{"url": reverse(f"boards:{name}", args=[meeting.pk]), "label": label} for name, label, may in offers if may]


# ---- What is done with it -------------------------------------------------------------------------------------------


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


class ChangeMeeting(ChangesMeeting):
    form_class = forms.MeetingForm
    title = "Change the meeting"
    submit = "Save the change"
    done = "The meeting is changed. Who was invited is told."

    def get_initial(self) -> dict[str, Any]:
        meeting = self.meeting
        return {
            "day": meeting.day,
            "starts": meeting.starts_at.astimezone(LONDON).time(),
            "ends": meeting.ends_at.astimezone(LONDON).time(),
            "place": meeting.place,
            "link": meeting.link,
            "theme": meeting.theme,
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


class RecordAttendance(ChangesMeeting):
    """One screen for all seats, one button."""

    template_name = "boards/meeting_attendance.html"
    form_class = forms.AttendanceForm
    title = "Attendance"
    submit = "Save attendance"
    done = "Attendance is recorded."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"marks": attendance.seat_marks(self.meeting, names_for=self.user)}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.meeting.attendance_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {"seats": context["form"].rows()} | context

    def form_valid(self, form: Any) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            services.record_attendance(meeting=self.meeting, marks=form.chosen(), version=version, by=self.user)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.meeting)

    def overtaken(self, form: Any, refusal: Overtaken) -> HttpResponse:
        """What was chosen stays; where the other record differs, it is named at the seat."""
        on_file = dict(self.meeting.attendance.values_list("seat", "mark"))
        words = dict(Mark.choices) | {"": "Not recorded"}
        version = Meeting.objects.values_list("attendance_version", flat=True).get(pk=self.meeting.pk)
        for row in (seats := form.rows()):
            theirs = on_file.get(row["one"].place.seat.pk, "")
            if theirs != form.cleaned_data[row["field"].name]:
                row["theirs"] = words[theirs]
        again(form, version, refusal)
        return self.render_to_response(self.get_context_data(form=form, seats=seats), status=409)


class WriteMinutes(ChangesMeeting):
    template_name = "boards/meeting_minutes.html"
    form_class = forms.MinutesForm
    title = "Minutes"
    done = "The minutes are saved."

    @cached_property
    def items(self) -> list[AgendaItem]:
        return list(self.meeting.agenda.all())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"items": self.items}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.meeting.minutes_version, "minutes": self.meeting.minutes}

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        said = {item.pk: Said(data[f"notes_{item.pk}"], data[f"decision_{item.pk}"]) for item in self.items}
        try:
            services.write_minutes(
                meeting=self.meeting, minutes=data["minutes"], said=said, version=data["version"], by=self.user
            )
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.meeting)

    def overtaken(self, form: Any, refusal: Overtaken) -> HttpResponse:
        """Every text that differs stands beside what was typed."""
        current = Meeting.objects.get(pk=self.meeting.pk)
        on_file = {"minutes": current.minutes}
        for item in current.agenda.all():
            on_file |= {f"notes_{item.pk}": item.notes, f"decision_{item.pk}": item.decision}
        theirs = [
            {"label": form.fields[name].label, "text": text, "id": f"theirs_{name}"}
            for name, text in on_file.items()
            if name in form.fields and text != form.cleaned_data[name].replace("\r\n", "\n").strip()
        ]
        again(form, current.minutes_version, refusal)
        who = Event.objects.of(current).values_list("actor", flat=True).first()
        context = self.get_context_data(form=form, theirs=theirs, theirs_by=who)
        return self.render_to_response(context, status=409)


def again(form: Any, version: int, refusal: RuleBroken) -> None:
    """The form once more with what was typed, now on top of what is on file: saving again is done knowingly."""
    form.data = form.data.copy()
    form.data["version"] = str(version)
    apply_rule(form, refusal)


class SetAgenda(ChangesMeeting):
    """The agenda as rows; three empty ones wait at the end."""

    template_name = "boards/meeting_agenda.html"
    title = "Agenda"
    done = "The agenda is saved."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.formset(), self.meeting.agenda_version)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        formset = self.formset(request.POST, request.FILES)
        version = request.POST.get("version", "")
        read = int(version) if version.isdecimal() else -1
        if not formset.is_valid():
            return self.page(formset, read)
        try:
            services.set_agenda(meeting=self.meeting, items=items_of(formset), version=read, by=self.user)
        except Overtaken as refusal:
            current = Meeting.objects.get(pk=self.meeting.pk)
            theirs = list(current.agenda.select_related("paper"))
            return self.page(formset, current.agenda_version, refusal=refusal, theirs=theirs, status=409)
        except RuleBroken as refusal:
            return self.page(formset, read, refusal=refusal)
        messages.success(self.request, self.done)
        return redirect(self.meeting)

    def formset(self, *data: Any) -> Any:
        there = list(self.meeting.agenda.select_related("paper"))
        sent, files = data or (None, None)
        return forms.ItemFormSet(data=sent, files=files, initial=forms.items_as_typed(there), prefix="item")

    def page(
        self,
        formset: Any,
        version: int,
        *,
        refusal: RuleBroken | None = None,
        theirs: Sequence[AgendaItem] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = self.get_context_data(
            form=None,
            formset=formset,
            version=version,
            refusal=refusal,
            theirs=theirs,
            files_again=bool(self.request.FILES),
        )
        return self.render_to_response(context, status=status)


def items_of(formset: Any) -> list[Item]:
    """The rows that were filled in, by their place; those without a place stay where they stand."""
    filled = [
        (form.cleaned_data.get("place") or number, number, form.cleaned_data)
        for number, form in enumerate(formset, start=1)
        if form.cleaned_data.get("title") and not form.cleaned_data.get("remove")
    ]
    return [
        Item(
            title=data["title"],
            presenter=data["presenter"],
            minutes=data["minutes"],
            key=data["key"],
            paper=data["paper"],
            without_paper=data.get("without_paper", False),
        )
        for _, _, data in sorted(filled, key=lambda row: row[:2])
    ]


# ---- Files ----------------------------------------------------------------------------------------------------------


class CalendarEntry(OfMeeting, View):
    """The meeting for one's own calendar."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.seen()
        return download(entry(self.meeting, at=timezone.now()).encode(), "text/calendar; charset=utf-8", "meeting.ics")


class MinutesFile(OfMeeting, View):
    """The minutes as a file; there is none before they are written."""

    format: ClassVar[str]
    content_type: ClassVar[str]

    def make(self, minutes: documents.Minutes) -> bytes:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.meeting.minutes:
            raise Http404
        try:
            content = self.make(documents.gather(self.meeting, raised_actions(self.meeting, self.user)))
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.meeting)
        with transaction.atomic():
            verb = f"downloaded the minutes as {self.format.upper()}"
            record(verb=verb, by=self.user, target=self.meeting, named=self.meeting.safe_name)
        return download(content, self.content_type, f"minutes-{self.meeting.day}.{self.format}")


class MinutesAsDocx(MinutesFile):
    format, content_type = "docx", DOCX_TYPE

    def make(self, minutes: documents.Minutes) -> bytes:
        return documents.as_docx(minutes)


class MinutesAsPdf(MinutesFile):
    format, content_type = "pdf", "application/pdf"

    def make(self, minutes: documents.Minutes) -> bytes:
        return documents.as_pdf(minutes)


def download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---- Attendance over a year -----------------------------------------------------------------------------------------


class AttendanceOverYear(Guarded, TemplateView):
    """How often each partner came to the meetings of a group in a year, deputies counted; also as a file."""

    scope = READERS
    template_name = "boards/attendance.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.found
        if request.GET.get("format") in (CSV, XLSX) and found:
            return self.export(request.GET["format"], found)
        return super().get(request, *args, **kwargs)

    @cached_property
    def groups(self) -> list[Group]:
        groups = visible_groups(self.user)
        return sorted(groups, key=lambda group: group.kind != GroupKind.BOARD)

    @cached_property
    def years(self) -> list[FinancialYear]:
        return visible_years(self.user)

    @cached_property
    def group(self) -> Group | None:
        code = self.request.GET.get("group")
        if code:
            return next((group for group in self.groups if group.code == code), None) or self.missing()
        return self.groups[0] if self.groups else None

    @cached_property
    def year(self) -> FinancialYear | None:
        asked_for = self.request.GET.get("year")
        if asked_for:
            return next((year for year in self.years if str(year) == asked_for), None) or self.missing()
        return self.years[0] if self.years else None

    def missing(self) -> Any:
        raise Http404

    @cached_property
    def found(self) -> attendance.AttendanceOverTime | None:
        if self.group is None or self.year is None:
            return None
        if self.group.is_confidential:
            with transaction.atomic():
                record(verb="looked at attendance", by=self.user, target=self.group)
        return attendance.over_time(self.group, self.year.first_day, self.year.last_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, group, year = self.found, self.group, self.year
        chosen = {"group": group.code if group else "", "year": str(year or "")}
        picture = description = ""
        if found and found.agencies:
            title = f"Meetings attended, {year}"
            picture, description = attendance.chart(found, id="attendance", title=title, brand=settings.BRAND_COLOUR)
        return super().get_context_data(
            title="Attendance by agency",
            breadcrumbs=crumbs(),
            form=forms.OverTimeForm(initial=chosen, groups=self.groups, years=self.years, submit_label="Show"),
            found=found,
            group=group,
            year=year,
            table=attendance.table(found, f"Attendance by agency, {year}") if found else None,
            picture=picture,
            description=description,
            query=f"group={chosen['group']}&year={chosen['year']}",
            **kwargs,
        )

    def export(self, format: str, found: attendance.AttendanceOverTime) -> HttpResponse:
        headings = ["Partner", "Meetings", "Member", "Deputy", "Apologies", "Absent", "Attended"]
        rows: list[list[str | int]] = [
            [one.name, one.meetings, one.present, one.deputy, one.apologies, one.absent, one.attended]
            for one in found.partners
        ]
        if format == CSV:
            content, content_type = csv_bytes(headings, rows), "text/csv; charset=utf-8"
        else:
            content, content_type = xlsx_bytes([Sheet("Attendance", headings, rows)]), XLSX_TYPE
        with transaction.atomic():
            record(verb=f"exported attendance as {format.upper()}", by=self.user, target=self.group)
        return download(content, content_type, f"attendance-{self.year}.{format}")
