"""allauth's OpenID Connect provider, with every token verified and nothing taken from addresses that people open."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

from .verifying import Refused, fetched, nonce_of, verified_claims


class Adapter(OpenIDConnectOAuth2Adapter):
    """One visit at a provider."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's addresses. They are its own only if they name the issuer that is agreed."""
        provider = self.get_provider()
        config = fetched(provider.server_url)
        if config.get("issuer") != provider.app.settings["issuer"]:
            raise Refused("the provider calls itself by another name")
        return config

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        self.nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = verified_claims(
            str(kwargs["response"].get("id_token") or ""),
            issuer=app.settings["issuer"],
            client_id=app.client_id,
            keys_url=self.openid_config["jwks_uri"],
            nonce=self.nonce,
        )
        return self.get_provider().sociallogin_from_response(request, claims)


class Provider(OpenIDConnectProvider):
    """A provider of SIGN_ON_PROVIDERS."""

    oauth2_adapter_class = Adapter

    def get_pkce_params(self) -> dict[str, Any]:
        params = generate_code_challenge()
        return params | {"nonce": nonce_of(params["code_verifier"])}

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, Any]:
        """Nothing: a link could add to it."""
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_scope()

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Issuer and subject as one key. A subject may be longer than the column, so both are hashed."""
        return hashlib.sha256(f"{data['iss']}\n{data['sub']}".encode()).hexdigest()

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """No address: nobody is looked for by one."""
        return {"name": data.get("name")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the token: who says it of whom, and what the person knows the account by."""
        email = str(data.get("email") or "").strip().lower()
        return {
            "issuer": data["iss"],
            "subject": data["sub"],
            "name": str(data.get("name") or "").strip()[:120],
            "email": email,
            "email_verified": self._vouches_for(email, data),
            "second_factor": self._saw_second_factor(data),
        }

    def _vouches_for(self, email: str, data: dict[str, Any]) -> bool:
        said = data.get("email_verified", data.get("xms_edov"))
        if said is None:
            return bool(email) and self.app.settings["vouches_for_email"] is True
        return bool(email) and said in (True, 1, "true", "1")

    def _saw_second_factor(self, data: dict[str, Any]) -> bool:
        """Whether the token says in the agreed words that the provider asked for a second factor."""
        said = data.get("amr")
        methods = said if isinstance(said, list) else []
        agreed = self.app.settings
        return any(method in agreed["amr"] for method in methods) or data.get("acr") in agreed["acr"]

    def verify_token(self, request: HttpRequest, token: Any) -> Any:
        raise Refused("tokens are not taken from anybody but the provider")


provider_classes = [Provider]
