"""What is slow to make is made once a run: all rows and stored files are kept, and put back for each test that asks.

Works for tests that roll back and for tests that commit, in any order, on PostgreSQL and SQLite. Where a run has
several processes, one makes it and the others wait for it.
"""

from __future__ import annotations

import io
import pickle
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction


@dataclass
class Snapshot:
    """The rows of every table that has any, as the database gives them, and a copy of the stored files, in `folder`."""

    folder: Path
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def is_taken(self) -> bool:
        return self._rows.exists()

    def take(self) -> None:
        if connection.vendor == "postgresql":
            connection.check_constraints()  # what is deferred to the commit must hold before it is kept
        self.rows = {table: rows for table in _tables() if (rows := _read(table))}
        if Path(settings.MEDIA_ROOT).exists():
            shutil.copytree(settings.MEDIA_ROOT, self._files)
        # Rows of SQLite hold bytes, which JSON does not; nobody but a process of this run reads what it wrote.
        self._rows.write_bytes(pickle.dumps(self.rows))

    def put_back(self) -> None:
        self.rows = self.rows or pickle.loads(self._rows.read_bytes())
        with transaction.atomic(), connection.cursor() as cursor:
            _let_rows_in(cursor, True)
            for table in [*self.rows][::-1]:
                cursor.execute(f"DELETE FROM {_quoted(table)}")
            for table, rows in self.rows.items():
                _write(cursor, table, rows)
            _let_rows_in(cursor, False)
            models = [
                model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in self.rows
            ]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        if self._files.exists():
            shutil.copytree(self._files, settings.MEDIA_ROOT, dirs_exist_ok=True)

    @property
    def _rows(self) -> Path:
        return self.folder / "rows"

    @property
    def _files(self) -> Path:
        return self.folder / "files"


def _tables() -> list[str]:
    """All but what migrations fill and never change: kinds of records, migrations."""
    there = set(connection.introspection.table_names())
    return sorted(there - {"django_migrations", "django_content_type", "auth_permission"})


def _let_rows_in(cursor: Any, open_door: bool) -> None:
    """Triggers and foreign keys look the other way while rows come back that satisfied them already."""
    if connection.vendor == "postgresql":
        cursor.execute("SET session_replication_role = %s", ["replica" if open_door else "origin"])
    elif open_door:
        cursor.execute("PRAGMA defer_foreign_keys = ON")


def _read(table: str) -> Any:
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return cursor.execute(f"SELECT * FROM {_quoted(table)}").fetchall()
        copied = io.StringIO()
        cursor.copy_expert(f"COPY {_quoted(table)} TO STDOUT", copied)
        return copied.getvalue()


def _write(cursor: Any, table: str, rows: Any) -> None:
    if connection.vendor == "postgresql":
        cursor.copy_expert(f"COPY {_quoted(table)} FROM STDIN", io.StringIO(rows))
        return
    marks = ", ".join("?" * len(rows[0]))
    connection.connection.executemany(f"INSERT INTO {_quoted(table)} VALUES ({marks})", rows)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
