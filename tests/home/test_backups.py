"""A backup comes back whole into an empty place, a damaged one does not come at all, and a copy keeps silent."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from cryptography.fernet import Fernet
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.files.models import Attachment
from lscb.files.services import store_attachment
from lscb.home.backups import databases
from lscb.home.backups.services import stored_files
from lscb.jobs.models import Email, EmailState, RestoredCopy
from lscb.jobs.services import is_a_copy, queue_email, send_due_emails, take_over
from lscb.reports.models import AnnualReport
from lscb.trail.models import Event
from lscb.trail.services import broken_links
from tests.plugins.second_database import Second


def run(command: str, *arguments: Any, **options: Any) -> str:
    said = io.StringIO()
    call_command(command, *map(str, arguments), stdout=said, stderr=said, **options)
    return said.getvalue()


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


# -- On a real PostgreSQL ---------------------------------------------------------------------------------------------


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_a_year_comes_back_whole_into_an_empty_postgres(
    demo_report: AnnualReport, second_postgres: Second, settings: Any, tmp_path: Path
) -> None:
    """Row counts and hashes are equal, the trail verifies, files open; and what came back sends nothing."""
    queue_email(unique_key="one that waits", to="a@b.invalid", subject="Hello", body="Text")
    Client().force_login(User.objects.get(email="manager@demonstration.invalid"))
    archive, original = tmp_path / "backup.zip", Path(settings.MEDIA_ROOT)
    counted, events = databases.count_rows(), Event.objects.count()
    said = run("backup", archive)
    assert f"{sum(counted.values())} rows of {len(counted)} tables" in said
    assert archive.stat().st_mode & 0o077 == 0
    settings.MEDIA_ROOT = tmp_path / "restored"
    with second_postgres():
        said = run("restore", archive)
        assert f"{sum(counted.values())} rows of {len(counted)} tables: as many as were backed up." in said
        after = databases.count_rows()
        assert after.pop("trail_event") == counted.pop("trail_event") + 1 == events + 1
        assert after == counted
        assert list(broken_links()) == []
        assert Event.objects.latest("number").verb == "restored from a backup"
        assert hashes(tmp_path / "restored") == hashes(original)
        manager = User.objects.get(email="manager@demonstration.invalid")
        client = Client()
        client.force_login(manager)
        page = client.get(reverse("home"))
        assert "Restored copy" in page.content.decode()
        pdf = client.get(reverse("reports:report_download", args=[demo_report.pk]))
        assert hashlib.sha256(b"".join(pdf.streaming_content)).hexdigest() == demo_report.pdf_digest
        assert send_due_emails(now=timezone.now()) == 0
        assert Email.objects.get(unique_key="one that waits").state == EmailState.WAITING
        with pytest.raises(CommandError, match=r"^The database is not empty, so nothing was restored"):
            run("restore", archive)
        # rows that are added get keys that are free
        store_attachment(upload=ContentFile(b"new", "new.txt"), by=manager, permission=Permission.MANAGE_BOARD)


# -- What is refused --------------------------------------------------------------------------------------------------


@pytest.fixture
def archive(sqlite_file: str, tmp_path: Path) -> Path:
    """A small backup of a SQLite file with one attachment."""
    store_attachment(upload=ContentFile(b"A paper.", "paper.txt"), by=None, permission=Permission.MANAGE_BOARD)
    path = tmp_path / "backup.zip"
    run("backup", path)
    return path


@pytest.fixture
def elsewhere(archive: Path, second_sqlite: Second, settings: Any, tmp_path: Path) -> Second:
    """An empty SQLite file and an empty folder."""
    settings.MEDIA_ROOT = tmp_path / "restored"
    return second_sqlite


def test_a_backup_of_sqlite_comes_back_too(archive: Path, elsewhere: Second) -> None:
    with elsewhere():
        assert "1 files: each is what was backed up" in run("restore", archive)
        attachment = Attachment.objects.get()
        with attachment.file.open("rb") as content:
            assert content.read() == b"A paper."
        assert RestoredCopy.objects.get().backup_made_at.tzinfo
        assert list(broken_links()) == []
        assert is_a_copy()


def flip(path: Path, entry: str) -> None:
    """One bit of a part is another: as on a disk that fails."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(next(name for name in archive.namelist() if name.startswith(entry)))
    content = bytearray(path.read_bytes())
    content[info.header_offset + 30 + len(info.filename) + 20 + info.file_size // 2] ^= 1
    path.write_bytes(content)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """By somebody who knows how an archive is made, so that every checksum of the ZIP is right."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _another_file(parts: dict[str, bytes]) -> None:
    parts[next(name for name in parts if name.startswith("files/"))] = b"Another paper."


def _without_a_file(parts: dict[str, bytes]) -> None:
    del parts[next(name for name in parts if name.startswith("files/"))]


def _another_manifest(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"auth_group": 0', b'"auth_group": 1')


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a bit of the records": (lambda path: flip(path, "records"), "damaged"),
    "a bit of a file": (lambda path: flip(path, "files/"), "damaged"),
    "another file": (lambda path: rewritten(path, _another_file), "not what was put in"),
    "a file is gone": (lambda path: rewritten(path, _without_a_file), "does not hold the parts"),
    "other counts": (lambda path: rewritten(path, _another_manifest), "seal of the archive"),
    "the end is missing": (lambda path: path.write_bytes(path.read_bytes()[:-500]), "not a backup that can be read"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_archive_is_refused_before_anything_is_written(
    damage: str, archive: Path, elsewhere: Second, tmp_path: Path
) -> None:
    harm, words = DAMAGE[damage]
    harm(archive)
    with elsewhere():
        with pytest.raises(CommandError, match=words):
            run("restore", archive)
        assert databases.is_empty()
        assert list(stored_files()) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TRAIL_KEY", "another", "TRAIL_KEY is not that of the portal"),
        ("FIELD_ENCRYPTION_KEYS", [Fernet.generate_key().decode()], "FIELD_ENCRYPTION_KEYS does not hold the key"),
    ],
)
def test_an_archive_needs_the_keys_which_are_not_in_it(
    name: str, value: Any, words: str, archive: Path, elsewhere: Second, settings: Any
) -> None:
    content = archive.read_bytes()
    for secret in (settings.TRAIL_KEY, settings.SECRET_KEY, *settings.FIELD_ENCRYPTION_KEYS):
        assert secret.encode() not in content
    setattr(settings, name, value)
    with elsewhere():
        with pytest.raises(CommandError, match=words):
            run("restore", archive)
        assert databases.is_empty()


def test_an_archive_that_names_squashed_migrations_is_restored_and_one_of_a_newer_portal_is_not(
    sqlite_file: str, second_sqlite: Second, settings: Any, tmp_path: Path
) -> None:
    known = MigrationRecorder(connection)
    known.record_applied("boards", "0003_challenges")
    run("backup", tmp_path / "older.zip")
    known.record_applied("boards", "0999_from_tomorrow")
    run("backup", tmp_path / "newer.zip")
    settings.MEDIA_ROOT = tmp_path / "restored"
    with second_sqlite():
        with pytest.raises(CommandError, match=r"does not know boards\.0999_from_tomorrow"):
            run("restore", tmp_path / "newer.zip")
        run("restore", tmp_path / "older.zip")
        assert is_a_copy()


def test_a_backup_says_which_file_is_missing_and_takes_the_place_of_none(archive: Path, settings: Any) -> None:
    with pytest.raises(CommandError, match="exists already"):
        run("backup", archive)
    shutil.rmtree(settings.MEDIA_ROOT)
    assert "which is not there" in run("backup", archive.with_name("second.zip"))


# -- A copy keeps silent ----------------------------------------------------------------------------------------------


@pytest.fixture
def copy(db: None, settings: Any) -> RestoredCopy:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    now = timezone.now()
    return RestoredCopy.objects.create(backup_made_at=now - dt.timedelta(days=1), restored_at=now)


SILENT = {"sweep jobs", "send e-mails", "check the data", "go on with records"}
"""What a copy may do on the beat: it reaches nobody."""


def test_everything_on_the_beat_that_reaches_people_is_for_the_portal_only(settings: Any) -> None:
    current_app.loader.import_default_modules()
    reaching = {name: entry for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if name not in SILENT}
    for name, entry in reaching.items():
        assert getattr(current_app.tasks[entry["task"]].run, "on_the_portal_only", False), name


def test_a_copy_sends_and_reminds_nothing_until_it_takes_over(copy: RestoredCopy, monkeypatch: Any) -> None:
    called: list[dt.date] = []
    monkeypatch.setattr("lscb.home.digest.send_digests", lambda today: called.append(today))
    current_app.loader.import_default_modules()
    digest = current_app.tasks["lscb.home.tasks.send_digests"]
    queue_email(unique_key="one", to="a@b.invalid", subject="Hello", body="Text")
    digest()
    assert (send_due_emails(now=timezone.now()), mail.outbox, called) == (0, [], [])
    assert "1 e-mails that waited will be sent" in run("take_over", "--waiting", "send")
    digest()
    assert (send_due_emails(now=timezone.now()), len(mail.outbox), len(called)) == (1, 1, 1)
    with pytest.raises(CommandError, match="taken over already"):
        run("take_over", "--waiting", "send")


def test_what_waited_can_be_dropped_for_the_old_portal_may_have_sent_it(copy: RestoredCopy) -> None:
    queue_email(unique_key="one", to="a@b.invalid", subject="Hello", body="Text")
    assert take_over(send_waiting=False, at=timezone.now()) == 1
    email = Email.objects.get()
    assert (email.state, email.body) == (EmailState.FAILED, "")
    assert send_due_emails(now=timezone.now()) == 0


def test_every_page_says_that_it_is_a_copy(copy: RestoredCopy, client: Client) -> None:
    address = reverse("account_login")
    assert "Restored copy" in client.get(address).content.decode()
    take_over(send_waiting=False, at=timezone.now())
    assert "Restored copy" not in client.get(address).content.decode()
