"""Rounds and returns in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from audits.frameworks.files import Content
from audits.frameworks.services import add_framework
from audits.models import Answer, Framework, Return, Round, Section
from audits.returns import answering, panel, submitting
from audits.returns.answering import Typed, fingerprint
from audits.rounds import services as rounds
from lscb.accounts.models import Agency, Area
from lscb.common.periods import FinancialYear
from tests.accounts.factories import AgencyFactory

YEAR = FinancialYear(2016)
OPENS = dt.date(2016, 4, 4)
DUE = dt.date(2016, 6, 30)
NOW = dt.datetime(2016, 6, 1, 9, tzinfo=dt.UTC)
LATER = dt.datetime(2016, 9, 1, 9, tzinfo=dt.UTC)
HELP = {"guidance": "", "evidence_hint": ""}
GRADES = [("Met", 2, True, False), ("Partly", 1, False, True), ("Not met", 0, False, True)]


def content(standards: int = 2, questions: int = 2, audience: str = "agencies") -> Content:
    """Few standards with few questions and three grades."""
    return {
        "audience": audience,
        "title": "Self-assessment",
        "duty": "The duty",
        "edition": "The guidance",
        "declaration": "It is true.",
        "options": [
            {"label": label, "meaning": "", "points": points, "is_compliant": meets, "needs_action": needs}
            for label, points, meets, needs in GRADES
        ],
        "standards": [
            {
                "title": f"Standard {number}",
                "summary": "",
                "theme": "",
                "questions": [
                    {"key": f"q{number}-{place}", "text": f"Sentence {number}.{place}"} | HELP
                    for place in range(1, questions + 1)
                ],
            }
            for number in range(1, standards + 1)
        ],
    }


def a_framework(**kwargs: Any) -> Framework:
    return add_framework(content=content(**kwargs), by=None)


def a_round(*agencies: Agency, framework: Framework | None = None, **kwargs: Any) -> Round:
    """An open local round that asks `agencies`, of which nobody is told."""
    given = {
        "title": f"Round {Round.objects.count() + 1}",
        "year": YEAR,
        "opens_on": OPENS,
        "due_on": DUE,
        "tell": False,
        "by": None,
        "at": NOW,
        **kwargs,
    }
    home()
    return rounds.open_round(framework=framework or a_framework(), agencies=agencies, **given)


def a_return(agency: Agency | None = None, **kwargs: Any) -> Return:
    return a_round(agency or AgencyFactory(), **kwargs).returns.get()


def home() -> Area:
    return Area.objects.get_or_create(is_home=True, defaults={"name": "Southampton"})[0]


def section(of_return: Return, number: int = 1) -> Section:
    return Section.objects.get(of_return=of_return, standard__number=number)


def answer(of_return: Return, reference: str = "1.1") -> Answer:
    standard, number = reference.split(".")
    return Answer.objects.select_related("option", "question__standard").get(
        of_return=of_return, question__standard__number=standard, question__number=number
    )


def typed(on_file: Answer, grade: str | None = None, **kwargs: Any) -> Typed:
    """What somebody types over `on_file`, as it is drawn now."""
    options = on_file.of_return.round.framework.options
    return Typed(
        option=options.get(label=grade) if grade else kwargs.pop("option", on_file.option),
        version=on_file.version,
        drawn=fingerprint(on_file),
        **{name: kwargs.get(name, getattr(on_file, name)) for name in answering.CONTENT if name != "option"},
    )


def filled(of_return: Return, grade: str = "Met", *, at: dt.datetime = NOW, **grades: str) -> Return:
    """Every question answered with `grade`, or with the one named by its key (`q1_1="Partly"`)."""
    for one in Section.objects.filter(of_return=of_return):
        answers = Answer.objects.filter(of_return=of_return, question__standard=one.standard_id)
        given = {}
        for each in answers.select_related("question", "option"):
            chosen = grades.get(each.question.key.replace("-", "_"), grade)
            improves = chosen != "Met"
            given[each.pk] = typed(
                each,
                chosen,
                evidence="We looked.",
                improvement="We will look again." if improves else "",
                improve_by=dt.date(2016, 12, 1) if improves else None,
            )
        answering.save_answers(section=one, typed=given, completed=True, by=None, at=at)
    return fresh(of_return)


def submitted(of_return: Return, grade: str = "Met", *, at: dt.datetime = NOW, **grades: str) -> Return:
    filled(of_return, grade, at=at, **grades)
    return submitting.sign(of_return=of_return, name="Kim Lead", position="Director", by=None, at=at)


def with_feedback(of_return: Return, *, at: dt.datetime = LATER) -> Return:
    """Moderated, with overall feedback, issued."""
    panel.finish_moderation(of_return=of_return, by=None, at=at)
    for area in panel.areas_of(of_return):
        panel.write_feedback(of_return=of_return, area=area, standard=None, text="Well done.", by=None)
    return panel.issue_feedback(of_return=of_return, by=None, at=at)


def fresh(of_return: Return) -> Return:
    return Return.objects.get(pk=of_return.pk)
