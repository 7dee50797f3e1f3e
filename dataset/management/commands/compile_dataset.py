"""`manage.py compile_dataset 2016-17Q4`: the job's own work, done here and now, with a progress bar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dataset.models import Status
from dataset.services import compile_edition
from lscb.common.errors import RuleBroken
from lscb.common.periods import Quarter, end_of_day
from lscb.common.terminal import Bar


class Command(BaseCommand):
    help = "Compile a quarter of the dataset into its next edition, for example: compile_dataset 2016-17Q4"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("quarter", help="such as 2016-17Q4")
        parser.add_argument(
            "--as-at", help="a day such as 2017-04-28: compile what was known at its end (default: now)"
        )
        parser.add_argument("--provisional", action="store_true", help="mark the edition as provisional")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            quarter = Quarter.parse(options["quarter"])
            day = dt.date.fromisoformat(options["as_at"]) if options["as_at"] else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        bar = Bar(f"Dataset {quarter.label}")
        try:
            edition = compile_edition(
                quarter=quarter,
                as_at=end_of_day(day) if day else None,
                status=Status.PROVISIONAL if options["provisional"] else Status.FINAL,
                by=None,
                progress=lambda step, done, total: bar.show(step, done * 100 // max(total, 1)),
            )
        except RuleBroken as refusal:
            raise CommandError(refusal.sentence) from refusal
        bar.done(f"edition {edition.number}, {edition.digest[:12]}")
