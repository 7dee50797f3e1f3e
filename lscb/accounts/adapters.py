"""How allauth behaves here: nobody signs up uninvited, secrets lie encrypted, every change of a password is told."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from lscb.common import encryption
from lscb.common.words import naming
from lscb.trail.services import record

from . import sessions, tokens
from .models import User

WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


def address_of_client(request: HttpRequest) -> str | None:
    """Where a request comes from, behind as many proxies as settings say: one answer for all limits on guessing.

    None for somebody who is signed in by a program, without a connection.
    """
    return get_adapter(request).get_client_ip(request) if "REMOTE_ADDR" in request.META else None


class AccountAdapter(DefaultAccountAdapter):
    """People come in by invitation; guessing is slowed by django-axes for one address from one place."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"{naming().board_short_name}: {subject}"

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Through the outbox: a mail server that is away delays an e-mail and loses none."""
        message = super().render_mail(*args, **kwargs)
        message.connection = get_connection(settings.OUTBOX_BACKEND)
        return message

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: allauth would lock an address for everybody, and so shut the owner out."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Adds the name under which django-axes counts failures."""
        return super().authenticate(request, login=credentials.get("email", "").lower(), **credentials)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in or set up their first second factor a moment ago is not asked again for the next step."""
        if app == "allauth.mfa" and sessions.is_setting_up(self.request):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def get_login_stages(self) -> list[str]:
        """The second factor is not asked for again where a provider of the sign-on showed that it saw one."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "lscb.accounts.sign_on.adapter.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def set_password(self, user: User, password: str) -> None:
        """The one door for changing, setting and resetting. Other sessions end because their hash no longer fits, and
        so do the tokens: whoever learned the password could have made one."""
        with transaction.atomic():
            super().set_password(user, password)
            tokens.revoke_all(user=user, by=user, at=timezone.now())
            record(verb="changed the password", by=user, target=user)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are encrypted; who needs a second factor keeps one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Your role needs a second factor. Add another one before you remove this one.",
    }

    def get_totp_issuer(self) -> str:
        return naming().board_short_name

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A first name for a passkey; people change it to something they know it by."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if settings.SECOND_FACTOR_WAIVED or not authenticator.user.needs_second_factor:
            return True
        factors = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
