"""The board team's side of the first page: the year at a glance, and what people start from here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from audits.models import Audit, Return
from boards.models import Challenge
from casereviews.models import CaseReview
from cdop.models import Death
from dataset.collecting.owed import states_of
from dataset.models import Collection, Edition
from dataset.reading import agencies_answered
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission as P
from lscb.actions.models import Action
from lscb.common.periods import FinancialYear
from lscb.reports.models import AnnualReport
from training.models import Booking, Session
from training.models.booking import CAME


@dataclass(frozen=True)
class Tile:
    shown: str
    label: str
    url: str


@dataclass(frozen=True)
class Start:
    label: str
    url: str


def year_at_a_glance(user: User, today: dt.date) -> list[Tile]:
    """Counts for who reads the whole board; nothing for anybody else. A few queries."""
    tiles: list[Tile] = []
    if user.for_whole_board(P.READ_CHALLENGES):
        challenges = Challenge.objects.visible_to(user).open(today)
        url = f"{reverse('boards:challenge_list')}?status=live"
        tiles.append(Tile(str(challenges.count()), "challenges open", url))
    if user.for_whole_board(P.READ_ACTIONS):
        actions = Action.objects.visible_to(user)
        late = f"{reverse('actions:mine')}?show=overdue"
        tiles.append(Tile(str(actions.live().count()), "actions outstanding", reverse("actions:mine")))
        tiles.append(Tile(str(actions.late(today).count()), "actions overdue across all plans", late))
    if user.for_whole_board(P.READ_AUDITS):
        coming = Audit.objects.on_schedule_for(user).carried_out().filter(scheduled_to__gte=today)
        following = coming.order_by("scheduled_from", "title").first()
        if following:
            label = f"next audit, from {following.scheduled_from:%B}"
            tiles.append(Tile(following.title, label, reverse("audits:audit_schedule")))
    if user.for_whole_board(P.READ_RETURNS):
        missing = Return.objects.visible_to(user).overdue(today)
        tiles.append(Tile(str(missing.count()), "returns missing after their deadline", reverse("audits:round_list")))
    if user.for_whole_board(P.READ_CASE_REVIEWS):
        running = CaseReview.objects.visible_to(user).running().count()
        tiles.append(Tile(str(running), "case reviews running", f"{reverse('casereviews:portfolio')}?show=running"))
    if user.for_whole_board(P.READ_BOARD):
        year = FinancialYear.containing(today)
        held = Session.objects.of_year(year).held(today)
        came = Booking.objects.filter(session__in=held, state__in=CAME).count()
        tiles.append(Tile(f"{came:,}", f"training attendances in {year}", reverse("training:report")))
    if user.for_whole_board(P.READ_DATASET):
        latest = Edition.objects.visible_to(user).order_by("-quarter", "-number").first()
        collection = Collection.objects.visible_to(user).open().first()
        if collection:
            states = states_of(collection, today)
            shown = f"{sum(state.is_complete for state in states)} of {len(states)}"
            label = f"agencies sent all figures of {collection.quarter.label}"
            tiles.append(Tile(shown, label, collection.get_absolute_url()))
        if latest:
            label = f"agencies sent their figures of {latest.quarter.label}"
            tiles.append(Tile(agencies_answered(latest.content), label, latest.get_absolute_url()))
    if user.for_whole_board(P.READ_CHILD_DEATHS):
        awaiting = Death.objects.awaiting(today).count()
        tiles.append(Tile(str(awaiting), "child deaths awaiting review", reverse("cdop:death_list")))
    if user.for_whole_board(P.READ_REPORT):
        report = AnnualReport.objects.visible_to(user).select_related("job").defer("content").first()
        if report:
            label = f"annual report, {report.life.label.lower()}"
            tiles.append(Tile(str(report.year), label, reverse("reports:report_detail", args=[report.pk])))
    return tiles


def start_something(user: User) -> list[Start]:
    """The few things people start from the first page."""
    offers = (
        ("Log a challenge", "boards:challenge_log", P.MANAGE_CHALLENGES),
        ("Record a referral for a case review", "casereviews:refer", P.MANAGE_CASE_REVIEWS),
        ("Plan a meeting", "boards:meeting_add", P.MANAGE_BOARD),
        ("Plan an audit", "audits:audit_plan", P.MANAGE_AUDITS),
        ("Plan a training session", "training:session_add", P.MANAGE_TRAINING),
        ("Compile a quarter of the dataset", "dataset:edition_compile", P.MANAGE_DATASET),
        ("Quarterly figures of the agencies", "dataset:return_list", P.MANAGE_DATASET),
        ("Enter a notification of a child death", "notify:start", P.MANAGE_CHILD_DEATHS),
        ("Build the annual report", "reports:report_list", P.BUILD_REPORT),
        ("Invite somebody", "accounts:invite", P.MANAGE_ACCOUNTS),
        ("My actions", "actions:mine", P.UPDATE_OWN_ACTIONS),
        ("Who may do what", "accounts:roles", None),
    )
    return [Start(label, reverse(route)) for label, route, right in offers if right is None or user.may(right)]
