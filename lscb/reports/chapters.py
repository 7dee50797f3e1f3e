"""The chapters of the annual report, in the order in which they are printed. A new part of the portal is named here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from audits.multiagency.reporting import audits_chapter
from audits.returns.reporting import section11_chapter
from boards import reporting as boards
from boards.challenges.reporting import challenges_chapter
from boards.engagement.reporting import engagement_chapter
from boards.plan.reporting import priorities_chapter
from casereviews.reporting import reviews_chapter
from cdop import reporting as cdop
from dataset import reporting as dataset
from lscb.common.chapters import Chapter
from lscb.common.periods import FinancialYear
from lscb.common.words import worded
from training import reporting as training

Compute = Callable[[FinancialYear, dt.date], Chapter]


@dataclass(frozen=True)
class Part:
    """A chapter's place in the report. Without `compute` it consists of the board's own words alone.

    `hint` tells the author what belongs into the words.
    """

    slug: str
    title: str
    hint: str
    compute: Compute | None = None


COVER = Part(
    "cover", "The sentence on the cover", "One sentence that says what the year came to. It stands on the cover."
)

CHAPTERS: tuple[Part, ...] = (
    Part("introduction", "Introduction by the independent chair", "What the chair wants every reader to know."),
    Part("board", worded("What the {board} is"), worded("Who the {board} is and how it works."), boards.board_chapter),
    Part("priorities", "What we set out to do", "What was done and what is left to do.", priorities_chapter),
    Part(
        "challenges",
        "Challenges",
        worded("What the {board} asked its partners and what came of it."),
        challenges_chapter,
    ),
    Part("audits", "Audits", "What was learnt from looking at children’s files together.", audits_chapter),
    Part("reviews", "Case reviews", "What was reviewed and what changes because of it.", reviews_chapter),
    Part(
        "section11",
        "Section 11: how agencies keep children safe",
        worded("What the panel saw in the returns, and what the {board} will do about what recurs."),
        section11_chapter,
    ),
    Part("cdop", "Child deaths", "What the panel learned, without any case.", cdop.chapter),
    Part("dataset", "Southampton’s children", "What the figures mean for children.", dataset.chapter),
    Part(
        "engagement",
        "Engagement and voice",
        worded("What children, families and professionals told the {board}, and what follows from it."),
        engagement_chapter,
    ),
    Part("training", "Training", "What was taught, to how many, and what it was worth.", training.chapter),
    Part("finances", "Finances", "What the partners paid and what it was used for.", boards.finances_chapter),
    Part("contacts", "Contacts", worded("How to reach the {board}. It is printed on the back.")),
)


def parts_with_words() -> tuple[Part, ...]:
    """Everything that the board may write words for, in the order of the report."""
    return COVER, *CHAPTERS


def part(slug: str) -> Part | None:
    return next((part for part in parts_with_words() if part.slug == slug), None)
