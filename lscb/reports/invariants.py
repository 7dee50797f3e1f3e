"""What must hold of annual reports."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from lscb.common.faults import Fault

from .content import digest
from .models import AnnualReport, State


def broken(today: dt.date) -> Iterator[str]:
    """Content and PDF of every finished report are those whose hashes are on file."""
    for report in AnnualReport.objects.filter(state__in=[State.READY, State.APPROVED]).iterator():
        if digest(report.content) != report.content_digest:
            yield Fault(f"Reports: the content of {report} is not what was built.", report)
        try:
            with report.pdf.open("rb") as pdf:
                same = hashlib.file_digest(pdf, "sha256").hexdigest() == report.pdf_digest
        except FileNotFoundError:
            yield Fault(f"Reports: the PDF of {report} is missing.", report)
            continue
        if not same:
            yield Fault(f"Reports: the PDF of {report} is not what was printed.", report)
