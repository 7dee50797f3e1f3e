"""The base of the API: what may be asked and sent, how it is paged, and how a refusal is told.

Every answer that refuses has one shape: `detail`, a sentence, and `errors`, sentences by the field they belong to.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler, set_rollback

from .errors import Overtaken, RuleBroken
from .forms import EARLIEST_YEAR, LATEST_YEAR, FinancialYearFormField, QuarterFormField
from .periods import FinancialYear, Month, Period, Quarter, parse_period

LONGEST_TEXT = 20_000
MOST_SENT = 2_400_000
"""Letters of a file in base64: what `DATA_UPLOAD_MAX_MEMORY_SIZE` leaves. Larger ones are handed in on the pages."""
CANNOT_BE_WRITTEN = "This cannot be written here."
PROBLEM = "There is a problem with what was sent."
TOO_MUCH = "More was sent at once than the portal takes. Send less, and hand a large file in on its page."


# ---- Refusals -------------------------------------------------------------------------------------------------------


def tell_refusal(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """What a rule of the trade refused as 400, what somebody else changed meanwhile as 409 with the version now."""
    if isinstance(error, Overtaken):
        current = error.current if isinstance(error.current, int) else getattr(error.current, "version", None)
        body: dict[str, Any] = {"detail": error.sentence, "errors": {}, "current": current}
        return _refusal(body, status.HTTP_409_CONFLICT)
    if isinstance(error, RuleBroken):
        errors = {error.field: [error.sentence]} if error.field else {}
        return _refusal({"detail": error.sentence, "errors": errors}, status.HTTP_400_BAD_REQUEST)
    if isinstance(error, RequestDataTooBig):
        return _refusal({"detail": TOO_MUCH, "errors": {}}, status.HTTP_400_BAD_REQUEST)
    response = exception_handler(error, dict(context))
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        response.data = {"detail": PROBLEM, "errors": errors}
    else:
        response.data = {"detail": str(response.data.get("detail", PROBLEM)), "errors": {}}
    return response


def _refusal(body: dict[str, Any], code: int) -> Response:
    set_rollback()
    return Response(body, status=code)


@contextmanager
def told_at(names: Mapping[str, str]) -> Iterator[None]:
    """The services name the fields of the page: `names` says what they are called in a body."""
    try:
        yield
    except RuleBroken as refusal:
        refusal.field = names.get(refusal.field, refusal.field)
        raise


# ---- Pages and filters ----------------------------------------------------------------------------------------------


class Pages(PageNumberPagination):
    """`?page=2&page_size=500`. Power BI follows `next` until it is empty."""

    page_size_query_param = "page_size"
    max_page_size = 500

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size or self.max_page_size
        if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked[:9]) <= self.max_page_size):
            raise exceptions.ValidationError({"page_size": [f"Write a number from 1 to {self.max_page_size}."]})
        return int(asked)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 says that there may be no address."""
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"count": {"type": "integer"}, "next": address, "previous": address, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        page = request.query_params.get(self.page_query_param, "1")
        if not (page.isascii() and page.isdecimal() and int(page[:9])):
            raise exceptions.ValidationError({self.page_query_param: ["Write a number from 1."]})
        return super().paginate_queryset(queryset, request, view)


