"""Engagement and the voice of the child: events, what was said there, pictures, and their clearing for print."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView, View

from boards.engagement import forms, services
from boards.engagement.reporting import COUNTED_EVENTS
from boards.models import EngagementEvent, EngagementKind, Picture, Quote
from lscb.accounts.permissions import Permission
from lscb.accounts.views.versioned import Versioned
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day
from lscb.files.views import download
from lscb.trail.history import timeline
from lscb.trail.services import record

from .base import ChangesBoard, ReadsBoard, crumbs
from .survey_changes import themes_to_choose

CLEARED, NOT_CLEARED = Tag("cleared for print", "green"), Tag("not for print", "amber")


def list_crumb() -> tuple[str, str]:
    return "Engagement", reverse("boards:event_list")


class EventFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(label="Title", field_name="title", lookup_expr="icontains")
    year = django_filters.ChoiceFilter(label="Financial year", empty_label="All years", method="in_year")
    kind = django_filters.ChoiceFilter(label="Kind", choices=EngagementKind.choices, empty_label="All kinds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = EngagementEvent.objects.visible_to(self.request.user).order_by("-month")
        years = dict.fromkeys(month.year for month in seen.values_list("month", flat=True).distinct())
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def in_year(self, events: Any, name: str, value: str) -> Any:
        return events.of_year(FinancialYear.parse(value))


class EventList(ReadsBoard, ListPage):
    title = "Engagement and voice of the child"
    nouns = ("event", "events")
    filterset_class = EventFilter
    counted = COUNTED_EVENTS
    default_sort = "-when"
    empty_text = "No event is recorded yet."
    columns = (
        ListColumn("Event", "title", sort="title", link=True),
        ListColumn("Kind", "get_kind_display", sort="kind"),
        ListColumn("When", "when", sort=("month", "on", "title")),
        ListColumn("Reached", "reach", sort="reached"),
        ListColumn("Evaluations", "evaluations", sort="evaluations", numeric=True),
        ListColumn("With", "held_with"),
    )

    def get_queryset(self) -> QuerySet[EngagementEvent]:
        return EngagementEvent.objects.visible_to(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_BOARD):
            kwargs |= {"start_url": reverse("boards:event_add"), "start_label": "Record an event"}
        return super().get_context_data(breadcrumbs=crumbs(), **kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} events as {format.upper()}", by=self.user)


class OfEvent(ReadsBoard):
    """A page of an event that the person may read."""

    kwargs: dict[str, Any]

    @cached_property
    def event(self) -> EngagementEvent:
        return get_object_or_404(EngagementEvent.objects.visible_to(self.user), pk=self.kwargs["pk"])


class EventPage(OfEvent, TemplateView):
    template_name = "boards/event.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, manages = self.event, self.user.may(Permission.MANAGE_BOARD)
        quotes = event.quotes.select_related("cleared_by")
        pictures = event.pictures.select_related("file", "cleared_by")
        return super().get_context_data(
            title=event.title,
            event=event,
            breadcrumbs=crumbs(list_crumb()),
            rows=_rows(event, manages),
            quotes=[_item(quote) for quote in quotes],
            pictures=[_item(picture) for picture in pictures],
            manages=manages,
            history=timeline(event, limit=20),
            **kwargs,
        )


def _rows(event: EngagementEvent, manages: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("boards:event_change", args=[event.pk])} if manages else {}
    themes = "\n".join(f"Theme {theme.number}: {theme.text}" for theme in event.themes.all())
    return [
        {"key": "When", "value": event.when, **change},
        {"key": "What it was about", "value": event.about, **change},
        {"key": "With whom", "value": event.held_with, **change},
        {"key": "Reached", "value": event.reach, "empty": "Not known", **change},
        {"key": "Evaluations received", "value": event.evaluations, "empty": "Not known", **change},
        {"key": "What was said, and what follows", "value": event.learned, **change},
        {"key": "Themes of the plan", "value": themes, "empty": "None", **change},
    ]


def _item(item: Quote | Picture) -> dict[str, Any]:
    """A quote or picture with what stands beside it. `kind` names it in addresses."""
    told = f"{item.consent}. {day(item.cleared_on)}, {item.cleared_by}" if item.is_cleared else ""
    kind, named = ("quotes", item.text) if isinstance(item, Quote) else ("pictures", item.alt)
    return {
        "item": item,
        "named": named,
        "state": CLEARED if item.is_cleared else NOT_CLEARED,
        "told": told,
        "kind": kind,
    }


class PictureFile(OfEvent, View):
    """The picture itself, as a download."""

    def get(self, request: HttpRequest, pk: Any, item: int) -> FileResponse:
        pictures = Picture.objects.visible_to(self.user).filter(event=self.event).select_related("file")
        return download(get_object_or_404(pictures, pk=item).file, by=self.user)


# ---- Changing -------------------------------------------------------------------------------------------------------


class RecordEvent(ChangesBoard):
    form_class = forms.EventForm
    title = "Record an event"
    done = "The event is recorded."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"themes": themes_to_choose(self.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=crumbs(list_crumb()), **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.record_event(by=self.user, **data)


class ChangesEvent(OfEvent, ChangesBoard):
    """A form of an event, for who runs the board."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = crumbs(list_crumb(), (self.event.title, self.event.get_absolute_url()))
        return super().get_context_data(**{"breadcrumbs": above, **kwargs})


