"""Pages that are reached by a link from an e-mail, without an account. Opening one changes nothing."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, View

from lscb.accounts.models import Link
from lscb.accounts.views.by_link import ByLink
from lscb.common.errors import RuleBroken
from lscb.common.forms import apply_rule

from .. import calendar, letters
from ..forms.booking import ColleagueForm, ConfirmAddressForm, EvaluationForm, WalkInForm, details_of
from ..models import Booking, BookingState, Moment, Question, Session
from ..models.booking import CANCELLED, HOLDS_PLACE
from ..querysets import BookingQuerySet
from ..services import booking as services
from ..services import evaluating, register
from . import booking_page
from .base import agencies, when
from .papers import certificate_of
from .public import ics
from .register import TakesRegister, day_of


class OfBooking(ByLink):
    """A page about the one booking that the link leads to."""

    request: HttpRequest

    @cached_property
    def booking(self) -> Booking:
        bookings = Booking.objects.of_people().select_related("session__charge_policy", "session__course__programme")
        return get_object_or_404(bookings.prefetch_related("session__days"), pk=self.link.target_key)


class BookingByLink(OfBooking, View):
    """The booking: accept, cancel, leave, pass on, certificate."""

    purpose = letters.BOOKING

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        context = booking_page.context(self.booking, timezone.now()) | {"token": token}
        return render(request, "training/booking.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        by = str(self.link)
        return booking_page.act(request, self.booking, by=by, link=self.link, to_accepted=request.path)


class CertificateByLink(OfBooking, View):
    purpose = letters.BOOKING

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return certificate_of(self.booking)


class ActByLink(OfBooking, FormView):
    """A form that ends in a service. What is refused is shown at its field, and what was typed stays."""

    template_name = "training/by_link_form.html"
    title: ClassVar[str]

    def do(self, form: Any) -> HttpResponse:
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return self.do(form)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = self.booking.session
        return super().get_context_data(
            **{"title": self.title, "session": session, "days": when(session), "booking": self.booking} | kwargs
        )


class ConfirmAddress(ActByLink):
    """The address is theirs: now the place is booked, and needs are asked for once."""

    purpose = letters.ADDRESS
    title = "Confirm your booking"
    form_class = ConfirmAddressForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"asks_needs": self.booking.participant.needs_asked_at is None}

    def do(self, form: Any) -> HttpResponse:
        now = timezone.now()
        booking = services.confirm_address(booking=self.booking, link=self.link, now=now)
        if "access_needs" in form.fields:
            needs = {"access": form.cleaned_data["access_needs"], "dietary": form.cleaned_data["dietary_needs"]}
            services.tell_needs(participant=booking.participant, at=now, **needs)
        messages.success(self.request, f"{booking.get_state_display()}. We sent you an e-mail about it.")
        return redirect("training:booking_by_link", letters.booking_token(booking, at=now))


class PassOnByLink(ActByLink):
    purpose = letters.BOOKING
    title = "Give your place to a colleague"
    form_class = ColleagueForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": agencies()}

    def get_initial(self) -> dict[str, Any]:
        return {"agency": self.booking.agency, "organisation": self.booking.organisation}

    def do(self, form: Any) -> HttpResponse:
        services.substitute(
            booking=self.booking,
            email=form.cleaned_data["email"],
            details=details_of(form.cleaned_data),
            by=str(self.link),
            now=timezone.now(),
        )
        messages.success(self.request, "Your colleague has your place and was sent an e-mail.")
        return redirect("training:booking_by_link", self.kwargs["token"])


class Approve(OfBooking, View):
    """The manager's page: who wants to go where, and two buttons."""

    purpose = letters.APPROVAL

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        booking = self.booking
        facts = [
            ("Who", f"{booking.name}, {booking.job}"),
            ("From", booking.works_for),
            ("Course", booking.session.course.title),
            ("When", "\n".join(when(booking.session))),
            ("Where", booking.session.place or "Online"),
        ]
        rows = [{"key": key, "value": value} for key, value in facts]
        context = {"title": "Approve a booking", "rows": rows, "booking": booking}
        return render(request, "training/approve.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        approves = request.POST.get("do") == "approve"
        verb = services.approve_booking if approves else services.decline_booking
        try:
            verb(booking=self.booking, link=self.link, by=str(self.link), now=timezone.now())
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        else:
            told = "The person who booked was sent an e-mail."
            messages.success(request, f"You {'approved' if approves else 'declined'} the booking. {told}")
        return redirect(self.booking.session)


class Evaluate(ActByLink):
    """The questions of one moment."""

    moment: ClassVar[str]
    form_class = EvaluationForm
    title = "What was it worth?"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": list(Question.objects.asked())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        intro = {
            Moment.BEFORE: "Before the session: how far do you agree today?",
            Moment.AFTER: "Straight after the session: how far do you agree now?",
            Moment.LATER: "Three months on: how far do you agree today?",
        }[Moment(self.moment)]
        return super().get_context_data(intro=intro, **kwargs)

    def do(self, form: Any) -> HttpResponse:
        evaluating.evaluate(
            booking=self.booking,
            moment=self.moment,
            scores=form.scores(),
            comment=form.cleaned_data["comment"],
            link=self.link,
            now=timezone.now(),
        )
        messages.success(self.request, "Thank you. Your answers are in.")
        return redirect(self.booking.session)


