"""How long a person stays signed in, and ending it (trust: "People")."""

from __future__ import annotations

import datetime as dt
import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest

from .models import User
from .permissions import Permission

JUST_NOW = dt.timedelta(minutes=5)
STARTED, SEEN, SET_UP = "session_started", "session_seen", "second_factor_set_up"
CHILD_DEATHS = "/child-deaths/"
NOTED_EVERY = dt.timedelta(minutes=1)
"""Being here is written down once a minute, so that reading a page seldom writes to the database."""


def idle_limit(user: User, path: str = "") -> dt.timedelta:
    """How long `user` may do nothing: half as long for who reads child deaths, and for everybody on their pages."""
    is_there = path.startswith(CHILD_DEATHS) or user.may(Permission.READ_CHILD_DEATHS)
    return settings.SESSION_IDLE / 2 if is_there else settings.SESSION_IDLE


def is_over(request: HttpRequest, user: User, now: dt.datetime) -> bool:
    """Whether this session was idle for too long, or is too old in all."""
    at = now.timestamp()
    idle = at - request.session.get(SEEN, at)
    age = at - request.session.get(STARTED, at)
    return idle > idle_limit(user, request.path).total_seconds() or age > settings.SESSION_LONGEST.total_seconds()


def note(request: HttpRequest, now: dt.datetime) -> None:
    """Write down that the person is here."""
    at = now.timestamp()
    request.session.setdefault(STARTED, at)
    if at - request.session.get(SEEN, 0) >= NOTED_EVERY.total_seconds():
        request.session[SEEN] = at
        UserSession.objects.create_from_request(request)


def end_all(user: User) -> None:
    """End every session of `user`, wherever it is open."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def has_second_factor(user: User) -> bool:
    return get_adapter().is_mfa_enabled(user)


def is_setting_up(request: HttpRequest) -> bool:
    """Whether this person is on the way from signing in to a first second factor and its recovery codes."""
    user = request.user
    if not user.is_authenticated:
        return False
    if has_second_factor(user):
        since = request.session.get(SET_UP, 0)
    else:
        since = max((one["at"] for one in get_authentication_records(request, user)), default=0)
    return time.time() - since < JUST_NOW.total_seconds()


def proved_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether the second factor was shown in this session: at sign-in, or by setting it up."""
    records = get_authentication_records(request, user)
    return SET_UP in request.session or any(one["method"] == "mfa" for one in records)


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether what `user` may see asks for a second factor that was not shown in this session."""
    if settings.SECOND_FACTOR_WAIVED or not user.needs_second_factor:
        return False
    return not proved_second_factor(request, user)


def proved_just_now(request: HttpRequest, user: User) -> bool:
    """Whether the second factor was shown a moment ago, as what cannot be undone asks even within a session."""
    if settings.SECOND_FACTOR_WAIVED or not user.needs_second_factor:
        return True
    shown = (one["at"] for one in get_authentication_records(request, user) if one["method"] == "mfa")
    return time.time() - max(shown, default=0) < JUST_NOW.total_seconds()
