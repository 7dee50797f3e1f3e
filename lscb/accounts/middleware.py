"""What stands before every page: the length of a session, the second factor, and that pages are private."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from . import sessions
from .sending_again import send_again

GetResponse = Callable[[HttpRequest], HttpResponse]
ALWAYS = frozenset({"account_logout"})
SETTING_UP = ALWAYS | {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
PROVING = ALWAYS | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class SignInRequired(LoginRequiredMiddleware):
    """Nobody gets anywhere but on the public list without signing in; a form that came too late is given back."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        return send_again(request, signed_out=True) or super().handle_no_permission(request, view_func)


class SessionLimits:
    """Ends a session that was idle or is too old, and that of somebody whose last role has ended."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        now = timezone.now()
        if sessions.is_over(request, user, now):
            logout(request)
            if kept := send_again(request, signed_out=True):
                return kept
            messages.info(request, "You were signed out because you had not used the portal for a while.")
            return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("home"))
        if not user.grants_today:
            logout(request)
            return redirect("accounts:no_role")
        sessions.note(request, now)
        return self.get_response(request)


class SecondFactorRequired:
    """Whose role shows anything not public must have a second factor, and have shown it in this session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not getattr(view, "login_required", True):
            return None  # also views of the API, which carry this mark: `access.ApiPermission` asks there
        if not sessions.lacks_second_factor(request, user):
            return None
        has_one = sessions.has_second_factor(user)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in (PROVING if has_one else SETTING_UP):
            return None
        return redirect("mfa_reauthenticate" if has_one else "mfa_index")


class PrivatePages:
    """Pages behind the sign-in are kept by no cache; no page is shared with another site or asks for a device.

    Whoever is signed out by this answer leaves nothing in the browser's cache, nor behind its back button.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        elif was_signed_in:
            response["Clear-Site-Data"] = '"cache"'
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
