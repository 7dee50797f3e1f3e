"""Finding who a child was in a text that must not say it: names, dates, numbers, places, and near spellings of them.

Pure functions of their arguments. `identifiers_of` takes an identity record apart, `occurrences` marks every place of
a text that gives one of them away. Rather too much than too little: what is marked in error is allowed by a person,
word for word and with a reason.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lscb.common.forms import month_number


class Kind(StrEnum):
    """What was found, in words, and the role words that may stand for it."""

    says: str
    instead: str

    def __new__(cls, value: str, says: str, instead: str) -> Kind:
        member = str.__new__(cls, value)
        member._value_ = value
        member.says, member.instead = says, instead
        return member

    CHILD = "child", "a name of the child", "the child"
    FAMILY = "family", "a name from the family", "the mother, the father, a sibling"
    DATE = "date", "a date of birth or death", "the age, or “on the day”"
    NHS = "nhs", "the NHS number", "nothing: leave it out"
    ADDRESS = "address", "the address", "the home"
    POSTCODE = "postcode", "the postcode", "the home"
    SCHOOL = "school", "the school or nursery", "the school"
    GP = "gp", "the GP or surgery", "the GP"
    PROFESSIONAL = "professional", "a name of a professional", "the health visitor, the social worker"
    NOTIFIER = "notifier", "who notified the death", "the notifier"


@dataclass(frozen=True)
class Identifiers:
    """Everything to look for. Words are kept plain (`plain`): lower case, without accents, apostrophes or hyphens."""

    words: Mapping[str, Kind]
    dates: frozenset[dt.date] = frozenset()
    nhs_number: str = ""
    postcodes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Occurrence:
    """Where in the text; `near` when it is only similar."""

    start: int
    end: int
    text: str
    kind: Kind
    near: bool = False


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sister", "nurse", "sir", "dame", "rev"})
ROLES = _set_of(
    """
    mother father mum dad parent parents brother sister sibling grandmother grandfather aunt uncle cousin
    carer foster step partner guardian health visitor midwife social worker consultant paediatrician teacher
    head nurse doctor gp officer police key family community school named designated child baby twin born
    lives with the and of at in on for her his their known as also called age aged years old none not unknown
    """
)
PLACES = _set_of(
    """
    st saint road street lane avenue close drive way court house flat place crescent gardens terrace square
    park hill green view walk row rise grove mews north south east west upper lower old new city town county
    england uk primary secondary infant infants junior school academy college nursery preschool centre center
    children childrens surgery practice medical health clinic hospital church community catholic the of and
    for board safeguarding local
    """
)
ORDINARY = _set_of(
    """
    will may hope grace joy rose mark faith summer autumn amber ruby ivy lily daisy holly heather jack bill
    bob art frank grant dean max penny miles chase page rich sky star west young long little brown white black
    green king day best good wood stone field bell cook baker carter mason north price rice love gold
    """
)
"""Names that are words, too: in lower case they are the word, as those above are."""

_WORD = re.compile(r"[^\W_]+(?:['’ʼ`\-‐‑\u00ad\u200b\u200d][^\W_]+)*")
_INSIDE = re.compile(r"['’ʼ`\-‐‑\u00ad\u200b\u200d]")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)[\s\u00a0.-]*(\d[a-z]{2})\b", re.IGNORECASE)
_OUTWARD = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)[\s\u00a0]+(\d)\b(?![\s\u00a0]*[a-z]{2}\b)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d(?:[\s\u00a0.\-/]{0,3}\d){8,10}(?!\d)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"\d{1,2}(?:\s?(?:st|nd|rd|th))?"
_DATES = (
    (re.compile(rf"\b({_DAY})\s*(?:of\s+)?[\s./-]*({_MONTH})[\s,./-]*('?\d{{2}}(?:\d{{2}})?)\b", re.IGNORECASE), "dmy"),
    (re.compile(rf"\b({_MONTH})\s*({_DAY})(?:\s*,\s*|\s+)('?\d{{2}}(?:\d{{2}})?)\b", re.IGNORECASE), "mdy"),
    (re.compile(r"\b(\d{1,2})\s*[./\- ]\s*(\d{1,2})\s*[./\- ]\s*(\d{4}|\d{2})\b"), "dmy"),
    (re.compile(r"\b(\d{4})\s*[./\- ]\s*(\d{1,2})\s*[./\- ]\s*(\d{1,2})\b"), "ymd"),
    (re.compile(r"\b(\d{4})(\d{2})(\d{2})\b"), "ymd"),
    (re.compile(r"\b(\d{2})(\d{2})(\d{4}|\d{2})\b"), "dmy"),
    (re.compile(rf"\b({_DAY})\s+(?:of\s+)?({_MONTH})(?!\w)", re.IGNORECASE), "dm"),
    (re.compile(rf"\b({_MONTH})\s+({_DAY})(?!\w)", re.IGNORECASE), "md"),
)


def plain(word: str) -> str:
    """ "O’Néill-Brown’s" becomes "oneillbrowns": what is compared."""
    bare = unicodedata.normalize("NFKD", _INSIDE.sub("", word)).casefold()
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


# ---- Taking an identity apart ---------------------------------------------------------------------------------------


def identifiers_of(identity: Any, *, common: Collection[str] = ()) -> Identifiers:
    """What to look for, from an identity record. `common` are words of the place that give nobody away."""
    of_places = TITLES | ROLES | PLACES | {plain(word) for word in common}
    words: dict[str, Kind] = {}
    people = (
        (Kind.NOTIFIER, identity.notifier_name),
        (Kind.PROFESSIONAL, identity.professionals),
        (Kind.GP, identity.gp),
        (Kind.SCHOOL, identity.school),
        (Kind.ADDRESS, identity.address),
        (Kind.FAMILY, identity.family),
        (Kind.CHILD, f"{identity.given_names} {identity.family_name} {identity.other_names}"),
    )
    dates = {identity.born_on, identity.died_on}
    for kind, text in people:
        is_place = kind in (Kind.GP, Kind.SCHOOL, Kind.ADDRESS)
        left_out = TITLES if kind is Kind.CHILD else of_places if is_place else TITLES | ROLES
        words |= dict.fromkeys(_telling(_without_numbers(text), left_out), kind)
        dates |= set(_dates_in(text))
    texts = "\n".join(text for _, text in people)
    postcodes = {_bare(match[0]) for match in _POSTCODE.finditer(f"{identity.postcode}\n{texts}")}
    return Identifiers(
        words=words,
        dates=frozenset(day for day in dates if day),
        nhs_number=re.sub(r"\D", "", identity.nhs_number),
        postcodes=frozenset(postcodes),
    )


def names_of(identity: Any) -> Identifiers:
    """The child alone: names, NHS number and postcode."""
    text = f"{identity.given_names} {identity.family_name} {identity.other_names}"
    return Identifiers(
        words=dict.fromkeys(_telling(_without_numbers(text), TITLES), Kind.CHILD),
        nhs_number=re.sub(r"\D", "", identity.nhs_number),
        postcodes=frozenset(_bare(match[0]) for match in _POSTCODE.finditer(identity.postcode)),
    )


def _telling(text: str, left_out: Collection[str]) -> Iterator[str]:
    """The words of a line that tell something: whole, and the halves of double ones. Numbers and initials do not."""
    for match in _WORD.finditer(text):
        halves = [plain(half) for half in _INSIDE.split(match[0])]
        whole = plain(match[0])
        for word in {whole, *(half for half in halves if len(half) > 2)}:
            if len(word) > 1 and not word.isdigit() and word not in left_out and not re.fullmatch(r"\d+[a-z]", word):
                yield word


def _without_numbers(text: str) -> str:
    """Without its dates and postcodes, so that no month is taken for a name."""
    for pattern in (*(pattern for pattern, _ in _DATES), _POSTCODE):
        text = pattern.sub(" ", text)
    return text


def _dates_in(text: str) -> Iterator[dt.date]:
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            if "y" in order:
                yield from _days(match, order)


# ---- Finding them ---------------------------------------------------------------------------------------------------


def occurrences(text: str, identifiers: Identifiers, allowed: Collection[str] = ()) -> list[Occurrence]:
    """Every place of `text` that gives an identifier away, in order, none inside another. `allowed` words stay."""
    may_stay = {plain(word) for word in allowed}
    found = [
        *_numbers(text, identifiers.nhs_number),
        *_dates(text, identifiers.dates),
        *_postcodes(text, identifiers.postcodes),
        *_words(text, identifiers.words),
    ]
    kept: list[Occurrence] = []
    for one in sorted(found, key=lambda one: (one.start, one.near, -one.end)):
        if plain(one.text) not in may_stay and (not kept or one.start >= kept[-1].end):
            kept.append(one)
    return kept


def _words(text: str, words: Mapping[str, Kind]) -> Iterator[Occurrence]:
    for match in _WORD.finditer(text):
        found = _in_word(match[0], words)
        if found:
            kind, near = found
            yield Occurrence(match.start(), match.end(), match[0], kind, near)
    yield from _taken_apart(text, words)


def _in_word(word: str, words: Mapping[str, Kind]) -> tuple[Kind, bool] | None:
    """Whether a word is a name or looks like one: possessive, double, run together or misspelt."""
    ways = sorted(_ways(word), key=len, reverse=True)
    ways += [way[:-1] for way in ways if way.endswith("s") and len(way) > 2]
    for way in ways:
        if way in words and not _is_mere_word(way, word):
            return words[way], False
    return next(
        ((kind, True) for name, kind in words.items() if any(_looks_like(way, name, word) for way in ways)), None
    )


def _is_mere_word(way: str, word: str) -> bool:
    return word.islower() and (way in ORDINARY or way in PLACES or way in ROLES)


def _looks_like(way: str, name: str, word: str) -> bool:
    """Near spellings: one letter wrong in names of five and more (of four where it is written large), two in names of
    eight and more; or the name inside a longer word, such as an address of e-mail."""
    if len(name) >= 5 and len(way) > len(name) and name in way:
        return True
    if len(name) < 4 or abs(len(way) - len(name)) > 2 or _is_mere_word(way, word):
        return False
    if len(name) == 4 and (word.islower() or way[:1] != name[:1]):
        return False
    return _distance(way, name) <= (2 if len(name) >= 8 else 1)


def _distance(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last_but_one, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            step = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                step = min(step, last_but_one[j - 2] + 1)
            row.append(step)
    return row[-1]


def _taken_apart(text: str, words: Mapping[str, Kind]) -> Iterator[Occurrence]:
    """A name whose letters stand apart: "J o a n n a", "J.o.a.n.n.a"."""
    for match in re.finditer(r"\b\w(?:[\s.*_-]{1,2}\w\b){2,}", text):
        letters = plain(re.sub(r"[\s.*_-]", "", match[0]))
        kind = next((kind for name, kind in words.items() if len(name) > 2 and name in letters), None)
        if kind:
            yield Occurrence(match.start(), match.end(), match[0], kind, near=True)


def _numbers(text: str, nhs_number: str) -> Iterator[Occurrence]:
    """The NHS number however it is grouped, and numbers with one digit wrong."""
    if not nhs_number:
        return
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _distance(digits, nhs_number) <= 1:
            yield Occurrence(match.start(), match.end(), match[0], Kind.NHS, digits != nhs_number)


def _postcodes(text: str, postcodes: Collection[str]) -> Iterator[Occurrence]:
    """The postcode with and without its space, with one letter wrong, and its first part with the digit after it."""
    for match in _POSTCODE.finditer(text):
        for postcode in postcodes:
            if _distance(_bare(match[0]), postcode) <= 1:
                yield Occurrence(match.start(), match.end(), match[0], Kind.POSTCODE, _bare(match[0]) != postcode)
    for match in _OUTWARD.finditer(text):
        if any(postcode.startswith(_bare(match[0])) for postcode in postcodes):
            yield Occurrence(match.start(), match.end(), match[0], Kind.POSTCODE, near=True)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _dates(text: str, days: Collection[dt.date]) -> Iterator[Occurrence]:
    """A day in any way of writing it, also month first; without its year it is near."""
    ends = {(day.month, day.day) for day in days}
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            if "y" in order:
                hit = bool(set(_days(match, order)) & set(days))
            else:
                parts = dict(zip(order, match.groups(), strict=True))
                hit = (month_number(parts["m"]), int(re.sub(r"\D", "", parts["d"]))) in ends
            if hit:
                yield Occurrence(match.start(), match.end(), match[0], Kind.DATE, near="y" not in order)


def _days(match: re.Match[str], order: str) -> Iterator[dt.date]:
    """The days that a written date can mean."""
    parts = dict(zip(order, match.groups(), strict=True))
    year, month = int(re.sub(r"\D", "", parts["y"])), month_number(parts["m"]) or 0
    first = int(re.sub(r"\D", "", parts["d"]))
    years = [year] if year > 99 else [1900 + year, 2000 + year]
    swapped = [(first, month)] if parts["m"].isdigit() and first <= 12 else []
    if not month and parts["m"].isdigit() and int(parts["m"]) <= 31:
        swapped = [(first, int(parts["m"]))]
    for one_month, day in [(month, first), *swapped]:
        for one_year in years:
            try:
                yield dt.date(one_year, one_month, day)
            except ValueError:
                continue


# ---- Showing them ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `found` is set where it must not stay."""

    text: str
    found: Occurrence | None = None


