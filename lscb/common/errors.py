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


def check_version(current: Any, version: int | None, *, what: str, field: str = "") -> None:
    """Raise Overtaken when another `version` of `current` is on file than the one that was read. Call it under the
    lock on the row; nothing on file yet is version 0. `what` says in words what was changed: "this challenge".
    """
    if (0 if current is None else current.version) != version:
        raise Overtaken(
            f"Somebody else changed {what} while you were writing. Your text is still here. "
            "Put the two together, then save.",
            current=current,
            field=field,
        )
