"""What an app hands to the home page: one thing that waits for a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Tone = Literal["red", "amber", "green", "grey"]


@dataclass(frozen=True)
class Waiting:
    """`title` links to `url`; `sentence` says why it waits; `tag` is a word such as "5 days late".

    `outside` is what an e-mail may call it. Without it an e-mail says only that something waits.
    """

    title: str
    url: str
    sentence: str
    tag: str
    tone: Tone = "grey"
    due: dt.date | None = None
    outside: str = ""
