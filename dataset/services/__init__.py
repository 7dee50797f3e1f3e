"""Writes of the dataset. `by` is the person who does it, or None for the portal itself."""

from .defining import change_indicator, define_indicator, redefine_indicator, set_comparator
from .editions import ask_for_edition, compile_edition, do_compile, note_export, note_list_export
from .importing import CellError, ImportRefused, ImportResult, import_figures
from .recording import NewFigure, Recorded, record_figure, record_figures

__all__ = [
    "CellError",
    "ImportRefused",
    "ImportResult",
    "NewFigure",
    "Recorded",
    "ask_for_edition",
    "change_indicator",
    "compile_edition",
    "define_indicator",
    "do_compile",
    "import_figures",
    "note_export",
    "note_list_export",
    "record_figure",
    "record_figures",
    "redefine_indicator",
    "set_comparator",
]
