"""Writing to the trail, and proving that nobody has touched it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from .models import ChainEnd, Event

SYSTEM = "System"
VIEWED = "viewed"
LONGEST_ACTOR = 200


def record(
    *,
    verb: str,
    by: Any,
    target: models.Model | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
    named: str | None = None,
) -> Event:
    """Add an event in the transaction of the write it tells of; call it last in that transaction.

    `by` is the person, a text (who acts by a link, from a form without an account) or None for the portal itself.
    `changes` maps a field to (old, new). `named` replaces the target's own name where that would tell too much.
    Must run inside a transaction: an event without its write, or a write without its event, must not exist.
    """
    event = _event(verb, by, target, named)
    event.changes = {field: [_text(old), _text(new)] for field, (old, new) in (changes or {}).items()}
    event.reason = reason
    _append([event])
    return event


def _event(verb: str, by: Any, target: models.Model | None, named: str | None) -> Event:
    return Event(
        actor=SYSTEM if by is None else _who(by),
        actor_key=str(by.pk) if isinstance(by, models.Model) else "",
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_key=str(target.pk) if target is not None else "",
        target=(str(target) if named is None else named)[:200] if target is not None else "",
    )


def _append(events: Sequence[Event]) -> None:
    """One after the other at the end of the chain, at the moment at which it is theirs."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A trail event belongs in the transaction of the write it tells of.")
    end = ChainEnd.objects.select_for_update().get()
    number, last = end.number, end.digest
    for event in events:
        number += 1
        event.at, event.number = timezone.now(), number
        event.digest = last = digest(event, last)
    Event.objects.bulk_create(events)
    ChainEnd.objects.update(number=number, digest=last, seal=seal(number, last))


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs, as `record` takes it."""
    return {field: (before.get(field), new) for field, new in after.items() if before.get(field) != new}


def viewed(target: models.Model, *, by: Any, reason: str = "", named: str | None = None) -> None:
    """Looking at a confidential record is an event too."""
    with transaction.atomic():
        record(verb=VIEWED, by=by, target=target, reason=reason, named=named)


def viewed_all(targets: Mapping[models.Model, str], *, by: Any) -> None:
    """Looking at several in one list: an event of each, by the name it has on the trail."""
    if targets:
        with transaction.atomic():
            _append([_event(VIEWED, by, target, named) for target, named in targets.items()])


def broken_links() -> Iterator[str]:
    """Sentences that say where the chain is broken; nothing when it is whole. Reads the trail once, in order."""
    number, last = 0, ""
    for event in Event.objects.order_by("number").iterator(chunk_size=2000):
        if event.number != number + 1:
            yield f"Trail: events {number + 1} to {event.number - 1} are missing."
        elif digest(event, last) != event.digest:
            yield f"Trail: event {event.number} was changed, or an event before it was."
        number, last = event.number, event.digest
    end = ChainEnd.objects.first()
    if end is None:
        yield "Trail: the record of its last event is missing."
        return
    if end.seal != seal(end.number, end.digest):
        yield "Trail: the record of its last event was changed."
    if (end.number, end.digest) != (number, last):
        yield f"Trail: it should end with event {end.number} but ends with event {number}."


def digest(event: Event, before: str) -> str:
    """The keyed hash of an event, chained to the digest before it."""
    content = [
        before,
        event.number,
        event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        event.actor,
        event.actor_key,
        event.verb,
        event.target_type,
        event.target_key,
        event.target,
        event.changes,
        event.reason,
    ]
    return keyed(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def seal(number: int, last: str) -> str:
    return keyed(f"end {number} {last}")


def keyed(text: str) -> str:
    """A hash of `text` that only who has TRAIL_KEY can make."""
    return hmac.new(settings.TRAIL_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _who(by: Any) -> str:
    """A person, or a program that acts for them: then the name of its token stands beside theirs."""
    program = f", by the token “{by.through}”" if getattr(by, "through", "") else ""
    return str(by)[: LONGEST_ACTOR - len(program)] + program


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
