from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dataset.models import Edition, Status
from dataset.services import ask_for_edition
from lscb.accounts.models import User
from lscb.common.terminal import Bar
from lscb.demo.load import AS_AT, YEAR, compiled_on, load_demo
from lscb.demo.people import PASSWORD, PEOPLE
from lscb.demo.serving import WORKER, check_port, portal, running, watch
from lscb.jobs.models import Job
from lscb.reports.models import AnnualReport
from lscb.reports.services import build_report, start_report


class Command(BaseCommand):
    help = "Build the demonstration board, do its main job with a real worker, and serve it on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="stop when everything is built")

    def handle(self, *args: Any, port: int, no_serve: bool, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("The demonstration runs with PORTAL_MODE=demonstration only.")
        check_port(port)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self._load()
        with running(WORKER):
            self._compile()
            report = self._build()
            self.stdout.write(f"\nThe annual report lies at {report}\n")
            if not no_serve:
                self._serve(port)

    def _load(self) -> None:
        bar = Bar("Demonstration board")
        loaded = load_demo(tell=bar.show)
        bar.done("loaded" if loaded else "is there already")

    def _compile(self) -> None:
        analyst = User.objects.get(email=PEOPLE[2].email)
        for quarter in YEAR.quarters:
            if Edition.objects.filter(quarter=quarter).exists():
                continue
            job = ask_for_edition(quarter=quarter, status=Status.FINAL, as_at=compiled_on(quarter), by=analyst)
            watch(job, Bar(f"Dataset {quarter.label}"))

    def _build(self) -> Path:
        manager = User.objects.get(email=PEOPLE[0].email)
        editions = AnnualReport.objects.filter(year=YEAR).order_by("-number")
        report = editions.exclude(pdf="").first()
        if report is None:
            report = editions.first() or start_report(year=YEAR, as_at=AS_AT, by=manager)
            report = build_report(report=report, as_at=AS_AT, by=manager)
            watch(Job.objects.get(pk=str(report.job_id)), Bar(f"Annual report {YEAR}"))
            report.refresh_from_db()
        copy = settings.DATA_DIR / f"annual-report-{YEAR}.pdf"
        with report.pdf.open() as pdf, copy.open("wb") as out:
            shutil.copyfileobj(pdf, out)
        return copy

    def _serve(self, port: int) -> None:
        with running(portal(port)) as server:
            self.stdout.write(f"\nThe portal is at http://127.0.0.1:{port}/  (stop it with Ctrl+C)\n")
            self.stdout.write(f"Sign in as any of these; the password is always: {PASSWORD}\n\n")
            for person in PEOPLE:
                self.stdout.write(f"  {person.email:<38} {person.role.title}")
            self.stdout.write(f"\nMails of the demonstration: http://127.0.0.1:{port}/demonstration/mail/\n")
            try:
                server.wait()
            except KeyboardInterrupt:
                self.stdout.write("\nStopped. Nothing is lost: make demo starts it again.\n")
