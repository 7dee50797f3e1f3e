"""Booking, and one's own bookings, for who is signed in; asking for a place for who is not."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from lscb.accounts import links
from lscb.accounts.access import Guarded
from lscb.accounts.adapters import address_of_client
from lscb.accounts.models import Link, User
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule
from lscb.common.lists import ListColumn, ListPage
from lscb.common.words import say
from lscb.trail.history import timeline

from .. import letters
from ..forms.booking import BookForm, BookWithoutAccountForm, ColleagueForm, DetailsForm, NeedsForm, details_of
from ..models import Booking, BookingState, Participant, Session
from ..querysets import manages
from ..services import booking as services
from . import booking_page
from .base import agencies, booking_tag, crumbs, find_session, reader, when
from .public import public

ASKED_PER_HOUR = 30
HOUR = 60 * 60
OWN = ("Your bookings", "training:booking_list")


# ---- Booking --------------------------------------------------------------------------------------------------------


@public
class BookPlace(FormView):
    """Confirm who comes. Signed in, the place is booked; otherwise a link goes to the address that was typed."""

    template_name = "training/book.html"

    @cached_property
    def session(self) -> Session:
        return find_session(reader(self.request), self.kwargs["pk"])

    @property
    def booker(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) and user.may(Permission.BOOK_TRAINING) else None

    @cached_property
    def known(self) -> Participant | None:
        return services.participant_of(self.booker) if self.booker else None

    def get_form_class(self) -> type[DetailsForm]:
        return BookForm if self.booker else BookWithoutAccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        asks = self.booker is not None and (self.known is None or self.known.needs_asked_at is None)
        needs = {"asks_manager": self.session.course.needs_approval, "asks_needs": asks}
        return super().get_form_kwargs() | {"agencies": agencies()} | needs

    def get_initial(self) -> dict[str, Any]:
        if self.booker is None:
            return {}
        if self.known:
            known = self.known
            return {"name": known.name, "job": known.job, "agency": known.agency, "organisation": known.organisation}
        own = [grant.agency for grant in self.booker.grants_today if grant.agency]
        titles = [grant.role_class.title for grant in self.booker.grants_today if not grant.agency]
        work = {"agency": own[0]} if own else {"organisation": say("The {board}"), "job": titles[0] if titles else ""}
        return {"name": self.booker.name, **work}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return self._book(form, self.booker) if self.booker else self._ask(form)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)

    def _book(self, form: Any, booker: User) -> HttpResponse:
        person = services.know_participant(email=booker.email, details=details_of(form.cleaned_data), user=booker)
        if "access_needs" in form.fields:
            access, dietary = form.cleaned_data["access_needs"], form.cleaned_data["dietary_needs"]
            services.tell_needs(participant=person, access=access, dietary=dietary, at=timezone.now())
        booking = services.book_place(
            session=self.session,
            participant=person,
            details=details_of(form.cleaned_data),
            manager_email=form.cleaned_data.get("manager_email", ""),
            by=booker,
            now=timezone.now(),
        )
        return redirect("training:booked", booking.pk)

    def _ask(self, form: Any) -> HttpResponse:
        _check_pace(self.request)
        person = services.know_participant(email=form.cleaned_data["email"], details=details_of(form.cleaned_data))
        services.book_place(
            session=self.session,
            participant=person,
            details=details_of(form.cleaned_data),
            manager_email=form.cleaned_data.get("manager_email", ""),
            proven=False,
            by=None,
            now=timezone.now(),
        )
        return redirect("training:asked", self.session.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        full = self.session.taken >= self.session.capacity or self.session.in_line > 0  # type: ignore[attr-defined]
        return super().get_context_data(
            title="Join the waiting list" if full else "Book a place",
            session=self.session,
            days=when(self.session),
            full=full,
            booker=self.booker,
            takes_bookings=self.session.takes_bookings(timezone.now()),
            breadcrumbs=crumbs((self.session.course.title, self.session.get_absolute_url())),
            **kwargs,
        )


def _check_pace(request: HttpRequest) -> None:
    """So many places are asked for from one address in an hour, and no more: no machine fills mailboxes from here."""
    key = f"training-asked-from-{address_of_client(request)}"
    cache.add(key, 0, HOUR)
    if cache.incr(key) > ASKED_PER_HOUR:
        raise RuleBroken("Many bookings came from your network in the last hour. Try again later, or sign in.")


@public
class Asked(TemplateView):
    """The link is on its way. The same page whoever the address belongs to."""

    template_name = "training/asked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = find_session(reader(self.request), self.kwargs["pk"])
        return super().get_context_data(title="Check your e-mail", session=session, **kwargs)


class BooksTraining(Guarded):
    """A page for who may book."""

    scope = (Permission.BOOK_TRAINING,)


class OwnBooking(BooksTraining):
    """A booking that the person may see: the own one, or any for the board's team."""

    kwargs: dict[str, Any]

    @cached_property
    def booking(self) -> Booking:
        visible = Booking.objects.visible_to(self.user).of_people().select_related("session__charge_policy")
        return get_object_or_404(visible.prefetch_related("session__days"), pk=self.kwargs["pk"])


