"""Pictures are kept without what a camera wrote into them: where and when, with which device, the name of its owner.

A photograph of a youth centre on a page for everybody must not say where each child stood.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from django.core.files import File
from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from .checking import refuse

FORMATS: Final[Mapping[str, str]] = {"image/png": "PNG", "image/jpeg": "JPEG"}
MOST_PIXELS = 100_000_000
HOW_IT_IS_DRAWN = frozenset(
    {"dpi", "gamma", "icc_profile", "srgb", "chromaticity", "transparency", "interlace", "progressive", "progression"}
    | {"jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform"}
)
"""What Pillow reads beside the pixels that tells nothing but how to draw them."""
ORIENTATION = 0x0112


def is_picture(content_type: str) -> bool:
    return content_type in FORMATS


def without_its_origin(upload: File[Any], content_type: str) -> File[Any]:
    """The same picture with its pixels and colours alone; the very same file where there is nothing else in it.

    Errors: RuleBroken for what cannot be drawn or has too many pixels.
    """
    upload.seek(0)
    try:
        with Image.open(upload, formats=(FORMATS[content_type],)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise refuse("The picture has too many pixels. Save it smaller and choose it again.")
            picture.load()  # texts of a PNG may stand behind its pixels
            kept = _drawn_anew(picture, FORMATS[content_type]) if _tells_more(picture) else None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise refuse("The picture cannot be read. Save it again in its own program and choose it again.") from error
    upload.seek(0)
    return upload if kept is None else ContentFile(kept, upload.name)


def _tells_more(picture: Image.Image) -> bool:
    return bool(set(picture.info) - HOW_IT_IS_DRAWN or picture.getexif())


def _drawn_anew(picture: Image.Image, format_: str) -> bytes:
    turned = picture.getexif().get(ORIENTATION, 1) != 1
    drawn = ImageOps.exif_transpose(picture) if turned else picture
    drawn.info = {name: value for name, value in picture.info.items() if name in HOW_IT_IS_DRAWN}
    # A JPEG that only loses its texts keeps its own compression, so that hardly anything of it gets worse.
    how: dict[str, Any] = {} if format_ == "PNG" else {"quality": 92 if turned else "keep"}
    out = io.BytesIO()
    drawn.save(out, format=format_, exif=b"", icc_profile=drawn.info.get("icc_profile"), **how)
    return out.getvalue()
