"""The library: what there is for whom, its versions, reviews, and who was told of a change."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from boards.engagement.reporting import COUNTED_LIBRARY
from boards.library import forms, services
from boards.models import Audience, Group, LibraryItem, LibraryKind, LibraryVersion, Notice
from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned
from lscb.common.lists import ListColumn, ListPage, Tag
from lscb.common.templatetags.portal import day
from lscb.common.words import say
from lscb.files.models import Attachment
from lscb.files.views import download
from lscb.trail.history import timeline
from lscb.trail.services import record


def list_crumb() -> tuple[str, str]:
    return "Library", reverse("boards:library")


def state_of(item: LibraryItem) -> Tag:
    if item.is_withdrawn:
        return Tag("withdrawn")
    return Tag("review due", "red") if item.review_is_due(timezone.localdate()) else Tag("in force", "green")


class LibraryFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(label="Title", field_name="title", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="Kind", choices=LibraryKind.choices, empty_label="All kinds")
    review = django_filters.ChoiceFilter(
        label="Review",
        choices=[("due", "Due within a month, or late")],
        empty_label="Whenever it is",
        method="to_review",
    )

    def to_review(self, items: Any, name: str, value: str) -> Any:
        return items.to_review(timezone.localdate())


class Library(Guarded, ListPage):
    """Everybody who is signed in finds here what is for them."""

    title = "Library"
    nouns = ("item", "items")
    filterset_class = LibraryFilter
    counted = COUNTED_LIBRARY
    default_sort = "kind"
    empty_text = "Nothing is in the library yet."
    columns = (
        ListColumn("Title", "title", sort="title", link=True),
        ListColumn("Kind", "get_kind_display", sort=("kind", "title")),
        ListColumn("In force from", "latest", sort="latest"),
        ListColumn("Owned by", "owner.short_name", sort="owner__short_name"),
        ListColumn("Who reads it", "get_audience_display", sort="audience"),
        ListColumn("Next review", "review_on", sort="review_on"),
        ListColumn("State", state_of, tag=True),
    )

    def get_queryset(self) -> QuerySet[LibraryItem]:
        visible = LibraryItem.objects.visible_to(self.user).select_related("owner")
        return visible.annotate(latest=Max("versions__on"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.user.may(Permission.MANAGE_BOARD):
            kwargs |= {"start_url": reverse("boards:library_add"), "start_label": "Add to the library"}
        return super().get_context_data(**kwargs)

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            record(verb=f"exported {count} library items as {format.upper()}", by=self.user)


class OfItem(Guarded):
    """A page of an item that is for this person."""

    kwargs: dict[str, Any]

    @cached_property
    def item(self) -> LibraryItem:
        items = LibraryItem.objects.visible_to(self.user).select_related("owner")
        return get_object_or_404(items, pk=self.kwargs["pk"])


class ItemPage(OfItem, TemplateView):
    template_name = "boards/library_item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item, manages = self.item, self.user.may(Permission.MANAGE_BOARD)
        versions = list(item.versions.select_related("file"))
        notices = Notice.objects.visible_to(self.user).filter(version__item=item)
        return super().get_context_data(
            title=item.title,
            item=item,
            state=state_of(item),
            breadcrumbs=[list_crumb()],
            rows=_rows(item, manages),
            versions=versions,
            notices=notices.select_related("version").prefetch_related("agencies", "groups"),
            offers=_offers(item, bool(versions)) if manages else [],
            history=timeline(item, limit=20) if self.user.may(Permission.READ_BOARD) else [],
            **kwargs,
        )


def _rows(item: LibraryItem, manages: bool) -> list[dict[str, Any]]:
    change = {"url": reverse("boards:library_change", args=[item.pk])} if manages and not item.is_withdrawn else {}
    rows: list[dict[str, Any]] = [
        {"key": "What it is for", "value": item.about, **change},
        {"key": "Owned by", "value": item.owner.name if item.owner else say("The {board}’s team"), **change},
        {"key": "Who reads it", "value": item.get_audience_display(), **change},
    ]
    if item.review_months:
        rows.append({"key": "Next review", "value": day(item.review_on), "empty": "With its first version", **change})
    if item.withdrawn_on:
        rows.append({"key": "Withdrawn", "value": day(item.withdrawn_on)})
    return rows


def _offers(item: LibraryItem, has_versions: bool) -> list[dict[str, str]]:
    live = not item.is_withdrawn
    offers = (
        ("library_version", "Add a version", live),
        ("library_tell", "Tell people of the latest version", live and has_versions),
        ("library_review", "Record a review", live and has_versions and item.review_months is not None),
        ("library_withdraw", "Withdraw it", live),
    )
    return [{"url": reverse(f"boards:{name}", args=[item.pk]), "label": label} for name, label, may in offers if may]


class VersionFile(OfItem, View):
    """The file of a version, for who may read the item."""

    def get(self, request: HttpRequest, pk: Any, number: int) -> FileResponse:
        versions = LibraryVersion.objects.visible_to(self.user).filter(item=self.item, number=number)
        return download(get_object_or_404(Attachment, library_version__in=versions), by=self.user)


# ---- Changing -------------------------------------------------------------------------------------------------------


class RunsLibrary(Change):
    """A form for who runs the library."""

    right = Permission.MANAGE_BOARD


class AddItem(RunsLibrary):
    form_class = forms.ItemForm
    title = "Add to the library"
    done = "It is in the library. Add its first version."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"groups": Group.objects.visible_to(self.user).running(self.today)}

    def get_initial(self) -> dict[str, Any]:
        return {"audience": Audience.PARTNERS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(breadcrumbs=[list_crumb()], **kwargs)

    def do(self, data: dict[str, Any]) -> Any:
        return services.add_item(by=self.user, **data)


class ChangesItem(OfItem, RunsLibrary):
    warning: ClassVar[str] = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = [list_crumb(), (self.item.title, self.item.get_absolute_url())]
        return super().get_context_data(**{"breadcrumbs": above, "warning": self.warning, **kwargs})


class ChangeItem(ChangesItem, Versioned):
    form_class = forms.ChangeItemForm
    title = "Change the entry"
    done = "The entry is changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        groups = Group.objects.visible_to(self.user)
        running = groups.running(self.today)
        own = groups.filter(library_items=self.item)
        return super().get_form_kwargs() | {"groups": (running | own).distinct()}

    @property
    def record(self) -> LibraryItem:
        return self.item

    def values(self, record: LibraryItem) -> dict[str, Any]:
        return {name: getattr(record, name) for name in services.FACTS}

    def do(self, data: dict[str, Any]) -> Any:
        return services.change_item(item=self.item, by=self.user, **data)


class AddVersion(ChangesItem):
    form_class = forms.VersionForm
    title = "Add a version"
    done = "The version is added. Tell people of it when they need to know."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.add_version(item=self.item, by=self.user, **data)
        return self.item


class ReviewItem(ChangesItem):
    form_class = forms.ReviewForm
    title = "Record a review"
    warning = "It was read again and nothing changes. If something changes, add a version instead."
    done = "The review is recorded."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        return services.review_item(item=self.item, by=self.user, today=self.today, **data)


class WithdrawItem(ChangesItem):
    form_class = forms.WithdrawForm
    title = "Withdraw from the library"
    warning = "Nobody but who runs the library finds it any more. This cannot be undone."
    done = "It is withdrawn."

    def do(self, data: dict[str, Any]) -> Any:
        return services.withdraw_item(item=self.item, on=self.today, by=self.user, **data)


class TellPeople(ChangesItem):
    form_class = forms.TellForm
    title = "Tell people of the latest version"
    done = "They are told by e-mail, and that is on record."

    @cached_property
    def version(self) -> LibraryVersion:
        return get_object_or_404(LibraryVersion.objects.filter(item=self.item).order_by("-number")[:1])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "agencies": Agency.objects.visible_to(self.user).active(self.today),
            "groups": Group.objects.visible_to(self.user).running(self.today),
        }

    def do(self, data: dict[str, Any]) -> Any:
        services.tell_of_version(version=self.version, by=self.user, today=self.today, **data)
        return self.item
