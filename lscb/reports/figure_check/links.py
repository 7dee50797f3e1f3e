"""Links in the words: whether they can lead anywhere. Nothing is fetched: the portal's own addresses are looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.http import Http404
from django.urls import Resolver404, ResolverMatch, resolve

from boards.models import LibraryVersion, PublishedChallenge
from casereviews.models import PublishedReview
from lscb.common.periods import FinancialYear
from lscb.reports.models import AnnualReport
from training.models import Session

_PUBLIC = URLValidator(schemes=["http", "https"])

Find = Callable[[Mapping[str, Any]], bool]


def _library_file(of: Mapping[str, Any]) -> bool:
    versions = LibraryVersion.objects.visible_to(AnonymousUser())
    return versions.filter(item=of["pk"], number=of["number"]).exists()


def _challenge(of: Mapping[str, Any]) -> bool:
    year = FinancialYear.parse(of["year"])
    return PublishedChallenge.objects.filter(year=year, in_year=of["number"]).exists()


def _report(of: Mapping[str, Any]) -> bool:
    reports = AnnualReport.objects.of_year(FinancialYear.parse(of["year"])).filter(publication__withdrawn_at=None)
    return reports.filter(publication__isnull=False, **({"number": of["number"]} if "number" in of else {})).exists()


RECORDS: dict[str, Find] = {
    "public:library_file": _library_file,
    "challenges:challenge": _challenge,
    "learning:review": lambda of: PublishedReview.objects.released().filter(pk=of["pk"]).exists(),
    "training:session": lambda of: Session.objects.public().filter(pk=of["pk"]).exists(),
    **dict.fromkeys(
        ("published:latest", "published:report", "published:pdf", "published:file", "published:figures"), _report
    ),
}
"""How to look for what a public address speaks of, by route."""


def why_dead(address: str) -> str:
    """The sentence that says why a link leads nowhere; empty for one that may lead somewhere."""
    if not address:
        return "The link has no address."
    if address.startswith(("mailto:", "tel:")):
        return _why_no_contact(address)
    if address.startswith("www."):
        return "Begin the address with https://, or it is not a link."
    if address.startswith("#"):
        return ""
    if not address.startswith(("http://", "https://")):
        return "In the PDF this leads nowhere: write the whole address, with https:// and the name of the portal."
    try:
        if _is_own(address):
            return _why_not_here(unquote(urlsplit(address).path) or "/")
        _PUBLIC(address)
    except (ValidationError, ValueError):
        return "This is not an address: look at it letter by letter."
    return ""


def _why_no_contact(address: str) -> str:
    kind, _, who = address.partition(":")
    if kind == "tel":
        return "" if re.fullmatch(r"\+?[\d\s()-]{5,}", who) else "This is not a telephone number."
    try:
        validate_email(who.partition("?")[0])
    except ValidationError:
        return "This is not an e-mail address."
    return ""


def _is_own(address: str) -> bool:
    return urlsplit(address).netloc == urlsplit(settings.PORTAL_URL).netloc


def _why_not_here(path: str) -> str:
    try:
        match = resolve(path)
    except (Resolver404, Http404):
        return "The portal has no page of this address."
    if getattr(match.func, "login_required", True):
        return "This page asks for signing in: the readers of the report cannot open it."
    return "" if _is_there(match) else "What this address speaks of is not published, or not there any more."


def _is_there(match: ResolverMatch) -> bool:
    find = RECORDS.get(match.view_name)
    try:
        return find is None or find(match.kwargs)
    except (ValueError, ValidationError):
        return False
