"""What the tests of the people's room share."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def waived(settings: Any) -> None:
    """For tests that are about something else than the second factor."""
    settings.SECOND_FACTOR_WAIVED = True


@pytest.fixture
def elsewhere() -> Client:
    """Another machine."""
    return Client(REMOTE_ADDR="192.0.2.77")
