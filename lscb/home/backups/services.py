"""Taking a backup, and restoring one into an empty place with proof that nothing is missing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from django.core.files import File
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from lscb.common.errors import RuleBroken
from lscb.common.storage import private_storage
from lscb.trail.services import broken_links, record

from . import databases
from .archives import FILES, RECORDS, Manifest, Part, Writer, new_proof, reading, writing


@dataclass(frozen=True)
class Found:
    """What is in a backup, or what came back from one; `faults` are sentences about what is not as it should be."""

    made_at: dt.datetime
    tables: int
    rows: int
    files: int
    faults: list[str]


def back_up(path: Path, *, at: dt.datetime) -> Found:
    """Records first, then the files that were there after them: so every file that the records speak of is in."""
    if path.exists():
        raise RuleBroken(f"{path} exists already. Choose another name: a backup never takes the place of another.")
    with writing(path) as archive:
        with databases.dumped(path.parent) as dump:
            records = archive.add(RECORDS, dump.stream)
        files = {name: _add_file(archive, name) for name in stored_files()}
        manifest = Manifest(
            made_at=at,
            vendor=connection.vendor,
            migrations=dump.migrations,
            rows=dump.rows,
            records=records,
            files=files,
            proof=new_proof(),
        )
        archive.finish(manifest)
    missing = sorted(set(dump.files) - set(files))
    return _found(manifest, [f"Records speak of the file {name}, which is not there." for name in missing])


def restore(path: Path, *, at: dt.datetime) -> Found:
    """Fill an empty database and an empty storage from an archive; what is there now is a copy until it takes over.

    Nothing is written unless the whole archive is what it was when it was made, and fits this portal and its keys.
    Errors: RuleBroken with a sentence for whoever restores.
    """
    _must_be_empty()
    with reading(path) as (archive, manifest):
        _must_fit(manifest)
        with archive.open(RECORDS) as records:
            databases.load(records, made_at=manifest.made_at, at=at, beside=path.parent)
        for name in manifest.files:
            _put_back(archive, name)
    faults = [*_other_counts(manifest), *_other_files(manifest), *broken_links()]
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        record(verb="restored from a backup", by=None, reason=f"Made at {manifest.made_at.isoformat()}.")
    return _found(manifest, faults)


def stored_files(folder: str = "") -> Iterator[str]:
    """The names of all private files; what is being written at this moment has a name that begins with a full stop."""
    storage = private_storage()
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    for name in sorted(files):
        if not name.startswith("."):
            yield str(PurePosixPath(folder) / name)
    for name in sorted(folders):
        yield from stored_files(str(PurePosixPath(folder) / name))


def _found(manifest: Manifest, faults: list[str]) -> Found:
    rows = manifest.rows
    return Found(manifest.made_at, len(rows), sum(rows.values()), len(manifest.files), faults)


def _add_file(archive: Writer, name: str) -> Part:
    with private_storage().open(name, "rb") as content:
        return archive.add(f"{FILES}{name}", content)


def _must_be_empty() -> None:
    if not databases.is_empty():
        raise RuleBroken("The database is not empty, so nothing was restored. Restore into a new, empty database.")
    if next(stored_files(), None):
        raise RuleBroken("There are private files already, so nothing was restored. Restore into an empty place.")


def _must_fit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise RuleBroken(
            f"The archive holds the records of {manifest.vendor}, and this portal has {connection.vendor}. "
            "Nothing was written."
        )
    if unknown := sorted(set(manifest.migrations) - _known_migrations()):
        raise RuleBroken(
            f"The archive was made by a newer portal: this one does not know {unknown[0]}. Nothing was written. "
            "Restore with the version that made it, or a newer one."
        )


def _known_migrations() -> set[str]:
    """Those that this portal has, and those that it has squashed into them, which an older database still names."""
    on_disk = MigrationLoader(None).disk_migrations or {}
    return {".".join(key) for own, migration in on_disk.items() for key in (own, *migration.replaces)}


def _put_back(archive: ZipFile, name: str) -> None:
    with archive.open(f"{FILES}{name}") as content:
        saved = private_storage().save(name, File(content))
    if saved != name:
        raise RuleBroken(f"The file {name} could not be put back under its name.")


def _other_counts(manifest: Manifest) -> Iterator[str]:
    there = databases.count_rows()
    for table in sorted({*there, *manifest.rows}):
        if there.get(table) != manifest.rows.get(table):
            yield f"Table {table} has {there.get(table)} rows; the backup has {manifest.rows.get(table)}."


def _other_files(manifest: Manifest) -> Iterator[str]:
    there = set(stored_files())
    for name, part in manifest.files.items():
        if name not in there:
            yield f"The file {name} is missing."
            continue
        with private_storage().open(name, "rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != part.sha256:
                yield f"The file {name} is not what was backed up."
