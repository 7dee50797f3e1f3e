"""Links by which somebody without an account does one thing (trust: "People").

A contributor fills in one standard of a return, a manager approves a booking, a participant cancels or evaluates. Such
a link is unguessable, bound to one thing and one person, expires, can be taken back, and is spent by a POST, never by
opening it. A page that is reached by one stands on `views.by_link.ByLink`, at an address that holds `by-link/`:
logs blot out what follows. Case material is never reached by a link alone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from django.core import signing
from django.db import models, transaction

from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from .models import Actor, Link

NOT_VALID: Final = "This link is not valid. Copy it whole from the email, or ask who sent it to you for a new one."


@transaction.atomic(savepoint=False)
def issue_link(
    *,
    purpose: str,
    target: models.Model,
    email: str,
    name: str = "",
    expires_at: dt.datetime,
    by: Actor | str,
    at: dt.datetime,
) -> Link:
    """The link for one person to one record. While it lives it is given again, with the later of both ends.

    Call it in the transaction that queues the e-mail; `token_of` gives what goes into the address.
    """
    email = email.strip().lower()
    live = Link.objects.select_for_update().live().to(target).filter(purpose=purpose, email__iexact=email).first()
    if live is not None:
        live.expires_at = max(live.expires_at, expires_at)
        live.save(update_fields=["expires_at"])
        return live
    link = Link(
        purpose=purpose,
        target_type=target._meta.label_lower,
        target_key=str(target.pk),
        email=email,
        name=name.strip(),
        issued_at=at,
        issued_by=None if isinstance(by, str) else by,
        expires_at=expires_at,
    )
    link.save(force_insert=True)
    record(verb="issued a link", by=by, target=link, named=f"Link for {name.strip() or email}")
    return link


def token_of(link: Link) -> str:
    """What stands in the address: the key of the row and a signature that only this portal can make."""
    return _signer(link.purpose).sign(link.pk.hex)


def follow(token: str, *, purpose: str, at: dt.datetime) -> Link:
    """The link behind a token, for showing its page. Raises RuleBroken with what to do when it leads nowhere."""
    try:
        key = uuid.UUID(_signer(purpose).unsign(token))
    except (signing.BadSignature, ValueError):
        raise RuleBroken(NOT_VALID) from None
    link = Link.objects.filter(pk=key, purpose=purpose).first()
    if link is None:
        raise RuleBroken(NOT_VALID)
    _check(link, at)
    return link


@transaction.atomic
def spend(*, link: Link, at: dt.datetime) -> None:
    """Use a link up, in the transaction of what it is used for; of two at once one is refused.

    Errors: RuleBroken when it was used, taken back or has expired.
    """
    current = Link.objects.select_for_update().get(pk=link.pk)
    _check(current, at)
    current.spent_at = at
    current.save(update_fields=["spent_at"])
    record(verb="used a link", by=str(current), target=current, named=f"Link for {current.name or current.email}")


@transaction.atomic
def revoke_links(*, target: models.Model, purpose: str, email: str = "", by: Actor | str, at: dt.datetime) -> int:
    """Take back what leads to a record: for one person, or for all. Returns how many links stopped working."""
    live = Link.objects.live().to(target).filter(purpose=purpose)
    if email:
        live = live.filter(email__iexact=email)
    links = list(live)
    live.update(revoked_at=at)
    for link in links:
        record(verb="took back a link", by=by, target=link, named=f"Link for {link.name or link.email}")
    return len(links)


def _check(link: Link, at: dt.datetime) -> None:
    if link.spent_at:
        raise RuleBroken("This link was used already. Nothing was done again.")
    if link.revoked_at:
        raise RuleBroken("This link was taken back. Ask who sent it to you if you think that is wrong.")
    if link.expires_at <= at:
        raise RuleBroken("This link has expired. Ask who sent it to you for a new one.")


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"lscb.accounts.links.{purpose}")