class ChangeEvent(ChangesEvent, Versioned):
    form_class = forms.ChangeEventForm
    title = "Change the event"
    done = "The event is changed."

    @property
    def record(self) -> EngagementEvent:
        return self.event

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"themes": themes_to_choose(self.user)}

    def values(self, record: EngagementEvent) -> dict[str, Any]:
        facts = {name: getattr(record, name) for name in services.FACTS}
        return facts | {"month": None if record.on else record.month, "themes": list(record.themes.all())}

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_event(event=self.event, by=self.user, **data)


class AddQuote(ChangesEvent):
    form_class = forms.QuoteForm
    title = "Add a quote"
    done = "The quote is added. It is not printed before it is cleared."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_quote(event=self.event, by=self.user, **data)
        return self.event


class AddPicture(ChangesEvent):
    form_class = forms.PictureForm
    title = "Add a picture"
    done = "The picture is added. It is not printed before it is cleared."

    def do(self, data: dict[str, Any]) -> Any:
        services.add_picture(event=self.event, upload=data["file"], alt=data["alt"], by=self.user)
        return self.event


class _OfItem(ChangesEvent):
    """A form of a quote or a picture of the event."""

    models: ClassVar[dict[str, type[Quote] | type[Picture]]] = {"quotes": Quote, "pictures": Picture}
    says: ClassVar[str] = ""

    @cached_property
    def item(self) -> Quote | Picture:
        model: Any = self.models.get(self.kwargs["kind"])
        if model is None:
            raise Http404
        return get_object_or_404(model.objects.visible_to(self.user), event=self.event, pk=self.kwargs["item"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.item.text if isinstance(self.item, Quote) else self.item.alt
        return super().get_context_data(**{"warning": f"{self.says} {words}", **kwargs})


class ClearForPrint(_OfItem):
    form_class = forms.ClearForm
    title = "Clear for print"
    says = "From that day on everybody may read or see this:"
    done = "It is cleared for print."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.clear_for_print(item=self.item, by=self.user, today=self.today, **data)
        return self.event


class TakeBackClearance(_OfItem):
    form_class = forms.ReasonForm
    title = "Take back the clearance"
    says = "This is printed no more. Reports that were approved before stay as they are:"
    done = "It is printed no more."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit_label": self.title}

    def do(self, data: dict[str, Any]) -> Any:
        services.take_back_clearance(item=self.item, by=self.user, **data)
        return self.event
