"""What a password must not be made of."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from lscb.common.words import naming, say

OWN_WORDS = frozenset(
    {
        "lscb",
        "lscp",
        "safeguarding",
        "safeguard",
        "childrens",
        "children",
        "child",
        "board",
        "portal",
        "partnership",
        "protection",
        "council",
        "local",
        "panel",
        "administrator",
        "admin",
        "password",
        "welcome",
        "manager",
    }
)
"""Words that whoever guesses at this portal tries first, with those of the board’s own name."""
REST = 6
"""How many letters and digits must be left of a password without them."""


class NotACommonOneMadeLonger(CommonPasswordValidator):
    """Refuses a common password made long enough: with digits or signs around it (`liverpool2016!`), or said again
    (`dragondragon`). Lists of common passwords hold few of twelve characters: this is how people make them."""

    def validate(self, password: str, user: Any = None) -> None:
        typed = password.lower().strip()
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", typed)
        if {core, _said_again(core), _said_again(typed)} & self.passwords:
            raise ValidationError(
                "This is a common password with something added. Choose another, such as three words that do not belong"
                " together.",
                code="common_made_longer",
            )

    def get_help_text(self) -> str:
        return "Your password can’t be a common one with something added."


def _said_again(text: str) -> str:
    """ "dragon" of "dragondragon"; the text itself when it does not repeat."""
    return text[: (text + text).find(text, 1)] if text else text


class NotTheBoardsOwnWords:
    """Refuses a password that is little more than the board’s name and the words of its work (`Southampton2024!`)."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = re.sub(r"[\W_]", "", password.lower())
        for word in sorted(OWN_WORDS | _names_of_the_board(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < REST:
            raise ValidationError(
                say("This password is made of the {board}’s own words. Choose others."), code="own_words"
            )

    def get_help_text(self) -> str:
        return say("Your password can’t be made of the {board}’s name and the words of its work.")


def _names_of_the_board() -> set[str]:
    names = f"{naming().board_name} {naming().board_short_name}".lower()
    return {word for word in re.findall(r"\w+", names) if len(word) > 3}
