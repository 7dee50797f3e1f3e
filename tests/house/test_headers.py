"""What every answer tells the browser, whoever asks: pages, the API, files of numbers, refusals."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lscb.accounts.roles import BoardManager
from tests.accounts.factories import person

from .test_deployment import PRODUCTION, READ, ROOT

ANSWERS = ["/", "/public/", "/people/roles/", "/api/actions/", "/about/nothing/", "/health/", "/account/login/"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def member(db: None, client: Client, settings: Any) -> Client:
    settings.SECOND_FACTOR_WAIVED = True
    client.force_login(person(BoardManager), BACKEND)
    return client


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_is_narrow(address: str, member: Client, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    for client in (member, Client()):
        answer = client.get(address, secure=True)
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
        assert {policy[name] for name in ("default-src", "object-src", "base-uri", "frame-ancestors")} == {"'none'"}
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")
        assert "Access-Control-Allow-Origin" not in answer
        assert not answer.has_header("Server")


def test_methods_that_nobody_needs_are_refused(member: Client) -> None:
    assert member.trace("/").status_code == 405
    assert member.generic("PROPFIND", "/").status_code == 405
    assert member.generic("TRACE", "/api/actions/").status_code == 405


def test_what_a_page_says_goes_into_no_cookie(member: Client) -> None:
    """A page's message may name a person; it lies in the session, and two cookies are all there are."""
    member.post("/account/logout/")
    assert set(member.cookies) <= {"sessionid", "csrftoken"}
    member.get("/account/login/")
    assert set(member.cookies) <= {"sessionid", "csrftoken"}


def test_signing_out_leaves_nothing_in_the_browser(member: Client) -> None:
    assert "Clear-Site-Data" not in member.get("/people/roles/")
    assert member.post("/account/logout/")["Clear-Site-Data"] == '"cache"'


def test_cookies_of_production_are_bound_to_host_and_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in READ & set(os.environ):
        monkeypatch.delenv(name)
    for name, value in {**PRODUCTION, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    made = runpy.run_path(str(ROOT / "lscb" / "settings.py"))
    assert (made["SESSION_COOKIE_NAME"], made["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    for cookie in ("SESSION", "CSRF"):
        assert made[f"{cookie}_COOKIE_SECURE"] is made[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert made[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert made["SECURE_SSL_REDIRECT"] is True
    assert made["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert made["DEBUG"] is False
    assert not any("rest_framework.renderers.Browsable" in name for name in made["REST_FRAMEWORK"])
