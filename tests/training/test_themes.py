"""What training did for a theme of the business plan: sessions held in its year, by course."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from boards.models import Theme
from boards.plan.work import work_for
from lscb.accounts.models import User
from lscb.common.errors import Overtaken
from lscb.demo.load import YEAR
from training.models import Course
from training.services import programme

pytestmark = pytest.mark.django_db


def test_a_theme_tells_of_the_courses_that_served_it(demo_board: dict[str, User]) -> None:
    neglect = Theme.objects.get(year=YEAR, number=2)
    told = [work for work in work_for(neglect, reader=None, upto=YEAR.last_day) if work.kind == "Training"]
    assert ("Introduction to neglect", "4 sessions", "") in [(work.what, work.when, work.url) for work in told]
    half_way = [work for work in work_for(neglect, reader=None, upto=dt.date(2016, 5, 5)) if work.kind == "Training"]
    assert [(work.what, work.when) for work in half_way] == [("Introduction to neglect", "1 session")]
    course = Course.objects.get(title="Introduction to neglect")
    for_team = work_for(neglect, reader=demo_board["manager"], upto=YEAR.last_day)
    assert reverse("training:course", args=[course.pk]) in [work.url for work in for_team]
    for_member = work_for(neglect, reader=demo_board["lay"], upto=YEAR.last_day)
    assert {work.url for work in for_member if work.kind == "Training"} == {""}


def test_themes_of_a_course_are_changed_with_its_version(demo_board: dict[str, User]) -> None:
    course = Course.objects.get(title="Introduction to neglect")
    others = Theme.objects.filter(year=YEAR, number__in=(2, 3))
    changed = programme.change_course(course=course, version=course.version, themes=others, by=demo_board["manager"])
    assert {theme.number for theme in changed.themes.all()} == {2, 3}
    with pytest.raises(Overtaken):
        programme.change_course(course=course, version=course.version, themes=[], by=demo_board["manager"])
    kept = programme.change_course(course=changed, version=changed.version, aims="Ask.", by=demo_board["manager"])
    assert kept.themes.count() == 2
