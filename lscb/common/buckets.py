"""Private files in storage that speaks S3, for portals and workers on several machines."""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.config import Config
from django.core.exceptions import ImproperlyConfigured
from storages.backends.s3 import S3Storage

WRONG = "FILES_URL is not like s3+https://key:secret@host/bucket?region=eu-west-2. .env.example says more."
IN_MEMORY = 5_000_000
"""Bytes of a file that are held in memory on its way to a person; the rest goes through a temporary file."""


class PrivateBucket(S3Storage):
    """A bucket that nobody reads but the portal: each file goes out through a view that asks for permission.

    An object appears when its last byte has arrived: there is never half a file, and none takes another's place.
    """

    @classmethod
    def at(cls, url: str) -> PrivateBucket:
        """The bucket that `url` names. Without key and secret the machine's own role is taken."""
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if parts.scheme not in {"s3+https", "s3+http"} or not parts.hostname or not bucket or "/" in bucket:
            raise ImproperlyConfigured(WRONG)
        port = f":{parts.port}" if parts.port else ""
        return cls(
            bucket_name=bucket,
            endpoint_url=f"{parts.scheme.removeprefix('s3+')}://{parts.hostname}{port}",
            access_key=unquote(parts.username) if parts.username else None,
            secret_key=unquote(parts.password) if parts.password else None,
            region_name=parse_qs(parts.query).get("region", ["us-east-1"])[0],
        )

    def get_default_settings(self) -> dict[str, Any]:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=20,
            retries={"max_attempts": 2},
        )
        return super().get_default_settings() | {
            "client_config": config,
            "default_acl": None,
            "file_overwrite": False,
            "max_memory_size": IN_MEMORY,
        }

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError("A private file has no address: link to the view that checks who asks.")
