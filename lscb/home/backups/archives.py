"""The archive: a ZIP with the records, every private file, and a sealed list of what is in it.

`manifest.json` says how many rows each table has and what hash each part has; `seal` is a keyed hash over it, so that
an archive that was damaged, changed or made elsewhere is known before anything is written. Parts are stored as they
are: the dump is compressed already, and so are most files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO
from zlib import error as ZlibError

from lscb.common.encryption import InvalidToken, decrypt, encrypt
from lscb.common.errors import RuleBroken
from lscb.trail.services import keyed

FORMAT = 1
MANIFEST, SEAL, RECORDS, FILES = "manifest.json", "seal", "records", "files/"
PROOF = "these keys open this archive"
CHUNK = 1_000_000
DAMAGED = "The archive is damaged: {what}. Nothing was written. Take another backup."


@dataclass(frozen=True)
class Part:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: dt.datetime
    vendor: str
    migrations: list[str]
    rows: dict[str, int]
    records: Part
    files: dict[str, Part]
    proof: str
    """A known text, encrypted: whether the keys at hand open what lies encrypted in the records."""

    def as_json(self) -> str:
        content = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(content, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        content = json.loads(text)
        if content.pop("format") != FORMAT:
            raise RuleBroken("The archive was made by another version of the portal, which has its own way to restore.")
        content["made_at"] = dt.datetime.fromisoformat(content["made_at"])
        content["records"] = Part(**content["records"])
        content["files"] = {name: Part(**part) for name, part in content["files"].items()}
        return cls(**content)


class Writer:
    """Puts parts into an archive that is being made."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, content: IO[bytes]) -> Part:
        size, digest = 0, hashlib.sha256()
        with self._archive.open(name, "w", force_zip64=True) as part:
            while chunk := content.read(CHUNK):
                part.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return Part(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        text = manifest.as_json()
        self._archive.writestr(MANIFEST, text)
        self._archive.writestr(SEAL, seal(text))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """The archive appears under its name when it is whole; only its owner may read it."""
    beside = path.with_name(f".{path.name}.part")
    beside.touch(mode=0o600)
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
            yield Writer(archive)
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def reading(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive and its manifest, once every part of it was found to be what the manifest says.

    Errors: RuleBroken with a sentence for whoever restores.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise RuleBroken(f"{path} is not a backup that can be read: {error}.") from error
    with archive:
        try:
            manifest = _manifest(archive)
            for name, part in expected(manifest).items():
                _check(archive, name, part)
        except (zipfile.BadZipFile, ZlibError, EOFError, KeyError, ValueError, OSError) as error:
            raise RuleBroken(DAMAGED.format(what="a part of it cannot be read")) from error
        yield archive, manifest


def expected(manifest: Manifest) -> dict[str, Part]:
    return {RECORDS: manifest.records, **{f"{FILES}{name}": part for name, part in manifest.files.items()}}


def seal(text: str) -> str:
    return keyed(f"backup {text}")


def new_proof() -> str:
    return encrypt(PROOF)


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    text = archive.read(MANIFEST).decode()
    if not hmac.compare_digest(archive.read(SEAL).decode("ascii", "replace"), seal(text)):
        raise RuleBroken(
            "The seal of the archive does not fit. Either it was damaged or changed, or TRAIL_KEY is not that of the "
            "portal it was made of. Nothing was written."
        )
    manifest = Manifest.from_json(text)
    try:
        decrypt(manifest.proof)
    except InvalidToken as error:
        raise RuleBroken(
            "FIELD_ENCRYPTION_KEYS does not hold the key of the portal that the archive was made of: what lies "
            "encrypted could not be read. Nothing was written."
        ) from error
    if sorted(archive.namelist()) != sorted([MANIFEST, SEAL, *expected(manifest)]):
        raise RuleBroken(DAMAGED.format(what="it does not hold the parts that it lists"))
    return manifest


def _check(archive: zipfile.ZipFile, name: str, part: Part) -> None:
    with archive.open(name) as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != part.sha256:  # type: ignore[arg-type]
            raise RuleBroken(DAMAGED.format(what="a part of it is not what was put in"))
