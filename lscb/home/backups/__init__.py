"""Backup and restore: records and private files as one sealed archive, and back into an empty place."""

from .services import Found, back_up, restore

__all__ = ["Found", "back_up", "restore"]
