"""The errors that a rule of the trade raises."""

from __future__ import annotations

from typing import Any


class RuleBroken(Exception):
    """A rule of the trade refused a write.

    `sentence` is written for the person in front of the screen: it names what is wrong and what to do.
    `field` names the form field it belongs to, or is empty when it concerns the whole form.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Overtaken(RuleBroken):
    """Somebody else saved the same thing in the meantime (domain: "Nothing is lost"). Nothing was overwritten.

    `current` is what is on file now, where the page shows both.
    """

    def __init__(self, sentence: str, *, current: Any = None, field: str = "") -> None:
        super().__init__(sentence, field=field)
        self.current = current
