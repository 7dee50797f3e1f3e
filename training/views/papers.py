"""Certificates and sign-in sheets as files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from boards.views.meeting_files import download
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from .. import papers
from ..models import Booking
from ..services.register import ON_REGISTER, has_certificate
from .base import ManagesTraining, find_session
from .booking import OwnBooking


def certificate_of(booking: Booking) -> HttpResponse:
    """The certificate, for who has one; otherwise there is none. No name stands in the name of the file."""
    if not has_certificate(booking):
        raise Http404
    return download(papers.certificate(booking), "application/pdf", f"certificate-{booking.session.first_day}.pdf")


class Certificate(OwnBooking, View):
    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return certificate_of(self.booking)


class SignInSheet(ManagesTraining, View):
    """To print, with the people who have a place."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        session = find_session(self.user, pk)
        people = Booking.objects.visible_to(self.user).filter(session=session, state__in=ON_REGISTER)
        try:
            sheet = papers.sign_in_sheet(session, list(people.select_related("agency").order_by("name")))
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect("training:session_manage", session.pk)
        with transaction.atomic():
            record(verb="printed a sign-in sheet", by=self.user, target=session)
        return download(sheet, "application/pdf", f"sign-in-sheet-{session.first_day}.pdf")
