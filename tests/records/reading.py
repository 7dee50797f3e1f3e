"""Reads an archive as somebody does who has nothing but the archive and its README."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

csv.field_size_limit(10_000_000)  # what was submitted stands in one cell


class Read:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        self.manifest: dict[str, Any] = json.loads(self.zip.read("manifest.json"))
        self.readme = self.zip.read("README.txt").decode()

    @property
    def tables(self) -> list[str]:
        return [table["name"] for table in self.manifest["tables"]]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return json.loads(self.zip.read(f"tables/{table}.json"))

    def csv(self, table: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.zip.read(f"tables/{table}.csv").decode("utf-8-sig"))))

    def ids(self, table: str) -> set[str]:
        return {str(row.get("id", row.get("number"))) for row in self.rows(table)} if table in self.tables else set()

    def faults(self) -> list[str]:
        """What the archive says of itself and does not keep."""
        told = {file["path"]: file for file in self.manifest["files"]}
        there = set(self.zip.namelist()) - {"manifest.json", "README.txt"}
        faults = [f"{path} is not in both" for path in there ^ (set(told) - {"manifest.json"})]
        for path in there & set(told):
            if hashlib.sha256(self.zip.read(path)).hexdigest() != told[path]["sha256"]:
                faults.append(f"{path} has another hash")
        for table in self.manifest["tables"]:
            rows, flat = self.rows(table["name"]), self.csv(table["name"])
            if not len(rows) == len(flat) == table["rows"]:
                faults.append(f"{table['name']}: {table['rows']} rows told, {len(rows)} and {len(flat)} there")
            columns = [column["name"] for column in table["columns"]]
            if rows and (list(rows[0]) != columns or list(flat[0]) != columns):
                faults.append(f"{table['name']}: other columns")
            faults += [
                f"{table['name']}.{name} is not explained" for name in columns if f"  {name}: " not in self.readme
            ]
        return faults
