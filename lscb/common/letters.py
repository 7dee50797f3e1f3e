"""The board team's own paragraph in an e-mail of the portal.

It is plain text in which a few facts of that e-mail may be named as `{{ due }}`. It is never a template: a name is
looked up among the facts that the e-mail gives, and nothing else.
"""

from __future__ import annotations

from typing import Any

from .chapters import NAMED_FACT
from .words import naming

EVERYWHERE = {
    "board_name": "the full name",
    "board_short_name": "the short name",
    "board_email": "the address of the team",
}
"""Facts that every e-mail knows, with what they are."""


def own_words(mail: str, **facts: Any) -> str:
    """The paragraph for a kind of `mail` with its facts put in; empty where the team wrote none.

    A fact that this e-mail has not gives nothing: an e-mail goes out whatever was written.
    """
    now = naming()
    known = {**{name: getattr(now, name) for name in EVERYWHERE}, **facts}
    return NAMED_FACT.sub(lambda match: str(known.get(match[1].strip(), "")), now.mail.get(mail, ""))


def own_paragraph(mail: str, **facts: Any) -> str:
    """The same, with the empty line that follows a paragraph."""
    text = own_words(mail, **facts)
    return f"{text}\n\n" if text else ""
