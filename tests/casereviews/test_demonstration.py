"""The published figures come out of the records of the demonstration by counting."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from casereviews.invariants import broken
from casereviews.models import CaseReview, LearningTheme
from casereviews.reporting import reviews_chapter
from lscb.accounts.models import User
from lscb.actions.counts import flow
from lscb.actions.models import ActionPlan
from lscb.common.periods import FinancialYear

YEAR = FinancialYear(2016)


def test_the_chapter_says_what_was_published_and_no_code_name(demo_board: dict[str, User]) -> None:
    chapter = reviews_chapter(YEAR, dt.date(2017, 6, 30))
    facts = {fact.name: fact.value for fact in chapter.facts}
    assert (facts["outstanding_before"], facts["outstanding"]) == (46, 30)
    assert 46 + facts["added"] - facts["signed_off"] - facts["withdrawn"] == 30  # type: ignore[operator]
    assert facts["added"] != 0
    assert facts["share_adult_services"] == Decimal(80)
    assert (facts["agreed"], facts["serious_completed"], facts["running"], facts["themes"]) == (3, 0, 6, 7)
    told = str(chapter)
    assert "Allegations against foster carers" in told
    assert "resumed in August 2016" in told
    for name in CaseReview.objects.values_list("code_name", flat=True):
        assert not re.search(rf"\b{name}\b", told)
    assert reviews_chapter(YEAR, YEAR.last_day).facts == chapter.facts, "what came later changes nothing"


def test_its_plan_went_from_46_to_30_and_nothing_contradicts_itself(demo_board: dict[str, User]) -> None:
    plan = ActionPlan.objects.get(title="Actions from case reviews")
    counts = flow(plan, after=dt.date(2016, 3, 31), upto=dt.date(2017, 3, 31))
    assert (counts.opening, counts.closing) == (46, 30)
    assert LearningTheme.objects.count() == 7
    assert CaseReview.objects.count() == 6
    assert list(broken(dt.date(2017, 6, 30))) == []
