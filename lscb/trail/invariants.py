"""What must hold of the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .services import broken_links


def broken(today: dt.date) -> Iterator[str]:
    """No event was changed, removed, put elsewhere or cut off."""
    yield from broken_links()
