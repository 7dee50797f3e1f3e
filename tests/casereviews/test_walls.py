"""Who is kept out of a review, and every outsider, finds nothing of it behind any door; every look is on the trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boards.meetings.services import guests, plan_meeting
from casereviews.counting import numbers
from casereviews.models import CaseReview, PublishedReview
from casereviews.services import papers, publishing, running
from casereviews.waiting import waiting_for
from lscb.accounts.models import User
from lscb.accounts.roles import AgencyLead, BoardAnalyst, CaseReviewMember, LayMember, PanelMember, Professional
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import manager, person

from .samples import SECRET, TODAY, a_briefing, a_theme, an_answer, fresh, presented, the_group

pytestmark = pytest.mark.django_db
GROUP = "serious-case-review"


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Everything:
    """A review with everything that hangs on it, and every address under which something of it can be found."""

    def __init__(self) -> None:
        self.police = AgencyFactory(name="Police")
        self.review = review = presented()
        self.action = an_answer(review, self.police)
        self.briefing = a_briefing(review)
        upload = SimpleUploadedFile("juniper-letter.txt", b"Words of a letter")
        self.paper = papers.add_paper(
            review=review, kind="letter_in", on=TODAY, about="Words of a paper", upload=upload, by=None, today=TODAY
        )
        starts = timezone.now() + dt.timedelta(days=3)
        self.meeting = plan_meeting(
            group=the_group(),
            starts_at=starts,
            ends_at=starts + dt.timedelta(hours=1),
            place="Hall",
            theme="Words of a meeting",
            by=None,
        )
        papers.link_meeting(review=review, meeting=self.meeting, only=True, by=None)
        self.proposed = publishing.propose_publication(
            review=review, version=fresh(review).version, by=manager(), at=timezone.now()
        )
        self.review = fresh(review)

    @property
    def records(self) -> list[str]:
        """Pages, files, feeds and API answers about this one review."""
        review, plan, action = self.review, self.review.plan, self.action
        assert plan
        assert self.paper.file
        of_review = (
            *("review", "reason", "timeline", "viewers", "change", "decide", "stage", "pause", "proceedings", "expect"),
            *("panel_add", "wall", "paper", "meeting", "set_themes", "recommend", "briefing_write", "briefing_share"),
            *("wording", "publish"),
        )
        of_action = (
            *("action", "change", "note", "move", "propose", "send_back", "sign_off", "withdraw", "supersede"),
            *("reopen", "impact"),
        )
        of_plan = ("plan", "add", "plan_xlsx", "plan_pdf", "review")
        entry = action.entries.get()
        return [
            *(reverse(f"casereviews:{name}", args=[review.pk]) for name in of_review),
            reverse("casereviews:release", args=[review.pk, self.proposed.pk]),
            reverse("casereviews:take_back", args=[review.pk, self.proposed.pk]),
            reverse("casereviews:answer", args=[review.pk, 1]),
            *(reverse(f"actions:{name}", args=[action.pk]) for name in of_action),
            *(reverse(f"actions:{name}", args=[action.pk, entry.pk]) for name in ("evidence", "give")),
            *(reverse(f"actions:{name}", args=[plan.pk]) for name in of_plan),
            reverse("files:attachment_download", args=[self.paper.file.pk]),
            *(reverse(f"boards:{name}", args=[self.meeting.pk]) for name in ("meeting", "meeting_calendar")),
            reverse("api:case-review-detail", args=[review.pk]),
            reverse("api:plan-detail", args=[plan.pk]),
            reverse("api:action-detail", args=[action.pk]),
            reverse("api:meeting-detail", args=[self.meeting.pk]),
        ]

    @property
    def briefings(self) -> list[str]:
        names = ("briefing", "briefing_pdf", "briefing_confirm")
        return [reverse(f"casereviews:{name}", args=[self.briefing.pk]) for name in names]

    @property
    def lists(self) -> list[str]:
        """Lists, counts, exports and first pages, in which something of it might show."""
        own = [reverse(f"casereviews:{name}") for name in ("portfolio", "numbers", "themes", "briefings")]
        others = [reverse(name) for name in ("actions:mine", "actions:plan_list", "boards:meeting_list", "home")]
        others.append(reverse("actions:counts"))
        api = [reverse(f"api:{name}-list") for name in ("case-review", "briefing", "plan", "action", "meeting")]
        csv = [f"{address}?format=csv" for address in (own[0], others[0], others[2])]
        return [*own, *others, *api, *csv, f"{own[0]}?theme={a_theme().pk}", f"{own[1]}?format=xlsx"]

    @property
    def secrets(self) -> set[str]:
        keys = {str(self.review.pk), str(self.review.plan_id), str(self.action.pk), str(self.meeting.pk)}
        return keys | {
            SECRET,
            "Words of",
            "juniper-letter",
            self.review.reference,
            str(self.briefing.pk),
            "Life online",
        }


def read(answer: Any) -> str:
    """What came, also of a download: read to its end, which closes its file."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def found(client: Client, addresses: list[str], secrets: set[str]) -> list[str]:
    """Where something of the review shows."""
    shown = []
    for address in addresses:
        answer = client.get(address)
        text = read(answer)
        shown += [f"{address}: {secret}" for secret in secrets if secret in text]
    return shown


