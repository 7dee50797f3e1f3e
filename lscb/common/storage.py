"""Where private files lie: in a folder or a bucket, outside the web root, under random names, whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models


class PrivateStorage(FileSystemStorage):
    """Files below MEDIA_ROOT that no web server serves: each goes out through a view that asks for permission.

    A file appears under its name only when its last byte is on the disk: it is written beside it and then renamed,
    so that a full disk or a killed process never leaves half a file where somebody reads it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("file_permissions_mode", 0o600)
        kwargs.setdefault("directory_permissions_mode", 0o700)
        super().__init__(*args, **kwargs)

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            with beside.open("xb") as out:
                os.chmod(beside, 0o600)
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return name

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("A private file has no address: link to the view that checks who asks.")


def private_storage() -> Storage:
    """For `FileField(storage=private_storage, upload_to=random_name)`: a bucket if FILES_URL names one, else a folder.

    Several portals share a bucket; a folder is for one machine.
    """
    if not settings.FILES_URL:
        return PrivateStorage()
    from .buckets import PrivateBucket  # the library behind it takes long to load

    return PrivateBucket.at(settings.FILES_URL)


def random_name(instance: models.Model, filename: str) -> str:
    """A name that tells nothing: neither what the file was called, nor its type, nor how many there are."""
    key = uuid.uuid4().hex
    return f"{instance._meta.app_label}/{key[:2]}/{key}"
