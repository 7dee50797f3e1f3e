"""The figure check: numbers typed by hand in the board's words, held against the facts of the year."""

from .checking import Found, Verdict, check_words, left_to_look_at

__all__ = ["Found", "Verdict", "check_words", "left_to_look_at"]