@pytest.mark.long
def test_a_walled_off_member_and_every_outsider_find_nothing_behind_any_door() -> None:
    it = Everything()
    colleague, walled = person(CaseReviewMember, group=GROUP), person(CaseReviewMember, group=GROUP)
    walled_manager = manager()
    for user in (walled, walled_manager):
        running.wall_off(review=it.review, user=user, reason="A relative", by=None, today=TODAY)

    inside = signed_in(colleague)
    assert inside.get(it.review.get_absolute_url()).status_code == 200, "the test looks at something that is there"
    assert found(inside, it.lists, {SECRET}) != []

    for user in (walled, walled_manager):
        client = signed_in(user)
        for address in (*it.records, *it.briefings):
            assert client.get(address).status_code == 404, f"{user.role_titles} {address}"
            assert client.post(address).status_code in (404, 405), f"{user.role_titles} {address}"
        assert found(client, it.lists, it.secrets) == [], user.role_titles
        assert client.get(reverse("casereviews:portfolio")).context["list"].count == 0
        assert numbers(TODAY, seen_by=User.objects.get(pk=user.pk)).total == 0

    outsiders = [
        person(AgencyLead, agency=it.police),
        person(Professional, agency=it.police),
        person(LayMember),
        person(BoardAnalyst),
        person(CaseReviewMember, group="another-group"),
        person(PanelMember, group="child-death-overview-panel"),
    ]
    for user in outsiders:
        client = signed_in(user)
        for address in it.records:
            assert client.get(address).status_code == 404, f"{user.role_titles} {address}"
        public = {str(it.briefing.pk), "Life online"}  # it is shared with everybody who answers for an agency
        assert found(client, it.lists, it.secrets - public) == [], user.role_titles


def test_no_mail_calendar_or_first_page_reaches_who_is_kept_out() -> None:
    lead = person(AgencyLead, agency=AgencyFactory())
    review = presented()
    running.wall_off(review=review, user=lead, reason="A relative", by=None, today=TODAY)
    other = person(AgencyLead, agency=AgencyFactory())
    a_briefing(review)
    assert set(Email.objects.values_list("to", flat=True)) == {other.email}
    for text in Email.objects.values_list("subject", "body"):
        assert SECRET not in " ".join(text)
        assert "Life online" not in " ".join(text)
    assert [one.url for one in waiting_for(other, TODAY)] != []
    assert waiting_for(lead, TODAY) == []
    assert guests(a_meeting_about(review)) == []


def a_meeting_about(review: CaseReview) -> Any:
    starts = timezone.now() + dt.timedelta(days=9)
    meeting = plan_meeting(
        group=the_group(), starts_at=starts, ends_at=starts + dt.timedelta(hours=1), place="Hall", by=None
    )
    papers.link_meeting(review=review, meeting=meeting, only=True, by=None)
    meeting.refresh_from_db()
    return meeting


