"""Tying records to the themes that they serve, so that the page of a theme writes itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.trail.services import record

from ..meetings.access import must_run
from ..models import Meeting, Theme


@transaction.atomic
def tie_meeting(*, meeting: Meeting, themes: Iterable[Theme], by: Actor) -> None:
    """Say which themes of its year a meeting serves; none unties it."""
    must_run(by, meeting.group)
    if meeting.is_confidential or meeting.case:
        raise RuleBroken("What a confidential group works on is not told on the page of a theme.")
    tie(meeting.serves, themes, year=FinancialYear.containing(meeting.day))
    record(verb="tied the meeting to themes", by=by, target=meeting)


def tie(tied: Any, themes: Iterable[Theme], *, year: FinancialYear) -> None:
    """Set a many-to-many to themes of `year`."""
    themes = list(themes)
    if any(theme.year != year for theme in themes):
        raise RuleBroken(f"Choose themes of {year}.", field="themes")
    tied.set(themes)
