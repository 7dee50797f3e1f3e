from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lscb.common.chapters import Fact
from lscb.common.errors import RuleBroken
from lscb.common.forms import read_day
from lscb.common.periods import FinancialYear
from lscb.reports.gathering import compute_chapters, named_facts
from lscb.reports.models import AnnualReport


class Command(BaseCommand):
    help = "Print every fact of the annual report of a year as JSON, named chapter.fact."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", help="financial year, such as 2016-17")
        parser.add_argument(
            "--as-at", help="day of the figures, such as 2017-06-30; else the newest edition’s or today"
        )

    def handle(self, *args: Any, year: str, as_at: str | None, **options: Any) -> None:
        try:
            of = FinancialYear.parse(year)
            facts = named_facts(compute_chapters(year=of, as_at=_day(of, as_at)).values())
        except (ValueError, RuleBroken) as refusal:
            raise CommandError(str(refusal)) from refusal
        shown = {name: _plain(fact) for name, fact in facts.items()}
        self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2))


def _day(year: FinancialYear, as_at: str | None) -> dt.date:
    newest = AnnualReport.objects.of_year(year).first()
    if as_at:
        return read_day(as_at)
    return newest.as_at if newest else timezone.localdate()


def _plain(fact: Fact) -> dict[str, Any]:
    return {
        "value": _number(fact.value),
        "shown": fact.shown,
        "label": fact.label,
        "base": _number(fact.base),
        "source": fact.source,
        "rows": fact.rows,
    }


def _number(value: Any) -> Any:
    """Numbers as numbers: whole where they are whole, else with the digits that a computer keeps (about 15)."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value
