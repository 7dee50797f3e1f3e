"""One page for every list: filtered, sorted, paged, and exported exactly as shown (journeys: "lists").

A list page names its columns and gives `get_queryset()`, already narrowed by `visible_to(user)`. The count, the page
and the export all come from the one filtered queryset, so that a file can never hold more than the pages.

Filters stand in the address: no filter may ask for personal data. A filter that offers records as its choices must
narrow them by `visible_to(user)` itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm, ModelChoiceField
from django.forms import widgets as w
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.generic import TemplateView
from django_filters import FilterSet, RangeFilter
from django_filters.fields import RangeField
from django_filters.widgets import DateRangeWidget

from . import rounding
from .counted import AS_AT, FIGURE, YEAR, AskedFor, Counted, asked_for
from .forms import FlexibleDateField
from .limits import is_within
from .spreadsheets import Sheet, csv_bytes, xlsx_bytes
from .templatetags.portal import day, moment

PAGE, SORT, FORMAT = "page", "sort", "format"
CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT = (SORT, FIGURE, YEAR, AS_AT)
"""Parameters that Apply keeps besides the filters."""
EXPORT_CHUNK = 1000
MOST_EXPORTS = 100
"""Files of lists that one person may take in an hour: nobody at work needs more, a stolen session would."""
FILTERS_OPEN = 3

Value = Any
Getter = str | Callable[[Any], Value]


@dataclass(frozen=True)
class Tag:
    """A word with a tone beside it: grey, blue, green, amber or red."""

    word: str
    tone: str = "grey"

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class ListColumn:
    """A column: its heading and where its value comes from.

    `value` is a dotted path ("lead.name") or a function of the record. It gives text, a number, a date, a period,
    a `Tag` or None. `sort` names the fields that order the list by this column; without it the heading does not sort.
    `link` makes the value a link to the record's own page (or to what a function of the record returns).
    `tag` shows the value as a tag; a function of the record may give its tone.
    `places` are the decimals of a numeric column.
    """

    heading: str
    value: Getter
    sort: str | Sequence[str] = ()
    numeric: bool = False
    link: bool | Callable[[Any], str] = False
    tag: bool | Callable[[Any], str] = False
    places: int = 0
    key: str = ""

    @property
    def name(self) -> str:
        """How the column is called in the address: "due" in `?sort=-due`."""
        return self.key or slugify(self.heading)

    @property
    def ordering(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) else tuple(self.sort)

    def raw(self, record: Any) -> Value:
        """The value itself, as an export holds it."""
        if callable(self.value):
            return self.value(record)
        value = record
        for step in self.value.split("."):
            value = getattr(value, step, None)
            if callable(value):
                value = value()
        return value


@dataclass(frozen=True)
class Cell:
    """What the template prints: no logic is left for it."""

    text: str
    url: str = ""
    tone: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Heading:
    text: str
    numeric: bool = False
    url: str = ""
    direction: str = ""
    """ "ascending" or "descending" when the list is ordered by this column."""


@dataclass(frozen=True)
class Chip:
    """One filter in force; `url` is the list without it."""

    label: str
    url: str


@dataclass(frozen=True)
class PageLink:
    number: int = 0
    url: str = ""
    current: bool = False


@dataclass(frozen=True)
class Links:
    """The pages of a list; empty when there is only one."""

    pages: Sequence[PageLink] = ()
    previous: str = ""
    next: str = ""


@dataclass(frozen=True)
class Export:
    label: str
    url: str


@dataclass(frozen=True)
class Listing:
    """Everything the list template prints."""

    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    count: int
    count_words: str
    page_words: str
    links: Links
    chips: Sequence[Chip] = ()
    exports: Sequence[Export] = ()
    filter_form: BaseForm | None = None
    filters_open: bool = False
    clear_url: str = ""
    hidden: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """Parameters that Apply must keep, such as the sorting."""


class DayRangeField(RangeField):
    """Two dates as people type them, from and to; either may be left open."""

    widget = DateRangeWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 3 June 2026")
        super().__init__((FlexibleDateField(required=False), FlexibleDateField(required=False)), *args, **kwargs)
        for part in self.widget.widgets:
            part.attrs.setdefault("class", "govuk-input--width-10")


class DayRangeFilter(RangeFilter):
    """A filter from one day to another, both included, in the address as `raised_after` and `raised_before`."""

    field_class = DayRangeField


def shown(value: Value, *, numeric: bool = False, places: int = 0) -> str:
    """A value as it is printed: dates in words, numbers with commas, yes or no, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, Decimal | int) and not isinstance(value, Enum):
        return rounding.show(value, places) if numeric else str(value)
    return str(getattr(value, "word", None) or getattr(value, "label", None) or value)


def exported(value: Value) -> Any:
    """A value as a file holds it: dates and numbers stay what they are, everything else is the printed text."""
    if value is None or (isinstance(value, dt.date | Decimal | int) and not isinstance(value, Enum)):
        return value
    return shown(value)


