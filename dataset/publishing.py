"""What of an edition an audience is shown: small numbers of children are hidden, and nothing gives them back.

Works on rows of the document and returns rows of the same shape, so that everything drawn from them is safe. A hidden
value prints as "suppressed". Simple and strict: with a hidden count go its share and rate, every change to or from
it, the total of its year, and the other parts of its whole in that period. A hidden whole takes its parts along.

What is hidden from whom is a policy by audience and disclosure class (`DisclosurePolicy`), which a named person may
lift for an indicator with a reason (`Lift`). Who may read figures before they are compiled sees everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lscb.accounts.models import Reader
from lscb.common.periods import parse_period
from lscb.common.rounding import round_half_up
from lscb.common.small_numbers import SmallNumberPolicy

from .models import Absence, Audience, DisclosureClass, DisclosurePolicy, Lift, Unit
from .querysets import reads_all_figures
from .reading import Cell, Row

POLICY = SmallNumberPolicy(threshold=5)
HIDDEN = {"value": None, "rate": None, "numerator": None, "denominator": None, "absence": Absence.SUPPRESSED.value}


@dataclass(frozen=True)
class Rule:
    """What happens to the indicators of a class. `withheld` leaves them out altogether."""

    numbers: SmallNumberPolicy
    withheld: bool = False

    @property
    def rounds(self) -> int:
        return self.numbers.rounding_base or 1


AS_THEY_ARE = Rule(SmallNumberPolicy(0))
DEFAULTS: Mapping[str, Mapping[str, Rule]] = {
    Audience.BOARD: {
        DisclosureClass.OPEN: AS_THEY_ARE,
        DisclosureClass.CHILDREN: AS_THEY_ARE,
        DisclosureClass.SENSITIVE: Rule(POLICY),
    },
    Audience.PUBLIC: {
        DisclosureClass.OPEN: AS_THEY_ARE,
        DisclosureClass.CHILDREN: Rule(POLICY),
        DisclosureClass.SENSITIVE: Rule(POLICY, withheld=True),
    },
}
"""What holds until the board decides otherwise."""


@dataclass(frozen=True)
class Disclosure:
    """The rules of an audience by disclosure class, and what was lifted: (code, period), or (code, "") for all."""

    rules: Mapping[str, Rule]
    lifted: frozenset[tuple[str, str]] = frozenset()

    def rule(self, row: Row) -> Rule:
        return self.rules[row["disclosure_class"]]

    def is_lifted(self, row: Row, period: str) -> bool:
        return (row["code"], "") in self.lifted or (row["code"], period) in self.lifted

    @property
    def note(self) -> str:
        """The sentence under what was shown; empty where nothing can be hidden."""
        thresholds = {rule.numbers.note for rule in self.rules.values() if not rule.withheld} - {""}
        return " ".join(sorted(thresholds))


def disclosure_for(audience: str) -> Disclosure:
    """The policy in force for an audience. Two queries."""
    rules = dict(DEFAULTS[audience])
    for policy in DisclosurePolicy.objects.filter(audience=audience).latest_revisions():
        rules[policy.disclosure_class] = Rule(policy.rule, policy.withheld)
    lifts = Lift.objects.in_force().filter(audience=audience).values_list("indicator__code", "period")
    return Disclosure(rules, frozenset((code, str(period or "")) for code, period in lifts))


def for_public(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as the public may have them."""
    return for_audience(rows, disclosure_for(Audience.PUBLIC))


def content_for(content: Mapping[str, Any], user: Reader) -> Mapping[str, Any]:
    """An edition as this person may read it: whole, or as the board's members do. What is left out is not named."""
    if reads_all_figures(user):
        return content
    return narrowed(content, disclosure_for(Audience.BOARD))


def narrowed(content: Mapping[str, Any], disclosure: Disclosure) -> dict[str, Any]:
    rows = for_audience(content["rows"], disclosure)
    codes = {row["code"] for row in rows}
    return {**content, "rows": rows, "missing": [gap for gap in content["missing"] if gap["code"] in codes]}


def for_audience(rows: Sequence[Row], disclosure: Disclosure) -> list[dict[str, Any]]:
    """The rows without what is withheld, and with small numbers hidden."""
    secret = {row["code"]: {c["period"] for c in _cells(row) if is_secret(row, c, disclosure)} for row in rows}
    shown = [row for row in rows if not disclosure.rule(row).withheld or _wholly_lifted(row, disclosure)]
    return [_row(row, _hidden_periods(row, rows, secret), disclosure.rule(row)) for row in shown]


