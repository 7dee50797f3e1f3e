"""What everybody may read: the programme as list, calendar and feed, and each session."""

from __future__ import annotations

import calendar as month_grid
import datetime as dt
from collections import defaultdict
from typing import Any

import django_filters
from django.contrib.auth.decorators import login_not_required
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from lscb.common.lists import ListColumn, ListPage
from lscb.common.periods import Month
from lscb.common.rounding import show_money

from .. import calendar
from ..models import Booking, Course, Programme, Session, SessionDay, SessionState
from ..models.session import PUBLIC
from ..querysets import manages, start_of
from ..services.charging import last_day_in_time
from .base import crumbs, find_session, places_words, reader, session_tag, staff_links, when

FEED_REACHES_BACK = dt.timedelta(days=31)


def public(view: Any) -> Any:
    """Nobody signs in for this page."""
    return method_decorator(login_not_required, name="dispatch")(view)


class SessionFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(label="Words", method="with_words")
    programme = django_filters.ModelChoiceFilter(
        label="Programme", queryset=Programme.objects.all(), field_name="course__programme", empty_label="All"
    )
    level = django_filters.ChoiceFilter(label="Level", field_name="course__level", empty_label="All levels")
    month = django_filters.ChoiceFilter(label="Month", empty_label="All months", method="in_month")
    free = django_filters.BooleanFilter(label="Places left", method="with_free", widget=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = Course.objects.exclude(level="").order_by("level").values_list("level", flat=True).distinct()
        self.filters["level"].extra["choices"] = [(level, level) for level in levels]
        first = Month.containing(timezone.localdate())
        months = [first]
        while len(months) < 12:
            months.append(months[-1].next)
        self.filters["month"].extra["choices"] = [(str(month), month.label) for month in months]

    def with_words(self, sessions: Any, name: str, value: str) -> Any:
        for word in value.split():
            found = Q(course__title__icontains=word) | Q(course__aims__icontains=word)
            sessions = sessions.filter(found | Q(course__programme__name__icontains=word) | Q(place__icontains=word))
        return sessions

    def in_month(self, sessions: Any, name: str, value: str) -> Any:
        month = Month.parse(value)
        return sessions.filter(starts_at__gte=start_of(month.first_day), starts_at__lt=start_of(month.next.first_day))

    def with_free(self, sessions: Any, name: str, value: bool) -> Any:
        open_now = Q(taken__lt=F("capacity"), state=SessionState.OPEN, closes_at__gt=timezone.now())
        return sessions.filter(open_now) if value else sessions.exclude(open_now)


@public
class PublicProgramme(ListPage):
    """What can be booked, the next first."""

    template_name = "training/programme.html"
    title = "Training programme"
    nouns = ("session", "sessions")
    filterset_class = SessionFilter
    default_sort = "date"
    exportable = False
    empty_text = "No session is planned at the moment."
    columns = (
        ListColumn("Course", "course.title", sort="course__title", link=True),
        ListColumn("Date", "starts_at", sort="starts_at"),
        ListColumn("Programme", "course.programme", sort="course__programme__name"),
        ListColumn("Place", lambda session: session.place or "Online"),
        ListColumn("Places", places_words, tag=True),
    )

    def get_queryset(self) -> QuerySet[Session]:
        sessions = Session.objects.public().to_come(timezone.now()).with_places()
        return sessions.select_related("course__programme")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(manages=manages(reader(self.request)), staff_links=staff_links(), **kwargs)


@public
class PublicCalendar(TemplateView):
    """A month of the programme: a grid of weeks, on a phone a list of days."""

    template_name = "training/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        month = _month(self.request.GET["month"]) if "month" in self.request.GET else _next_month()
        days = SessionDay.objects.filter(
            session__state__in=PUBLIC,
            starts_at__gte=start_of(month.first_day),
            starts_at__lt=start_of(month.next.first_day),
        ).select_related("session__course")
        by_day = defaultdict(list)
        for one in days.order_by("starts_at"):
            by_day[one.day].append({"session": one.session, "hours": calendar.hours(one)})
        grid = month_grid.Calendar().monthdatescalendar(month.calendar_year, month.number)
        weeks = [
            [{"day": day, "inside": day in month, "today": day == today, "sessions": by_day[day]} for day in week]
            for week in grid
        ]
        return super().get_context_data(
            title=f"Training in {month.label}",
            weeks=weeks,
            any=bool(by_day),
            month=month,
            names=month_grid.day_name,
            breadcrumbs=crumbs(),
            **kwargs,
        )


def _next_month() -> Month:
    """The month of the next session."""
    upcoming = Session.objects.public().to_come(timezone.now()).order_by("starts_at").first()
    return Month.containing(upcoming.first_day if upcoming else timezone.localdate())


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        raise Http404 from None


@public
class PublicFeed(View):
    """The programme as a calendar that other calendars subscribe to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        since = timezone.now() - FEED_REACHES_BACK
        sessions = Session.objects.public().filter(ends_at__gte=since).select_related("course")
        return ics(calendar.of_sessions(sessions.prefetch_related("days"), at=timezone.now()), "training-programme")


@public
class SessionCalendar(View):
    """One session to take along."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        session = find_session(reader(request), pk)
        return ics(calendar.of_sessions([session], at=timezone.now()), "training-session")


def ics(text: str, name: str) -> HttpResponse:
    """A calendar as a file; its MIME type says the same method as the file."""
    response = HttpResponse(text, content_type=f"{calendar.PUBLISH_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@public
class SessionPage(TemplateView):
    """One session, for everybody: what it is, when, where, how many places are left, what not coming costs."""

    template_name = "training/session.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = reader(self.request)
        session: Any = find_session(user, self.kwargs["pk"])
        own = Booking.objects.visible_to(user).live().filter(session=session, participant__user=user.pk).first()
        takes = session.takes_bookings(timezone.now())
        full = session.taken >= session.capacity or session.in_line > 0
        return super().get_context_data(
            title=session.course.title,
            session=session,
            state=places_words(session) if session.is_to_come else session_tag(session),
            rows=_rows(session),
            own=own,
            takes_bookings=takes and own is None,
            label="Join the waiting list" if full else "Book a place",
            manages=manages(user),
            breadcrumbs=crumbs(),
            **kwargs,
        )


def _rows(session: Any) -> list[dict[str, Any]]:
    course = session.course
    facts = [
        ("When", "\n".join(when(session))),
        ("Where", session.place or "Online. Who has a place gets the link"),
        ("Programme", course.programme.name),
        ("Level", course.level),
        ("For whom", course.audience),
        ("Aims", course.aims),
        ("Trainers", "; ".join(str(one) for one in session.trainers.all())),
        ("Places", f"{session.capacity}, of which {session.taken} are taken"),
        ("Book by", calendar.deadline(session.closes_at)),
        ("Approval", "Your manager approves the booking by e-mail" if course.needs_approval else ""),
        ("If you cannot come", _charges(session)),
        ("Good to know", session.practical),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _charges(session: Session) -> str:
    """The charge policy in words."""
    policy = session.charge_policy
    if policy is None:
        return "Give your place up as early as you can: somebody else may be waiting. Nothing is charged."
    last = last_day_in_time(session)
    fee = next((one.amount for one in policy.fees.all() if one.length == session.course.length), None)
    if fee is None:
        return "Nothing is charged for this course."
    absent = " or do not come" if policy.charges_absence else ""
    return (
        f"Free until the end of {last.day} {last:%B %Y}. If you cancel later{absent}, "
        f"your agency is charged {show_money(fee)}."
    )
