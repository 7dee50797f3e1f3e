from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.common.forms import read_day
from lscb.common.periods import FinancialYear
from lscb.common.terminal import Bar
from lscb.jobs.models import Job, JobState
from lscb.jobs.services import sweep, work
from lscb.reports import services
from lscb.reports.models import AnnualReport


class Command(BaseCommand):
    help = "Build the annual report of a year and write its PDF to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", help="financial year, such as 2016-17")
        parser.add_argument("--output", type=Path, help="where to write the PDF")
        parser.add_argument("--as-at", help="day of the figures, such as 2017-06-30; else the edition’s or today")

    def handle(self, *args: Any, year: str, output: Path | None, as_at: str | None, **options: Any) -> None:
        if output and output.is_dir():
            raise CommandError(f"{output} is a folder. Name the file that the PDF is to be written to.")
        try:
            report = self._asked_for(FinancialYear.parse(year), read_day(as_at) if as_at else None)
        except (ValueError, RuleBroken) as refusal:
            raise CommandError(str(refusal)) from refusal
        self._work(report)
        report.refresh_from_db()
        if output:
            output.parent.mkdir(parents=True, exist_ok=True)
            with report.pdf.open("rb") as pdf:
                output.write_bytes(pdf.read())
            self.stdout.write(str(output.resolve()))

    def _asked_for(self, year: FinancialYear, as_at: dt.date | None) -> AnnualReport:
        """The open edition or the next one, waiting to be built; one that was left over is taken up again."""
        sweep(now=timezone.now())
        report = AnnualReport.objects.of_year(year).open().select_related("job").first()
        if report is None:
            report = services.start_report(year=year, as_at=as_at or timezone.localdate(), by=None)
        return services.build_report(report=report, as_at=as_at or report.as_at, by=None, ring_now=False)

    def _work(self, report: AnnualReport) -> None:
        bar = Bar(f"Annual report {report.year}", getattr(self.stdout, "_out", None))

        def watch(job: Job) -> None:
            if job.is_live:
                bar.show(job.step, job.percent or 0)

        job = report.job
        if job is None:
            raise CommandError("The report is not being built. Try again.")
        while job.state == JobState.QUEUED:
            job = work(job.pk, services.do_build, watch=watch)
        if job.state != JobState.DONE:
            raise CommandError(job.failure or "Somebody else is building this report at the moment.")
        report.refresh_from_db()
        bar.done(f"{report.pages} pages")