class Booked(OwnBooking, TemplateView):
    """Done: what the booking is now and what happens next. Loading it again changes nothing."""

    template_name = "training/booked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**booking_page.context(self.booking, timezone.now()), **kwargs)


class BookingPage(OwnBooking, View):
    """One booking: accept, cancel, pass on, certificate."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        staff = manages(self.user)
        charge = getattr(self.booking, "charge", None)
        context = booking_page.context(self.booking, timezone.now()) | {
            "breadcrumbs": crumbs(
                ("Bookings", reverse("training:all_bookings")) if staff else (OWN[0], reverse(OWN[1]))
            ),
            "history": timeline(self.booking) if staff else None,
            "staff": staff,
            "participant": self.booking.participant,
            "charge": charge,
            "waits_for_manager": staff and self.booking.state == BookingState.REQUESTED,
        }
        return render(request, "training/booking.html", context)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return booking_page.act(request, self.booking, by=self.user, to_accepted=request.path)


class PassOn(OwnBooking, Change):
    """A colleague takes the place."""

    form_class = ColleagueForm
    title = "Give the place to a colleague"
    done = "Your colleague has the place and was sent an e-mail."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": agencies()}

    def get_initial(self) -> dict[str, Any]:
        return {"agency": self.booking.agency, "organisation": self.booking.organisation}

    def do(self, data: dict[str, Any]) -> Any:
        email, now = data["email"], timezone.now()
        services.substitute(booking=self.booking, email=email, details=details_of(data), by=self.user, now=now)
        return self.booking


# ---- One's own ------------------------------------------------------------------------------------------------------


class BookingList(BooksTraining, ListPage):
    """Everything that this person booked, the latest session first."""

    template_name = "training/booking_list.html"
    title = "Your bookings"
    nouns = ("booking", "bookings")
    default_sort = "-date"
    exportable = False
    empty_text = "You have no booking."
    columns = (
        ListColumn("Course", "session.course.title", sort="session__course__title", link=True),
        ListColumn("Date", "session.starts_at", sort="session__starts_at"),
        ListColumn("Place", lambda booking: booking.session.place or "Online"),
        ListColumn("State", booking_tag, sort="state", tag=True),
    )

    def get_queryset(self) -> QuerySet[Booking]:
        return Booking.objects.own(self.user).select_related("session__course")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        participant = Participant.objects.filter(user=self.user).first()
        return super().get_context_data(
            feed=_feed(participant) if participant else "",
            participant=participant,
            breadcrumbs=crumbs(),
            **kwargs,
        )


def _feed(participant: Participant) -> str:
    """The address of the own calendar, while there is one."""
    live = Link.objects.live().to(participant).filter(purpose=letters.FEED, expires_at__gt=timezone.now()).first()
    return letters.feed_address(live) if live else ""


class OwnNeeds(BooksTraining, Change):
    """Change what one needs; the board's team sees it for the sessions that one has a place in."""

    form_class = NeedsForm
    title = "What you need to take part"
    done = "Your needs are saved."
    success_url = reverse_lazy("training:booking_list")

    @cached_property
    def participant(self) -> Participant:
        return get_object_or_404(Participant.objects.filter(user=self.user))

    def get_initial(self) -> dict[str, Any]:
        return {"access_needs": self.participant.access_needs, "dietary_needs": self.participant.dietary_needs}

    def do(self, data: dict[str, Any]) -> Any:
        access, dietary = data["access_needs"], data["dietary_needs"]
        services.tell_needs(participant=self.participant, access=access, dietary=dietary, at=timezone.now())
        return self.success_url


class OwnCalendar(BooksTraining, View):
    """Make an address under which one's own calendar can be subscribed to, or take it back. Only by a button."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        participant = get_object_or_404(Participant.objects.filter(user=self.user))
        if request.POST.get("do") == "revoke":
            links.revoke_links(target=participant, purpose=letters.FEED, by=self.user, at=timezone.now())
            messages.success(request, "The address of your calendar does not work any more.")
        else:
            letters.feed_link(participant, by=self.user, at=timezone.now())
            messages.success(request, "Your calendar has an address. Whoever knows it can read when you are where.")
        return redirect(OWN[1])
