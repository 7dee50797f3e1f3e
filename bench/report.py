"""The whole job of the annual report against bare WeasyPrint on the same finished HTML, in one run.

    .venv/bin/python bench/report.py [--runs 7] [--scale 1]

Makes a demonstration board of its own in a folder that goes afterwards. Each round does the whole job (asked for,
claimed, chapters gathered, pages laid out and drawn, PDF kept, trail written) and then lets WeasyPrint render the HTML
that came out, with the same fonts and options and nothing around it. Aim: a ratio of medians of 1.3 or less.
"""

from __future__ import annotations

import argparse
import os
import resource
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
    arguments.add_argument("--scale", type=int, default=1, help="multiplies the dataset of the demonstration")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_portal(Path(folder), scale=asked.scale)
        return measure(asked.runs)


def start_portal(folder: Path, *, scale: int) -> None:
    """A demonstration board in `folder`, with the four quarters compiled."""
    os.environ.update(
        PORTAL_MODE="demonstration",
        DJANGO_SETTINGS_MODULE="lscb.settings",
        DATA_DIR=str(folder),
        DATABASE_URL=f"sqlite:///{folder / 'bench.sqlite3'}",
        REDIS_URL="",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
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
        parts["Gathering the chapters" if step.startswith("Gathering") else step or "Closing"] += until - at
    return ended - began, marks[0][1] - began, parts


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
