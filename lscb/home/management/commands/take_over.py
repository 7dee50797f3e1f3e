"""Says that a restored copy is the portal from now on."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.jobs.services import take_over


class Command(BaseCommand):
    help = (
        "This restored copy is the portal from now on: it sends e-mails and reminders again. The old one must be off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--waiting",
            choices=["send", "drop"],
            required=True,
            help="what becomes of e-mails that waited when the backup was made: the old portal may have sent them",
        )

    def handle(self, *args: Any, waiting: str, **options: Any) -> None:
        try:
            number = take_over(send_waiting=waiting == "send", at=timezone.now())
        except RuleBroken as refusal:
            raise CommandError(refusal.sentence) from refusal
        done = "will be sent" if waiting == "send" else "are given up"
        self.stdout.write(f"This is the portal now. {number} e-mails that waited {done}.")
