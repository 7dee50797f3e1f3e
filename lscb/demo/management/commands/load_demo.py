from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lscb.common.terminal import Bar
from lscb.demo.load import load_demo


class Command(BaseCommand):
    help = "Load the demonstration board into an empty database. Loading it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="multiply the dataset, for measuring")

    def handle(self, *args: Any, scale: int, **options: Any) -> None:
        if scale < 1:
            raise CommandError("--scale is a whole number from 1.")
        bar = Bar("Demonstration board")
        loaded = load_demo(scale=scale, tell=bar.show)
        bar.done("loaded" if loaded else "is there already")
