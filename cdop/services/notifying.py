"""A death is notified: page by page, kept encrypted meanwhile, and sent once.

Sending does the same for every child, whether or not the child is known already: nothing is looked up, and nobody but
the officer and the designated doctor is ever told of a duplicate (`identity.twins_of`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from lscb.accounts.models import Actor, Grant
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import roles_with
from lscb.common.errors import RuleBroken
from lscb.jobs.services import queue_email
from lscb.trail.services import record

from ..ages import age_band
from ..form_b import version_on
from ..models import NOTIFIER, TEXTS, Death, Identity, NotificationDraft, Review, Via
from .access import must_manage

LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
KEPT_FOR = dt.timedelta(hours=2)
BY_FORM = "A professional, by the public form"


# ---- While it is written --------------------------------------------------------------------------------------------


def begin_draft(*, now: dt.datetime) -> tuple[str, NotificationDraft]:
    """A new draft and its key, which is kept nowhere but in the browser's session. Old drafts go."""
    NotificationDraft.objects.filter(touched_at__lt=now - KEPT_FOR).delete()
    key = secrets.token_urlsafe(32)
    return key, NotificationDraft.objects.create(key_hash=_hash(key), touched_at=now)


def draft_of(key: str, *, now: dt.datetime) -> NotificationDraft | None:
    """The draft of this key, unless it is two hours old."""
    return NotificationDraft.objects.filter(key_hash=_hash(key), touched_at__gte=now - KEPT_FOR).first()


def keep_page(*, draft: NotificationDraft, page: str, typed: Mapping[str, Any], now: dt.datetime) -> None:
    """What was typed on one page, as it was sent."""
    draft.typed[page] = dict(typed)
    draft.touched_at = now
    draft.save(update_fields=["typed", "touched_at"])


@transaction.atomic
def send_draft(*, draft: NotificationDraft, by: Actor, today: dt.date, now: dt.datetime, **notified: Any) -> str:
    """Send it; returns the reference. Sent twice it is sent once. What was typed goes from the draft."""
    draft = NotificationDraft.objects.select_for_update().get(pk=draft.pk)
    if not draft.sent_as:
        death = notify(by=by, today=today, **notified)
        draft.sent_as, draft.typed, draft.touched_at = death.reference, {}, now
        draft.save()
    return draft.sent_as


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


# ---- The notification -----------------------------------------------------------------------------------------------


@transaction.atomic
def notify(
    *,
    born_on: dt.date,
    died_on: dt.date,
    notified_on: dt.date,
    via: str,
    sex: str = "",
    ethnicity: str = "",
    expected: str = "",
    place: str = "",
    reference: str = "",
    tell: bool = True,
    by: Actor,
    today: dt.date,
    **texts: str,
) -> Death:
    """Open a case for a notified death. `texts` are those of the identity record; the officer is told that one waits.

    Deaths of the past have a `reference` already, and `tell` is False for them.

    From the public form `by` is None; the officer enters what came by telephone or letter, with the day it came.
    """
    if via == Via.OFFICER:
        must_manage(by)
    if unknown := set(texts) - {*TEXTS, *NOTIFIER}:
        raise TypeError(f"{', '.join(sorted(unknown))} is not part of a notification.")
    if died_on > today:
        raise RuleBroken("The date of death must be today or earlier.", field="died_on")
    if not died_on <= notified_on <= today:
        raise RuleBroken("The day of the notification must be from the day of death to today.", field="notified_on")
    try:
        band = age_band(born_on, died_on)
    except ValueError as error:
        raise RuleBroken(str(error), field="born_on") from error
    death = Death.objects.create(
        reference=reference or new_reference(notified_on),
        via=via,
        notified_on=notified_on,
        age_band=band,
        form_version=version_on(notified_on).first_year,
    )
    cleaned = {name: text.strip() for name, text in texts.items()}
    Identity.objects.create(death=death, born_on=born_on, died_on=died_on, **cleaned)
    Review.objects.create(death=death, sex=sex, ethnicity=ethnicity, expected=expected, place=place)
    if tell:
        _tell_officers(death)
    record(verb="notified a death", by=by or BY_FORM, target=death)
    return death


def new_reference(notified_on: dt.date) -> str:
    """ "CD-2016-K7QFX": the year of the notification and letters by chance, which count nothing."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(5))
    reference = f"CD-{notified_on.year}-{drawn}"
    return new_reference(notified_on) if Death.objects.filter(reference=reference).exists() else reference


def _tell_officers(death: Death) -> None:
    """That a notification waits, and nothing of it."""
    for email in people_who(Permission.MANAGE_CHILD_DEATHS, on=death.notified_on):
        queue_email(
            unique_key=f"death {death.pk} notified to {email}",
            to=email,
            subject="A notification waits for you",
            body=f"A notification has come in and waits in the portal:\n\n{settings.PORTAL_URL}{reverse('home')}\n",
        )


def people_who(permission: Permission, *, on: dt.date, agency: int | None = None) -> list[str]:
    """E-mail addresses of those who hold `permission` on a day, for the whole board or for one agency."""
    grants = Grant.objects.in_force(on).filter(role__in=roles_with(permission), user__is_active=True, agency=agency)
    return sorted(set(grants.values_list("user__email", flat=True)))
