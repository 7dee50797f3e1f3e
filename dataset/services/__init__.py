"""Writes of the dataset. `by` is the person who does it, or None for the portal itself."""

from dataset.checking import NewFigure, says

from .collecting import (
    close_collection,
    confirm_upload,
    keep_typed,
    look_into,
    move_due_date,
    open_collection,
    overtaken,
    remind,
    remind_who_is_due,
    send_figures,
    send_some,
    upload_figures,
)
from .defining import (
    change_indicator,
    choose_comparator_set,
    define_indicator,
    redefine_indicator,
    set_comparator,
)
from .disclosing import end_lift, lift_suppression, set_policy
from .editions import ask_for_edition, compile_edition, do_compile, note_export, note_list_export
from .importing import CellError, ImportRefused, ImportResult, import_figures, read_upload
from .opendata import publish_open_data
from .packs import ask_questions, make_pack
from .recording import Recorded, record_figure, record_figures

__all__ = [
    "CellError",
    "ImportRefused",
    "ImportResult",
    "NewFigure",
    "Recorded",
    "ask_for_edition",
    "ask_questions",
    "change_indicator",
    "choose_comparator_set",
    "close_collection",
    "compile_edition",
    "confirm_upload",
    "define_indicator",
    "do_compile",
    "end_lift",
    "import_figures",
    "keep_typed",
    "lift_suppression",
    "look_into",
    "make_pack",
    "move_due_date",
    "note_export",
    "note_list_export",
    "open_collection",
    "overtaken",
    "publish_open_data",
    "read_upload",
    "record_figure",
    "record_figures",
    "redefine_indicator",
    "remind",
    "remind_who_is_due",
    "says",
    "send_figures",
    "send_some",
    "set_comparator",
    "set_policy",
    "upload_figures",
]
