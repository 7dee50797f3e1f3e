"""The register on the day: a tick list for a phone, who walks in, and completing it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.models import Actor, Link, User
from lscb.common.errors import RuleBroken
from lscb.common.periods import local_date

from ..forms.booking import WalkInForm, details_of
from ..models import Booking, Session, SessionDay
from ..querysets import BookingQuerySet
from ..services import register as services
from .base import StaffChange, agencies
from .sessions import OfSession, TimedStep


class TakesRegister(TemplateView):
    """Who is there on a day: today's, unless `?day=` asks for another. Saving touches only whom the page showed."""

    template_name = "training/register.html"
    session: Any

    @property
    def by(self) -> Actor | Link:
        """Who takes the register."""
        raise NotImplementedError

    def bookings(self) -> BookingQuerySet:
        """Those that who takes the register may see."""
        raise NotImplementedError

    @cached_property
    def day(self) -> SessionDay:
        days = list(self.session.days.all())
        asked = self.request.GET.get("day", "")
        if asked:
            found = [one for one in days if str(one.number) == asked]
            if not found:
                raise Http404
            return found[0]
        today = local_date(timezone.now())
        return next((one for one in days if one.day >= today), days[-1])

    def people(self) -> list[Booking]:
        known = self.bookings().filter(session=self.session, state__in=services.ON_REGISTER)
        return list(known.select_related("agency").order_by("name", "pk"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        there = services.ticks(self.session)[self.day.pk]
        return super().get_context_data(
            title="Register",
            session=self.session,
            day=self.day,
            days=list(self.session.days.all()),
            people=[{"booking": one, "ticked": one.pk in there} for one in self.people()],
            opens=services.start_of_register(self.day),
            is_open=timezone.now() >= services.start_of_register(self.day),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        people = {str(one.pk): one for one in self.people()}
        ticked, seen = (
            [people[key] for key in request.POST.getlist(name) if key in people] for name in ("there", "seen")
        )
        try:
            services.mark_register(
                session=self.session, day=self.day, present=ticked, seen=seen, by=self.by, now=timezone.now()
            )
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"Saved: {len(ticked)} of {len(seen)} are there.")
        return redirect(f"{request.path}?day={self.day.number}")


class Register(OfSession, TakesRegister):
    """For the board's team, which completes it, too."""

    @property
    def by(self) -> User:
        return self.user

    def bookings(self) -> BookingQuerySet:
        return Booking.objects.visible_to(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk, now = self.session.pk, timezone.now()
        can_complete = self.session.is_to_come and now >= self.session.days.all()[0].starts_at
        return super().get_context_data(
            walk_in=reverse("training:walk_in", args=[pk]),
            complete=reverse("training:register_complete", args=[pk]) if can_complete else "",
            sheet=reverse("training:sign_in_sheet", args=[pk]),
            breadcrumbs=self.crumbs(),
            **kwargs,
        )


class SendRegister(TimedStep):
    title, button, call = "Send the register to the trainers", "Send the link", services.send_register
    done = "The trainers were sent the link."
    warning = (
        "Each trainer with an e-mail address gets a link by which they take the register of this session without an "
        "account. They are sent it two days before anyway."
    )


class WalkIn(OfSession, StaffChange):
    form_class = WalkInForm
    title = "Somebody who did not book"
    done = "They are on the register."

    @property
    def number(self) -> str:
        number = self.request.GET.get("day", "")
        return number if number.isdigit() else "1"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": agencies()}

    def do(self, data: dict[str, Any]) -> Any:
        day, email, now = day_of(self.session, self.number), data["email"], self.now
        services.walk_in(session=self.session, day=day, email=email, details=details_of(data), by=self.user, now=now)
        return f"{reverse('training:register', args=[self.session.pk])}?day={self.number}"


def day_of(session: Session, number: str) -> SessionDay:
    day = next((one for one in session.days.all() if str(one.number) == number), None)
    if day is None:
        raise RuleBroken("This session has no such day.")
    return day


class CompleteRegister(TimedStep):
    title, button, call = "Complete the register", "Complete the register", services.complete_register
    done = "The register is complete. Who came is asked what it was worth."
    warning = (
        "Who is not ticked did not attend, which may be charged. Who came gets an e-mail with questions. "
        "Ticks can still be put right afterwards."
    )
