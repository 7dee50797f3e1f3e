"""Who gets through a door. Signing in is required everywhere by middleware; these say what else is.

The rule of the house (trust: "People"): what is out of a person's scope does not exist for them, 404; what is in
their scope but not theirs to do is refused, 403.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve, reverse
from rest_framework.permissions import SAFE_METHODS, BasePermission

from . import sessions
from .models import Agency, Reader, Token, User
from .permissions import Permission

if TYPE_CHECKING:  # rest_framework.views reads the settings, which name this module
    from rest_framework.request import Request
    from rest_framework.views import APIView


def may(user: Reader, permission: Permission, on: Agency | str | None = None) -> bool:
    """Whether `user` holds `permission` today: on an agency, on a group (its code), or anywhere (`on` is None)."""
    return user.is_authenticated and user.may(permission, on)


def person(request: HttpRequest) -> User:
    """The signed-in person, for views behind the sign-in."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


class Guarded:
    """A view mixin, first in line. `scope`: without one of these permissions the page does not exist (404).

    `right`: without this one it is refused (403). A view that leaves `scope` empty is open to everyone signed in.
    `proves_again`: the methods for which the second factor is shown once more a moment before, also within a session;
    whoever has not is led to showing it and to `shown_again`. For what weighs most.
    """

    scope: ClassVar[tuple[Permission, ...]] = ()
    right: ClassVar[Permission | None] = None
    proves_again: ClassVar[tuple[str, ...]] = ()
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request.user, self.scope, self.right)
        if request.method in self.proves_again and not sessions.proved_just_now(request, self.user):
            messages.info(request, "This asks for your second factor once more.")
            return redirect_to_login(self.shown_again(), reverse("mfa_reauthenticate"))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def shown_again(self) -> str:
        return self.request.path

    @property
    def user(self) -> User:
        return person(self.request)

    @classmethod
    def opens_to(cls, user: Reader) -> bool:
        """Whether the page is there for `user` and theirs to open, whatever record it speaks of."""
        try:
            check_access(user, cls.scope, cls.right)
        except (Http404, PermissionDenied):
            return False
        return user.is_authenticated


def may_open(user: Reader, address: str) -> bool:
    """Whether `user` gets through the door of a page of the portal, so that no link leads to a refusal."""
    view = getattr(resolve(urlsplit(address).path).func, "view_class", None)
    return isinstance(view, type) and issubclass(view, Guarded) and view.opens_to(user)


def check_access(user: Reader, scope: tuple[Permission, ...], right: Permission | None) -> None:
    """Raises Http404 out of scope, PermissionDenied in scope without the right."""
    if scope and not any(may(user, permission) for permission in scope):
        raise Http404
    if right is not None and not may(user, right):
        raise PermissionDenied


class ApiPermission(BasePermission):
    """The same two questions for API views, which carry `scope` and `right` too. A view without scope is closed.

    A view that writes says in `allowed` who may, asked of the record where there is one: so that what is out of scope
    does not exist (404) before anything is refused (403).

    Django REST framework takes its views out of what middleware asks, so the second factor is asked for here.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(view, "is_public", False):
            return True
        if not request.user.is_authenticated:
            return False
        _check_how_they_came(request)
        scope: tuple[Permission, ...] = getattr(view, "scope", ())
        if not scope:
            return bool(getattr(view, "open_to_signed_in", False))
        check_access(request.user, scope, getattr(view, "right", None))
        return bool(getattr(view, "detail", False)) or _is_allowed(request, view, None)

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        return _is_allowed(request, view, obj)


def _check_how_they_came(request: Request) -> None:
    """A program with a token that may do this, or a person who has shown the second factor."""
    if isinstance(request.auth, Token):
        if request.method not in SAFE_METHODS and not request.auth.may_write:
            raise PermissionDenied("This token may only read. Make one that may write, too.")
    elif sessions.lacks_second_factor(request, person(request)):
        raise PermissionDenied("Show your second factor first: sign in on the pages.")


def _is_allowed(request: Request, view: Any, record: Any) -> bool:
    allowed = view.get_allowed() if hasattr(view, "get_allowed") else None
    return allowed is None or bool(allowed(request.user, record))
