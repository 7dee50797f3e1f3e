"""Surveys in the states that tests speak of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from boards.models import Question, Survey
from boards.surveys import services
from lscb.common.periods import Month

NOVEMBER = Month(2016, 11)
OPENED = dt.date(2016, 11, 1)
DURING = dt.date(2016, 11, 20)
CLOSED = dt.date(2016, 11, 30)
CONFIDENT = ("Very confident", "Fairly confident", "Fairly unconfident", "Very unconfident")


def a_draft(**kwargs: Any) -> Survey:
    """With one question of each kind, in this order."""
    survey = services.draft_survey(**{"title": "Communication", "month": NOVEMBER, "by": None, **kwargs})
    services.set_question(survey=survey, text="How confident are you?", kind="single", options=CONFIDENT, by=None)
    used = ("Toolkit", "Workshop", "Advice")
    services.set_question(survey=survey, text="What have you used?", kind="multiple", options=used, by=None)
    services.set_question(survey=survey, text="What would help?", kind="text", by=None)
    return survey


def an_open_survey(**kwargs: Any) -> Survey:
    return services.open_survey(survey=a_draft(**kwargs), on=OPENED, by=None)


def a_closed_survey(**kwargs: Any) -> Survey:
    return services.close_survey(survey=an_open_survey(**kwargs), on=CLOSED, by=None)


def questions(survey: Survey) -> list[Question]:
    return list(survey.questions.order_by("order").prefetch_related("options"))


def given(survey: Survey, *choices: Any) -> dict[int, Any]:
    """An answer to each question in order: a label, several labels, or a text."""
    answers: dict[int, Any] = {}
    for question, choice in zip(questions(survey), choices, strict=False):
        labels = {option.label: option.pk for option in question.options.all()}
        if question.kind == "text":
            answers[question.pk] = choice
        else:
            answers[question.pk] = [labels[one] for one in ([choice] if isinstance(choice, str) else choice)]
    return answers


def answer(survey: Survey, *choices: Any, **kwargs: Any) -> Any:
    return services.answer_survey(survey=survey, given=given(survey, *choices), **{"on": DURING, **kwargs})