class EvaluateBefore(Evaluate):
    moment, purpose = Moment.BEFORE, letters.EVALUATION[Moment.BEFORE]
    title = "Before your training"


class EvaluateAfter(Evaluate):
    moment, purpose = Moment.AFTER, letters.EVALUATION[Moment.AFTER]


class EvaluateLater(Evaluate):
    moment, purpose = Moment.LATER, letters.EVALUATION[Moment.LATER]
    title = "What do you use of it?"


class _OfRegister(ByLink):
    """A page about the register of the one session that the link leads to."""

    purpose = letters.REGISTER
    kwargs: dict[str, Any]

    @cached_property
    def session(self) -> Session:
        sessions = Session.objects.select_related("course").prefetch_related("days")
        return get_object_or_404(sessions, pk=self.link.target_key)


class RegisterByLink(_OfRegister, TakesRegister):
    """The trainer ticks who is there."""

    @property
    def by(self) -> Link:
        return self.link

    def bookings(self) -> BookingQuerySet:
        return Booking.objects.filter(session=self.session)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        walk_in = reverse("training:walk_in_by_link", args=[self.kwargs["token"]])
        return super().get_context_data(walk_in=walk_in, **kwargs)


class WalkInByLink(_OfRegister, FormView):
    template_name = "training/by_link_form.html"
    form_class = WalkInForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": agencies()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": "Somebody who did not book", "session": self.session, "days": when(self.session)}
        return super().get_context_data(**words | kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        number, typed = self.request.GET.get("day", "1"), form.cleaned_data
        try:
            register.walk_in(
                session=self.session,
                day=day_of(self.session, number),
                email=typed["email"],
                details=details_of(typed),
                by=self.link,
                now=timezone.now(),
            )
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "They are on the register.")
        return redirect(f"{reverse('training:register_by_link', args=[self.kwargs['token']])}?day={number}")


class OwnFeed(ByLink, View):
    """One's own calendar, for a calendar program that cannot sign in."""

    purpose = letters.FEED

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        had_place = (*HOLDS_PLACE, *CANCELLED, BookingState.SUBSTITUTED, BookingState.CALLED_OFF)
        bookings = Booking.objects.filter(participant__pk=self.link.target_key, state__in=had_place, invitation__gt=0)
        known = bookings.of_people().prefetch_related("session__days")
        return ics(calendar.of_bookings(known, at=now), "my-training")
