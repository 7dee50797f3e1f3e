"""How programs come in: by a token, or with the session of somebody signed in; and how often.

The settings name these classes, and `rest_framework.views` reads the settings: nothing here may import views.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from lscb.common.errors import RuleBroken
from lscb.common.limits import wait_for

from . import tokens
from .adapters import address_of_client
from .models import Token, User
from .permissions import SCOPES, within

MINUTE = dt.timedelta(minutes=1)
GUESSES = 20


class ByToken(BaseAuthentication):
    """`Authorization: Bearer lscb_…`, or the token as the password of Basic, which Power BI keeps safe by itself.

    Limits the holder to the scopes of the token. A token that gives nothing is told why (401).
    """

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        secret = shown_token(request)
        if secret is None:
            return None
        now = timezone.now()
        try:
            token = tokens.follow(secret, at=now)
        except RuleBroken as refusal:
            _count_guess(request, now)
            raise exceptions.AuthenticationFailed(refusal.sentence) from None
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return f'Bearer realm="{settings.BOARD_SHORT_NAME}"'


def shown_token(request: Request) -> str | None:
    """What stands in the header; None without one."""
    kind, _, rest = get_authorization_header(request).partition(b" ")
    match kind.lower():
        case b"":
            return None
        case b"bearer":
            return rest.strip().decode("latin-1")
        case b"basic":
            try:
                return base64.b64decode(rest, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return ""
    return ""


def _count_guess(request: Request, now: dt.datetime) -> None:
    address = address_of_client(request._request) or ""
    if wait := wait_for("api guesses", address, most=GUESSES, period=5 * MINUTE, at=now):
        raise exceptions.Throttled(wait)


class BySession(SessionAuthentication):
    """Somebody signed in, as on the pages, but for child deaths: they never leave by this door."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found is not None:
            found[0].limited_to = within(SCOPES)
        return found


class Limits(BaseThrottle):
    """How often in a minute: for each token or person, and for each address."""

    wait_seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        now = timezone.now()
        user = request.user
        who = str(request.auth.pk) if isinstance(request.auth, Token) else str(user.pk) if user.pk else ""
        asked = {"address": address_of_client(request._request) or "", **({"token": who} if who else {})}
        waits = [
            wait_for(f"api {kind}", one, most=settings.API_PER_MINUTE[kind], period=MINUTE, at=now)
            for kind, one in asked.items()
        ]
        self.wait_seconds = max(waits)
        return not self.wait_seconds

    def wait(self) -> float:
        return self.wait_seconds
