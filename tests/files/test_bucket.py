"""Private files in a bucket instead of a folder: the same doors, the same checks, nothing on the machine's own disk."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import BoardManager, Professional
from lscb.common.buckets import PrivateBucket
from lscb.demo.load import AS_AT, YEAR
from lscb.files.invariants import broken
from lscb.files.models import Attachment
from lscb.files.services import remove_attachment, store_attachment
from lscb.home.backups.services import stored_files
from lscb.jobs.services import work
from lscb.reports import services as reports
from tests.accounts.factories import person

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_file_goes_into_the_bucket_and_out_through_the_permission_check(files_in_bucket: Any, settings: Any) -> None:
    manager = person(BoardManager)
    paper = store_attachment(
        upload=SimpleUploadedFile("paper.txt", b"A paper."), by=manager, permission=Permission.MANAGE_BOARD
    )
    response = signed_in(manager).get(paper.get_absolute_url())
    assert b"".join(response.streaming_content) == b"A paper."
    assert response["Content-Disposition"] == 'attachment; filename="paper.txt"'
    assert signed_in(person(Professional)).get(paper.get_absolute_url()).status_code == 404
    assert Client().get(paper.get_absolute_url()).status_code == 302
    assert list(stored_files()) == [paper.file.name]
    assert not Path(settings.MEDIA_ROOT).exists()
    with pytest.raises(ValueError, match="has no address"):
        paper.file.url  # noqa: B018
    assert list(broken(AS_AT)) == []
    files_in_bucket.delete(paper.file.name)
    assert [str(fault) for fault in broken(AS_AT)] == [f"Files: attachment {paper.pk} is missing."]
    with pytest.raises(FileNotFoundError):
        paper.file.open("rb")


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_removed_leaves_the_bucket(files_in_bucket: Any) -> None:
    paper = store_attachment(
        upload=SimpleUploadedFile("paper.txt", b"A paper."), by=None, permission=Permission.MANAGE_BOARD
    )
    remove_attachment(attachment=paper, by=None)
    assert list(stored_files()) == []
    assert not Attachment.objects.exists()


def test_the_annual_report_is_kept_in_the_bucket_and_read_from_it(
    demo_board: dict[str, User], files_in_bucket: Any, settings: Any
) -> None:
    manager = demo_board["manager"]
    report = reports.start_report(year=YEAR, as_at=AS_AT, by=manager)
    report = reports.build_report(report=report, as_at=AS_AT, by=manager, ring_now=False)
    work(report.job_id, reports.do_build)
    report.refresh_from_db()
    assert report.pdf.name in set(stored_files())
    response = signed_in(manager).get(reverse("reports:report_download", args=[report.pk]))
    pdf = b"".join(response.streaming_content)
    assert pdf.startswith(b"%PDF")
    assert hashlib.sha256(pdf).hexdigest() == report.pdf_digest


def test_nothing_takes_the_place_of_a_file(files_in_bucket: Any) -> None:
    name = files_in_bucket.save("some/name", SimpleUploadedFile("a", b"first"))
    other = files_in_bucket.save("some/name", SimpleUploadedFile("b", b"second"))
    assert name != other
    with files_in_bucket.open(name) as content:
        assert content.read() == b"first"


@pytest.mark.parametrize(
    "url", ["https://host/bucket", "s3+https://host", "s3+https:///bucket", "s3+https://host/bucket/folder"]
)
def test_an_address_that_names_no_bucket_stops_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FILES_URL is not like"):
        PrivateBucket.at(url)
