"""The records as one stream of bytes, and back: PostgreSQL by its own programs, SQLite as a file."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess  # nosec B404: starts only the programs that come with PostgreSQL
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from lscb.common.errors import RuleBroken
from lscb.jobs.models import RestoredCopy

COPY = RestoredCopy._meta.db_table
NOT_KEPT = ("django_session", "usersessions_usersession", COPY)
"""Tables that a backup holds empty: who is signed in stays behind, and a copy is told anew that it is one."""

VARIABLES = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",  # nosec B105: the name of a variable
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
"""What Django calls a part of an address, and what PostgreSQL's programs call it."""

MARK = f"""INSERT INTO {COPY} ("only", backup_made_at, restored_at) VALUES ({{yes}}, '{{made_at}}', '{{at}}');\n"""  # nosec B608


@dataclass(frozen=True)
class Dump:
    """The records as they were at one moment."""

    rows: dict[str, int]
    migrations: list[str]
    files: list[str]
    """Names of the stored files that the records speak of."""
    stream: IO[bytes]


@contextmanager
def dumped(beside: Path) -> Iterator[Dump]:
    """The records as they are now. `beside` is a folder for what is put down on the way."""
    with _from_postgres() if connection.vendor == "postgresql" else _from_sqlite(beside) as dump:
        yield dump


def is_empty() -> bool:
    return not connection.introspection.table_names()


def count_rows() -> dict[str, int]:
    """How many rows each table has, of those that a backup keeps."""
    counted = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - set(NOT_KEPT)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # nosec B608: names of our tables
            counted[table] = cursor.fetchone()[0]
    return counted


def applied_migrations() -> list[str]:
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def load(stream: IO[bytes], *, made_at: dt.datetime, at: dt.datetime, beside: Path) -> None:
    """Fill an empty database and mark it as a copy in the same transaction.

    So that no worker that happens to look sees the e-mails that waited without seeing that this is a copy.
    """
    mark = {"made_at": made_at.isoformat(), "at": at.isoformat()}
    if connection.vendor == "postgresql":
        # The dump leaves no schema to look in, so that nothing in it depends on whoever restores.
        _into_postgres(stream, "RESET search_path;\n" + MARK.format(yes="true", **mark))
    else:
        # How Django writes moments into SQLite.
        mark = {name: moment.replace(tzinfo=None).isoformat(" ") for name, moment in (("made_at", made_at), ("at", at))}
        _into_sqlite(stream, MARK.format(yes="1", **mark), beside)


def _facts() -> dict[str, Any]:
    return {"rows": count_rows(), "migrations": applied_migrations(), "files": _file_names()}


def _file_names() -> list[str]:
    fields = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FileField)
    ]
    return sorted(
        str(name)
        for model, field in fields
        for name in model._default_manager.exclude(**{field: ""}).values_list(field, flat=True).iterator()
    )


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


@contextmanager
def _from_postgres() -> Iterator[Dump]:
    """Counts and dump come from one snapshot: what is saved meanwhile is in neither."""
    with transaction.atomic(), connection.cursor() as cursor, tempfile.TemporaryFile() as complaints:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        command = [
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={cursor.fetchone()[0]}"),
            *(f"--exclude-table-data={table}" for table in NOT_KEPT),
        ]
        with _program(command, stdout=subprocess.PIPE, stderr=complaints) as program:
            assert program.stdout  # nosec B101
            yield Dump(stream=program.stdout, **_facts())
            _must_succeed(program, complaints)


def _into_postgres(stream: IO[bytes], mark: str) -> None:
    with (
        tempfile.TemporaryFile() as complaints,
        _program(
            ["pg_restore", "--file=-", "--no-owner", "--no-privileges"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as unpacking,
        _program(
            ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        ) as writing,
    ):
        assert unpacking.stdin  # nosec B101
        assert unpacking.stdout  # nosec B101
        assert writing.stdin  # nosec B101
        feeding = threading.Thread(target=_feed, args=(stream, unpacking.stdin), daemon=True)
        feeding.start()
        try:
            shutil.copyfileobj(unpacking.stdout, writing.stdin)
            feeding.join()
            _must_succeed(unpacking, complaints)
            writing.stdin.write(mark.encode())
            writing.stdin.close()
        except BrokenPipeError:  # it stopped at an error and has said which
            pass
        except BaseException:
            writing.kill()  # before it sees the end of what it reads and takes that for the end of the records
            raise
        _must_succeed(writing, complaints)


def _feed(source: IO[bytes], sink: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        shutil.copyfileobj(source, sink)
        sink.close()


@contextmanager
def _program(command: list[str], **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    try:
        program = subprocess.Popen(command, env={**os.environ, **_where()}, **streams)  # nosec B603
    except FileNotFoundError as error:
        raise RuleBroken(f"{command[0]} is not installed. It comes with PostgreSQL’s client programs.") from error
    try:
        yield program
    finally:
        if program.poll() is None:
            program.kill()
        for stream in (program.stdin, program.stdout):
            if stream and not stream.closed:
                _close(stream)
        program.wait()


def _close(stream: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        stream.close()


def _must_succeed(program: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    if program.wait():
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip().splitlines()
        name = Path(str(program.args[0])).name  # type: ignore[index]
        raise RuleBroken(f"{name} stopped: {said[0] if said else 'it did not say why'}")


def _where() -> dict[str, str]:
    """The database of the settings, as PostgreSQL's programs take it: never in what other users see of a command."""
    given = connection.get_connection_params()
    return {variable: str(given[name]) for name, variable in VARIABLES.items() if given.get(name)}


# -- SQLite -----------------------------------------------------------------------------------------------------------


@contextmanager
def _from_sqlite(beside: Path) -> Iterator[Dump]:
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        kept = Path(folder) / "records"
        with transaction.atomic():  # nobody writes meanwhile
            facts = _facts()
            _copy_sqlite(kept)
        with kept.open("rb") as stream:
            yield Dump(stream=stream, **facts)


def _copy_sqlite(kept: Path) -> None:
    original = Path(connection.settings_dict["NAME"]).absolute().as_uri()
    with closing(sqlite3.connect(f"{original}?mode=ro", uri=True)) as records, closing(sqlite3.connect(kept)) as copy:
        records.backup(copy)
        copy.execute("PRAGMA secure_delete = ON")  # else what is taken out stays readable in the file
        for table in NOT_KEPT:
            copy.execute(f"DELETE FROM {table}")  # nosec B608: names of our tables
        copy.commit()


def _into_sqlite(stream: IO[bytes], mark: str, beside: Path) -> None:
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        kept = Path(folder) / "records"
        with kept.open("wb") as out:
            shutil.copyfileobj(stream, out)
        with closing(sqlite3.connect(kept)) as records:
            records.execute(mark)
            records.commit()
            connection.ensure_connection()
            records.backup(connection.connection)
