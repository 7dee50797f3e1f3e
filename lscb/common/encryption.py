"""Encryption of single values in the database. The first key of settings.FIELD_ENCRYPTION_KEYS encrypts, all decrypt.

To change the key, put the new one in front, run the portal, and take the old one away when `manage.py rotate_keys` has
been over every value.

What is encrypted cannot be searched. Where the same value must be found again (is this child known already?), a
`BlindIndexField` beside it holds a keyed hash: it says that two values are equal and nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

__all__ = [
    "BlindIndexField",
    "EncryptedDateField",
    "EncryptedJSONField",
    "EncryptedTextField",
    "InvalidToken",
    "blind_index",
    "blind_indexes",
    "decrypt",
    "encrypt",
    "rotate",
]


def encrypt(text: str) -> str:
    """`text` encrypted and authenticated, as ASCII."""
    return _cipher().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """The text in `token`. Raises cryptography.fernet.InvalidToken when no key fits or it was changed."""
    return _cipher().decrypt(token.encode("ascii")).decode()


def rotate(token: str) -> str:
    """The same text under the first key."""
    return _cipher().rotate(token.encode("ascii")).decode("ascii")


def blind_index(text: str, *, purpose: str) -> str:
    """A hash of `text` under the first key. The same text has another one for another `purpose`."""
    return _index(settings.FIELD_ENCRYPTION_KEYS[0], text, purpose)


def blind_indexes(text: str, *, purpose: str) -> list[str]:
    """The hash of `text` under each key: what to look for while keys are being changed."""
    return [_index(key, text, purpose) for key in settings.FIELD_ENCRYPTION_KEYS]


def _index(key: str, text: str, purpose: str) -> str:
    own = hmac.new(key.strip().encode(), b"blind index", hashlib.sha256).digest()
    return hmac.new(own, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_ENCRYPTION_KEYS])


class EncryptedTextField(models.TextField):
    """Text that lies encrypted in the database. It cannot be searched: only `isnull` may be asked of it."""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted and cannot be searched.")
        return super().get_lookup(lookup_name)


class EncryptedDateField(EncryptedTextField):
    """A date that lies encrypted in the database."""

    # What the type checker is told of a record's attribute.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return dt.date.fromisoformat(text) if text else None


class EncryptedJSONField(EncryptedTextField):
    """Plain values (texts, numbers, lists, dictionaries) that lie encrypted in the database."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return None if text is None else json.loads(text)


class BlindIndexField(models.CharField):
    """The blind index of what `of(record)` gives, made anew at each save; empty when that gives nothing."""

    def __init__(self, *args: Any, of: Callable[[Any], str] | None = None, **kwargs: Any) -> None:
        self.of = of
        kwargs.update(max_length=64, editable=False, blank=True, db_index=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "editable", "blank", "db_index"):
            del kwargs[given]
        return name, path, args, kwargs

    def pre_save(self, model_instance: Any, add: bool) -> str:
        text = self.of(model_instance) if self.of else ""
        value = blind_index(text, purpose=self.name) if text else ""
        setattr(model_instance, self.attname, value)
        return value
