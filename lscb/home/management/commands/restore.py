"""An archive of `backup` into an empty database and an empty storage."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.home.backups import restore


class Command(BaseCommand):
    help = (
        "Restore an archive of `backup` into an empty database; it stays a copy that sends nothing until `take_over`."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the archive")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            found = restore(path, at=timezone.now())
        except RuleBroken as refusal:
            raise CommandError(refusal.sentence) from refusal
        for fault in found.faults:
            self.stderr.write(self.style.ERROR(fault))
        if found.faults:
            sys.exit(1)
        self.stdout.write(f"Restored what was backed up on {found.made_at:%-d %B %Y at %H:%M} UTC.")
        self.stdout.write(f"{found.rows} rows of {found.tables} tables: as many as were backed up.")
        self.stdout.write(f"{found.files} files: each is what was backed up.")
        self.stdout.write("The trail: no event is missing or was changed.")
        self.stdout.write("This is a copy: it sends no e-mail and reminds nobody until you run `take_over`.")
