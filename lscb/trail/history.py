"""The history of a record in words, for the timeline beside it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from lscb.common.templatetags.portal import day, moment

from .models import Event
from .services import VIEWED

LONG = 120
"""Texts longer than this are not repeated in the history: it says that they were changed."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}.*")


@dataclass(frozen=True)
class Entry:
    """One event as `includes/timeline.html` prints it."""

    title: str
    text: str
    who: str
    when: str


def timeline(target: models.Model, *, limit: int | None = None) -> list[Entry]:
    """What happened to a record, newest first, in one query. Who looked at it is told by `viewers`."""
    events = Event.objects.of(target).exclude(verb=VIEWED).order_by("-number")
    return [_entry(event, type(target)) for event in events[:limit]]


def viewers(target: models.Model, *, limit: int | None = None) -> list[Entry]:
    """Who looked at a confidential record, newest first, in one query."""
    events = Event.objects.of(target).filter(verb=VIEWED).order_by("-number")
    return [_entry(event, type(target)) for event in events[:limit]]


def _entry(event: Event, model: type[models.Model]) -> Entry:
    # PostgreSQL keeps JSON keys in an order of its own: tell the changes in the order of the record's fields.
    order = [field.name for field in model._meta.fields]
    fields = sorted(event.changes, key=lambda name: (order.index(name) if name in order else len(order), name))
    told = [_change(model, field, *event.changes[field]) for field in fields]
    return Entry(
        title=event.verb[:1].upper() + event.verb[1:],
        text=" ".join([*told, event.reason]).strip(),
        who=event.actor,
        when=day(event.at),
    )


def _change(model: type[models.Model], field: str, old: str | None, new: str | None) -> str:
    name, choices = _field(model, field)
    if max(len(old or ""), len(new or "")) > LONG:
        return f"{name} changed."
    was, now = _value(old, choices), _value(new, choices)
    if not was:
        return f"{name}: {now or 'empty'}."
    return f"{name}: from {was} to {now or 'empty'}."


def _field(model: type[models.Model], field: str) -> tuple[str, dict[str, str]]:
    try:
        found = model._meta.get_field(field)
    except FieldDoesNotExist:
        return field.replace("_", " ").capitalize(), {}
    name = str(getattr(found, "verbose_name", field.replace("_", " ")))
    choices = {str(value): str(label) for value, label in getattr(found, "flatchoices", ())}
    return name[:1].upper() + name[1:], choices


def _value(text: str | None, choices: dict[str, str]) -> str:
    if not text:
        return ""
    if text in choices:
        return choices[text]
    if text in {"True", "False"}:
        return "yes" if text == "True" else "no"
    try:
        if _DATE.fullmatch(text):
            return day(dt.date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            return moment(dt.datetime.fromisoformat(text))
    except ValueError:
        return text
    return text
