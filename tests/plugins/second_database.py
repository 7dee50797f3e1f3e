"""A second, empty database beside that of the run: what is restored goes there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import sql


@contextmanager
def database_is(**changes: Any) -> Iterator[None]:
    """Inside, Django's own connection leads to another database."""
    from django.db import connections

    usual, usual_settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**usual_settings, **changes}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = usual_settings
        connections["default"] = usual


Second = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def second_postgres(django_db_blocker: Any, transactional_db: None) -> Iterator[Second]:
    """`with second_postgres():` works on an empty PostgreSQL database, which goes with the test."""
    from django.db import connection

    given = connection.get_connection_params()
    name = f"{given['dbname']}_second"
    server = psycopg2.connect(**{**given, "dbname": "postgres", "cursor_factory": None})
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield lambda: database_is(NAME=name)
    finally:
        with server.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.close()


@pytest.fixture
def second_sqlite(sqlite_file: str, tmp_path: Path) -> Second:
    """The same for SQLite; the test itself works on a SQLite file too."""
    return lambda: database_is(NAME=str(tmp_path / "second.sqlite3"))