def test_who_is_let_in_by_a_place_on_the_panel_sees_this_review_and_no_other() -> None:
    agency = AgencyFactory()
    review, other = presented(), presented("Larch")
    action = an_answer(review, agency)
    user = person(AgencyLead, agency=agency)
    running.seat_on_panel(review=review, position="Head", agency=agency, user=user, on=TODAY, by=None, today=TODAY)
    client = signed_in(user)
    assert client.get(review.get_absolute_url()).status_code == 200
    assert client.get(action.get_absolute_url()).status_code == 200
    assert client.get(reverse("actions:note", args=[action.pk])).status_code == 200, "agencies report progress"
    assert client.get(reverse("casereviews:change", args=[review.pk])).status_code == 403
    assert client.get(other.get_absolute_url()).status_code == 404
    assert "Larch" not in client.get(reverse("casereviews:portfolio")).content.decode()
    assert review.get_absolute_url() in client.get(reverse("home")).content.decode()


def views_of(review: CaseReview) -> int:
    return Event.objects.of(review).filter(verb="viewed").count()


def test_every_look_at_a_review_is_on_the_trail_with_its_reason_where_it_is_asked() -> None:
    review, user = presented(), manager()
    client = signed_in(user)
    for address in (
        review.get_absolute_url(),
        reverse("casereviews:timeline", args=[review.pk]),
        reverse("casereviews:change", args=[review.pk]),
        reverse("casereviews:publish", args=[review.pk]),
        reverse("api:case-review-detail", args=[review.pk]),
    ):
        before = views_of(review)
        assert client.get(address).status_code == 200
        assert views_of(review) == before + 1, address
    action = an_answer(review)
    plan = action.plan
    for address in (plan.get_absolute_url(), action.get_absolute_url(), reverse("actions:note", args=[action.pk])):
        before = Event.objects.of(plan).filter(verb="viewed").count()
        assert client.get(address).status_code == 200
        assert Event.objects.of(plan).filter(verb="viewed").count() == before + 1, address
    client.get(reverse("casereviews:portfolio"))
    assert Event.objects.filter(verb="looked at all case reviews", actor_key=str(user.pk)).exists()
    shown = client.get(reverse("casereviews:viewers", args=[review.pk])).content.decode()
    assert str(user) in shown
    assert "Who looked at its action plan" in shown

    CaseReview.objects.filter(pk=review.pk).update(asks_reason=True)
    before = views_of(review)
    answer = client.get(review.get_absolute_url())
    assert answer.status_code == 302
    assert views_of(review) == before, "nothing was seen yet"
    assert client.get(reverse("api:case-review-detail", args=[review.pk])).status_code == 404
    assert client.post(answer["Location"], {"reason": ""}).status_code == 200
    given = client.post(answer["Location"], {"reason": "Preparing the meeting"})
    assert given["Location"] == review.get_absolute_url()
    assert client.get(review.get_absolute_url()).status_code == 200
    assert Event.objects.of(review).filter(verb="viewed", reason="Preparing the meeting").count() == 1
    elsewhere = reverse("casereviews:reason", args=[review.pk]) + "?next=//evil.example/"
    assert client.post(elsewhere, {"reason": "Again"})["Location"] == review.get_absolute_url()


def test_nothing_that_leaves_a_page_says_the_code_name() -> None:
    it = Everything()
    client = signed_in(manager())
    for address in (*it.records, *it.lists):
        answer = client.get(address)
        text = read(answer)
        assert SECRET.lower() not in address.lower()
        assert SECRET.lower() not in answer.headers.get("Content-Disposition", "").lower() or "/files/" in address
        if "text/html" in answer.headers["Content-Type"] and answer.status_code == 200:
            title = text.split("<title>")[1].split("</title>")[0]
            assert SECRET not in title, address
            assert "Words of" not in title, address
    released = PublishedReview.objects.get()
    assert SECRET not in " ".join(publishing.content(released))