def pieces(text: str, found: Sequence[Occurrence]) -> list[Piece]:
    """The text cut at what was found, for the page that marks it."""
    cut, at = [], 0
    for one in found:
        cut += [Piece(text[at : one.start]), Piece(one.text, one)]
        at = one.end
    return [piece for piece in [*cut, Piece(text[at:])] if piece.text]


def sentence(found: Iterable[Occurrence]) -> str:
    """What the person is told: which words, and what they give away. At most eight of them."""
    told = dict.fromkeys(f"“{one.text}” ({'looks like ' if one.near else ''}{one.kind.says})" for one in found)
    words = list(told)
    more = f" and {len(words) - 8} more" if len(words) > 8 else ""
    return ", ".join(words[:8]) + more


# ---- Any text of the portal -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """What a text says, taken apart once to be held against many children."""

    words: frozenset[str]
    numbers: frozenset[str]
    postcodes: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Written:
        words = {way for match in _WORD.finditer(text) for way in _ways(match[0]) if not _is_mere_word(way, match[0])}
        return cls(
            words=frozenset(words | {word[:-1] for word in words if word.endswith("s")}),
            numbers=frozenset(re.sub(r"\D", "", match[0]) for match in _NUMBER.finditer(text)),
            postcodes=frozenset(_bare(match[0]) for match in _POSTCODE.finditer(text)),
        )

    def tells(self, identifiers: Identifiers, *, one_name_is_enough: bool) -> list[str]:
        """What in it names this child beyond doubt: number, postcode, or names; no near spelling."""
        names = sorted(word for word, kind in identifiers.words.items() if kind is Kind.CHILD and word in self.words)
        told = names if len(names) > 1 else [name for name in names if one_name_is_enough and name not in ORDINARY]
        told += [identifiers.nhs_number] if identifiers.nhs_number in self.numbers else []
        return told + sorted(identifiers.postcodes & self.postcodes)


def _ways(word: str) -> set[str]:
    return {plain(word), *(plain(half) for half in _INSIDE.split(word))}
