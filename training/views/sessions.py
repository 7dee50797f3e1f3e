"""Sessions, as the board's team runs them: list, one session with its people, and everything that may happen to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.views.versioned import Versioned
from lscb.common.lists import ListColumn
from lscb.common.periods import FinancialYear
from lscb.trail.history import timeline

from ..forms import staff as forms
from ..models import Booking, Course, Programme, Session, SessionMove, SessionState
from ..reporting import COUNTED_SESSIONS
from ..services import sessions as services
from ..services.register import start_of_register
from .base import (
    ManagesTraining,
    StaffChange,
    StaffList,
    booking_tag,
    find_session,
    session_tag,
    staff_crumbs,
    when,
)

# ---- The list -------------------------------------------------------------------------------------------------------


class SessionListFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(label="Words", field_name="course__title", lookup_expr="icontains")
    show = django_filters.ChoiceFilter(
        label="Show",
        choices=[("to_come", "To come"), ("register", "Register to complete"), *SessionState.choices],
        empty_label="All",
        method="shown",
    )
    programme = django_filters.ModelChoiceFilter(
        label="Programme", queryset=Programme.objects.all(), field_name="course__programme", empty_label="All"
    )
    course = django_filters.ModelChoiceFilter(label="Course", queryset=Course.objects.all(), empty_label="All courses")
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years", method="in_year")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = {FinancialYear.containing(day) for day in Session.objects.dates("starts_at", "month")}
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in sorted(years, reverse=True)]

    def shown(self, sessions: Any, name: str, value: str) -> Any:
        now = timezone.now()
        if value == "to_come":
            return sessions.to_come(now)
        if value == "register":
            return sessions.filter(state__in=(SessionState.OPEN, SessionState.CLOSED), ends_at__lte=now)
        return sessions.filter(state=value)

    def in_year(self, sessions: Any, name: str, value: str) -> Any:
        return sessions.of_year(FinancialYear.parse(value))


class SessionList(StaffList):
    title = "Sessions"
    nouns = ("session", "sessions")
    filterset_class = SessionListFilter
    counted = COUNTED_SESSIONS
    default_sort = "-date"
    empty_text = "No session is planned yet."
    columns = (
        ListColumn(
            "Course",
            "course.title",
            sort="course__title",
            link=lambda one: reverse("training:session_manage", args=[one.pk]),
        ),
        ListColumn("Date", "starts_at", sort="starts_at"),
        ListColumn("Programme", "course.programme", sort="course__programme__name"),
        ListColumn("State", session_tag, sort="state", tag=True),
        ListColumn("Places", "capacity", sort="capacity", numeric=True),
        ListColumn("Taken", "taken", sort="taken", numeric=True),
        ListColumn("Waiting", "in_line", sort="in_line", numeric=True),
    )

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.visible_to(self.user).with_places().select_related("course__programme")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        start = {"start_url": reverse("training:session_add"), "start_label": "Plan a session"}
        return super().get_context_data(**start, **kwargs)


# ---- One session ----------------------------------------------------------------------------------------------------


class OfSession(ManagesTraining):
    """A page about one session."""

    kwargs: dict[str, Any]

    @cached_property
    def session(self) -> Session:
        return find_session(self.user, self.kwargs["pk"])

    def crumbs(self) -> list[tuple[str, str]]:
        return staff_crumbs((str(self.session), reverse("training:session_manage", args=[self.session.pk])))


class ManageSession(OfSession, TemplateView):
    """A session with its people, what may be done, and its history."""

    template_name = "training/session_manage.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session: Any = self.session
        bookings = Booking.objects.visible_to(self.user).filter(session=session)
        people = [
            {"booking": one, "state": booking_tag(one), "participant": one.participant}
            for one in bookings.select_related("agency", "participant").order_by(
                F("place").asc(nulls_last=True), "in_line", "name"
            )
        ]
        live = [one for one in people if one["booking"].is_live]  # type: ignore[attr-defined]
        return super().get_context_data(
            title=session.course.title,
            session=session,
            state=session_tag(session),
            rows=_rows(session),
            moves=_moves(session, timezone.now()),
            people=live,
            ended=[one for one in people if one not in live],
            needs=[one for one in live if _needs(one["participant"]) and one["booking"].holds_place],  # type: ignore[attr-defined]
            sent=session.messages.all(),
            history=timeline(session),
            breadcrumbs=staff_crumbs(),
            **kwargs,
        )


def _needs(participant: Any) -> bool:
    return bool(participant.access_needs or participant.dietary_needs)


def _rows(session: Any) -> list[dict[str, Any]]:
    change = reverse("training:session_change", args=[session.pk])
    policy = session.charge_policy
    facts = [
        {"key": "When", "value": "\n".join(when(session)), "url": change},
        {"key": "Where", "value": session.place or session.link, "url": change},
        {"key": "Link to join", "value": session.link, "empty": "None", "url": change},
        {"key": "Trainers", "value": "; ".join(str(one) for one in session.trainers.all()), "url": change},
        {
            "key": "Places",
            "value": f"{session.capacity}, {session.taken} taken, {session.in_line} waiting",
            "url": change,
        },
        {"key": "Charges", "value": str(policy) if policy else "", "empty": "None", "url": change},
    ]
    if session.cancelled_because:
        facts.append({"key": "Cancelled because", "value": session.cancelled_because})
    if session.state in (SessionState.CANCELLED, SessionState.HELD):
        facts = [{name: value for name, value in fact.items() if name != "url"} for fact in facts]
    return facts


def _moves(session: Session, now: dt.datetime) -> list[dict[str, str]]:
    """What may be done next: the first is the main one."""
    first = session.days.all()[0]
    registers = now >= start_of_register(first) and (session.is_to_come or session.is_held)
    over = session.is_to_come and now >= session.days.all()[len(session.days.all()) - 1].starts_at
    offers = [
        ("Publish", "session_publish", session.allows(SessionMove.PUBLISHED)),
        ("Take the register", "register", registers),
        ("Send the register to the trainers", "register_send", session.is_to_come and bool(session.trainers.all())),
        ("Complete the register", "register_complete", over),
        ("Write to participants", "session_write", session.is_to_come or session.is_held),
        ("Sign-in sheet (PDF)", "sign_in_sheet", session.is_to_come),
        ("Close booking", "session_close", session.allows(SessionMove.CLOSED)),
        ("Open booking again", "session_reopen", session.allows(SessionMove.REOPENED)),
        ("Cancel the session", "session_cancel", session.allows(SessionMove.CANCELLED)),
    ]
    return [
        {"label": label, "url": reverse(f"training:{route}", args=[session.pk])}
        for label, route, allowed in offers
        if allowed
    ]


# ---- Planning and changing ------------------------------------------------------------------------------------------


class PlanSession(StaffChange):
    """Plan a session, once or week after week; `?course=` chooses the course."""

    form_class = forms.PlanSessionForm
    title = "Plan a session"
    done = "The session is planned."

    def get_initial(self) -> dict[str, Any]:
        given = self.request.GET.get("course", "")
        course = Course.objects.filter(pk=given).first() if given.isdigit() else None
        return {"course": course, "charge_policy": course.charge_policy} if course else {}

    def do(self, data: dict[str, Any]) -> Any:
        facts = forms.session_facts(data) | {"course": data["course"], "publish": data["publish"]}
        planned = services.plan_weekly(times=data["weeks"], by=self.user, **facts)
        return reverse("training:session_manage", args=[planned[0].pk])


class ChangeSession(OfSession, StaffChange, Versioned):
    form_class = forms.SessionForm
    title = "Change a session"
    done = "The session is changed. Who has a place was told if time or place are others now."

    def values(self, record: Session) -> dict[str, Any]:
        return forms.session_values(record)

    @property
    def record(self) -> Session:
        return self.session

    def do(self, data: dict[str, Any]) -> Any:
        facts = forms.session_facts(data)
        services.change_session(session=self.session, version=data["version"], by=self.user, now=self.now, **facts)
        return reverse("training:session_manage", args=[self.session.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": self.crumbs()} | kwargs)


class Step(OfSession, StaffChange):
    """One step of a session: what will happen, and one button."""

    form_class: type[Form] = forms.NothingToEnter
    warning: ClassVar[str] = ""
    button: ClassVar[str] = ""
    call: ClassVar[Callable[..., Any]]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | ({"submit_label": self.button} if self.button else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"breadcrumbs": self.crumbs(), "warning": self.warning, "session": self.session}
        return super().get_context_data(**words | kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        type(self).call(session=self.session, by=self.user, **data)
        return reverse("training:session_manage", args=[self.session.pk])


class PublishSession(Step):
    title, button, call = "Publish a session", "Publish", services.publish_session
    done = "The session is in the public programme."
    warning = "Everybody can read and book it from now on."


class CloseBooking(Step):
    title, button, call = "Close booking", "Close booking", services.close_booking
    done = "Booking is closed."
    warning = "Nobody can book any more. Who is on the waiting list is still offered what gets free."


class ReopenBooking(Step):
    title, button, call = "Open booking again", "Open booking again", services.reopen_booking
    done = "Booking is open again."
    warning = "People can book until booking closes by its date."


class TimedStep(Step):
    """A step at this very moment."""

    def do(self, data: dict[str, Any]) -> Any:
        return super().do(data | {"now": self.now})


class CancelSession(TimedStep):
    form_class = forms.CancelSessionForm
    title, call = "Cancel a session", services.cancel_session
    done = "The session is cancelled and everybody is told."
    warning = (
        "This cannot be undone. Everybody who booked or waits gets an e-mail, and calendar entries are taken back."
    )


class WriteToParticipants(TimedStep):
    form_class = forms.MessageForm
    title, call = "Write to participants", services.write_to_participants
    done = "The message is on its way."


class CopyYear(StaffChange):
    form_class = forms.CopyYearForm
    title = "Copy a year’s programme"
    done = "The sessions are copied as drafts. Look through them, then publish each."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"this_year": FinancialYear.containing(self.today)}

    def do(self, data: dict[str, Any]) -> Any:
        services.copy_year(year=data["year"], to=data["to"], by=self.user)
        return f"{reverse('training:session_list')}?show=draft"
