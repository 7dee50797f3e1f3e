"""Finds the numbers in a text: digits, words such as "seventeen", percentages, money, "doubled".

What is no figure is passed over: years and dates, ages, names such as Section 11 or Level 3, places in a list, times,
telephone numbers, addresses. A named fact (`{{ cdop.reviewed }}`) is no typed number either; `named` gives those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lscb.common.periods import MONTH_NAMES


class Kind(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    FACTOR = "factor"
    """ "doubled": the value is by how many per cent it changed. """


@dataclass(frozen=True)
class Number:
    """A number at `start` to `end` of the text, as it stands there. `unit` is that of its last digit: 0.1 for 24.8%.

    `about` says whether the author marked it as rounded; `in_words` whether it is written out.
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: Decimal
    unit: Decimal = Decimal(1)
    about: bool = False
    in_words: bool = False

    @property
    def digits(self) -> int:
        """How many digits it is exact to: two numbers of three digits seldom agree by chance."""
        return len((self.value / self.unit).normalize().as_tuple().digits)


_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate(_ONES)} | {word: 20 + 10 * n for n, word in enumerate(_TENS)}
_FACTORS = {"doubled": 100, "halved": -50, "trebled": 200, "tripled": 200, "quadrupled": 300}
_SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "bn": 10**9, "billion": 10**9}

_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTH_NAMES)
_NO_FIGURE = re.compile(
    rf"""
      https?://\S+ | www\.\S+ | \S+@\S+ | \b0\d[\d\s]{{8,}}\d                  # addresses, telephone numbers
    | \b\d{{4}}\s?[-/–]\s?\d{{2,4}}\b                                        # 2016-17
    | \b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b(?:\s+\d{{4}})?            # 31 March 2017
    | \b(?:{_MONTH})\s+\d{{4}}\b | \b(?:19|20)\d{{2}}\b                      # March 2017, 2017
    | \b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b
    | \b(?:under|over|aged?|ages)\s+(?:\d{{1,2}}|{"|".join(_ONES)})
        (?:\s*(?:to|and|-|–)\s*\d{{1,2}})?(?![\d,.]*\d|\s?%)\b
    | \b\d{{1,2}}\s*(?:to|-|–)\s*\d{{1,2}}[-\s]year
    | \b(?:\d+|{"|".join(_ONES)})[-\s](?:hours?|weeks?|months?|years?|minutes?|decades?)\b
    | \b(?:call|ring|phone|dial)\b[^.\n]{{0,60}}?\b(?:1\d{{2}}|999)\b | \b1\d{{2}}\s+service\b   # 111 service
    | \b(?:more|fewer|less)\s+than\s+(?:{"|".join(_ONES)})\b                 # a threshold: "more than three"
    | \b(?:section|sections|level|theme|priority|standard|chapter|part|quarter|stage|form|article|appendix|page|tier
        |year|regulation|schedule|paragraph)\s+\d+[a-z]?\b
    | \bQ[1-4]\b | \b\d+(?:st|nd|rd|th)\b | \b\d*[A-Za-z]+\d[\w]* | \b\d+[A-Za-z]{{2,}}\w*
    | \b\d{{1,2}}[.:]\d{{2}}\s*(?:am|pm)\b | \bper\s+[\d,]+ | \b(?:one|two|three|nine)\s+(?:in|out\s+of)\s+\w+
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_NAMED = re.compile(r"\{\{([^{}]*)\}\}")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(\s*<?(?P<address>[^)>\n]*?)>?(?:\s+\"[^\"\n]*\")?\s*\)")
_BARE = re.compile(r"(?<![(<\w/])(?P<address>(?:https?://|www\.)[^\s<>()\[\]]*[^\s<>()\[\].,;:!?’”])")
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WRITTEN = rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))}|hundred|thousand)"
_NUMBER = re.compile(
    rf"""
      £\s?(?P<money>{_DIGITS})(?:\s?(?P<scale>k|m|bn|thousand|million|billion)\b)?
    | (?P<percent>{_DIGITS})\s?(?:%|per\s?cent\b)
    | (?P<digits>{_DIGITS})
    | \b(?P<factor>{"|".join(_FACTORS)})\b
    | \b(?P<words>{_WRITTEN}(?:(?:[\s-]|\s+and\s+){_WRITTEN})*)\b(?P<of_hundred>\s+per\s?cent\b)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|over|nearly|almost|approximately|some|more\s+than|less\s+than|at\s+least)\s+$", re.IGNORECASE
)


def numbers_in(text: str) -> list[Number]:
    """The typed numbers of a text, in order."""
    blank = _NO_FIGURE.sub(_blanked, _NAMED.sub(_blanked, text))
    return [number for match in _NUMBER.finditer(blank) if (number := _read(match, text)) is not None]


def named(text: str) -> Iterator[tuple[int, int, str]]:
    """Where facts are named in a text: start, end, name."""
    for match in _NAMED.finditer(text):
        yield match.start(), match.end(), match[1].strip()


def links_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where links are, Markdown or bare: start and end of the address, and the address."""
    found = {match.start("address"): match for pattern in (_LINK, _BARE) for match in pattern.finditer(text)}
    for _, match in sorted(found.items()):
        yield match.start("address"), match.end("address"), match["address"].strip()


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _read(match: re.Match[str], text: str) -> Number | None:
    about = bool(_ABOUT.search(text[max(0, match.start() - 20) : match.start()]))
    typed = text[match.start() : match.end()]
    if match["money"]:
        scale = Decimal(_SCALES[match["scale"].lower()]) if match["scale"] else Decimal(1)
        value, unit = _digits(match["money"])
        return Number(match.start(), match.end(), typed, Kind.MONEY, value * scale, unit * scale, about or scale > 1)
    if match["factor"]:
        return Number(match.start(), match.end(), typed, Kind.FACTOR, Decimal(_FACTORS[match["factor"].lower()]))
    if match["words"]:
        return _written(match, typed, about)
    value, unit = _digits(match["percent"] or match["digits"])
    kind = Kind.PERCENT if match["percent"] else Kind.COUNT
    return Number(match.start(), match.end(), typed, kind, value, unit, about)


def _written(match: re.Match[str], typed: str, about: bool) -> Number | None:
    """ "One" alone is a pronoun more often than a figure."""
    value = _value_of(match["words"].lower())
    if value is None or (value < 2 and not match["of_hundred"]):
        return None
    kind = Kind.PERCENT if match["of_hundred"] else Kind.COUNT
    return Number(match.start(), match.end(), typed, kind, Decimal(value), about=about, in_words=True)


def _digits(text: str) -> tuple[Decimal, Decimal]:
    value = Decimal(text.replace(",", ""))
    return value, Decimal(1).scaleb(int(value.as_tuple().exponent))


def _value_of(words: str) -> int | None:
    """ "one hundred and twenty-three" is 123; None for what is no number, such as "two three"."""
    total = current = 0
    last = 10**9
    for word in re.split(r"[\s-]+", words):
        if word == "and":
            continue
        if word in ("hundred", "thousand"):
            current = max(current, 1) * (100 if word == "hundred" else 1000)
            if word == "thousand":
                total, current = total + current, 0
            last = 10**9
            continue
        value = _WORDS[word]
        if current % 100 and not (last >= 20 and last % 10 == 0 and value < 10):
            return None
        current, last = current + value, value
    return total + current
