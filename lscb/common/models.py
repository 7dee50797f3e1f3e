"""Fields and constraints that every app uses. This room has no models of its own."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from .periods import FinancialYear, Period, Quarter, parse_period


class _PeriodFieldBase(models.CharField):
    """A period of the board's calendar, stored as its text, which sorts in time order within one kind."""

    kind: Any
    # What the type checker is told of a record's attribute.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 9
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def parse(self, text: str) -> Period:
        return self.kind.parse(text)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Period | None:
        return self.parse(value) if value else None

    def to_python(self, value: Any) -> Period | None:
        from django.core.exceptions import ValidationError

        if not value or not isinstance(value, str):
            return value or None
        try:
            return self.parse(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> str | None:
        period = self.to_python(value)
        return str(period) if period is not None else None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")


class FinancialYearField(_PeriodFieldBase):
    """Holds a `FinancialYear`."""

    kind = FinancialYear
    _pyi_private_set_type: FinancialYear | str
    _pyi_private_get_type: FinancialYear


class QuarterField(_PeriodFieldBase):
    """Holds a `Quarter`."""

    kind = Quarter
    _pyi_private_set_type: Quarter | str
    _pyi_private_get_type: Quarter


class PeriodField(_PeriodFieldBase):
    """Holds a `FinancialYear`, a `Quarter` or a `Month`."""

    _pyi_private_set_type: Period | str
    _pyi_private_get_type: Period

    def parse(self, text: str) -> Period:
        return parse_period(text)


class PublicIdModel(models.Model):
    """Base of records whose address must not tell how many there are: the key is random."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def both_or_neither(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """Two fields that are set together or not at all, such as approved_at and approved_by."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


def ends_after_it_starts(start: str, end: str, *, name: str) -> models.CheckConstraint:
    """A period whose end is open or not before its start."""
    return models.CheckConstraint(
        condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": models.F(start)}), name=name
    )


def in_force(on: dt.date, *, start: str = "starts_on", end: str = "ends_on") -> Q:
    """Rows whose dates include `on`; an open start or end never excludes a row."""
    return (Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": on})) & (
        Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": on})
    )
