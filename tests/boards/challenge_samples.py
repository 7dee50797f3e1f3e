"""Challenges in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from boards.challenges import services
from boards.models import Challenge
from lscb.accounts.models import Agency
from tests.actions.factories import AgencyFactory

RAISED = dt.date(2016, 12, 8)
DUE = dt.date(2017, 1, 31)
LATER = dt.date(2017, 2, 20)
TODAY = dt.date(2017, 3, 31)
WORDING = {"public_title": "Is the fall safe?", "public_issue": "The board asked whether the fall is safe."}


def a_challenge(*agencies: Agency, **kwargs: Any) -> Challenge:
    """An open challenge by the board, by correspondence."""
    given = {
        "raised_on": RAISED,
        "title": "Is the fall in looked after children safe?",
        "issue": "The number fell from 611 to 573.",
        "asked": "An audit of children who left care.",
        "due": DUE,
        "by": None,
        "today": TODAY,
        **kwargs,
    }
    return services.raise_challenge(agencies=agencies or [AgencyFactory()], **given)


def answered(challenge: Challenge, agency: Agency | None = None, **kwargs: Any) -> Challenge:
    services.respond(
        challenge=challenge,
        agency=agency or challenge.agencies.get(),
        **{"text": "Two pages.", "on": LATER, "by": None, "today": TODAY, **kwargs},
    )
    return fresh(challenge)


def worded(challenge: Challenge, **kwargs: Any) -> Challenge:
    version = fresh(challenge).version
    texts = {**WORDING, **kwargs}
    return services.write_public_wording(challenge=challenge, version=version, by=None, today=TODAY, **texts)


def fresh(challenge: Challenge) -> Challenge:
    return Challenge.objects.get(pk=challenge.pk)
