"""Writes of the annual report. Building and printing are done by jobs."""

from .editions import BUILD_TASK, PRINT_TASK, approve_report, build_report, record_download, start_report
from .making import do_build, do_print_approved
from .publishing import note_correction, publish_report, withdraw_report
from .reviewing import comment_on_chapter, settle_comment
from .words import arrange_chapters, confirm_words, save_words, take_over_words

__all__ = [
    "BUILD_TASK",
    "PRINT_TASK",
    "approve_report",
    "arrange_chapters",
    "build_report",
    "comment_on_chapter",
    "confirm_words",
    "do_build",
    "do_print_approved",
    "note_correction",
    "publish_report",
    "record_download",
    "save_words",
    "settle_comment",
    "start_report",
    "take_over_words",
    "withdraw_report",
]
