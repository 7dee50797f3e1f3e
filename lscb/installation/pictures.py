"""The logo: a picture that is drawn anew, so that nothing but its pixels is kept.

SVG is not taken: it is a document that may carry scripts and addresses, and page, PDF and Word need pixels alike.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.files import File
from PIL import Image, UnidentifiedImageError

from lscb.common.errors import RuleBroken
from lscb.files.checking import clean_name, kind_of
from lscb.files.pictures import is_picture

LARGEST_BYTES = 2_000_000
LARGEST_PIXELS = 20_000_000
HEIGHT, WIDTH = 160, 640
"""Twice what the page head shows, so that it is sharp on fine screens and on the cover."""


def as_logo(upload: File[Any]) -> bytes:
    """The picture as PNG, no larger than it is shown. Errors: RuleBroken for what is no PNG or JPEG, or too large."""
    if upload.size > LARGEST_BYTES:
        raise _refused("The picture is larger than 2 MB. Save it smaller and choose it again.")
    if not is_picture(kind_of(upload, clean_name(upload.name or "logo")).content_type):
        raise _refused("Choose a picture: PNG or JPEG.")
    upload.seek(0)
    try:
        with Image.open(upload, formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise _refused("The picture has too many pixels. Save it smaller and choose it again.")
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused("The picture cannot be read. Save it again as PNG and choose it again.") from error
    drawn.thumbnail((WIDTH, HEIGHT))
    out = io.BytesIO()
    drawn.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _refused(sentence: str) -> RuleBroken:
    return RuleBroken(sentence, field="file")
