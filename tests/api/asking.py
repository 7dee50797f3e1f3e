"""Asking the API in tests: by session or by token, and what is in a list."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.accounts.permissions import SCOPES
from lscb.accounts.tokens import make_token
from lscb.api import router

LISTS = sorted(f"{basename}-list" for _, _, basename in router.registry)


class Program:
    """A program that acts for a person: with a token, or (without `scopes`) with the person's session."""

    def __init__(self, user: User, scopes: Collection[str] | None = None, *, may_write: bool = True) -> None:
        self.client = Client()
        self.headers: dict[str, str] = {}
        if scopes is None:
            self.client.force_login(user)
            return
        now = timezone.now()
        _, secret = make_token(
            name="Program",
            scopes=scopes,
            may_write=may_write,
            expires_at=now + dt.timedelta(days=1),
            with_second_factor=True,
            by=user,
            at=now,
        )
        self.headers["Authorization"] = f"Bearer {secret}"

    def get(self, name: str, key: Any = None, **query: Any) -> Any:
        return self.client.get(address(name, key), query, headers=self.headers)

    def post(self, name: str, body: dict[str, Any], key: Any = None, *, once: str = "") -> Any:
        headers = self.headers | ({"Idempotency-Key": once} if once else {})
        return self.client.post(address(name, key), body, content_type="application/json", headers=headers)

    def rows(self, name: str, **query: Any) -> list[dict[str, Any]]:
        """Every record of a list, page by page; none where the list does not exist for this person."""
        return list(self._rows(name, query))

    def _rows(self, name: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        page: dict[str, Any] = {"next": 1}
        number = 0
        while page["next"]:
            number += 1
            answer = self.get(name, page=number, page_size=500, **query)
            if answer.status_code in (403, 404):
                return
            assert answer.status_code == 200, (name, answer.content)
            page = answer.json()
            yield from page["results"]

    def some_key(self, name: str, **query: Any) -> str:
        return key_of(self.get(name, page_size=1, **query).json()["results"][0])

    def keys(self, name: str) -> set[str]:
        return {key_of(row) for row in self.rows(name)}


def program(user: User, *scopes: str) -> Program:
    """With a token that may write."""
    return Program(user, scopes or tuple(SCOPES))


def done(asks: Program, name: str, key: Any = None, /, **sent: Any) -> dict[str, Any]:
    """What a write answers that must succeed."""
    answer = asks.post(name, sent, key)
    assert answer.status_code in (200, 201), (name, answer.content)
    found: dict[str, Any] = answer.json()
    return found


def file_of(asks: Program, name: str, record: Any, file: str) -> Any:
    """A file from the record that it belongs to."""
    return asks.client.get(reverse(f"api:{name}-file", args=[record, file]), headers=asks.headers)


def sent_file(name: str, content: bytes) -> dict[str, str]:
    """A file as a program sends it."""
    return {"name": name, "content": base64.b64encode(content).decode()}


def address(name: str, key: Any = None) -> str:
    return reverse(f"api:{name}", args=[] if key is None else [key])


def key_of(row: dict[str, Any]) -> str:
    """By what a record of a list is known; a figure by its indicator and period."""
    own = row.get("id", row.get("code"))
    return str(own) if own is not None else f"{row['indicator']} {row['period']}"