def tone_of(value: Value) -> str:
    """The tone of a value that knows it (a `Tag`, a RAG); grey otherwise."""
    own = getattr(value, "tone", None)
    if own:
        return str(own)
    word = str(getattr(value, "word", value)).lower()
    return word if word in {"red", "amber", "green"} else "grey"


class ListPage(TemplateView):
    """A list of records. Subclasses name `title`, `columns` and `get_queryset()`; the rest is optional.

    `?sort=-due` orders by a column's `sort` fields and nothing else; `?page=2`; `?format=csv` or `xlsx` gives all
    pages. `?figure=` narrows it to what a figure of the annual report counts, of those in `get_counted()`.
    Whoever offers exports says in `record_export` how they come onto the trail.
    """

    template_name = "lists/list_page.html"
    title: ClassVar[str] = ""
    nouns: ClassVar[tuple[str, str]] = ("record", "records")
    columns: ClassVar[Sequence[ListColumn]] = ()
    filterset_class: ClassVar[type[FilterSet] | None] = None
    default_sort: ClassVar[str] = ""
    page_size: ClassVar[int] = 50
    exportable: ClassVar[bool] = True
    empty_text: ClassVar[str] = ""
    counted: ClassVar[Mapping[str, Counted]] = {}

    def get_queryset(self) -> QuerySet[Any]:
        """The records this person may see, with everything the columns read fetched along."""
        raise NotImplementedError(f"{type(self).__name__} must say which records it lists.")

    def get_columns(self) -> Sequence[ListColumn]:
        return self.columns

    def get_counted(self) -> Mapping[str, Counted]:
        """The figures of the annual report that count records of this list, by name."""
        return self.counted

    def get_filename(self) -> str:
        """The name of an exported file without its ending; never a person's or a case's name."""
        return f"{slugify(self.title) or 'list'}-{timezone.localdate():%Y-%m-%d}"

    def record_export(self, format: str, count: int) -> None:
        """Put an export of `count` rows onto the trail. Apps above the trail say how; without it nothing leaves."""
        raise NotImplementedError(f"{type(self).__name__} exports without recording it: define record_export.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.exportable and request.GET.get(FORMAT) in (CSV, XLSX):
            who = getattr(getattr(request, "user", None), "pk", None)  # what is public has no limit
            if who and not is_within("export", str(who), most=MOST_EXPORTS, period=dt.timedelta(hours=1)):
                return render(request, "429.html", status=429)
            return self._export(request.GET[FORMAT])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = self._listing()
        words = {"title": self.title, "empty_text": self.empty_text or f"There are no {self.nouns[1]} yet."}
        return super().get_context_data(**{**words, "list": listing, "form": listing.filter_form, **kwargs})

    # ---- The one queryset ------------------------------------------------------------------------------------------

    @cached_property
    def filter(self) -> FilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET or None, queryset=self.get_queryset(), request=self.request)

    @cached_property
    def figure(self) -> AskedFor | None:
        """The figure whose records the address asks for. Nobody types such an address: a wrong one leads nowhere."""
        try:
            return asked_for(self.request.GET, self.get_counted())
        except ValueError:
            raise Http404 from None

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """The records shown on all pages together; none while a filter cannot be understood."""
        if self.filter is None:
            records = self.get_queryset()
        else:
            records = (
                self.filter.qs if self.filter.is_valid() or not self.filter.is_bound else self.filter.queryset.none()
            )
        if self.figure:
            records = records.filter(pk__in=self.figure.records.order_by().values("pk"))
        ordering = self._ordering()
        return records.order_by(*ordering, "pk") if ordering else records

    def _sort(self) -> tuple[str, bool]:
        """The column's name and whether it is descending, from the address; ("", False) when neither asks for one."""
        known = {column.name for column in self.get_columns() if column.ordering}
        for asked in (self.request.GET.get(SORT, ""), self.default_sort):
            if asked.removeprefix("-") in known:
                return asked.removeprefix("-"), asked.startswith("-")
        return "", False

    def _ordering(self) -> list[str]:
        name, descending = self._sort()
        fields = next((column.ordering for column in self.get_columns() if column.name == name), ())
        return [_reversed(one) for one in fields] if descending else list(fields)

    # ---- The page --------------------------------------------------------------------------------------------------

    def _listing(self) -> Listing:
        page = Paginator(self.filtered, self.page_size).get_page(self.request.GET.get(PAGE))
        count = page.paginator.count
        chips = list(self._chips())
        form = self.filter.form if self.filter else None
        return Listing(
            headings=[self._heading(column) for column in self.get_columns()],
            rows=[[self._cell(column, record) for column in self.get_columns()] for record in page],
            count=count,
            count_words=f"{count:,} {self.nouns[0] if count == 1 else self.nouns[1]}",
            page_words=f"page {page.number} of {page.paginator.num_pages}" if page.has_other_pages() else "",
            links=self._links(page),
            chips=chips,
            exports=list(self._exports()) if count else [],
            filter_form=form,
            filters_open=form is not None and bool(chips or form.errors or len(form.fields) <= FILTERS_OPEN),
            clear_url=self._url(keep=(SORT,)),
            hidden=[(name, self.request.GET[name]) for name in KEPT if name in self.request.GET],
        )

    def _heading(self, column: ListColumn) -> Heading:
        if not column.ordering:
            return Heading(column.heading, column.numeric)
        name, descending = self._sort()
        active = name == column.name
        target = f"-{column.name}" if active and not descending else column.name
        direction = ("descending" if descending else "ascending") if active else ""
        return Heading(column.heading, column.numeric, self._url({SORT: target}, without=(PAGE,)), direction)

    def _cell(self, column: ListColumn, record: Any) -> Cell:
        value = column.raw(record)
        text = shown(value, numeric=column.numeric, places=column.places)
        if not text:
            return Cell("", numeric=column.numeric)
        url = column.link(record) if callable(column.link) else record.get_absolute_url() if column.link else ""
        tone = column.tag(record) if callable(column.tag) else tone_of(value) if column.tag else ""
        return Cell(text, url, tone, column.numeric)

    def _links(self, page: Page) -> Links:
        if not page.has_other_pages():
            return Links()
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        return Links(
            pages=[
                PageLink(number, self._url({PAGE: number}), number == page.number)
                if isinstance(number, int)
                else PageLink()
                for number in numbers
            ],
            previous=self._url({PAGE: page.previous_page_number()}) if page.has_previous() else "",
            next=self._url({PAGE: page.next_page_number()}) if page.has_next() else "",
        )

    def _chips(self) -> Iterator[Chip]:
        """A chip per filter in force, with the words of the choice that was made."""
        if self.figure:
            yield Chip(f"Counted: {self.figure.label}", self._url(without=(FIGURE, YEAR, AS_AT, PAGE)))
        if self.filter is None or not self.filter.is_bound:
            return
        form = self.filter.form
        for name in form.fields:
            bound = form[name]
            values = [value for value in _as_list(bound.value()) if value not in (None, "")]
            if not values or bound.errors:
                continue
            keys = _parameters(self.request.GET, name)
            yield Chip(f"{bound.label}: {_filter_words(bound, values)}", self._url(without=(*keys, PAGE)))

    # ---- Addresses -------------------------------------------------------------------------------------------------

    def _url(
        self,
        changes: Mapping[str, Any] | None = None,
        *,
        without: Iterable[str] = (),
        keep: Iterable[str] | None = None,
    ) -> str:
        """This list with parameters changed or left out; blank ones go, so that addresses stay short."""
        query = QueryDict(mutable=True)
        left_out = {FORMAT, *without}
        for key, values in self.request.GET.lists():
            if key not in left_out and (keep is None or key in set(keep)) and any(values):
                query.setlist(key, [value for value in values if value])
        for key, value in (changes or {}).items():
            query[key] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def _exports(self) -> Iterator[Export]:
        if self.exportable:
            yield Export("Excel (XLSX)", self._url({FORMAT: XLSX}, without=(PAGE,)))
            yield Export("CSV", self._url({FORMAT: CSV}, without=(PAGE,)))

    # ---- The file --------------------------------------------------------------------------------------------------

    def _export(self, format: str) -> HttpResponse:
        columns = self.get_columns()
        headings = [column.heading for column in columns]
        rows = [
            [exported(column.raw(record)) for column in columns]
            for record in self.filtered.iterator(chunk_size=EXPORT_CHUNK)
        ]
        if format == CSV:
            content, content_type = csv_bytes(headings, rows), "text/csv; charset=utf-8"
        else:
            content, content_type = xlsx_bytes([Sheet(self.title or "List", headings, rows)]), XLSX_TYPE
        self.record_export(format, len(rows))
        response = HttpResponse(content, content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{self.get_filename()}.{format}"'
        return response


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _parameters(query: QueryDict, name: str) -> list[str]:
    """The parameters of one filter: its own, and those of its parts such as `raised_after`."""
    return [key for key in query if key == name or key.startswith(f"{name}_")]


def _filter_words(bound: Any, values: Sequence[Any]) -> str:
    """What a filter is set to: its choices, or "from … to …" for a range."""
    if isinstance(bound.field.widget, w.MultiWidget):
        ends = zip(("from", "to"), _as_list(bound.value()), strict=False)
        return " ".join(f"{word} {end}" for word, end in ends if end not in (None, ""))
    return ", ".join(_choice_words(bound, value) for value in values)


def _choice_words(bound: Any, value: Any) -> str:
    """The label of a choice, or the value as typed."""
    widget = bound.field.widget
    if isinstance(bound.field, ModelChoiceField):
        return str(bound.field.label_from_instance(bound.field.clean(value)))
    if isinstance(widget, w.CheckboxInput):
        return "yes" if value else "no"
    if isinstance(widget, w.ChoiceWidget):
        for key, label in _flat(widget.choices):
            if str(key) == str(value):
                return str(label)
    return str(value)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Choices without their groups."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
