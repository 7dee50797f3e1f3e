"""A return as its pages show it: standard by standard, with what the panel says beside each answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..models import Answer, Feedback, ModeratedGrade, PanelQuery, PanelRequest, Standard
from .carrying import grade_words


@dataclass
class AnswerRow:
    """`moderated` is the panel's grade, where this reader is told it."""

    answer: Answer
    moderated: ModeratedGrade | None = None
    queries: list[PanelQuery] = field(default_factory=list)

    @property
    def grade(self) -> str:
        return grade_words(self.answer)

    @property
    def tone(self) -> str:
        return self.answer.option.tone if self.answer.option else "grey"


@dataclass
class StandardAnswers:
    standard: Standard
    rows: list[AnswerRow] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    requests: list[PanelRequest] = field(default_factory=list)


def by_standard(
    answers: Iterable[Answer],
    grades: Iterable[ModeratedGrade],
    queries: Iterable[PanelQuery],
    feedback: Iterable[Feedback],
    requests: Iterable[PanelRequest],
) -> list[StandardAnswers]:
    """Group what a reader may see by standard; whatever is left out of the arguments is not shown."""
    moderated = {grade.answer_id: grade for grade in grades}
    asked: dict[int, list[PanelQuery]] = {}
    for query in queries:
        asked.setdefault(query.question_id, []).append(query)
    standards: dict[int, StandardAnswers] = {}
    for answer in answers:
        standard = answer.question.standard
        group = standards.setdefault(standard.pk, StandardAnswers(standard))
        group.rows.append(AnswerRow(answer, moderated.get(answer.pk), asked.get(answer.question_id, [])))
    for said in feedback:
        if said.standard_id in standards:
            standards[said.standard_id].feedback.append(said)
    for request in requests:
        if request.standard_id in standards:
            standards[request.standard_id].requests.append(request)
    return list(standards.values())
