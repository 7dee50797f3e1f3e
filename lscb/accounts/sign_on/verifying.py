"""Whether an ID token is what the provider said, to this portal, about this visit (OpenID Connect Core 1.0, 3.1.3.7).

allauth takes an ID token that it fetched over TLS as it comes: it checks neither signature nor nonce. Here all of it is
checked, whoever handed it over.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.cache import cache

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that the provider alone has: never “none”, never a secret that both know."""

LEEWAY = 60
"""Seconds by which clocks may differ."""

KEPT = 900
"""Seconds for which a provider's keys and addresses are kept."""

AGAIN = 60
"""Seconds before keys are fetched anew because a token names one that is not known."""

WHY = (
    (jwt.ExpiredSignatureError, "it has expired"),
    (jwt.InvalidAudienceError, "it is meant for somebody else"),
    (jwt.InvalidIssuerError, "it comes from somebody else"),
    (jwt.InvalidSignatureError, "its signature is not the provider’s"),
    (jwt.InvalidAlgorithmError, "it is signed in a way that proves nothing"),
    (jwt.MissingRequiredClaimError, "something is missing in it"),
)


class Refused(OAuth2Error):
    """The token proves nothing. The text is for the trail, and names nobody."""


def nonce_of(code_verifier: str) -> str:
    """The nonce of one visit, made of the secret that the browser's session holds for it.

    So a token is bound to the session that asked for it, without another thing to keep.
    """
    return hashlib.sha256(f"nonce {code_verifier}".encode()).hexdigest()


def verified_claims(token: str, *, issuer: str, client_id: str, keys_url: str, nonce: str) -> dict[str, Any]:
    """What the token says. Errors: Refused."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(keys_url, header),
            algorithms=[header["alg"]],
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        why = next((words for kind, words in WHY if isinstance(error, kind)), "it cannot be read")
        raise Refused(why) from error
    if claims.get("azp", client_id) != client_id or (isinstance(claims["aud"], list) and len(claims["aud"]) > 1):
        raise Refused("it is meant for somebody else too")
    if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
        raise Refused("it is not the answer to this visit")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise Refused("it says nobody")
    return claims


def _key(keys_url: str, header: dict[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names; of the kind that its algorithm wants."""
    found = _find(fetched(keys_url), header)
    if found is None and cache.add(f"sign-on:again:{_short(keys_url)}", True, AGAIN):
        found = _find(fetched(keys_url, anew=True), header)  # the provider may have changed its keys
    if found is None:
        raise jwt.InvalidSignatureError
    return jwt.PyJWK.from_dict(found, algorithm=header["alg"])


def _find(keys: dict[str, Any], header: dict[str, Any]) -> dict[str, Any] | None:
    usable = [one for one in keys.get("keys", []) if one.get("use", "sig") == "sig" and one.get("kty") != "oct"]
    if (kid := header.get("kid")) is not None:
        usable = [one for one in usable if one.get("kid") == kid]
    fitting = [one for one in usable if one.get("alg", header["alg"]) == header["alg"]]
    return fitting[0] if len(fitting) == 1 else None


def fetched(url: str, *, anew: bool = False) -> dict[str, Any]:
    """A document of the provider, kept for a while."""
    key = f"sign-on:document:{_short(url)}"
    document: dict[str, Any] | None = None if anew else cache.get(key)
    if document is None:
        with get_adapter().get_requests_session() as session:
            response = session.get(url, allow_redirects=False)
            response.raise_for_status()
        document = response.json()
        if response.status_code != 200 or not isinstance(document, dict):
            raise Refused("the provider answered something else than it should")
        cache.set(key, document, KEPT)
    return document


def _short(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
