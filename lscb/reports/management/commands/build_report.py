from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lscb.common.errors import RuleBroken
from lscb.common.forms import read_day
from lscb.common.periods import FinancialYear
from lscb.common.terminal import Bar
from lscb.jobs.models import Job
from lscb.jobs.services import work
from lscb.reports import services
from lscb.reports.models import AnnualReport, State


class Command(BaseCommand):
    help = "Build the annual report of a year and write its PDF to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", help="financial year, such as 2016-17")
        parser.add_argument("--output", type=Path, help="where to write the PDF")
        parser.add_argument("--as-at", help="day of the figures, such as 2017-06-30; else 30 June after the year")

    def handle(self, *args: Any, year: str, output: Path | None, as_at: str | None, **options: Any) -> None:
        if output and output.is_dir():
            raise CommandError(f"{output} is a folder. Name the file that the PDF is to be written to.")
        try:
            report = self._report(FinancialYear.parse(year), as_at)
            report = services.build_report(report=report, as_at=report.as_at, by=None, ring_now=False)
        except (ValueError, RuleBroken, PermissionDenied) as refusal:
            raise CommandError(str(refusal)) from refusal
        self._work(report)
        if output:
            report.refresh_from_db()
            with report.pdf.open("rb") as pdf:
                output.parent.mkdir(parents=True, exist_ok=True)
                output.write_bytes(pdf.read())
            self.stdout.write(f"{output.resolve()}")

    def _report(self, year: FinancialYear, as_at: str | None) -> AnnualReport:
        """The open edition, with the day asked for; else the next edition."""
        day = read_day(as_at) if as_at else year.next.quarters[0].last_day
        report = AnnualReport.objects.of_year(year).open().select_related("job").first()
        if report is None:
            return services.start_report(year=year, as_at=day, by=None)
        if report.life == State.BUILDING:
            raise CommandError(f"The {str(report).lower()} is being built already.")
        if as_at:
            report.as_at = day
        return report

    def _work(self, report: AnnualReport) -> None:
        bar = Bar(f"Annual report {report.year}", getattr(self.stdout, "_out", None))

        def watch(job: Job) -> None:
            if job.is_live:
                bar.show(job.step, job.percent or 0)

        assert report.job_id is not None
        job = work(report.job_id, services.do_build, watch=watch)
        if job.failure:
            raise CommandError(job.failure)
        if not job.result_url:
            raise CommandError("The report was not built. Try again.")
        report.refresh_from_db()
        bar.done(f"{report.pages} pages")
