"""What every test shares."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = [
    "tests.plugins.servers",
    "tests.plugins.worker",
    "tests.plugins.browser",
    "tests.plugins.demonstration",
    "tests.plugins.second_database",
    "tests.plugins.bucket",
    "tests.plugins.order",
]


def pytest_configure(config: pytest.Config) -> None:
    """Looking for garbage among made-up records all the time takes a tenth of a run."""
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    """Files that a test stores go with it."""
    settings.MEDIA_ROOT = tmp_path / "private"


@pytest.fixture(autouse=True)
def _own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of things are read anew in each test; in one without a database the first ones hold."""
    from lscb.common import words

    read = words.read

    def read_where_there_is_a_database() -> words.Words:
        try:
            return read()
        except RuntimeError:  # pytest-django refuses
            return words.first_words()

    monkeypatch.setattr(words, "read", read_where_there_is_a_database)
    monkeypatch.setattr(words, "KEPT_FOR", 3600)  # else a slow test would count one query more
    words.forget()
    words.naming()


@pytest.fixture(autouse=True)
def _no_left_over_lockouts() -> Iterator[None]:
    """The cache counts attempts; one test's guesses are not another's."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()
