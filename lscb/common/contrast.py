"""How well two colours can be told apart (WCAG 2.2, success criterion 1.4.3)."""

from __future__ import annotations

ENOUGH = 4.5
"""The least ratio for text of ordinary size, level AA."""

WHITE = "#FFFFFF"


def contrast(one: str, other: str) -> float:
    """The ratio of two colours written as #RRGGBB, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
