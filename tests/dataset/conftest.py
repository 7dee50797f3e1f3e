from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def waived(settings: Any) -> None:
    """These tests are not about the second factor."""
    settings.SECOND_FACTOR_WAIVED = True
