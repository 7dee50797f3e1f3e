"""What becomes of somebody whom a provider has sent back, and of somebody whom it has not."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lscb.accounts import sessions
from lscb.accounts.models import User
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from . import services
from .services import Identity
from .verifying import Refused

log = structlog.get_logger(__name__)

INVITED, ASKING = "sign_on_invited", "sign_on_asking"
"""Keys of the session: the invitation that somebody accepts through a provider; whom it said an unknown person is."""

SOMEBODY = "Somebody not signed in"


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Nobody is found by an e-mail address, and nobody signs up but as an approval or an invitation says."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The token was good. Who is known goes on; everybody else is answered here."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_link(request, sociallogin))
        token = request.session.pop(INVITED, None)
        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                _refused(sociallogin.provider.name, "the account is closed", sociallogin.user)
            return
        if token:
            _accept(request, sociallogin, token)
        elif services.join(account=sociallogin.account, at=timezone.now()) is None:
            identity = Identity.of(sociallogin.account)
            _refused(identity.title, "the portal does not know this person")
            request.session[ASKING] = identity.as_dict()
            raise ImmediateHttpResponse(redirect("accounts:sign_on_ask"))
        sociallogin.lookup()

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """One page whatever it was; why stands on the trail."""
        if error == AuthError.CANCELLED:
            messages.info(request, f"You did not sign in with {provider.name}. Nothing was changed.")
            raise ImmediateHttpResponse(redirect("account_login"))
        if isinstance(exception, Refused):
            why = str(exception)
        elif exception is not None:
            log.warning("sign_on.failed", error=type(exception).__name__)
            why = "the provider could not be asked"
        else:
            why = "it is not the answer to a visit that began here"
        _refused(provider.name, why)
        page = render(request, "accounts/sign_on_failed.html", {"provider": provider.name}, status=401)
        raise ImmediateHttpResponse(page)


class SecondFactorStage(AuthenticateStage):
    """The portal's own second factor, unless the provider said in the agreed words that it asked for one."""

    def handle(self) -> Any:
        if _proved_elsewhere(self.login):
            record_authentication(self.request, self.login.user, method="mfa", type="sign_on")
            return None, True
        return super().handle()


def _proved_elsewhere(login: Login) -> bool:
    sociallogin = (login.signal_kwargs or {}).get("sociallogin")
    return sociallogin is not None and sociallogin.account.extra_data.get("second_factor") is True


def _accept(request: HttpRequest, sociallogin: SocialLogin, token: str) -> None:
    try:
        services.accept_invitation(token=token, account=sociallogin.account, at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, refusal.sentence)
        raise ImmediateHttpResponse(redirect("accounts:accept", token=token)) from refusal
    messages.success(request, "You have accepted the invitation.")


def _link(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """To the account of who is signed in, who asked for it in this session and showed their second factor."""
    user = request.user
    asked_by = sociallogin.state.get("data")
    if not isinstance(user, User) or str(user.pk) != asked_by or sessions.lacks_second_factor(request, user):
        _refused(sociallogin.provider.name, "who wanted to link it is not signed in any more")
        return redirect("account_login")
    try:
        services.link(user=user, account=sociallogin.account, by=user)
    except RuleBroken as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"You can now sign in with {sociallogin.provider.name}.")
    return redirect("accounts:account")


def _refused(provider: str, why: str, user: User | None = None) -> None:
    with transaction.atomic():
        record(verb="was refused at sign-on", by=SOMEBODY, target=user, reason=f"{provider}: {why}.")
