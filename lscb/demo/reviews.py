"""The case reviews of the demonstration: the six of the report, the seven themes, and the plan that the group watches.

Kinds, where each stood, the dates that the report names, the themes, 46 and 30 outstanding actions and the 80% were
published; everything else is invented (see `data/README.md`). Code names are trees.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from boards.models import Group
from casereviews.models import CRITERIA, Answer, Briefing, CaseReview, LearningTheme, Recommendation
from casereviews.services import learning, papers, publishing, reviews, running
from lscb.accounts.models import Actor, Agency, User
from lscb.accounts.permissions import Permission
from lscb.actions import services as actions
from lscb.actions.models import Action, ActionPlan
from lscb.actions.services import Asked
from lscb.common.periods import end_of_day

from .boards import rows

GROUP = "serious-case-review"
TOGETHER = "Serious Case Review Group"
OPENED = dt.date(2014, 4, 1)
REVIEWED = (dt.date(2016, 3, 30), *(dt.date(2016, m, d) for m, d in ((6, 15), (9, 21), (12, 14))), dt.date(2017, 3, 15))
SHARED = dt.date(2017, 4, 24)
STEPS = (
    ("What happened", "Young people met harm online that adults around them did not see."),
    ("Why a review", "Two lives had this in common. The board wanted one lesson out of both."),
    ("Key findings", "Services asked about home and school, and not about life online."),
    ("Good practice", "A school nurse asked, listened and called the front door on the same day."),
    ("What to change", "Ask about life online in every assessment, and write down the answer."),
    ("Questions for your team", "Who of us asked a young person about life online this week? What did we do then?"),
)
RECOMMENDATIONS = {
    "Alder": (
        ("Each agency shows that chronologies are used in supervision of neglect.", "Chronologies"),
        ("The board agrees one definition of neglect and one tool to measure it.", "Use your instincts"),
    ),
    "Cedar": (("Every assessment asks about life online.", "Voice of the child"),),
}

Row = dict[str, str]


def load_reviews(agencies: dict[str, Agency], *, by: User, second: User) -> None:
    """After groups and people. `by` runs the reviews, `second` releases what is published."""
    by_short_name = {agency.short_name: agency for agency in agencies.values()}
    for row in rows("case_review_themes"):
        learning.add_theme(title=row["theme"], in_short=row["in_short"], by=by)
    _load_plan(by_short_name, by=by)
    for row in sorted(rows("case_reviews"), key=lambda row: row["referred_on"]):
        _load_review(row, by_short_name, by=by)
    _load_learning(by_short_name, by=by, second=second)


# ---- The plan that the group watches --------------------------------------------------------------------------------


def _load_plan(agencies: dict[str, Agency], *, by: Actor) -> None:
    """Actions of earlier reviews: added on their days, signed off at the quarterly reviews."""
    plan = actions.open_plan(
        title="Actions from case reviews",
        opened_on=OPENED,
        group=GROUP,
        permission=Permission.READ_CASE_REVIEWS,
        by=None,
    )
    themes = {theme.title: theme for theme in LearningTheme.objects.all()}
    happens: dict[dt.date, list[tuple[Row, Action]]] = defaultdict(list)
    added: dict[dt.date, list[Row]] = defaultdict(list)
    for row in rows("case_review_actions"):
        added[dt.date.fromisoformat(row["added_on"])].append(row)
    for on in sorted({*added, *REVIEWED}):
        for row in added[on]:
            asked = [Asked(agencies[name]) for name in row["asked"].split("; ")]
            action = learning.plan_for_theme(
                plan=plan,
                theme=themes[row["theme"]],
                what=row["action"],
                due=dt.date.fromisoformat(row["due"]),
                asked=asked,
                on=on,
                by=None,
            )
            if row["on"]:
                happens[dt.date.fromisoformat(row["on"])].append((row, action))
        if on in REVIEWED:
            _review_plan(plan, happens, on, by=by)
    for on in sorted(happens):
        for row, action in happens[on]:
            if row["outcome"] == "proposed":
                evidence = "The work is done; the file shows it."
                actions.propose_complete(action=action, evidence=evidence, on=on, by=None)


def _review_plan(plan: ActionPlan, happens: dict[dt.date, list[tuple[Row, Action]]], on: dt.date, *, by: Actor) -> None:
    for day in sorted(day for day in happens if day < on):
        for row, action in happens.pop(day):
            if row["outcome"] == "withdrawn":
                reason = "The service that it spoke of was closed."
                actions.withdraw_action(action=action, reason=reason, on=day, by=by)
    achieved = [action for row, action in happens.pop(on, []) if row["outcome"] == "signed off"]
    actions.hold_quarterly_review(plan=plan, held_on=on, forum=TOGETHER, achieved=achieved, by=by)


# ---- The reviews ----------------------------------------------------------------------------------------------------


def _load_review(row: Row, agencies: dict[str, Agency], *, by: User) -> None:
    referred_on, decided_on = _day(row["referred_on"]), _day(row["decided_on"])
    review = reviews.refer_review(
        code_name=row["code_name"],
        kind=row["kind"],
        group=Group.objects.get(code=GROUP),
        referred_on=referred_on,
        referred_by=row["referred_by"],
        referral=row["referral"],
        agencies=[agencies[name] for name in row["agencies"].split("; ")],
        by=by,
        today=referred_on,
    )
    not_met = row["not_met"].split("; ")
    review = reviews.decide_review(
        review=review,
        considered_on=decided_on,
        answers={one: Answer.NOT_MET if one in not_met else Answer.MET for one in CRITERIA[review.kind]},
        agreed=True,
        decided_on=decided_on,
        reason=row["reason"],
        by=by,
        today=decided_on,
    )
    for kind, first, last in _intervals(row["proceedings"]):
        found = running.note_proceedings(review=review, kind=kind, on=first, by=by, today=first)
        if last:
            running.end_proceedings(proceedings=found, on=last, by=by, today=last)
    for stage, on in (part.split() for part in row["stages"].split("; ")):
        review = reviews.reach_stage(review=review, stage=stage, on=_day(on), by=by, today=_day(on))
    _pause(review, row["pauses"], by=by)
    _expect(review, row["expected"], decided_on, by=by)
    themes = LearningTheme.objects.filter(title__in=row["themes"].split("; "))
    learning.set_themes(review=review, themes=themes, by=by)
    review = CaseReview.objects.get(pk=review.pk)
    review = reviews.change_review(
        review=review,
        version=review.version,
        agencies=review.agencies.all(),
        code_name=review.code_name,
        kind=review.kind,
        referred_by=review.referred_by,
        referral=review.referral,
        lead_reviewer=row["lead_reviewer"],
        asks_reason=False,
        by=by,
    )
    words = {name: row[name] for name in reviews.WORDING}
    reviews.write_public_words(review=review, version=review.version, by=by, **words)
    _seat_panel(review, row, agencies, by=by)


def _seat_panel(review: CaseReview, row: Row, agencies: dict[str, Agency], *, by: User) -> None:
    on = _day(row["stages"].split("; ")[0].split()[1])
    running.seat_on_panel(review=review, position="Independent chair of the panel", chairs=True, on=on, by=by, today=on)
    for name in row["agencies"].split("; "):
        running.seat_on_panel(
            review=review, position="Head of safeguarding", agency=agencies[name], on=on, by=by, today=on
        )


def _intervals(text: str) -> Iterator[tuple[str, dt.date, dt.date | None]]:
    """ "criminal 2012-10-15 2016-07-29", the end left out while it runs."""
    for part in filter(None, text.split("; ")):
        kind, first, *last = part.split()
        yield kind, _day(first), _day(last[0]) if last else None


def _pause(review: CaseReview, text: str, *, by: User) -> None:
    """ "whole 2012-10-15 2016-08-08 Why", or "part 2017-02-01  What stands still and why"."""
    if not text:
        return
    scope, first, last, why = text.split(" ", 3)
    part = "Interviews" if scope == "part" else ""
    pause = running.pause_review(
        review=review, scope=scope, part=part, reason=why, on=_day(first), by=by, today=_day(first)
    )
    if last:
        running.resume_review(pause=pause, on=_day(last), by=by, today=_day(last))


def _expect(review: CaseReview, text: str, decided_on: dt.date, *, by: User) -> None:
    """The first expected date, then each later one as "said on, expected, why"."""
    first, *moves = text.split("; ")
    running.expect_report(review=review, expected=_day(first), on=decided_on, by=by, today=decided_on)
    for move in moves:
        said_on, expected, why = move.split(" ", 2)
        running.expect_report(
            review=review, expected=_day(expected), reason=why, on=_day(said_on), by=by, today=_day(said_on)
        )


# ---- Learning and publication ---------------------------------------------------------------------------------------


def _load_learning(agencies: dict[str, Agency], *, by: User, second: User) -> None:
    themes = {theme.title: theme for theme in LearningTheme.objects.all()}
    for code_name, recommendations in RECOMMENDATIONS.items():
        review = CaseReview.objects.get(code_name=code_name)
        for place, (text, theme) in enumerate(recommendations):
            found = learning.add_recommendation(review=review, text=text, theme=themes[theme], by=by)
            _answer(found, agencies, place, by=by)
    cedar = CaseReview.objects.get(code_name="Cedar")
    papers.add_paper(
        review=cedar,
        kind="letter_out",
        on=SHARED,
        whom="Head teachers",
        about="The learning was sent to all head teachers.",
        by=by,
        today=SHARED,
    )
    briefing = learning.write_briefing(
        review=cedar,
        version=0,
        title="Life online: what we learned",
        steps=STEPS,
        workshop="Wednesday Workshop: life online, each term",
        by=by,
    )
    briefing = learning.share_briefing(briefing=briefing, on=SHARED, by=by)
    _confirm(briefing, agencies)
    version = CaseReview.objects.get(pk=cedar.pk).version
    at = end_of_day(dt.date(2017, 5, 22))
    proposed = publishing.propose_publication(review=cedar, version=version, by=by, at=at)
    publishing.release_publication(proposed=proposed, by=second, at=at)


def _answer(recommendation: Recommendation, agencies: dict[str, Agency], place: int, *, by: User) -> None:
    for name in ("Children and Families", "Police")[: 2 - place]:
        learning.answer_recommendation(
            recommendation=recommendation,
            what="Show in a short report what has changed in supervision and assessment.",
            intended_outcome="Children are asked, and what they say is written down.",
            due=dt.date(2017, 12, 31),
            asked=[Asked(agencies[name], "Head of safeguarding")],
            on=SHARED,
            meeting=TOGETHER,
            by=by,
            today=SHARED,
        )


def _confirm(briefing: Briefing, agencies: dict[str, Agency]) -> None:
    for name, teams in (("Solent", "School nurses and health visitors"), ("Secondary schools", "All pastoral leads")):
        on = dt.date(2017, 6, 14)
        learning.confirm_briefing(briefing=briefing, agency=agencies[name], teams=teams, on=on, by=None, today=on)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
