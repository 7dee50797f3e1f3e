"""What the tests of files share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    """These tests are about something else than the second factor."""
    settings.SECOND_FACTOR_WAIVED = True