def _wholly_lifted(row: Row, disclosure: Disclosure) -> bool:
    return (row["code"], "") in disclosure.lifted


def is_secret(row: Row, cell: Cell, disclosure: Disclosure) -> bool:
    """Whether a cell is withheld, or counts so few children that it may not be shown."""
    rule = disclosure.rule(row)
    if cell["value"] is None or disclosure.is_lifted(row, cell["period"]):
        return False
    return rule.withheld or any(rule.numbers.is_small(int(count)) for count in _children(row, cell))


def _children(row: Row, cell: Cell) -> list[Decimal]:
    """Every number of children that a cell tells: of a percentage those in it and, because its base stands beside
    it, those who are not; of an average those it is of."""
    if row["unit"] == Unit.COUNT:
        return [Decimal(cell["value"])]
    if cell.get("denominator") is None:
        return []
    part, base = Decimal(cell["numerator"]), Decimal(cell["denominator"])
    if row["unit"] == Unit.DAYS:
        return [base]
    return [part, base - part] if row["unit"] == Unit.PERCENT else [part]


def _hidden_periods(row: Row, rows: Sequence[Row], secret: Mapping[str, set[str]]) -> set[str]:
    """Its own secret periods; of a part also those of its whole, which the parts would add up to, and of the whole's
    other parts, which subtraction would give back."""
    family = [row["code"]]
    if row["part_of"]:
        family += [other["code"] for other in rows if row["part_of"] in (other["part_of"], other["code"])]
    return set().union(*(secret[code] for code in family))


def _row(row: Row, hidden: set[str], rule: Rule) -> dict[str, Any]:
    if rule.rounds > 1 and row["unit"] == Unit.COUNT:
        row = _rounded(row, rule)
    if not hidden and not rule.numbers.threshold:
        return dict(row)
    years = {str(parse_period(period).year) for period in hidden}
    return {
        **row,
        "current": _cell(row["current"], hidden),
        "beside": {name: _cell(cell, hidden) for name, cell in row["beside"].items()},
        "series": [_cell(cell, hidden) for cell in row["series"]],
        "change": {
            name: _gone(change) if {change["from"], row["period"]} & hidden else change
            for name, change in row["change"].items()
        },
        "years": [_year(one, years, first=at == 0) for at, one in enumerate(row["years"])],
        "share": _share(row, hidden, years),
        "rag": None if row["period"] in hidden else row["rag"],
    }


def _cells(row: Row) -> list[Cell]:
    return [row["current"], *row["beside"].values(), *row["series"]]


def _cell(cell: Cell, hidden: set[str]) -> Cell:
    return {**cell, **HIDDEN} if cell["period"] in hidden and cell["value"] is not None else cell


def _gone(change: Mapping[str, Any]) -> dict[str, Any]:
    return {**change, "value": None, "why": "suppressed"}


def _year(one: Mapping[str, Any], years: set[str], *, first: bool) -> Mapping[str, Any]:
    """The total of a year with a hidden period would give it back, and so would a change to or from that total. The
    first year's change is to a year whose periods are not in the row, hidden ones perhaps among them."""
    before = str(parse_period(one["year"]).previous)
    change = _gone(one["change"]) if first or {one["year"], before} & years else one["change"]
    hidden = one["year"] in years
    return {**one, **({"value": None, "base": None} if hidden else {}), "hidden": hidden, "change": change}


def _share(row: Row, hidden: set[str], years: set[str]) -> Any:
    share = row["share"]
    if not share:
        return share
    year = str(parse_period(row["period"]).year)
    return {
        **share,
        "period": None if row["period"] in hidden else share["period"],
        "year": None if year in years else share["year"],
    }


def _rounded(row: Row, rule: Rule) -> dict[str, Any]:
    """Counts to the nearest multiple; what would tell the exact count (rate, share, change) goes."""

    def near(text: str | None) -> str | None:
        return None if text is None else str(round_half_up(Decimal(text) / rule.rounds) * rule.rounds)

    def cell(one: Cell) -> dict[str, Any]:
        return {**one, "value": near(one["value"]), "rate": None, "numerator": None, "denominator": None}

    return {
        **row,
        "current": cell(row["current"]),
        "beside": {name: cell(one) for name, one in row["beside"].items()},
        "series": [cell(one) for one in row["series"]],
        "change": {name: _gone(change) for name, change in row["change"].items()},
        "years": [{**one, "value": near(one["value"]), "change": _gone(one["change"])} for one in row["years"]],
        "share": None if row["share"] is None else {**row["share"], "period": None, "year": None},
        "rag": None,
    }
