"""The whole job of the annual report against bare WeasyPrint on the same finished HTML, and against itself at a larger
scale, in one run.

    .venv/bin/python bench/report.py [--runs 7] [--scale 10] [--large-runs 2]

Makes demonstration boards of its own in a folder that goes afterwards. Each round does the whole job (asked for,
claimed, chapters gathered, pages laid out and drawn, PDF kept, trail written) and then lets WeasyPrint render the HTML
that came out, with the same fonts and options and nothing around it. Aim: a ratio of medians of 1.3 or less.

Then the same job, round by round, for a board with ten times the plans, actions, challenges and meetings, and for one
that has ten times the indicators besides (`--large-runs 0` leaves both out; making them takes minutes). The first
prints as much as before, so the job should take as long: a ratio of 1.3 or less. The second prints a chapter with ten
times the sections, so what is compared is the time of a page.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AIM = 1.3


def main() -> int:
    arguments = argparse.ArgumentParser(description="The annual report's job against bare WeasyPrint.")
    arguments.add_argument("--runs", type=int, default=7)
    arguments.add_argument("--scale", type=int, default=10, help="how many times the records of the demonstration")
    arguments.add_argument("--large-runs", type=int, default=2, help="rounds at that scale")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = start_portal(Path(folder))
        fell_short = measure(asked.runs)
        if asked.large_runs:
            fell_short |= measure_larger(small, scale=asked.scale, rounds=asked.large_runs)
        return fell_short


def start_portal(folder: Path) -> Path:
    """A demonstration board in `folder`; gives its database."""
    small = folder / "small.sqlite3"
    os.environ.update(
        PORTAL_MODE="demonstration",
        DJANGO_SETTINGS_MODULE="lscb.settings",
        DATA_DIR=str(folder),
        DATABASE_URL=f"sqlite:///{small}",
        REDIS_URL="",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    load(scale=1)
    return small


def load(*, scale: int) -> None:
    """The demonstration in the database in use, with the four quarters compiled."""
    from django.core.management import call_command

    from dataset.models import Status
    from dataset.services import compile_edition
    from lscb.demo.load import YEAR, compiled_on, load_demo

    call_command("migrate", verbosity=0)
    load_demo(scale=scale)
    for quarter in YEAR.quarters:
        compile_edition(quarter=quarter, as_at=compiled_on(quarter), status=Status.FINAL, by=None)


def measure(runs: int) -> int:
    from lscb.demo.load import AS_AT, YEAR
    from lscb.reports import services

    report = services.start_report(year=YEAR, as_at=AS_AT, by=None)
    steps: dict[str, list[float]] = defaultdict(list)
    jobs, firsts, bares = [], [], []
    for number in range(runs + 1):
        total, first, parts = whole_job(report)
        bare = bare_rendering(report)
        if number == 0:  # the first round warms fonts, imports and caches for both
            continue
        jobs.append(total)
        firsts.append(first)
        bares.append(bare)
        for step, seconds in parts.items():
            steps[step].append(seconds)
    report.refresh_from_db()
    return show(report, jobs, bares, firsts, steps)


def whole_job(report: Any) -> tuple[float, float, dict[str, float]]:
    """Seconds in all, seconds to the first progress, and seconds of each step."""
    from lscb.jobs.services import work
    from lscb.reports import services

    marks: list[tuple[str, float]] = []
    began = time.perf_counter()
    asked = services.build_report(report=report, as_at=report.as_at, by=None, ring_now=False)
    job = work(asked.job_id, services.do_build, watch=lambda job: marks.append((job.step, time.perf_counter())))
    ended = time.perf_counter()
    if job.state != "done":
        raise SystemExit(f"The report was not built: {job.failure}")
    parts: dict[str, float] = defaultdict(float)
    parts["Asking and claiming"] = marks[0][1] - began
    for (step, at), (_, until) in zip(marks, [*marks[1:], ("", ended)], strict=True):
        parts[_told(step)] += until - at
    return ended - began, marks[0][1] - began, parts


def _told(step: str) -> str:
    """The steps that name a chapter or a number of pages are one each."""
    return {"Gathering:": "Gathering the chapters", "Drawing": "Drawing"}.get(step.split(" ")[0], step or "Closing")


def bare_rendering(report: Any) -> float:
    from weasyprint import HTML

    from lscb.common.pdf import BASE, PrintFetcher
    from lscb.reports.content import from_json
    from lscb.reports.printing import document

    report.refresh_from_db()
    finished = document(from_json(report.content))
    began = time.perf_counter()
    HTML(string=finished.html, base_url=BASE, url_fetcher=PrintFetcher(finished.pictures)).write_pdf(
        pdf_variant="pdf/ua-1"
    )
    return time.perf_counter() - began


def measure_larger(small: Path, *, scale: int, rounds: int) -> int:
    """The whole job at scale 1 and at a larger one, one right after the other."""
    from django.db import connection

    from lscb.demo.load import AS_AT, YEAR
    from lscb.demo.multiply import multiply
    from lscb.reports import services
    from lscb.reports.models import AnnualReport

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    records, everything = small.with_name("records.sqlite3"), small.with_name("everything.sqlite3")
    shutil.copy(small, records)
    use(records)
    multiply(scale)
    use(everything)
    load(scale=scale)
    services.start_report(year=YEAR, as_at=AS_AT, by=None)
    seconds: dict[Path, list[float]] = defaultdict(list)
    steps: dict[Path, dict[str, list[float]]] = {each: defaultdict(list) for each in (small, records, everything)}
    pages = {}
    for number in range(rounds + 1):
        for database in (small, records, everything):
            use(database)
            report = AnnualReport.objects.get(year=YEAR)
            total, _, parts = whole_job(report)
            report.refresh_from_db()
            pages[database] = report.pages
            if number:  # the first round warms what each database has of its own
                seconds[database].append(total)
                for step, took in parts.items():
                    steps[database][step].append(took)
    one = median(seconds[small])
    ratio = median(seconds[records]) / one
    many = median(seconds[everything]) / one
    of_page = many * pages[small] / pages[everything]
    print(f"The whole job at scale {scale}, against the same job at scale 1, {rounds} rounds")
    print(f"  {scale} times the plans, actions, challenges, meetings: {pages[records]} pages instead of {pages[small]}")
    print(f"    ratio            {ratio:6.2f}   (aim: {AIM} or less)")
    print(f"  {scale} times the indicators, too: {pages[everything]} pages instead of {pages[small]}")
    print(f"    ratio            {many:6.2f}")
    print(f"    ratio of a page  {of_page:6.2f}   (aim: {AIM} or less)")
    print(f"  peak memory        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    print("  each step          scale 1    records    everything")
    for step, took in steps[small].items():
        others = "".join(f" {median(steps[each][step]):9.3f} s" for each in (records, everything))
        print(f"    {step:<28} {median(took):6.3f} s{others}")
    return 0 if max(ratio, of_page) <= AIM else 1


def use(database: Path) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(database)


def show(report: Any, jobs: list[float], bares: list[float], firsts: list[float], steps: dict[str, list[float]]) -> int:
    ratio = median(jobs) / median(bares)
    print(f"Annual report {report.year}: {report.pages} pages, {len(jobs)} rounds")
    print(f"  whole job          {median(jobs):6.2f} s (median; {min(jobs):.2f} to {max(jobs):.2f})")
    print(f"  bare WeasyPrint    {median(bares):6.2f} s (median; {min(bares):.2f} to {max(bares):.2f})")
    print(f"  ratio              {ratio:6.2f}   (aim: {AIM} or less)")
    print(f"  first progress     {max(firsts):6.2f} s at worst (aim: under 1 s)")
    print(f"  peak memory        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    print("  share of each step")
    whole = sum(median(seconds) for seconds in steps.values())
    for step, seconds in steps.items():
        print(f"    {step:<28} {median(seconds):6.3f} s  {median(seconds) / whole:6.1%}")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