class Filters(DjangoFilterBackend):
    """The view's `filterset_class`. A filter that does not exist or a value that it does not know is refused (400).

    The order of a list always ends with the key, so that no record falls between two pages.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        if getattr(view, "detail", False):  # one record is found by its key alone
            return queryset
        filters = self.get_filterset(request, queryset, view)
        known = set(filters.form.fields) if filters is not None else set()
        unknown = set(request.query_params) - known - self._of_pages(view)
        if unknown:
            raise exceptions.ValidationError({name: ["There is no such filter here."] for name in sorted(unknown)})
        found = super().filter_queryset(request, queryset, view)
        return found.order_by(*(found.query.order_by or found.model._meta.ordering or ()), "pk")

    @staticmethod
    def _of_pages(view: Any) -> set[str]:
        pages = None if getattr(view, "is_feed", False) else getattr(view, "paginator", None)
        return {pages.page_query_param, pages.page_size_query_param} if pages else set()


class YearFilter(django_filters.Filter):
    """`?year=2016-17`."""

    field_class = FinancialYearFormField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "A financial year like 2016-17", **kwargs})


class _MomentField(IsoDateTimeField):
    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        if moment and not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise ValidationError(f"Write a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
        return moment


class MomentFilter(django_filters.IsoDateTimeFilter):
    """`?since=2026-06-01T00:00:00Z`, or a day, which is its first moment."""

    field_class = _MomentField


class _PeriodField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return parse_period(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error)) from None


class PeriodFilter(django_filters.Filter):
    """`?period=2016-17Q1`: a year, a quarter or a month."""

    field_class = _PeriodField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "A period like 2016-17Q1, 2016-17 or 2016-06M", **kwargs})


class QuarterFilter(django_filters.Filter):
    """`?quarter=2016-17Q1`."""

    field_class = QuarterFormField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "A quarter like 2016-17Q1", **kwargs})


# ---- What may be sent -----------------------------------------------------------------------------------------------


class Body(serializers.Serializer[Any]):
    """An explicit list of what may be sent. Whatever else is in the body is refused, whether a model has it or not."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            allowed = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := [str(name) for name in data if name not in allowed]:
                raise exceptions.ValidationError({name: [CANNOT_BE_WRITTEN] for name in unknown})
        return super().to_internal_value(data)


class NothingBody(Body):
    """Nothing is sent."""


def many_of(body: type[Body], *, most: int, **kwargs: Any) -> Any:
    """A list of such bodies, and not more than that."""
    made: Any = body  # `many` makes the list, which takes the rest
    return made(many=True, max_length=most, **kwargs)


class SentFile(Body):
    """A file: its name, and its content in base64. It is checked as one that is handed in on a page."""

    name = serializers.CharField(max_length=150)
    content = serializers.CharField(
        max_length=MOST_SENT,
        error_messages={"max_length": "A program may send a file of 1.8 MB. Hand a larger one in on its page."},
        help_text="In base64",
    )

    def validate(self, attrs: dict[str, Any]) -> Any:
        try:
            content = base64.b64decode(attrs["content"], validate=True)
        except (binascii.Error, ValueError):
            raise exceptions.ValidationError({"content": ["Write the content of the file in base64."]}) from None
        return ContentFile(content, attrs["name"])


class Text(serializers.CharField):
    """Several lines; as much as anybody writes."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required", True):
            kwargs.setdefault("default", "")
            kwargs.setdefault("allow_blank", True)
            del kwargs["required"]
        super().__init__(**{"max_length": LONGEST_TEXT, **kwargs})


class Day(serializers.DateField):
    """A date like 2026-06-03, of a year in which the portal can be used."""

    def to_internal_value(self, value: Any) -> dt.date:
        day = super().to_internal_value(value)
        return _within_years(day)


class Moment(serializers.DateTimeField):
    """A date and time like 2026-06-03T14:00:00+01:00; without an offset it is local time."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        return _within_years(super().to_internal_value(value))


def _within_years(value: Any) -> Any:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise exceptions.ValidationError(f"Write a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return value


class YearText(serializers.CharField):
    """A financial year like 2016-17."""

    kind: type[Period] = FinancialYear

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return self.kind.parse(text)
        except ValueError as error:
            raise exceptions.ValidationError(str(error)) from None

    def to_representation(self, value: Any) -> str:
        return str(value)


class MonthText(YearText):
    """A month like 2016-06M."""

    kind = Month


class QuarterText(YearText):
    """A quarter like 2016-17Q1."""

    kind = Quarter


class PeriodText(YearText):
    """A period like 2016-17Q1, 2016-17 or 2016-06M."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return parse_period(serializers.CharField.to_internal_value(self, data))
        except ValueError as error:
            raise exceptions.ValidationError(str(error)) from None


class Number(serializers.IntegerField):
    """A whole number that every column holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 2**31 - 1, **kwargs})


class Money(serializers.DecimalField):
    """Pounds, exact to the penny."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 12, "decimal_places": 2, **kwargs})


class OnADay(Body):
    """Something that happened on a day."""

    on = Day(default=timezone.localdate, help_text="When it happened; today without it")
