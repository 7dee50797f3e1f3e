"""Charts as SVG text: small, deterministic, the same on the page and in the PDF.

Every chart carries a title and a description, values beside its marks, and dashes, markers or patterns beside colour.
`id` must be unique on its page. Nothing in them needs a style sheet or a script, so they may be put in line under a
strict content policy, or into an `<img>` by `as_data_uri`.
"""

from .bars import bar_chart, stacked_bar_chart
from .lines import line_chart, small_multiples, sparkline
from .svg import DARK_BLUE, PALETTE, as_data_uri
from .values import Line, Point

__all__ = [
    "DARK_BLUE",
    "PALETTE",
    "Line",
    "Point",
    "as_data_uri",
    "bar_chart",
    "line_chart",
    "small_multiples",
    "sparkline",
    "stacked_bar_chart",
]
