"""Writes of child deaths. `by` is the person who does it, or None for the portal itself.

The trail says what happened to which case, and never a name, a date of birth or death, or a text.
"""
