"""Which fact a number speaks of: by its kind, and by the words around it.

A fact is recognised by the words of its label and its name. Words that few facts share weigh more, and so do words that
stand near the number, with no comma and no "and" between. Words count by their first letters, so that "reviewed" meets
"reviews".
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import log
from typing import Protocol

from lscb.common.chapters import Fact

from .numbers import Kind, Number

STEM = 5
OWN_CHAPTER = 0.05
BREAK = 8
"""How many words a comma or an "and" counts for."""
_WORD = re.compile(r"[^\W_]+(?:’s|'s)?")
_PIECE = re.compile(r"[^\W_]+(?:’s|'s)?|[,;:()]")
_EMPTY = frozenset(
    _WORD.findall(
        """a an and are as at be been but by for from had has have in into is it its more most no not of on one or our
        out over s so than that the their them then there these they this those to up was we were what when which who
        will with year years number numbers quarter q1 q2 q3 q4 end per cent percent share"""
    )
)
"""Words that do not tell one fact from another."""


def stems(text: str) -> list[str]:
    """The words of a text that say something, by their first letters."""
    words = (word.lower().removesuffix("’s").removesuffix("'s") for word in _WORD.findall(text.replace("_", " ")))
    return [word[:STEM] for word in words if word not in _EMPTY and not re.fullmatch(r"(?:19|20)\d{2}", word)]


class Place(Protocol):
    """Where something stands in a sentence."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Likely:
    """A fact that a number may speak of; `score` is 0 to 1."""

    name: str
    fact: Fact
    score: float


class Facts:
    """The facts of a year, to be recognised by words."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.words = {name: frozenset(stems(f"{fact.label} {_own_name(name)}")) for name, fact in facts.items()}
        counted = Counter(word for words in self.words.values() for word in words)
        self.weight = {word: log(1 + len(facts) / number) for word, number in counted.items()}

    def likely(self, number: Number, sentence: str, chapter: str) -> list[Likely]:
        """Facts of the number's kind, the likeliest first; `number` stands in `sentence`."""
        said = _weighed(sentence, number)
        scored = [
            Likely(name, fact, self._score(name, said, chapter))
            for name, fact in self.facts.items()
            if is_of_kind(fact, number.kind, name)
        ]
        return sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.name))

    def _score(self, name: str, said: Mapping[str, float], chapter: str) -> float:
        words = self.words[name]
        whole = sum(self.weight[word] for word in words)
        found = sum(self.weight[word] * said.get(word, 0) for word in words)
        if not found:
            return 0
        return found / whole + (OWN_CHAPTER if name.split(".")[0] == chapter else 0)

    def dated(self, place: Place, sentence: str, chapter: str) -> list[Likely]:
        """Facts that are dates, the likeliest first, for a date at `place` of the sentence."""
        said = _weighed(sentence, place)
        dates = ((name, fact) for name, fact in self.facts.items() if isinstance(fact.value, dt.date))
        scored = [Likely(name, fact, self._score(name, said, chapter)) for name, fact in dates]
        return sorted(scored, key=lambda one: (-one.score, one.name))

    def about(self, stem: str) -> Iterable[tuple[str, Fact]]:
        """Counts whose words hold `stem`."""
        return ((name, fact) for name, fact in self.facts.items() if stem in self.words[name] and is_count(fact))


def _weighed(sentence: str, number: Place) -> dict[str, float]:
    """How much each word of a sentence says about the number in it: the nearer, the more."""
    weights: dict[str, float] = {}
    for text in (sentence[: number.start][::-1], sentence[number.end :]):
        backwards = text != sentence[number.end :]
        distance = 0
        for piece in _PIECE.findall(text):
            word = piece[::-1] if backwards else piece
            distance += BREAK if word in ",;:()" or word.lower() == "and" else 1
            for stem in stems(word):
                weights[stem] = max(weights.get(stem, 0), _nearness(distance))
    return weights


def _nearness(distance: int) -> float:
    return 1.0 if distance <= 6 else 0.6 if distance <= 14 else 0.35


def beside(sentence: str, number: Number, *, words: int = 3) -> set[str]:
    """The words right before and after a number."""
    before, after = _WORD.findall(sentence[: number.start]), _WORD.findall(sentence[number.end :])
    return set(stems(" ".join([*before[-words:], *after[:words]])))


def _own_name(name: str) -> str:
    """ "dataset.looked_after.change" is recognised by what follows its chapter."""
    return name.split(".", 1)[-1].replace(".", " ")


# ---- Comparing ------------------------------------------------------------------------------------------------------


def is_count(fact: Fact) -> bool:
    return _is_number(fact) and not fact.shown.rstrip().endswith("%") and "£" not in fact.shown


def is_of_kind(fact: Fact, kind: Kind, name: str) -> bool:
    if not _is_number(fact):
        return False
    if kind is Kind.COUNT:
        return is_count(fact)
    if kind is Kind.MONEY:
        return "£" in fact.shown
    is_percent = fact.shown.rstrip().endswith("%")
    return is_percent and (kind is Kind.PERCENT or "change" in f"{name} {fact.label}".lower())


def _is_number(fact: Fact) -> bool:
    return isinstance(fact.value, int | Decimal) and not isinstance(fact.value, bool)


def value_of(fact: Fact) -> Decimal:
    return Decimal(fact.value)  # type: ignore[arg-type]  # asked of numbers only


def agrees(number: Number, fact: Fact) -> bool:
    """Whether the fact, rounded half up to the digits that were typed, is the number. "Fell by 11.3%" means -11.3%."""
    value = value_of(fact)
    if number.kind is Kind.FACTOR:
        return abs(value - number.value) <= abs(number.value) / 10
    if number.about:
        return abs(abs(value) - abs(number.value)) <= abs(value) / 20
    return _rounded(abs(value), number.unit) == abs(number.value) or _plain(fact.shown) == _plain(number.text)


def rounds_differently(number: Number, fact: Fact) -> bool:
    """Whether it is less than one step of its last digit away, or the fact rounded to thousands or the like."""
    value = abs(value_of(fact))
    if number.kind is Kind.COUNT and number.value < 1000:
        return value % 1 != 0 and abs(value - number.value) < number.unit
    return abs(value - abs(number.value)) < max(number.unit, _zeros(number))


def _zeros(number: Number) -> Decimal:
    """The step that the zeros at the end of a number stand for: 1,000 for 131,000."""
    digits = str(int(number.value))
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0"))) if number.value >= 1000 else number.unit


def _rounded(value: Decimal, unit: Decimal) -> Decimal:
    return (value / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit


def _plain(text: str) -> str:
    return re.sub(r"[^\d.]", "", text)
