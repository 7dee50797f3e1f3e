"""Last time's answers, carried forward: they must be confirmed or changed, and are never silently reused."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import Answer, Return

COPIED = ("not_applicable", "why_not", "evidence", "improvement")


def last_return(of_return: Return) -> Return | None:
    """What the same agency last submitted to the same kind of round, before this one was asked for."""
    earlier = Return.objects.submitted().filter(
        agency=of_return.agency_id,
        round__framework__audience=of_return.round.framework.audience,
        round__opens_on__lt=of_return.round.opens_on,
    )
    return earlier.select_related("round").order_by("-round__opens_on", "-submitted_at").first()


def carry_forward(of_return: Return) -> int:
    """Fill a new return with the last one's answers, question by question (`key`). Returns how many there were.

    A grade is found by its label in the new scale. Improvements whose day has passed come without the day.
    """
    last = last_return(of_return)
    if last is None:
        return 0
    grades = {option.label: option for option in of_return.round.framework.options.all()}
    before = {one.question.key: one for one in last.answers.select_related("question", "option") if one.is_answered}
    carried = []
    for answer in of_return.answers.select_related("question"):
        old = before.get(answer.question.key)
        if old is None or (old.option and old.option.label not in grades):
            continue
        for name in COPIED:
            setattr(answer, name, getattr(old, name))
        answer.option = grades[old.option.label] if old.option else None
        keeps_day = old.improve_by is not None and old.improve_by > of_return.round.opens_on
        answer.improve_by = old.improve_by if keeps_day else None
        answer.carried_from, answer.to_confirm = old, True
        carried.append(answer)
    Answer.objects.bulk_update(carried, [*COPIED, "option", "improve_by", "carried_from", "to_confirm"])
    return len(carried)


@dataclass(frozen=True)
class Difference:
    """One question, then and now. `before` is None where it was not asked or not answered then."""

    now: Answer
    before: Answer | None

    @property
    def grade_before(self) -> str:
        return grade_words(self.before) if self.before else "Not asked"

    @property
    def grade_now(self) -> str:
        return grade_words(self.now)

    @property
    def direction(self) -> str:
        """Better, worse or the same by points; empty where there is nothing to compare."""
        if not self.before or not self.before.option or not self.now.option:
            return ""
        then, today = self.before.option.points, self.now.option.points
        return "better" if today > then else "worse" if today < then else "the same"

    @property
    def rewritten(self) -> bool:
        return self.before is not None and self.now.evidence.strip() != self.before.evidence.strip()


def grade_words(answer: Answer) -> str:
    if answer.option:
        return answer.option.label
    return "Not applicable" if answer.not_applicable else "Not answered"


def differences(of_return: Return, last: Return) -> list[Difference]:
    """Every question of `of_return` beside the answer to it in `last`."""
    before = {one.question.key: one for one in last.answers.with_content()}
    return [Difference(one, before.get(one.question.key)) for one in of_return.answers.with_content()]
