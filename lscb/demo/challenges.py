"""The challenge log of the demonstration: 45 challenges of 2016-17, what came of them, and what was published.

That there were 45, at the main board, the executive and the sub groups, was published; what each is about is invented
(`data/README.md`). Things happen in the order of their days, so that what was published early has its versions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from boards.challenges import publishing, services
from boards.models import Challenge, Escalation, Group, Priority, Theme
from lscb.accounts.models import Actor, Agency
from lscb.common.periods import FinancialYear, Quarter, end_of_day

from .boards import rows

YEAR = FinancialYear(2016)
PUBLISHED_QUARTERS = YEAR.quarters[:3]
"""The last quarter waits to be published."""

DAYS = {"due": 28, "escalated": 33, "worded": 5, "accepted": 14, "resolved": 45, "published": 30}

Row = dict[str, str]
Step = tuple[dt.date, Callable[[dt.date], object]]


def load_challenges(agencies: dict[str, Agency], *, by: Actor) -> None:
    """Load the log. `agencies` is keyed by name; `by` runs the log, the agencies' own answers are the portal's."""
    log = _Log(agencies, by)
    steps = [step for row in rows("challenges") for step in log.steps(row)]
    steps += [(_after(quarter.last_day, "published"), log.publish) for quarter in PUBLISHED_QUARTERS]
    for on, do in sorted(steps, key=lambda step: step[0]):
        do(on)


class _Log:
    def __init__(self, agencies: dict[str, Agency], by: Actor) -> None:
        self.by = by
        self.agencies = {agency.short_name: agency for agency in agencies.values()}
        self.groups = {group.code: group for group in Group.objects.all()}
        self.by_name = {group.name: group for group in self.groups.values()}
        self.themes = {theme.number: theme for theme in Theme.objects.filter(year=YEAR)}
        self.priorities = {priority.number: priority for priority in Priority.objects.of_year(YEAR)}

    def steps(self, row: Row) -> Iterator[Step]:
        """What happens to a challenge, each on its day. `path` says how: moved, asked again, escalated, and its end."""
        raised_on = dt.date.fromisoformat(row["raised_on"])
        found: list[Challenge] = []
        yield raised_on, lambda on: found.append(self._raise(row, on))
        if "E" in row["path"]:
            yield _after(raised_on, "escalated"), lambda on: self._escalate(found[0], on)
        if not row["answer"]:
            return
        answered_on = raised_on + dt.timedelta(days=int(row["answered_after"]))
        if "M" in row["path"]:
            yield raised_on + dt.timedelta(days=24), lambda on: self._move(found[0], answered_on, on)
        if "X" in row["path"]:
            half = raised_on + (answered_on - raised_on) / 2
            yield half, lambda on: self._answer(found[0], row, "A first answer without figures.", on)
            yield half + dt.timedelta(days=2), lambda on: self._ask_again(found[0], on)
        yield answered_on, lambda on: self._answer(found[0], row, row["answer"], on)
        yield _after(answered_on, "worded"), lambda on: self._word(found[0], row, on)
        if "A" in row["path"] or "R" in row["path"]:
            yield _after(answered_on, "accepted"), lambda on: self._accept(found[0], on)
        if "R" in row["path"]:
            yield _after(answered_on, "resolved"), lambda on: self._resolve(found[0], row, on)
        if "C" in row["path"]:
            yield _after(answered_on, "resolved"), lambda on: self._close(found[0], row, on)

    def _raise(self, row: Row, on: dt.date) -> Challenge:
        raiser = row["raised_by"]
        return services.raise_challenge(
            raised_on=on,
            title=row["title"],
            issue=row["issue"],
            asked=row["asked"],
            agencies=self._asked(row),
            due=_after(on, "due"),
            group=self.groups[row["forum"]],
            meeting=row["meeting"],
            raised_by=self.agencies.get(raiser) or self.by_name.get(raiser),
            theme=self.themes[int(row["theme"])],
            priority=self.priorities[int(row["priority"])],
            tell=False,
            by=self.by,
            today=on,
        )

    def _asked(self, row: Row) -> list[Agency]:
        return [self.agencies[name] for name in row["agencies"].split("; ")]

    def _escalate(self, challenge: Challenge, on: dt.date) -> None:
        reason, due = "No response came in time.", on + dt.timedelta(days=21)
        to = Escalation.EXECUTIVE
        services.escalate(challenge=challenge, to=to, reason=reason, due=due, on=on, by=self.by, today=on)

    def _move(self, challenge: Challenge, to: dt.date, on: dt.date) -> None:
        reason = "The figures asked for take longer to bring together."
        services.move_due_date(challenge=challenge, to=to, reason=reason, on=on, by=self.by, today=on)

    def _ask_again(self, challenge: Challenge, on: dt.date) -> None:
        reason, due = "The figures that were asked for are missing.", on + dt.timedelta(days=21)
        services.ask_again(challenge=challenge, reason=reason, due=due, on=on, by=self.by, today=on)

    def _answer(self, challenge: Challenge, row: Row, text: str, on: dt.date) -> None:
        for agency in self._asked(row):
            services.respond(challenge=challenge, agency=agency, text=text, on=on, by=None, today=on)

    def _word(self, challenge: Challenge, row: Row, on: dt.date, impact: str = "") -> None:
        services.write_public_wording(
            challenge=challenge,
            version=Challenge.objects.get(pk=challenge.pk).version,
            public_title=row["title"],
            public_issue=row["public_issue"],
            public_answer=row["public_answer"],
            public_impact=impact,
            by=self.by,
            today=on,
        )

    def _accept(self, challenge: Challenge, on: dt.date) -> None:
        services.accept_response(challenge=challenge, on=on, by=self.by, today=on)

    def _resolve(self, challenge: Challenge, row: Row, on: dt.date) -> None:
        services.resolve(
            challenge=challenge,
            version=Challenge.objects.get(pk=challenge.pk).version,
            impact=row["impact"],
            outcome=row["answer"],
            on=on,
            by=self.by,
            today=on,
        )
        self._word(challenge, row, on, row["impact"])

    def _close(self, challenge: Challenge, row: Row, on: dt.date) -> None:
        reason = "What was asked for cannot be agreed; the board watches the figures instead."
        services.close_without_change(challenge=challenge, reason=reason, on=on, by=self.by, today=on)

    def publish(self, on: dt.date) -> None:
        """The quarter that ended, and what changed in the quarters before it."""
        for quarter in PUBLISHED_QUARTERS:
            if _after(quarter.last_day, "published") <= on:
                self._publish(quarter, on)

    def _publish(self, quarter: Quarter, on: dt.date) -> None:
        due = [one.challenge for one in publishing.of_quarter(quarter) if one.can_be_published and one.differs]
        if due:
            publishing.publish_quarter(quarter=quarter, challenges=due, by=self.by, at=end_of_day(on))


def _after(day: dt.date, what: str) -> dt.date:
    return day + dt.timedelta(days=DAYS[what])
