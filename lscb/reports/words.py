"""The board's own words: facts named in them are put in; `lscb.common.markdown` makes a page of them.

Words are never a template: `{{ dataset.looked_after }}` is looked up in a dictionary of facts and nothing else. On a
line of its own `{{ quote 3 }}` or `{{ picture 2 }}` is something that was cleared for print, as the engagement records
have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lscb.common.chapters import NAMED_FACT, Fact, in_line, of_fact
from lscb.common.errors import RuleBroken

NAMED_PIECE = re.compile(r"^[ \t]*\{\{[ \t]*(quote|picture)[ \t]+(\d{1,9})[ \t]*\}\}[ \t]*$", re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|!~])")


@dataclass(frozen=True)
class Piece:
    """A quote or picture that words name: `{{ quote 3 }}`."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


def with_facts(words: str, facts: Mapping[str, Fact], *, chapter: str) -> str:
    """`words` with every named fact replaced by its printed form, which stays traceable to it.

    Raises RuleBroken with a sentence naming the chapter and the fact when a fact does not exist.
    """
    parts, begin = [], 0
    for match in NAMED_FACT.finditer(words):
        name = match[1].strip()
        fact = facts.get(name)
        if fact is None:
            raise RuleBroken(
                f"The words of “{chapter}” name the fact “{name}”, which this year does not have. "
                "Choose one from the list of facts beside the words, or take it out."
            )
        parts += [words[begin : match.start()], of_fact(name, _SPECIAL.sub(r"\\\1", fact.in_words))]
        begin = match.end()
    return in_line(*parts, words[begin:])


def facts_named_in(words: str) -> list[str]:
    """The names of facts in `words`, in order, each once."""
    return list(dict.fromkeys(match[1].strip() for match in NAMED_FACT.finditer(NAMED_PIECE.sub("", words))))


def apart(words: str) -> Iterator[str | Piece]:
    """`words` cut at the quotes and pictures that they name, in their order; empty words between them are left out."""
    begin = 0
    for match in NAMED_PIECE.finditer(words):
        yield from filter(None, [words[begin : match.start()].strip()])
        yield Piece(match[1], int(match[2]))
        begin = match.end()
    yield from filter(None, [words[begin:].strip()])
