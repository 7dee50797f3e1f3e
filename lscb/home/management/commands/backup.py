"""Records and private files as one archive."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.home.backups import back_up


class Command(BaseCommand):
    help = "Put all records and private files into one archive. The keys are not in it: keep those elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the archive to make, or a folder to put it in under today’s name")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        now = timezone.now()
        if path.is_dir():
            path = path / f"portal-{now:%Y-%m-%d-%H%M%S}.zip"
        try:
            found = back_up(path, at=now)
        except RuleBroken as refusal:
            raise CommandError(refusal.sentence) from refusal
        for fault in found.faults:
            self.stderr.write(self.style.ERROR(fault))
        self.stdout.write(f"{path}: {found.rows} rows of {found.tables} tables, {found.files} files.")
        self.stdout.write(
            "Keep FIELD_ENCRYPTION_KEYS and TRAIL_KEY somewhere else: it cannot be restored without them."
        )
