"""Taking out: asked for, made by a job, fetched by who asked, gone after a week."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import IO, Any
from uuid import UUID

from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import FileResponse
from django.utils import timezone

from cdop.services.identity import note_seen
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.words import naming
from lscb.jobs.services import Progress, enqueue
from lscb.records.access import TAKERS, held_by
from lscb.records.archive import Archive
from lscb.records.contents import Table, tables_of_agency, tables_of_board, tables_of_child_deaths
from lscb.records.models import TakeOut
from lscb.trail.services import record

TASK = "lscb.records.tasks.take_out"
IDENTITIES = "tables/cdop-identity.json"
KEPT_FOR = dt.timedelta(days=7)


def must_take_out(by: User, agency: Agency | None, permission: str) -> None:
    """An agency is taken out by who holds the right for it, also after it has left; everything by the board's team;
    child deaths by who runs their review."""
    allowed = by.may(Permission.TAKE_OUT, agency) if agency else permission in held_by(by, TAKERS)
    if not allowed:
        raise PermissionDenied


@transaction.atomic
def ask_for_take_out(
    *,
    agency: Agency | None,
    permission: str = Permission.TAKE_OUT,
    reason: str,
    by: User,
    at: dt.datetime,
    ring_now: bool = True,
) -> TakeOut:
    """Write down what is asked for, and let a worker make it."""
    must_take_out(by, agency, permission)
    if not reason.strip():
        raise RuleBroken("Say what the archive is for", field="reason")
    asked = TakeOut(agency=agency, permission=permission, asked_by=by, asked_at=at, reason=reason.strip())
    asked.reach = None if by.limited_to is None else sorted(by.limited_to)
    asked.job = enqueue(
        task=TASK,
        title=str(asked)[:150],
        arguments={"take_out": str(asked.pk)},
        by=by,
        ring_now=ring_now,
    )
    asked.save(force_insert=True)
    record(verb="asked for a take-out", by=by, target=asked, reason=asked.reason)
    return asked


def do_take_out(progress: Progress, *, take_out: str) -> None:
    """The work of the job: written beside, then kept and recorded in one transaction.

    What a program asked for holds what that program could read, and so never child deaths.
    Errors: RuleBroken when who asked may no longer have it.
    """
    asked = TakeOut.objects.select_related("agency", "asked_by").get(pk=take_out)
    if asked.reach is not None:
        asked.asked_by.limited_to = frozenset(Permission(one) for one in asked.reach)  # type: ignore[call-arg]
    try:
        must_take_out(asked.asked_by, asked.agency, asked.permission)
    except PermissionDenied:
        raise RuleBroken("Whoever asked for this may no longer take it out.") from None
    with io.BytesIO() if asked.is_of_child_deaths else tempfile.TemporaryFile() as out:
        archive = Archive(
            out,
            of_whom=asked.of_whom,
            made_at=timezone.now(),
            board=naming().board_name,
            names_children=asked.is_of_child_deaths,
        )
        archive.write(_tables(asked), on_table=progress.step)
        out.seek(0)
        digest = hashlib.file_digest(out, "sha256").hexdigest()
        size = out.seek(0, io.SEEK_END)
        out.seek(0)
        try:
            with progress.finishing() as job:
                _keep(asked, out, digest, size, archive.rows)
                job.result_url, job.result_label = asked.get_absolute_url(), "Fetch the archive"
        except BaseException:
            if asked.file.name:
                asked.file.storage.delete(asked.file.name)
            raise


def _tables(asked: TakeOut) -> Iterator[Table]:
    if asked.is_of_child_deaths:
        return tables_of_child_deaths(asked.asked_by)
    return tables_of_agency(asked.agency, asked.asked_by) if asked.agency else tables_of_board(asked.asked_by)


def _keep(asked: TakeOut, out: IO[bytes], digest: str, size: int, rows: int) -> None:
    """Who the children were lies nowhere in clear: such an archive is encrypted with a key of its own."""
    kept: File[Any] = File(out, name="archive.zip")
    if asked.is_of_child_deaths:
        asked.key = Fernet.generate_key().decode()
        kept = ContentFile(Fernet(asked.key).encrypt(out.read()))
    asked.made_at = timezone.now()
    asked.expires_at = asked.made_at + KEPT_FOR
    asked.sha256, asked.rows, asked.size = digest, rows, size
    asked.file.save("archive.zip", kept, save=False)
    asked.save()
    record(verb="made a take-out", by=None, target=asked, changes={"sha256": (None, digest), "rows": (None, rows)})


def fetched(*, asked: TakeOut, by: User) -> FileResponse:
    """The archive as a download. That it was fetched is on the trail, and on that of each child who is named in it."""
    archive = asked.open_archive()
    with transaction.atomic():
        if asked.is_of_child_deaths:
            note_seen(cases=_children_in(archive), why="Taken out in an archive", by=by)
        record(verb="fetched a take-out", by=by, target=asked)
    response = FileResponse(archive, as_attachment=True, filename="take-out.zip", content_type="application/zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _children_in(archive: File[Any]) -> list[UUID]:
    with zipfile.ZipFile(archive) as content:
        rows = json.loads(content.read(IDENTITIES)) if IDENTITIES in content.namelist() else []
    archive.seek(0)
    return [UUID(row["death"]) for row in rows]


def remove_expired(*, now: dt.datetime) -> int:
    """Archives whose time is over go; that they were made stays on record. Returns how many went."""
    expired = list(TakeOut.objects.expired(now))
    for asked in expired:
        with transaction.atomic():
            name = str(asked.file.name)
            TakeOut.objects.filter(pk=asked.pk).update(file="", key="")
            record(verb="removed a take-out", by=None, target=asked)
            transaction.on_commit(partial(asked.file.storage.delete, name))
    return len(expired)
