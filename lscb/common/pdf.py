"""From finished HTML to a tagged PDF (PDF/UA-1). Fetches nothing but own styles, own fonts and own pictures."""

from __future__ import annotations

import base64
import logging
import re
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from weasyprint import HTML
from weasyprint.logger import PROGRESS_LOGGER
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .errors import RuleBroken

BASE = "https://report.invalid/"
"""Where the HTML seems to live. The name cannot exist: what is under it is looked up in our own folder."""

_TYPES = {".css": "text/css", ".woff2": "font/woff2"}
_PICTURE = "data:image/svg+xml,"
_PHOTOGRAPH = re.compile(r"data:(image/(?:png|jpeg));base64,")
_LAID_OUT = re.compile(r"Step 5 .* Page (\d+)")

OnPage = Callable[[str, int], None]


class PrintFetcher(URLFetcher):
    """Gives out styles and fonts of `static/build` and the pictures in `pictures`; anything else stops the rendering.

    Nothing ever reaches the network or another file: the parent's openers are not used at all.
    """

    def __init__(self, pictures: frozenset[str] = frozenset(), root: Path | None = None) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.pictures = pictures
        self.root = (root or Path(settings.STATICFILES_DIRS[0])).resolve()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Raises ValueError for every address that is not the document’s own; the message names no content."""
        if url in self.pictures:
            kind, content = carried(url)
            return URLFetcherResponse("data:", content, {"Content-Type": kind})
        if not url.startswith(BASE):
            raise ValueError("A document may fetch only its own styles, fonts and pictures.")
        path = (self.root / url.removeprefix(BASE)).resolve()
        if path.suffix not in _TYPES or not path.is_relative_to(self.root) or not path.is_file():
            raise ValueError(f"There is no style or font {path.name}.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})

    def open(self, url: Any, data: Any = None, timeout: Any = None) -> URLFetcherResponse:
        return self.fetch(url if isinstance(url, str) else url.full_url)


def carried(url: str) -> tuple[str, bytes]:
    """The kind and the content of a picture that its address carries."""
    photograph = _PHOTOGRAPH.match(url)
    if photograph:
        return photograph[1], base64.b64decode(url[photograph.end() :], validate=True)
    return "image/svg+xml", unquote_to_bytes(url.removeprefix(_PICTURE))


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    pages: int


def print_pdf(
    html: str, *, pictures: frozenset[str], identifier: str, on_page: OnPage = lambda step, page: None
) -> Printed:
    """Lay out and draw `html`. The same input gives the same bytes.

    `on_page` hears "layout" with the number of the page just laid out, and "draw" once when drawing begins.
    Raises RuleBroken with a sentence when memory, time or an address to fetch is refused.
    """
    with _limited_memory(), _listening(on_page):
        try:
            document = HTML(string=html, base_url=BASE, url_fetcher=PrintFetcher(pictures)).render(
                pdf_variant="pdf/ua-1"
            )
            on_page("draw", len(document.pages))
            pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode())
        except FatalURLFetchingError as error:
            raise RuleBroken(f"The PDF was not made. {error.__cause__}") from error
        except MemoryError as error:
            raise RuleBroken("The PDF was not made: it needs more memory than the portal allows.") from error
    if not pdf.startswith(b"%PDF-1.7"):
        raise RuleBroken("The PDF was not made: the renderer gave something that is not a PDF.")
    return Printed(pdf, len(document.pages))


@contextmanager
def _limited_memory() -> Iterator[None]:
    """No more than RENDER_MEMORY_BYTES of data for this process while it renders; the old limit comes back after."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = [limit for limit in (settings.RENDER_MEMORY_BYTES, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


class _PageCounter(logging.Handler):
    def __init__(self, on_page: OnPage) -> None:
        super().__init__(logging.INFO)
        self.on_page = on_page
        self.latest = time.monotonic() + settings.CELERY_TASK_SOFT_TIME_LIMIT

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() > self.latest:
            raise RuleBroken("The PDF was not made: it took longer than the portal allows.")
        if match := _LAID_OUT.search(record.getMessage()):
            self.on_page("layout", int(match[1]))


@contextmanager
def _listening(on_page: OnPage) -> Iterator[None]:
    """WeasyPrint tells of each page through a logger of its own; what the listener raises stops the rendering."""
    counter, level, propagates = _PageCounter(on_page), PROGRESS_LOGGER.level, PROGRESS_LOGGER.propagate
    PROGRESS_LOGGER.addHandler(counter)
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.propagate = False
    try:
        yield
    finally:
        PROGRESS_LOGGER.removeHandler(counter)
        PROGRESS_LOGGER.setLevel(level)
        PROGRESS_LOGGER.propagate = propagates
