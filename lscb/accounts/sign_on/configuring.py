"""What SIGN_ON_PROVIDERS says, checked before the portal starts. Knows nothing of Django's models: settings read it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NEEDED = ("id", "name", "issuer", "client_id", "secret")
OPTIONAL = ("amr", "acr", "vouches_for_email", "authorize_at")


def providers_of(text: str, *, insecure: bool = False) -> list[dict[str, Any]]:
    """The providers, each with every setting. `insecure` lets an issuer be without TLS, for the tests.

    Errors: ImproperlyConfigured with a sentence.
    """
    if not text.strip():
        return []
    try:
        providers = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"SIGN_ON_PROVIDERS is not JSON: {error}.") from error
    if not isinstance(providers, list) or not all(isinstance(one, dict) for one in providers):
        raise ImproperlyConfigured("SIGN_ON_PROVIDERS is not a list of providers: [{…}, {…}].")
    checked = [_checked(one, insecure=insecure) for one in providers]
    if len({one["id"] for one in checked}) < len(checked):
        raise ImproperlyConfigured("SIGN_ON_PROVIDERS has two providers of the same id.")
    return checked


def _checked(provider: dict[str, Any], *, insecure: bool) -> dict[str, Any]:
    name = provider.get("id") or "without id"
    for key in NEEDED:
        if not isinstance(provider.get(key), str) or not provider[key]:
            raise ImproperlyConfigured(f"SIGN_ON_PROVIDERS: the provider {name} has no {key}.")
    if unknown := sorted(set(provider) - set(NEEDED) - set(OPTIONAL)):
        raise ImproperlyConfigured(f"SIGN_ON_PROVIDERS: the provider {name} has {unknown[0]}, which nobody knows.")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise ImproperlyConfigured(f"SIGN_ON_PROVIDERS: the id {name} is not of small letters, digits and hyphens.")
    if urlsplit(provider["issuer"]).scheme != "https" and not insecure:
        raise ImproperlyConfigured(f"SIGN_ON_PROVIDERS: the issuer of {name} does not begin with https://.")
    return {"amr": [], "acr": [], "vouches_for_email": False, **provider}


def allauth_settings(providers: list[dict[str, Any]]) -> dict[str, Any]:
    """The providers as allauth takes them."""
    return {
        "openid_connect": {
            "provider_class": "lscb.accounts.sign_on.provider.Provider",
            "APPS": [
                {
                    "provider_id": one["id"],
                    "name": one["name"],
                    "client_id": one["client_id"],
                    "secret": one["secret"],
                    "settings": {"server_url": one["issuer"].rstrip("/"), **one},
                }
                for one in providers
            ],
        }
    }


def origins(providers: list[dict[str, Any]]) -> list[str]:
    """Where a button of the sign-in page leads: browsers ask the page's policy for that too."""
    addresses = [urlsplit(one.get("authorize_at") or one["issuer"]) for one in providers]
    return sorted({f"{address.scheme}://{address.netloc}" for address in addresses})
