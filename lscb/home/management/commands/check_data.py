"""Proves the rules of the trade by query: nothing in the data contradicts itself."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lscb.home.checking import RULES


class Command(BaseCommand):
    help = "Check that nothing in the data contradicts itself; ends with 1 and a sentence per fault when it does."

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        faults = [sentence for rule in RULES for sentence in rule(today)]
        for sentence in faults:
            self.stderr.write(self.style.ERROR(sentence))
        if faults:
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("The data holds together: every rule was checked, none is broken."))
