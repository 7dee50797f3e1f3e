"""Holds the words of a chapter against the facts of the year, and says what wants a look (domain: "Figure check")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from lscb.common.chapters import Fact
from lscb.common.periods import FinancialYear

from .dates import compares, dates_in, left_standing, years_of
from .matching import Facts, Likely, agrees, beside, is_count, rounds_differently, stems, value_of
from .numbers import Kind, Number, links_in, named, numbers_in

SURE, WEAK, FAINT = 0.5, 0.25, 0.1
"""How likely a fact must be to contradict a number, to agree with it, and to agree with one of three digits or more."""
AS_LIKELY = 0.7
MOST_OFFERS = 3
SMALL_WORD = 10
"""A number below this that is written out, such as "two", is ordinary language unless a fact says otherwise."""


class Verdict(StrEnum):
    """How a number stands to the facts; `word` is what people read."""

    AGREES = "agrees"
    ROUNDS = "rounds"
    CONTRADICTS = "contradicts"
    NO_MATCH = "no_match"
    LAST_YEAR = "last_year"
    DEAD_LINK = "dead_link"

    @property
    def word(self) -> str:
        return {
            "agrees": "agrees",
            "rounds": "rounds differently",
            "contradicts": "contradicts",
            "no_match": "matches nothing",
            "last_year": "last year’s",
            "dead_link": "leads nowhere",
        }[self.value]

    @property
    def tone(self) -> str:
        return {
            "agrees": "green",
            "rounds": "amber",
            "contradicts": "red",
            "no_match": "grey",
            "last_year": "amber",
            "dead_link": "red",
        }[self.value]


@dataclass(frozen=True)
class Found:
    """A number, date, year or link typed by hand, at `start` to `end` of the words of a chapter.

    `sentence` is the sentence before, at and after it. `offers` are facts that can be named in its place, by full
    name, the likeliest first.
    """

    verdict: Verdict
    sentence: tuple[str, str, str]
    start: int
    end: int
    because: str
    offers: Sequence[tuple[str, Fact]] = ()

    @property
    def typed(self) -> str:
        return self.sentence[1]


_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?=\d|\w)[^.!?\n]*)*[.!?]?", re.DOTALL)


_LISTED = re.compile(r"^[ \t]*\d+[.)](?=\s)", re.MULTILINE)
"""The number of an item in a list."""

_ITEMS = re.compile(r"(?:^[ \t]*[-*+][ \t][^\n]*(?:\n|\Z)){3,}", re.MULTILINE)
"""Three items of a list or more, each on one line."""


WhyDead = Callable[[str], str]


def check_words(
    markdown: str,
    facts: Mapping[str, Fact],
    *,
    chapter: str,
    year: FinancialYear | None = None,
    why_dead: WhyDead = lambda address: "",
) -> list[Found]:
    """Everything typed by hand in the words of `chapter`, in order, each with its verdict. `facts` by full name.

    `year` is that of the report: without it no year is taken for last year's. `why_dead` says of an address why it
    leads nowhere.
    """
    known = Facts(facts)
    found = list(_dead_links(markdown, why_dead))
    markdown = _LISTED.sub(lambda match: " " * len(match[0]), markdown)
    for match in _SENTENCE.finditer(markdown):
        if match[0].strip():
            found += _Sentence(match[0], match.start(), known, chapter, year).check()
    found += _sums_of_lists(markdown, known)
    return sorted(found, key=lambda one: one.start)


def _dead_links(markdown: str, why_dead: WhyDead) -> Iterator[Found]:
    for start, end, address in links_in(markdown):
        if because := why_dead(address):
            line = markdown.rfind("\n", 0, start) + 1
            after = markdown.find("\n", end)
            words = (markdown[line:start], markdown[start:end], markdown[end : None if after < 0 else after])
            yield Found(Verdict.DEAD_LINK, words, start, end, because)


def _sums_of_lists(markdown: str, known: Facts) -> Iterator[Found]:
    """Shares under each other, one in each item of a list, are held together like those of one sentence."""
    for match in _ITEMS.finditer(markdown):
        items = [_Sentence(line, 0, known, "", None) for line in match[0].splitlines()]
        shares = [one.shares for one in items]
        if all(len(of_item) == 1 for of_item in shares):
            whole = _Sentence(match[0], match.start(), known, "", None)
            for number, because in whole.sums():
                yield whole.found(Verdict.CONTRADICTS, number.start, number.end, because)


def left_to_look_at(found: Iterable[Found]) -> list[Found]:
    """What does not agree, the contradictions first."""
    order = [Verdict.CONTRADICTS, Verdict.DEAD_LINK, Verdict.ROUNDS, Verdict.LAST_YEAR, Verdict.NO_MATCH]
    return sorted((one for one in found if one.verdict in order), key=lambda one: order.index(one.verdict))


class _Sentence:
    """One sentence, at `offset` of the words."""

    def __init__(self, text: str, offset: int, facts: Facts, chapter: str, year: FinancialYear | None) -> None:
        self.text, self.offset, self.facts, self.chapter, self.year = text, offset, facts, chapter, year
        self.numbers = numbers_in(text)

    def check(self) -> Iterator[Found]:
        wrong = dict((*self._differences(), *self.sums()))
        for number in self.numbers:
            if number in wrong:
                yield self._of(Verdict.CONTRADICTS, number, wrong[number])
            else:
                yield from self._judge(number)
        yield from self._rhythms()
        yield from self._dates()

    def _of(self, verdict: Verdict, number: Number, because: str, offers: Sequence[Likely] = ()) -> Found:
        return self.found(verdict, number.start, number.end, because, offers)

    def found(self, verdict: Verdict, start: int, end: int, because: str, offers: Sequence[Likely] = ()) -> Found:
        named = [(one.name, one.fact) for one in offers[:MOST_OFFERS]]
        words = (self.text[:start].lstrip(), self.text[start:end], self.text[end:].rstrip())
        return Found(verdict, words, self.offset + start, self.offset + end, because, named)

    # ---- A number and the facts --------------------------------------------------------------------------------------

    def _judge(self, number: Number) -> Iterator[Found]:
        likely = self.facts.likely(number, self.text, self.chapter)
        best = likely[0].score if likely else 0.0
        enough = FAINT if number.digits >= 3 else WEAK
        agreeing = [one for one in likely if one.score >= enough and agrees(number, one.fact)]
        sure = [one for one in likely if one.score >= max(SURE, AS_LIKELY * best) and self._speaks_of(number, one)]
        near = [one for one in likely if one.score >= WEAK and rounds_differently(number, one.fact)]
        if agreeing and (agreeing[0].score >= AS_LIKELY * best or number.digits >= 3 or not sure):
            if other := self._of_another_year(agreeing):
                yield self._of(Verdict.CONTRADICTS, number, other)
            else:
                yield self._of(Verdict.AGREES, number, _says(agreeing[0]), agreeing)
        elif near and near[0].score >= AS_LIKELY * best:
            yield self._of(Verdict.ROUNDS, number, _says(near[0]), near)
        elif sure:
            offers = [one for one in likely if one.score >= AS_LIKELY * sure[0].score]
            yield self._of(Verdict.CONTRADICTS, number, _says(sure[0]), offers)
        elif not _is_ordinary(number):
            same = [one for one in likely if agrees(number, one.fact)]
            yield self._of(Verdict.NO_MATCH, number, "No fact of the year speaks of it.", same)

    def _speaks_of(self, number: Number, one: Likely) -> bool:
        """A count is followed or preceded by what it counts; a small number in words must be followed by it."""
        if number.kind is not Kind.COUNT:
            return True
        if _is_ordinary(number):
            following = stems(self.text[number.end :])
            return bool(following) and following[0] in self.facts.words[one.name]
        return bool(beside(self.text, number) & self.facts.words[one.name])

    def _of_another_year(self, agreeing: Sequence[Likely]) -> str:
        """A fact of one year in a sentence that names another only, and compares nothing; else an empty text."""
        said, best = years_of(self.text), agreeing[0]
        meant = [years_of(one.fact.label) for one in agreeing]
        if best.score < SURE or not said or compares(self.text) or any(not of or of & said for of in meant):
            return ""
        named = " and ".join(str(year) for year in sorted(said))
        return f"{_says(best)} The sentence speaks of {named}."

    # ---- Numbers and each other --------------------------------------------------------------------------------------

    @cached_property
    def all_numbers(self) -> list[tuple[int, int, Kind, Decimal, Number | None]]:
        """Typed numbers and named facts in order: start, end, kind, value, and the number when it was typed."""
        both: list[tuple[int, int, Kind, Decimal, Number | None]] = [
            (one.start, one.end, one.kind, one.value, one) for one in self.numbers
        ]
        for start, end, name in named(self.text):
            fact = self.facts.facts.get(name)
            if fact is not None and is_count(fact):
                both.append((start, end, Kind.COUNT, value_of(fact), None))
            elif fact is not None and fact.shown.endswith("%"):
                both.append((start, end, Kind.PERCENT, value_of(fact), None))
        return sorted(both, key=lambda one: one[0])

    @property
    def shares(self) -> list[tuple[int, int, Kind, Decimal, Number | None]]:
        return [one for one in self.all_numbers if one[2] is Kind.PERCENT]

    def _differences(self) -> Iterator[tuple[Number, str]]:
        """ "26 were notified and 17 reviewed, which leaves 6": a rest that is no rest."""
        counts = [one for one in self.all_numbers if one[2] is Kind.COUNT]
        for first, second, third in zip(counts, counts[1:], counts[2:], strict=False):
            between = self.text[second[1] : third[0]]
            rest = first[3] - second[3]
            if re.search(r"\b(?:leav|left|remain|rest\b)", between, re.IGNORECASE) and rest != third[3]:
                typed = next((one[4] for one in (third, second, first) if one[4]), None)
                if typed:
                    yield typed, f"{first[3]:,} less {second[3]:,} is {rest:,}, not {third[3]:,}."

    def sums(self) -> Iterator[tuple[Number, str]]:
        """Three shares or more that nearly make a whole and do not."""
        shares = self.shares
        total = sum((one[3] for one in shares), Decimal(0))
        allowed = sum(((one[4].unit if one[4] else Decimal(1)) for one in shares), Decimal(0)) / 2
        typed = [one[4] for one in shares if one[4]]
        if len(shares) >= 3 and typed and 85 < total < 115 and abs(total - 100) > allowed:
            yield typed[-1], f"These percentages add up to {total.normalize():f}, not to 100."

    # ---- Dates and years -------------------------------------------------------------------------------------------

    def _dates(self) -> Iterator[Found]:
        """Dates that the calendar does not have, that a fact contradicts, and last year's left standing."""
        for one in dates_in(self.text):
            if one.date is None:
                yield self.found(Verdict.CONTRADICTS, one.start, one.end, "The calendar has no such day.")
                continue
            likely = [fact for fact in self.facts.dated(one, self.text, self.chapter) if fact.score >= SURE]
            if any(fact.fact.value == one.date for fact in likely):
                yield self.found(Verdict.AGREES, one.start, one.end, _says(likely[0]), likely)
            elif likely:
                yield self.found(Verdict.CONTRADICTS, one.start, one.end, _says(likely[0]), likely)
        for one in left_standing(self.text, self.year) if self.year else ():
            because = f"The report is of {self.year}, and nothing is compared here."
            yield self.found(Verdict.LAST_YEAR, one.start, one.end, because)

    # ---- Words against counts ----------------------------------------------------------------------------------------

    def _rhythms(self) -> Iterator[Found]:
        """A "quarterly" newsletter of which there were five."""
        for match in _RHYTHM.finditer(self.text):
            times, noun = _TIMES[match[1].lower()], stems(match[2])
            if not noun:
                continue
            said = set(stems(self.text))
            counts = [
                Likely(name, fact, len(said & self.facts.words[name]) / len(self.facts.words[name]))
                for name, fact in self.facts.about(noun[0])
            ]
            counts = sorted((one for one in counts if one.score >= SURE), key=lambda one: -one.score)
            if counts and all(value_of(one.fact) != times for one in counts):
                because = f"{match[1].capitalize()} would be {times} in the year. {_says(counts[0])}"
                yield self.found(Verdict.CONTRADICTS, match.start(1), match.end(1), because)


_TIMES = {"weekly": 52, "fortnightly": 26, "monthly": 12, "quarterly": 4, "termly": 3, "half-yearly": 2}
_RHYTHM = re.compile(rf"\b({'|'.join(_TIMES)})\s+(\w+)", re.IGNORECASE)


def _is_ordinary(number: Number) -> bool:
    return number.in_words and number.kind is Kind.COUNT and number.value < SMALL_WORD


def _says(likely: Likely) -> str:
    return f"{likely.fact.label}: {likely.fact.shown}."
