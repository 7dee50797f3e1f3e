"""Further formats of an edition, each drawn from its `Content` alone: a figure is the same in all of them."""

from .facts import facts_json
from .word import as_docx
from .workbook import as_xlsx

__all__ = ["as_docx", "as_xlsx", "facts_json"]
