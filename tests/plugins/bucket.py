"""A small server that speaks S3, on this machine, with a bucket of the test's own."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket_url(s3_server: str) -> str:
    """The address of an empty bucket, as FILES_URL takes it."""
    from lscb.common.buckets import PrivateBucket

    url = f"s3+http://key:secret@{s3_server}/test-{uuid.uuid4().hex}"
    bucket = PrivateBucket.at(url)
    bucket.connection.create_bucket(Bucket=bucket.bucket_name)
    return url


@pytest.fixture
def files_in_bucket(bucket_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every private file of this test lies in the bucket, which is given; nothing goes into a folder."""
    from django.apps import apps
    from django.db.models import FileField

    from lscb.common.storage import private_storage

    settings.FILES_URL = bucket_url
    bucket = private_storage()
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, FileField):
                monkeypatch.setattr(field, "storage", bucket)
    return bucket
