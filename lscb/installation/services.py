"""Writes of the settings. Each locks the one row, compares the version that was looked at, and is on the trail."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.contrast import ENOUGH, WHITE, contrast
from lscb.common.errors import RuleBroken, check_version
from lscb.common.words import first_words, forget
from lscb.trail.services import changes_between, record

from .mails import kind_of_mail, refused_facts
from .models import Installation
from .pictures import as_logo

NAMES = (
    "board_name",
    "board_short_name",
    "board_email",
    "board",
    "case_review",
    "death_panel",
    "death_panel_short",
)


def name_things(*, version: int, by: Actor, **names: str) -> Installation:
    """Change the names of things. A name that is empty, or the first one, is not chosen: it follows the first one.

    Records keep what they are: an old serious case review stays one, an agency keeps its name.
    """
    unknown = set(names) - set(NAMES)
    if unknown:
        raise TypeError(f"These are no names of things: {sorted(unknown)}")
    first = first_words()
    typed = {name: value.strip() for name, value in names.items()}
    chosen = {name: "" if value == getattr(first, name) else value for name, value in typed.items()}
    return _change("changed the names of things", version, by, chosen)


def choose_colour(*, brand_colour: str, version: int, by: Actor) -> Installation:
    """The colour behind white text: of the page head and of the report. Empty goes back to the first one.

    Errors: RuleBroken for what is no colour, and for one on which white text is hard to read.
    """
    colour = brand_colour.strip().upper()
    if colour and not colour.startswith("#"):
        colour = f"#{colour}"
    if colour and not re.fullmatch(r"#[0-9A-F]{6}", colour):
        raise RuleBroken(
            "Enter the colour as # and six digits or letters from A to F, like #12436D", field="brand_colour"
        )
    if colour and (ratio := contrast(colour, WHITE)) < ENOUGH:
        shown = int(ratio * 100) / 100  # never rounded up to what would be enough
        raise RuleBroken(
            f"White text on {colour} has a contrast of {shown:.2f} to 1 and is hard to read. "
            f"Choose a darker colour: it must be {ENOUGH} to 1 or more.",
            field="brand_colour",
        )
    return _change("changed the colour", version, by, {"brand_colour": colour})


def hang_up_logo(*, file: File[Any], logo_alt: str, version: int, by: Actor) -> Installation:
    """The logo of the page head and of the report's cover, with the words for who does not see it."""
    if not logo_alt.strip():
        raise RuleBroken("Say what the logo shows, for people who do not see it.", field="logo_alt")
    picture = as_logo(file)
    hung = {"logo": hashlib.sha256(picture).hexdigest(), "logo_alt": logo_alt.strip()}
    return _change("changed the logo", version, by, hung, picture=picture)


def take_down_logo(*, version: int, by: Actor) -> Installation:
    return _change("took the logo down", version, by, {"logo": "", "logo_alt": ""}, picture=None)


def write_mail(*, kind: str, text: str, version: int, by: Actor) -> Installation:
    """The team's own paragraph in a kind of e-mail; empty takes it out again.

    Errors: RuleBroken for a fact that this e-mail does not have.
    """
    mail = kind_of_mail(kind)
    if wrong := refused_facts(text, mail):
        raise RuleBroken(wrong, field="text")
    with transaction.atomic():
        row = _locked(version, by)
        words = {**row.mail, kind: text.strip()}
        changes = {"mail": (row.mail.get(kind, ""), text.strip())}
        row.mail = {name: value for name, value in words.items() if value}
        return _saved(row, f"changed the e-mail “{mail.title}”", by, changes)


# ---- The one row ----------------------------------------------------------------------------------------------------


@transaction.atomic
def _change(verb: str, version: int, by: Actor, values: dict[str, str], **picture: bytes | None) -> Installation:
    row = _locked(version, by)
    changes = changes_between({name: getattr(row, name) for name in values}, values)
    for name, value in values.items():
        setattr(row, name, value)
    if picture:
        row.logo_png = picture["picture"]
    told = {name: change for name, change in changes.items() if name != "logo"}  # a hash tells people nothing
    return _saved(row, verb, by, told) if changes else row


def _locked(version: int, by: Actor) -> Installation:
    """The row for writing, as it was when the page was opened. The portal itself may do everything."""
    if by is not None and not by.for_whole_board(Permission.MANAGE_INSTALLATION):
        raise PermissionDenied
    row, _ = Installation.objects.select_for_update().get_or_create(only=True)
    check_version(row, version, what="the settings")
    return row


def _saved(row: Installation, verb: str, by: Actor, changes: dict[str, tuple[Any, Any]]) -> Installation:
    row.version += 1
    row.save()
    record(verb=verb[:60], by=by, target=row, changes=changes)
    forget()
    transaction.on_commit(forget)  # somebody in this process may have read them between
    return row
