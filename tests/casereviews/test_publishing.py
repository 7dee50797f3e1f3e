"""Nothing is published while proceedings run, and nobody publishes alone; what is public is frozen."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from casereviews.invariants import broken
from casereviews.models import CaseReview, PublishedReview, Stage
from casereviews.services import publishing, reviews, running
from lscb.accounts.models import User
from lscb.accounts.roles import CaseReviewMember, IndependentChair
from lscb.common.errors import RuleBroken
from lscb.common.periods import LONDON
from tests.actions.factories import manager, person

from .samples import DECIDED, TODAY, WORDS, a_review, decided, fresh, presented, reached

pytestmark = pytest.mark.django_db
AT = dt.datetime(2017, 4, 20, 12, tzinfo=LONDON)
ON = AT.date()


def proposed(review: CaseReview, by: User | None = None) -> PublishedReview:
    version = fresh(review).version
    return publishing.propose_publication(review=review, version=version, by=by or manager(), at=AT)


def released(review: CaseReview) -> PublishedReview:
    return publishing.release_publication(proposed=proposed(review), by=manager(), at=AT)


def test_publication_during_proceedings_is_refused_at_both_steps() -> None:
    review = presented()
    running.note_proceedings(review=review, kind="criminal", on=DECIDED, by=None, today=TODAY)
    with pytest.raises(RuleBroken, match="Proceedings are still running"):
        proposed(review)
    first = review.proceedings.get()
    running.end_proceedings(proceedings=first, on=ON, by=None, today=ON)
    waiting = proposed(review)
    second = running.note_proceedings(review=review, kind="inquest", on=ON, by=None, today=ON)
    with pytest.raises(RuleBroken, match="Proceedings are still running"):
        publishing.release_publication(proposed=waiting, by=manager(), at=AT)
    running.end_proceedings(proceedings=second, on=ON, by=None, today=ON)
    publishing.release_publication(proposed=waiting, by=manager(), at=AT)
    assert fresh(review).stage == Stage.PUBLISHED
    assert list(broken(ON)) == []


def test_one_person_alone_cannot_publish() -> None:
    review, one, chair = presented(), manager(), person(IndependentChair)
    waiting = proposed(review, one)
    with pytest.raises(RuleBroken, match="Somebody else"):
        publishing.release_publication(proposed=waiting, by=one, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedReview.objects.filter(pk=waiting.pk).update(released_at=AT, released_by=one)
    member = person(CaseReviewMember, group="serious-case-review")
    with pytest.raises(PermissionDenied):
        publishing.release_publication(proposed=waiting, by=member, at=AT)
    with pytest.raises(PermissionDenied):
        proposed(review, chair)
    assert publishing.release_publication(proposed=waiting, by=chair, at=AT).released_by == chair


@pytest.mark.parametrize("without", ["public_name", "public_summary", "public_learning"])
def test_what_is_not_worded_is_not_published(without: str) -> None:
    review = presented()
    words = WORDS | {without: ""}
    reviews.write_public_words(review=review, version=fresh(review).version, by=None, **words)
    with pytest.raises(RuleBroken, match="Write first for the public"):
        proposed(review)


def test_only_what_the_board_has_seen_and_means_to_publish() -> None:
    early = decided(a_review())
    with pytest.raises(RuleBroken, match="not been presented"):
        proposed(early)
    with pytest.raises(RuleBroken, match="not to be published"):
        proposed(reached(presented("Larch"), Stage.NOT_PUBLISHED))


def test_what_is_published_is_what_was_seen_and_stays_as_it_is() -> None:
    review, by = presented(), manager()
    seen = fresh(review).version
    words = WORDS | {"public_summary": "Changed meanwhile"}
    reviews.write_public_words(review=review, version=seen, by=None, **words)
    with pytest.raises(RuleBroken, match="changed while you were reading"):
        publishing.propose_publication(review=review, version=seen, by=by, at=AT)
    first = released(review)
    with pytest.raises(RuleBroken, match="exactly this already"):
        proposed(review)
    reviews.write_public_words(review=fresh(review), version=fresh(review).version, by=None, **WORDS)
    page = Client().get(first.get_absolute_url()).content.decode()
    assert "Changed meanwhile" in page
    assert WORDS["public_summary"] not in page
    second = released(review)
    assert second.number == 2
    assert "There is a newer version" in Client().get(first.get_absolute_url()).content.decode()
    listed = Client().get(reverse("learning:reviews")).content.decode()
    assert WORDS["public_summary"] in listed
    assert "Changed meanwhile" not in listed
    with pytest.raises(TypeError):
        second.save()
    if connection.vendor == "postgresql":
        for write in (lambda: PublishedReview.objects.update(summary="Other"), PublishedReview.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()


def test_what_waits_is_public_for_nobody_and_can_be_taken_back() -> None:
    review = presented()
    waiting = proposed(review)
    assert Client().get(waiting.get_absolute_url()).status_code == 404
    assert WORDS["public_summary"] not in Client().get(reverse("learning:reviews")).content.decode()
    with pytest.raises(RuleBroken, match="waits for its release already"):
        proposed(review)
    publishing.take_back_proposal(proposed=waiting, by=None)
    assert not PublishedReview.objects.exists()
    with pytest.raises(RuleBroken):
        publishing.take_back_proposal(proposed=waiting, by=None)


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_a_release_waits_for_proceedings_that_are_being_written_down() -> None:
    """Without the lock on the review it would not see them, and publish."""
    review = presented()
    waiting, second = proposed(review), manager()
    written = Event()

    def note() -> None:
        with transaction.atomic():
            running.note_proceedings(review=review, kind="criminal", on=ON, by=None, today=ON)
            written.set()
            time.sleep(0.5)
        connection.close()

    def release() -> bool:
        written.wait(timeout=10)
        try:
            publishing.release_publication(proposed=waiting, by=second, at=AT)
        except RuleBroken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        noted, went_through = threads.submit(note), threads.submit(release)
        noted.result()
        assert not went_through.result()
    assert not PublishedReview.objects.get().is_released


def test_the_pages_say_why_not_and_lead_the_second_person_to_the_release(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    review, one, chair = presented(), manager(), person(IndependentChair)
    client = Client()
    client.force_login(one)
    running.note_proceedings(review=review, kind="criminal", on=DECIDED, by=None, today=TODAY)
    page = client.get(reverse("casereviews:publish", args=[review.pk])).content.decode()
    assert "Proceedings are still running" in page
    assert "Propose to publish this" not in page
    running.end_proceedings(proceedings=review.proceedings.get(), on=TODAY, by=None, today=TODAY)
    form = client.get(reverse("casereviews:publish", args=[review.pk])).context["form"]
    client.post(reverse("casereviews:publish", args=[review.pk]), {"version": form["version"].value()})
    waiting = PublishedReview.objects.get()
    release = reverse("casereviews:release", args=[review.pk, waiting.pk])
    assert "Somebody else must release it" in client.post(release).content.decode()
    client.force_login(chair)
    assert release in client.get(reverse("home")).content.decode()
    assert release in client.get(review.get_absolute_url()).content.decode()
    assert client.post(release).status_code == 302
    assert PublishedReview.objects.get().released_by == chair
