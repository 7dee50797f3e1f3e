"""Writes of case reviews, cut by noun. `by` is the person who does it, or None for the portal itself.

`on` is the day on which something happened, `today` the day of writing it down. The trail tells that something
happened to a review by its reference; it repeats no code name and no words.
"""
