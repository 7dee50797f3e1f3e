"""Signing in with a second factor, and how long ago it was shown."""

from __future__ import annotations

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User

from .factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app would show now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in_with_a_code(client: Client, user: User, password: str = PASSWORD) -> None:
    TOTP.activate(user, SECRET)
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    client.post(reverse("mfa_authenticate"), {"code": code()})


def shown(client: Client, ago: int) -> None:
    """The second factor of this session was shown so many seconds ago."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record | {"at": time.time() - ago} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()
