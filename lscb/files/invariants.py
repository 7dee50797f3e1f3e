"""What must hold of attachments."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from lscb.common.faults import Fault

from .models import Attachment


def broken(today: dt.date) -> Iterator[str]:
    """Every file is there, byte for byte as it was uploaded."""
    for attachment in Attachment.objects.iterator():
        try:
            with attachment.file.open("rb") as content:
                same = hashlib.file_digest(content, "sha256").hexdigest() == attachment.sha256
        except FileNotFoundError:
            yield Fault(f"Files: attachment {attachment.pk} is missing.", attachment)
            continue
        if not same:
            yield Fault(f"Files: attachment {attachment.pk} is not what was uploaded.", attachment)
