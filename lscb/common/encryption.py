"""Encryption of single values in the database. The first key of settings.FIELD_ENCRYPTION_KEYS encrypts, all decrypt.

To change the key, put the new one in front, run the portal, and take the old one away when `rotate` has been over
every value.
"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

__all__ = ["EncryptedTextField", "InvalidToken", "decrypt", "encrypt", "rotate"]


def encrypt(text: str) -> str:
    """`text` encrypted and authenticated, as ASCII."""
    return _cipher().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """The text in `token`. Raises cryptography.fernet.InvalidToken when no key fits or it was changed."""
    return _cipher().decrypt(token.encode("ascii")).decode()


def rotate(token: str) -> str:
    """The same text under the first key."""
    return _cipher().rotate(token.encode("ascii")).decode("ascii")


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
