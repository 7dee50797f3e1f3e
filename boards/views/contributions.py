"""What agencies contribute: agreed, invoiced, received."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards import forms, services
from boards.models import Contribution, Purpose
from boards.querysets import PAYMENT_TAKES
from boards.reporting import COUNTED_CONTRIBUTIONS
from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import AsRead
from lscb.common.chapters import Column, Table
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.rounding import show_money
from lscb.common.templatetags.portal import day
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import crumbs


class ReadsContributions(Guarded):
    scope = (Permission.READ_BOARD,)
    right = Permission.READ_CONTRIBUTIONS


class ChangesContributions(Change):
    scope = (Permission.READ_BOARD,)
    right = Permission.MANAGE_BOARD

    @property
    def list_crumb(self) -> tuple[str, str]:
        return "Contributions", reverse("boards:contribution_list")


def _years(request: Any) -> list[tuple[str, str]]:
    years = Contribution.objects.visible_to(request.user).order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


STATES = (
    ("to_invoice", "To be invoiced"),
    ("owed", "Invoiced, not paid in full"),
    ("late", f"Not paid {PAYMENT_TAKES.days} days after the invoice"),
    ("received", "Received"),
)


class ContributionFilter(django_filters.FilterSet):
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years")
    purpose = django_filters.ChoiceFilter(label="What it is for", choices=Purpose.choices, empty_label="Everything")
    state = django_filters.ChoiceFilter(label="State", choices=STATES, empty_label="All", method="in_state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["year"].extra["choices"] = _years(self.request)

    def in_state(self, contributions: Any, name: str, value: str) -> Any:
        return contributions.states(value, timezone.localdate())


def _state(contribution: Contribution) -> Tag:
    """How far it is; an invoice that was not paid in time is late, however much of it came."""
    if contribution.is_late(timezone.localdate()):
        return Tag("late", "red")
    if contribution.purpose == Purpose.IN_KIND:
        return Tag("in kind")
    if contribution.invoiced is None:
        return Tag("agreed", "blue")
    if contribution.received is None:
        return Tag("invoiced", "amber")
    return Tag("received", "green") if contribution.received == contribution.invoiced else Tag("part received", "amber")


class ContributionList(ReadsContributions, ListPage):
    """All contributions, with the totals of what is shown."""

    template_name = "boards/contribution_list.html"
    title = "Contributions"
    nouns = ("contribution", "contributions")
    filterset_class = ContributionFilter
    counted = COUNTED_CONTRIBUTIONS
    default_sort = "-year"
    columns = (
        ListColumn("From", "given_by", sort=("agency__name", "contributor"), link=True),
        ListColumn("Year", "year", sort=("year", "-purpose", "agreed")),
        ListColumn("What it is for", "get_purpose_display", sort="purpose"),
        ListColumn("Agreed, £", "agreed", sort="agreed", numeric=True, places=2),
        ListColumn("Invoiced, £", "invoiced", sort="invoiced", numeric=True, places=2),
        ListColumn("Received, £", "received", sort="received", numeric=True, places=2),
        ListColumn("State", _state, tag=True),
    )

    def get_queryset(self) -> QuerySet[Contribution]:
        return Contribution.objects.visible_to(self.user).select_related("agency")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_BOARD):
            kwargs |= {"start_url": reverse("boards:contribution_add"), "start_label": "Add a contribution"}
        shown: Any = self.filtered
        totals = [(name.capitalize(), show_money(total)) for name, total in shown.order_by().totals().items()]
        table = _by_year_and_purpose(shown)
        return super().get_context_data(breadcrumbs=crumbs(), totals=totals, table=table, **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} contributions as {format.upper()}", by=self.user)


def _by_year_and_purpose(contributions: Any) -> Table:
    """The totals of what is shown. What is given in kind is never invoiced."""
    headings = ("Agreed", "Invoiced", "Received", "Still owed")
    columns = (Column("Year"), Column("What it is for"), *(Column(one, numeric=True) for one in headings))
    rows = [
        (
            str(row["year"]),
            str(Purpose(row["purpose"]).label),
            *(show_money(row[name]) for name in ("agreed", "invoiced", "received")),
            show_money(row["invoiced"] - row["received"]),
        )
        for row in contributions.by_year_and_purpose()
    ]
    return Table("Totals by year and purpose", columns, rows)


class ContributionPage(ReadsContributions, TemplateView):
    template_name = "boards/contribution.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contributions = Contribution.objects.visible_to(self.user).select_related("agency")
        one = get_object_or_404(contributions, pk=self.kwargs["pk"])
        return super().get_context_data(
            title=one.given_by,
            contribution=one,
            state=_state(one),
            breadcrumbs=crumbs(("Contributions", reverse("boards:contribution_list"))),
            rows=[
                {"key": "Financial year", "value": one.year},
                {"key": "What it is for", "value": one.get_purpose_display()},
                {"key": "Agreed", "value": show_money(one.agreed)},
                {"key": "Invoiced", "value": _sum_and_day(one.invoiced, one.invoiced_on), "empty": "Not yet"},
                {"key": "Received", "value": _sum_and_day(one.received, one.received_on), "empty": "Not yet"},
            ],
            may_change=self.user.may(Permission.MANAGE_BOARD),
            may_be_invoiced=one.invoiced is None and one.purpose != Purpose.IN_KIND,
            is_owed=one.invoiced is not None and one.received != one.invoiced,
            history=timeline(one, limit=30),
            **kwargs,
        )


def _sum_and_day(amount: Any, on: Any) -> str:
    return f"{show_money(amount)} on {day(on)}" if amount is not None else ""


class AddContribution(ChangesContributions):
    form_class = forms.ContributionForm
    title = "Add a contribution"
    done = "The contribution is added."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(self.list_crumb), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.agree_contribution(by=self.user, **data)


class _OfContribution(ChangesContributions):
    @cached_property
    def contribution(self) -> Contribution:
        contributions = Contribution.objects.visible_to(self.user).select_related("agency")
        return get_object_or_404(contributions, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (self.contribution.given_by, self.contribution.get_absolute_url())
        return super().get_context_data(breadcrumbs=crumbs(self.list_crumb, own), **kwargs)


class ChangeContribution(_OfContribution, AsRead):
    form_class = forms.ChangeContributionForm
    title = "Change what was agreed"
    done = "The amount is changed."

    @property
    def record(self) -> Contribution:
        return self.contribution

    def values(self, record: Contribution) -> dict[str, Any]:
        return {"agreed": record.agreed}

    def do(self, data: dict[str, Any]) -> Any:
        services.change_contribution(contribution=self.contribution, by=self.user, **data)
        return self.contribution


class RecordInvoice(_OfContribution):
    form_class = forms.AmountForm
    title = "Record the invoice"
    done = "The invoice is recorded."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today, "submit_label": self.title}

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.contribution.agreed}

    def do(self, data: dict[str, Any]) -> Any:
        services.record_invoice(contribution=self.contribution, by=self.user, **data)
        return self.contribution


class RecordPayment(RecordInvoice):
    title = "Record a payment"
    done = "The payment is recorded."

    def get_initial(self) -> dict[str, Any]:
        invoiced, received = self.contribution.invoiced, self.contribution.received
        return {"amount": invoiced - (received or 0)} if invoiced is not None else {}

    def do(self, data: dict[str, Any]) -> Any:
        services.record_payment(contribution=self.contribution, by=self.user, **data)
        return self.contribution
