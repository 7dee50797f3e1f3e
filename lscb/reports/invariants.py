"""What must hold of annual reports."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from .content import digest
from .models import AnnualReport, State


def broken(today: dt.date) -> Iterator[str]:
    """Content and PDF of every finished report are those whose hashes are on file."""
    for report in AnnualReport.objects.filter(state__in=[State.READY, State.APPROVED]).iterator():
        if digest(report.content) != report.content_digest:
            yield f"Reports: the content of {report} is not what was built."
        try:
            with report.pdf.open("rb") as pdf:
                same = hashlib.file_digest(pdf, "sha256").hexdigest() == report.pdf_digest
        except FileNotFoundError:
            yield f"Reports: the PDF of {report} is missing."
            continue
        if not same:
            yield f"Reports: the PDF of {report} is not what was printed."
