"""Writes of engagement: events are recorded, what was said and shown is collected and cleared for print.

`by` is the person who does it, or None for the portal itself; only a person clears anything for print.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files import File
from django.db import transaction

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken, check_version
from lscb.common.periods import FinancialYear, Month
from lscb.files.pictures import is_picture
from lscb.files.services import store_attachment
from lscb.trail.services import changes_between, record

from ..access import must_manage
from ..models import EngagementEvent, Picture, Quote, ReachIs, Theme
from ..plan.tying import tie

FACTS = (
    *("kind", "title", "month", "on", "until", "about", "held_with"),
    *("reached", "reach_is", "reached_who", "evaluations", "learned"),
)
LARGEST_PICTURE = 2_000_000
"""Bytes: a picture that is cleared becomes part of the report."""


@transaction.atomic
def record_event(
    *,
    kind: str,
    title: str,
    month: Month | None = None,
    on: dt.date | None = None,
    until: dt.date | None = None,
    themes: Iterable[Theme] = (),
    by: Actor,
    **facts: Any,
) -> EngagementEvent:
    """An event on a day, or of a month when its day is not known. `facts` are the other fields of `FACTS`."""
    must_manage(by)
    event = EngagementEvent(kind=kind)
    _set(event, {"title": title, "month": month, "on": on, "until": until, "reach_is": ReachIs.EXACT, **facts})
    event.save(force_insert=True)
    tie(event.themes, themes, year=FinancialYear.containing(event.first_day))
    record(verb="recorded an event", by=by, target=event)
    return event


@transaction.atomic
def change_event(
    *, event: EngagementEvent, version: int, themes: Iterable[Theme] = (), by: Actor, **facts: Any
) -> EngagementEvent:
    """Write an event anew. `version` is the one that was read before writing.

    Raises Overtaken when another version is on file by now.
    """
    must_manage(by)
    event = EngagementEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    check_version(event, version, what="this event")
    before = {name: getattr(event, name) for name in FACTS}
    _set(event, facts)
    event.version += 1
    event.save()
    tie(event.themes, themes, year=FinancialYear.containing(event.first_day))
    changes = changes_between(before, {name: getattr(event, name) for name in FACTS})
    record(verb="changed the event", by=by, target=event, changes=changes)
    return event


@transaction.atomic
def add_quote(*, event: EngagementEvent, text: str, said_by: str, by: Actor) -> Quote:
    """Something that was said. It is not printed before it is cleared."""
    must_manage(by)
    if not text.strip():
        raise RuleBroken("Enter what was said.", field="text")
    if not said_by.strip():
        raise RuleBroken("Say who said it, in words that let nobody be known.", field="said_by")
    quote = Quote.objects.create(event=event, text=text.strip(), said_by=said_by.strip())
    record(verb="added a quote", by=by, target=event)
    return quote


@transaction.atomic
def add_picture(*, event: EngagementEvent, upload: File[Any], alt: str, by: Actor) -> Picture:
    """A picture (PNG or JPEG). It is not printed before it is cleared."""
    must_manage(by)
    if not alt.strip():
        raise RuleBroken("Say in words what the picture shows.", field="alt")
    if upload.size and upload.size > LARGEST_PICTURE:
        raise RuleBroken("The picture is larger than 2 MB. Make it smaller and choose it again.", field="file")
    attachment = store_attachment(upload=upload, by=by, permission=Permission.READ_BOARD)
    if not is_picture(attachment.content_type):
        raise RuleBroken("Choose a picture: PNG or JPEG.", field="file")
    picture = Picture.objects.create(event=event, file=attachment, alt=alt.strip())
    record(verb="added a picture", by=by, target=event)
    return picture


@transaction.atomic
def clear_for_print(*, item: Quote | Picture, consent: str, on: dt.date, by: Actor, today: dt.date) -> None:
    """Whoever is in it agreed that it is printed; `consent` says who agreed and how."""
    must_manage(by)
    if by is None:
        raise RuleBroken("Only a person clears something for print.")
    if not consent.strip():
        raise RuleBroken("Say who agreed to its being printed, and how.", field="consent")
    if on > today:
        raise RuleBroken("The day must be today or earlier.", field="on")
    item.consent, item.cleared_on, item.cleared_by = consent.strip(), on, by
    item.save(update_fields=["consent", "cleared_on", "cleared_by"])
    record(verb=f"cleared a {item._meta.verbose_name} for print", by=by, target=item.event)


@transaction.atomic
def take_back_clearance(*, item: Quote | Picture, reason: str, by: Actor) -> None:
    """Somebody withdrew their consent: it is printed no more."""
    must_manage(by)
    if not item.is_cleared:
        raise RuleBroken("It is not cleared for print.")
    if not reason.strip():
        raise RuleBroken("Say why.", field="reason")
    item.consent, item.cleared_on, item.cleared_by = "", None, None
    item.save(update_fields=["consent", "cleared_on", "cleared_by"])
    verb = f"took back the clearance of a {item._meta.verbose_name}"
    record(verb=verb, by=by, target=item.event, reason=reason.strip())


def _set(event: EngagementEvent, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if name not in FACTS:
            raise TypeError(f"{name} of an event is not set here.")
        setattr(event, name, value.strip() if isinstance(value, str) else value)
    if event.on is not None:
        event.month = Month.containing(event.on)
    if not event.title:
        raise RuleBroken("Enter a title.", field="title")
    if not event.month:
        raise RuleBroken("Enter the day, or the month when the day is not known.", field="on")
    if event.until and (event.on is None or event.until <= event.on):
        raise RuleBroken("The last day must be after the first day.", field="until")
    if event.reached is None and event.reach_is != ReachIs.EXACT:
        raise RuleBroken("Enter how many were reached.", field="reached")
