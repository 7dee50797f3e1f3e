"""Writes of the files room: taking a file in, and saying that somebody took it out."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string

from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import NOT_CONFIDENTIAL, Permission
from lscb.accounts.roles import ROLES
from lscb.trail.services import record

from .checking import clean_name, kind_of, refuse
from .models import Attachment
from .pictures import is_picture, without_its_origin

log = structlog.get_logger(__name__)

OF_AN_AGENCY = frozenset().union(*(role.permissions for role in ROLES if role.scope == "agency")) - NOT_CONFIDENTIAL
"""Permissions that agencies hold for themselves: a file under one of them must say whose it is, or all would see it."""


def store_attachment(
    *,
    upload: File[Any],
    by: Actor,
    permission: Permission,
    agency: Agency | None = None,
    group: str = "",
    case: UUID | None = None,
) -> Attachment:
    """Check a file and keep it for who holds `permission` (for `agency` or `group`, where given).

    `case` is the key of the case that it belongs to: people may be let into that or kept out of it. A picture is kept
    without what a camera wrote into it.

    Errors: RuleBroken for a file that is empty, too large, of another kind than it says or than the portal takes,
    with macros or entities, made to burst, or in which the scanner found something. ValueError for a permission that
    agencies hold for themselves without an agency.
    """
    if permission in OF_AN_AGENCY and agency is None:
        raise ValueError(f"A file under “{permission}” belongs to an agency.")
    _check_size(upload)
    name = clean_name(upload.name or "file")
    kind = kind_of(upload, name)
    _scan(upload)
    if is_picture(kind.content_type):
        upload = without_its_origin(upload, kind.content_type)
    attachment = Attachment(
        original_name=name,
        content_type=kind.content_type,
        size=upload.size,
        sha256=hashlib.file_digest(upload, "sha256").hexdigest(),
        permission=permission,
        agency=agency,
        group=group,
        case=case,
        uploaded_by=by,
    )
    upload.seek(0)
    attachment.file.save(name, upload, save=False)
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
            record(verb="uploaded", by=by, target=attachment, named=_named(attachment))
    except BaseException:
        attachment.file.delete(save=False)
        raise
    return attachment


def remove_attachment(*, attachment: Attachment, by: Actor) -> None:
    """The file is gone for good once the transaction has ended. Its owner asks first whether `by` may do that."""
    with transaction.atomic():
        record(verb="removed", by=by, target=attachment, named=_named(attachment))
        storage, name = attachment.file.storage, attachment.file.name
        attachment.delete()
        transaction.on_commit(lambda: storage.delete(str(name)))


def record_download(*, attachment: Attachment, by: Actor) -> None:
    """That somebody took a file out is on the trail."""
    with transaction.atomic():
        record(verb="downloaded", by=by, target=attachment, named=_named(attachment))


def _named(attachment: Attachment) -> str:
    """The trail does not repeat what a file was called: people put names of children into names of files."""
    return f"File {attachment.pk}"


def _check_size(upload: File[Any]) -> None:
    if not upload.size:
        raise refuse("The file is empty. Choose another one.")
    if upload.size > settings.FILE_LARGEST_BYTES:
        largest = filesizeformat(settings.FILE_LARGEST_BYTES).replace("\xa0", " ")
        raise refuse(f"The file is larger than {largest}. Choose a smaller one, or split it.")


def _scan(upload: File[Any]) -> None:
    """FILE_SCANNER names a function that takes the open file and returns what it found, or nothing.

    A scanner that fails refuses: an unchecked file is not taken.
    """
    if not settings.FILE_SCANNER:
        return
    upload.seek(0)
    try:
        found = import_string(settings.FILE_SCANNER)(upload)
    except Exception as error:
        log.exception("file.scanner_failed")
        raise refuse("The file could not be checked for viruses just now. Try again in a few minutes.") from error
    if found:
        log.warning("file.scanner_found", found=str(found))
        raise refuse("The virus scanner found something in this file, so it was not taken.")
    upload.seek(0)
