"""The names of things, which the law and each board choose for themselves (domain: "Words").

A board may be a partnership, a serious case review a practice review, the Child Death Overview Panel the child death
review partners. Texts of the portal never write such a name down: code says `say("The {board} asked …")` when it
speaks, `worded("The {board}")` for what is written once and shown later (labels, titles), and templates
`{{ naming.board }}`.

Where the names are kept is no business of this floor: the setting `WORDS` names the function that reads them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.signals import request_started
from django.db import DatabaseError
from django.utils.functional import lazy
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)

KEPT_FOR = 5.0
"""Seconds for which a process goes by the names that it read, where no request or task began meanwhile."""


@dataclass(frozen=True)
class Words:
    """The names in force. Nouns are as they stand in the middle of a sentence and take an “s” when there are many.

    `logo` names the picture of the page head by its digest, empty for none; `mail` holds the team's own paragraph for
    a kind of e-mail.
    """

    board_name: str
    board_short_name: str
    board_email: str
    brand_colour: str
    board: str = "board"
    case_review: str = "serious case review"
    death_panel: str = "Child Death Overview Panel"
    death_panel_short: str = "CDOP"
    logo: str = ""
    logo_alt: str = ""
    mail: Mapping[str, str] = field(default_factory=dict)


NAMES = tuple(one.name for one in fields(Words) if one.name != "mail")


def first_words() -> Words:
    """What holds until the team has chosen: the names in the environment, and the words of the law of 2004."""
    return Words(
        board_name=settings.BOARD_NAME,
        board_short_name=settings.BOARD_SHORT_NAME,
        board_email=settings.BOARD_EMAIL,
        brand_colour=settings.BRAND_COLOUR,
    )


_kept: tuple[float, Words] | None = None


def naming() -> Words:
    """The names in force, read once for a request or a task."""
    global _kept
    kept, now = _kept, time.monotonic()
    if kept is None or now - kept[0] > KEPT_FOR:
        _kept = kept = (now, read())
    return kept[1]


def read() -> Words:
    """From where they are kept. Without a database, as while it is set up or away, the first words hold."""
    try:
        found = import_string(settings.WORDS)()
    except DatabaseError as error:
        log.info("words.not_read", error=type(error).__name__)
        return first_words()
    return cast(Words, found)


def forget(**kwargs: Any) -> None:
    """Read them anew when they are next asked for."""
    global _kept
    _kept = None


request_started.connect(forget)


def in_templates() -> dict[str, Any]:
    """What every template is given: page, e-mail, printed document."""
    now = naming()
    return {
        "naming": now,
        "board_name": now.board_name,
        "board_short_name": now.board_short_name,
        "board_email": now.board_email,
        "brand_colour": now.brand_colour,
    }


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def say(text: str) -> str:
    """`text` with the names in it: `{board}`, `{Board}` at the beginning of a sentence, `{case_review}` and so on."""
    now = naming()
    lower = {name: getattr(now, name) for name in NAMES}
    return text.format_map({**lower, **{capital(name): capital(value) for name, value in lower.items()}})


def worded(text: str) -> str:
    """`text` as `say` would say it whenever it is shown. Not yet a `str`: join and format it as `str(…)`."""
    return _later(text)


_later = lazy(say, str)
