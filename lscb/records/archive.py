"""Writing an archive: a ZIP of open formats that explains itself.

For each table `tables/NAME.csv` and `tables/NAME.json`, the original files under `files/`, `manifest.json` with the
meaning of each column, the number of rows and the SHA-256 of each file, and `README.txt` that says it in words.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import PurePosixPath
from typing import IO, Any

from django.db import models
from django.template.loader import render_to_string

from lscb.common.spreadsheets import csv_bytes
from lscb.files.models import Attachment

from .contents import Column, Table, table

OnTable = Callable[[str], None]
CHUNK = 1_000_000
ATTACHMENTS = "files-attachment"


class Archive:
    """One archive being written into `out`. `names_children`: it is that of child deaths, and its README says so."""

    def __init__(
        self, out: IO[bytes], *, of_whom: str, made_at: dt.datetime, board: str, names_children: bool = False
    ) -> None:
        self._names_children = names_children
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._stored: dict[str, str] = {}
        self.rows = 0
        self.manifest: dict[str, Any] = {
            "of": of_whom,
            "board": board,
            "made_at": made_at.isoformat(),
            "tables": [],
            "files": [],
        }

    def write(self, tables: Iterable[Table], on_table: OnTable) -> None:
        """Every table, the attachments that their rows point at, then manifest and README."""
        attached: set[uuid.UUID] = set()
        whole = False
        for one in tables:
            on_table(one.means)
            whole = whole or one.model is Attachment
            attached |= self._table(one)
        if not whole:
            on_table("Files")
            self._table(table(Attachment.objects.filter(pk__in=attached)))
        self._text("manifest.json", json.dumps(self.manifest, ensure_ascii=False, indent=1))
        words = {"manifest": self.manifest, "names_children": self._names_children}
        self._text("README.txt", render_to_string("records/archive_readme.txt", words))
        self._zip.close()

    def _table(self, one: Table) -> set[uuid.UUID]:
        """Write a table; returns the keys of the attachments that its rows point at."""
        names = [*(column.name for column in one.columns), *(field.name for field in one.lists)]
        rows = list(self._rows(one))
        lists = [field.related_model for field in one.lists]
        points = [
            *(index for index, column in enumerate(one.columns) if column.refers_to == ATTACHMENTS),
            *(len(one.columns) + index for index, model in enumerate(lists) if model is Attachment),
        ]
        path = f"tables/{one.name}"
        flat = [[" ".join(cell) if isinstance(cell, list) and cell else _flat(cell) for cell in row] for row in rows]
        self._bytes(f"{path}.csv", csv_bytes(names, flat), rows=len(rows))
        as_objects = [dict(zip(names, (_plain(cell) for cell in row), strict=True)) for row in rows]
        self._text(f"{path}.json", json.dumps(as_objects, ensure_ascii=False, indent=1), rows=len(rows))
        self.rows += len(rows)
        self.manifest["tables"].append(
            {"name": one.name, "means": one.means, "rows": len(rows), "columns": [*_told(one)]}
        )
        return {uuid.UUID(str(key)) for row in rows for index in points for key in _keys(row[index])}

    def _rows(self, one: Table) -> Iterator[list[Any]]:
        many = [_keys_by_row(one, field) for field in one.lists]
        paths = [column.path for column in one.columns]
        key = one.model._meta.pk.attname
        for pk, *values in one.rows.order_by("pk").values_list(key, *paths).iterator(chunk_size=1000):
            cells = [
                self._file(one, pk, column, value) if column.is_file else value
                for column, value in zip(one.columns, values, strict=True)
            ]
            yield [*cells, *(keys.get(pk, []) for keys in many)]

    def _file(self, one: Table, pk: Any, column: Column, stored: str) -> str:
        """Put a stored file into the archive, once; returns its path there."""
        if not stored:
            return ""
        if stored not in self._stored:
            suffix = ""
            if one.model is Attachment:
                suffix = PurePosixPath(Attachment.objects.values_list("original_name", flat=True).get(pk=pk)).suffix
            path = f"files/{one.name}-{column.name}-{pk}{suffix}"
            field: Any = one.model._meta.get_field(column.name)
            with field.storage.open(stored, "rb") as source, self._zip.open(path, "w", force_zip64=True) as target:
                digest, size = hashlib.sha256(), 0
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
            self.manifest["files"].append({"path": path, "sha256": digest.hexdigest(), "bytes": size})
            self._stored[stored] = path
        return self._stored[stored]

    def _text(self, path: str, text: str, **more: Any) -> None:
        self._bytes(path, text.encode(), **more)

    def _bytes(self, path: str, content: bytes, **more: Any) -> None:
        self._zip.writestr(path, content)
        told = {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), **more}
        self.manifest["files"].append(told)


def _keys_by_row(one: Table, field: models.ManyToManyField[Any, Any]) -> dict[Any, list[str]]:
    """The keys of many records, by row, in one query."""
    through: Any = field.remote_field.through
    own, other = field.m2m_field_name(), field.m2m_reverse_field_name()
    pairs = through._default_manager.filter(**{f"{own}__in": one.rows.order_by().values("pk")})
    found: dict[Any, list[str]] = {}
    for row, key in pairs.order_by("pk").values_list(f"{own}_id", f"{other}_id"):
        found.setdefault(row, []).append(str(key))
    return found


def _keys(cell: Any) -> Sequence[str]:
    return cell if isinstance(cell, list) else [cell] if cell else []


def _plain(cell: Any) -> Any:
    """As JSON holds it: moments and dates in ISO, exact numbers as text, periods and keys as text."""
    if cell is None or isinstance(cell, bool | int | str | list | dict):
        return cell
    if isinstance(cell, dt.date | dt.datetime):
        return cell.isoformat()
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def _flat(cell: Any) -> Any:
    """As CSV holds it: what has parts is JSON."""
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False) if cell else None
    return cell if cell is None or isinstance(cell, bool | int | str | Decimal | dt.date) else str(cell)


def _told(one: Table) -> Iterator[dict[str, Any]]:
    for column in one.columns:
        yield _in_words(column)
    for field in one.lists:
        meta = field.related_model._meta
        yield {
            "name": field.name,
            "means": f"{field.verbose_name}: ids of rows of {meta.app_label}-{meta.model_name}",
            "codes": {},
        }


def _in_words(column: Column) -> dict[str, Any]:
    means = f"{column.means}: the path of the file in this archive" if column.is_file else column.means
    return {"name": column.name, "means": means, "codes": dict(column.codes)}
