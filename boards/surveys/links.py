"""The two kinds of links to a survey: one of one's own, which is spent by answering, and one that is open to many."""

from __future__ import annotations

import uuid
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from lscb.accounts.models import Link
from lscb.common.errors import RuleBroken
from lscb.common.words import say

from ..models import Survey

PURPOSE: Final = "survey"
"""Of the links of `lscb.accounts.links`."""

_OPEN = signing.Signer(sep=".", salt="boards.surveys.open")


def open_address(survey: Survey) -> str:
    """The open link as it is passed on. `take_back_open_link` makes it useless."""
    return settings.PORTAL_URL + reverse("public:survey_open", args=[_token(survey)])


def own_address(token: str) -> str:
    return settings.PORTAL_URL + reverse("public:survey", args=[token])


def survey_of_open_link(token: str) -> Survey:
    """Raises RuleBroken with a sentence for a link that is wrong or was taken back."""
    try:
        key, version = _OPEN.unsign(token).split("-")
        return Survey.objects.get(pk=uuid.UUID(key), link_version=int(version))
    except (signing.BadSignature, ValueError, Survey.DoesNotExist):
        raise RuleBroken(say("This link is not valid. Copy it whole, or ask the {board} team for a new one.")) from None


def invited(survey: Survey) -> tuple[int, int]:
    """How many people have a link of their own, and how many of them answered."""
    links = Link.objects.to(survey).filter(purpose=PURPOSE, revoked_at=None)
    return links.count(), links.filter(spent_at__isnull=False).count()


def _token(survey: Survey) -> str:
    return _OPEN.sign(f"{survey.pk.hex}-{survey.link_version}")
