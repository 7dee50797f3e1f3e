"""Bookings of everybody, charges and comments, for the board's team."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.models import Agency
from lscb.accounts.views.versioned import AsRead
from lscb.common.lists import ListColumn, Tag
from lscb.common.periods import FinancialYear
from lscb.common.rounding import show_money
from lscb.trail.history import timeline

from ..forms import staff as forms
from ..models import Booking, BookingState, Charge, CommentState, Course, Evaluation, Programme, Session
from ..reporting import COUNTED_BOOKINGS
from ..services import booking as booking_services
from ..services import charging, evaluating
from .base import ManagesTraining, StaffChange, StaffList, booking_tag, crumbs

# ---- Bookings -------------------------------------------------------------------------------------------------------


class BookingFilter(django_filters.FilterSet):
    """No name and no address: filters stand in the address of the page."""

    state = django_filters.ChoiceFilter(label="State", choices=BookingState.choices, empty_label="All states")
    programme = django_filters.ModelChoiceFilter(
        label="Programme", queryset=Programme.objects.all(), field_name="session__course__programme", empty_label="All"
    )
    course = django_filters.ModelChoiceFilter(
        label="Course", queryset=Course.objects.all(), field_name="session__course", empty_label="All courses"
    )
    agency = django_filters.ModelChoiceFilter(label="Agency", queryset=Agency.objects.all(), empty_label="All agencies")
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years", method="in_year")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = {FinancialYear.containing(day) for day in Session.objects.dates("starts_at", "month")}
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in sorted(years, reverse=True)]

    def in_year(self, bookings: Any, name: str, value: str) -> Any:
        return bookings.filter(session__in=Session.objects.of_year(FinancialYear.parse(value)))


class AllBookings(StaffList):
    title = "Bookings"
    nouns = ("booking", "bookings")
    filterset_class = BookingFilter
    counted = COUNTED_BOOKINGS
    default_sort = "-date"
    columns = (
        ListColumn("Name", "name", sort="name", link=True),
        ListColumn("Role", "job"),
        ListColumn("Works for", "works_for", sort=("agency__name", "organisation")),
        ListColumn("Course", "session.course.title", sort="session__course__title"),
        ListColumn("Date", "session.starts_at", sort="session__starts_at"),
        ListColumn("State", booking_tag, sort="state", tag=True),
    )

    def get_queryset(self) -> QuerySet[Booking]:
        return Booking.objects.visible_to(self.user).of_people()


class _Decide(StaffChange):
    """The board's team decides for a manager who does not answer."""

    form_class = forms.NothingToEnter
    call: ClassVar[Callable[..., Any]]
    button: ClassVar[str]

    @cached_property
    def booking(self) -> Booking:
        return get_object_or_404(Booking.objects.visible_to(self.user).of_people(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": self.button}

    def do(self, data: dict[str, Any]) -> Any:
        type(self).call(booking=self.booking, by=self.user, now=self.now)
        return self.booking


class ApproveBooking(_Decide):
    title, button, call = "Approve a booking for the manager", "Approve", booking_services.approve_booking
    done = "The booking is approved."
    warning = "The manager was asked by e-mail. Do this when they told you their answer another way."


class DeclineBooking(_Decide):
    title, button, call = "Decline a booking for the manager", "Decline", booking_services.decline_booking
    done = "The booking is declined, and who asked is told."


# ---- Charges --------------------------------------------------------------------------------------------------------


def charge_tag(charge: Charge) -> Tag:
    if charge.waived_on:
        return Tag("waived", "grey")
    return Tag("invoiced", "green") if charge.invoiced_on else Tag("to invoice", "amber")


class ChargeFilter(django_filters.FilterSet):
    show = django_filters.ChoiceFilter(
        label="Show",
        choices=[("to_invoice", "To invoice"), ("invoiced", "Invoiced"), ("waived", "Waived")],
        empty_label="All",
        method="shown",
    )
    agency = django_filters.ModelChoiceFilter(
        label="Agency", field_name="booking__agency", queryset=Agency.objects.all(), empty_label="All agencies"
    )

    def shown(self, charges: Any, name: str, value: str) -> Any:
        if value == "to_invoice":
            return charges.to_invoice()
        return charges.filter(
            **{"invoiced": {"invoiced_on__isnull": False}, "waived": {"waived_on__isnull": False}}[value]
        )


class ChargeList(StaffList):
    """The invoice list: who owes what for which session."""

    title = "Charges"
    nouns = ("charge", "charges")
    filterset_class = ChargeFilter
    default_sort = "-arose"
    empty_text = "Nothing was charged yet."
    columns = (
        ListColumn(
            "Works for", "booking.works_for", sort=("booking__agency__name", "booking__organisation"), link=True
        ),
        ListColumn("Name", "booking.name", sort="booking__name"),
        ListColumn("Session", "booking.session"),
        ListColumn("Reason", "reason", sort="reason"),
        ListColumn("Arose", "arose_on", sort="arose_on"),
        ListColumn("Amount (£)", "amount", sort="amount", numeric=True, places=2, key="amount"),
        ListColumn("Invoice", "invoice", sort="invoice"),
        ListColumn("State", charge_tag, tag=True),
    )

    def get_queryset(self) -> QuerySet[Charge]:
        return Charge.objects.visible_to(self.user).select_related("booking__agency", "booking__session__course")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        start = {"start_url": reverse("training:invoice"), "start_label": "Record an invoice"}
        return super().get_context_data(**start, **kwargs)


class OfCharge(ManagesTraining):
    kwargs: dict[str, Any]

    @cached_property
    def charge(self) -> Charge:
        charges = Charge.objects.visible_to(self.user).select_related("booking__agency", "booking__session__course")
        return get_object_or_404(charges, pk=self.kwargs["pk"])


class ChargePage(OfCharge, TemplateView):
    template_name = "training/charge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        charge = self.charge
        facts = [
            ("Owed by", charge.booking.works_for),
            ("For", f"{charge.booking.name}, {charge.reason.lower()}"),
            ("Session", str(charge.booking.session)),
            ("Amount", show_money(charge.amount)),
            ("Invoice", f"{charge.invoice}, {charge.invoiced_on:%-d %B %Y}" if charge.invoiced_on else ""),
            ("Waived", f"{charge.waived_because} ({charge.waived_by})" if charge.waived_on else ""),
        ]
        return super().get_context_data(
            title=str(charge),
            charge=charge,
            state=charge_tag(charge),
            rows=[{"key": key, "value": value, "empty": "No"} for key, value in facts],
            history=timeline(charge),
            breadcrumbs=crumbs(("Charges", reverse("training:charge_list"))),
            **kwargs,
        )


class WaiveCharge(OfCharge, StaffChange):
    form_class = forms.WaiveForm
    title = "Waive a charge"
    done = "The charge is waived."

    def do(self, data: dict[str, Any]) -> Any:
        charging.waive_charge(charge=self.charge, reason=data["reason"], by=self.user, today=self.today)
        return self.charge


class RecordInvoice(StaffChange):
    form_class = forms.InvoiceForm
    title = "Record an invoice"
    done = "The charges are marked as invoiced."
    success_url = reverse_lazy("training:charge_list")

    def get_form_kwargs(self) -> dict[str, Any]:
        owed = Charge.objects.visible_to(self.user).to_invoice()
        charges = owed.select_related("booking__agency", "booking__session__course").order_by("booking__agency__name")
        return super().get_form_kwargs() | {"charges": charges, "today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        charging.invoice_charges(by=self.user, today=self.today, **data)
        return self.success_url


# ---- Comments -------------------------------------------------------------------------------------------------------

COMMENT_TONES = {CommentState.UNREAD: "amber", CommentState.CLEARED: "green", CommentState.WITHHELD: "grey"}


class CommentFilter(django_filters.FilterSet):
    comment_state = django_filters.ChoiceFilter(label="Show", choices=CommentState.choices[1:], empty_label="All")


class CommentList(StaffList):
    """What people wrote, without who they are."""

    title = "Comments"
    nouns = ("comment", "comments")
    filterset_class = CommentFilter
    default_sort = "-given"
    empty_text = "Nobody wrote a comment yet."
    columns = (
        ListColumn(
            "Comment",
            "comment",
            link=lambda one: reverse("training:comment", args=[one.pk]),
        ),
        ListColumn("Course", "booking.session.course.title", sort="booking__session__course__title"),
        ListColumn("When", "get_moment_display", sort="moment"),
        ListColumn("Given", "given_on", sort="given_on"),
        ListColumn(
            "State", "get_comment_state_display", sort="comment_state", tag=lambda one: COMMENT_TONES[one.comment_state]
        ),
    )

    def get_queryset(self) -> QuerySet[Evaluation]:
        return Evaluation.objects.visible_to(self.user).with_comment().select_related("booking__session__course")


class ModerateComment(StaffChange, AsRead):
    form_class = forms.CommentForm
    template_name = "training/comment.html"
    title = "May this be printed?"
    done = "The comment is read."
    success_url = reverse_lazy("training:comment_list")

    @cached_property
    def evaluation(self) -> Evaluation:
        comments = Evaluation.objects.visible_to(self.user).with_comment().select_related("booking__session__course")
        return get_object_or_404(comments, pk=self.kwargs["pk"])

    @property
    def record(self) -> Evaluation:
        return self.evaluation

    def values(self, record: Evaluation) -> dict[str, Any]:
        return {"printed": record.printed or record.comment}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"evaluation": self.evaluation, "breadcrumbs": crumbs(("Comments", reverse("training:comment_list")))}
        return super().get_context_data(**own | kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        evaluating.moderate_comment(
            evaluation=self.evaluation, printed=data["printed"], by=self.user, now=timezone.now()
        )
        return f"{self.success_url}?comment_state={CommentState.UNREAD}"
