"""Comments while an edition is in review; last year's words; the order of the chapters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.common.errors import Overtaken, RuleBroken
from lscb.reports import services
from lscb.reports.content import from_json
from lscb.reports.gathering import arranged, gather
from lscb.reports.models import AnnualReport, ReportComment, ReportWords

from .samples import AS_AT, YEAR


def comment(report: AnnualReport, by: User | None, **fields: Any) -> ReportComment:
    values: dict[str, Any] = {"chapter": "board", "text": "Say who joined."} | fields
    return services.comment_on_chapter(report=report, by=by, at=timezone.now(), **values)


def test_a_comment_is_said_and_settled_once(ready: AnnualReport, chair: User, manager: User, lay: User) -> None:
    said = comment(ready, chair)
    for wrong, sentence in (({"chapter": "nothing"}, "no such chapter"), ({"text": " "}, "Enter your comment")):
        with pytest.raises(RuleBroken, match=sentence):
            comment(ready, chair, **wrong)
    with pytest.raises(PermissionDenied):
        comment(ready, lay)
    services.settle_comment(comment=said, by=manager, at=timezone.now())
    services.settle_comment(comment=said, by=chair, at=timezone.now())
    assert ReportComment.objects.get().settled_by == manager
    assert not ReportComment.objects.visible_to(lay).exists()
    assert not ReportComment.objects.visible_to(chair).unsettled().exists()


def test_an_approved_edition_is_not_in_review(approved: AnnualReport, manager: User) -> None:
    with pytest.raises(RuleBroken, match="not in review"):
        comment(approved, manager)


def test_readers_see_the_report_without_its_comments(
    ready: AnnualReport, chair: User, lay: User, manager: User, client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    preview = reverse("reports:report_preview", args=[ready.pk])
    client.force_login(chair)
    said = client.post(reverse("reports:comment_add", args=[ready.pk, "board"]), {"text": "Say who joined."})
    assert said["Location"] == f"{preview}#board"
    assert "Say who joined." in client.get(preview).content.decode()
    client.force_login(lay)
    assert "Say who joined." not in client.get(preview).content.decode()
    assert client.get(reverse("reports:comment_add", args=[ready.pk, "board"])).status_code == 403
    client.force_login(manager)
    assert "1 to settle" in client.get(reverse("reports:report_detail", args=[ready.pk])).content.decode()
    settle = reverse("reports:comment_settle", args=[ready.pk, ReportComment.objects.get().pk])
    assert "Say who joined." in client.get(settle).content.decode()
    client.post(settle)
    assert "to settle" not in client.get(reverse("reports:report_detail", args=[ready.pk])).content.decode()


def write(year: Any, text: str, by: User, version: int = 0) -> ReportWords:
    return services.save_words(year=year, chapter="introduction", markdown=text, version=version, by=by)


def test_last_years_words_are_marked_until_somebody_confirms_or_changes_them(manager: User, chair: User) -> None:
    with pytest.raises(RuleBroken, match="2015-16 has no words"):
        services.take_over_words(year=YEAR, chapter="introduction", by=manager)
    write(YEAR.previous, "We met {{ board.agencies }} agencies.", manager)
    taken = services.take_over_words(year=YEAR, chapter="introduction", by=manager)
    assert (taken.markdown, taken.taken_from) == ("We met {{ board.agencies }} agencies.", YEAR.previous)
    with pytest.raises(RuleBroken, match="has words already"):
        services.take_over_words(year=YEAR, chapter="introduction", by=manager)
    with pytest.raises(PermissionDenied):
        services.confirm_words(words=taken, version=taken.version, by=chair)
    with pytest.raises(Overtaken):
        services.confirm_words(words=taken, version=taken.version - 1, by=manager)
    confirmed = services.confirm_words(words=taken, version=taken.version, by=manager)
    assert (confirmed.taken_from, confirmed.markdown) == (None, taken.markdown)


def test_changing_them_confirms_them_too(manager: User) -> None:
    write(YEAR.previous, "Last year.", manager)
    taken = services.take_over_words(year=YEAR, chapter="introduction", by=manager)
    assert write(YEAR, "This year.", manager, version=taken.version).taken_from is None


def test_the_page_of_words_offers_last_years_and_says_that_they_wait(
    draft: AnnualReport, manager: User, client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    ReportWords.objects.filter(year=YEAR, chapter="introduction").delete()
    write(YEAR.previous, "Last year we met.", manager)
    client.force_login(manager)
    page = reverse("reports:words_edit", args=[YEAR, "introduction"])
    assert "Begin with these words" in client.get(page).content.decode()
    client.post(reverse("reports:words_take_over", args=[YEAR, "introduction"]))
    assert "Still true" in client.get(page).content.decode()
    detail = reverse("reports:report_detail", args=[draft.pk])
    assert "Words of 2015-16, to confirm" in client.get(detail).content.decode()
    version = ReportWords.objects.get(year=YEAR, chapter="introduction").version
    client.post(reverse("reports:words_confirm", args=[YEAR, "introduction"]), {"version": version})
    assert "Still true" not in client.get(page).content.decode()


def test_chapters_stand_in_the_order_of_the_team_and_some_are_left_out(manager: User, words: None) -> None:
    assert [part.slug for part, _ in arranged(YEAR)] == ["introduction", "board", "dataset", "contacts"]
    order = ["introduction", "dataset", "board", "contacts"]
    for wrong in (order[:-1], [*order, "board"]):
        with pytest.raises(RuleBroken, match="one place"):
            services.arrange_chapters(year=YEAR, order=wrong, left_out=(), by=manager)
    with pytest.raises(RuleBroken, match="at least one"):
        services.arrange_chapters(year=YEAR, order=order, left_out=order, by=manager)
    services.arrange_chapters(year=YEAR, order=order, left_out={"board"}, by=manager)
    content = gather(year=YEAR, number=1, as_at=AS_AT)
    assert [chapter.slug for chapter in content.chapters] == ["introduction", "dataset", "contacts"]
    assert [part.slug for part, _ in arranged(YEAR.previous)] == ["introduction", "board", "dataset", "contacts"]


def test_the_page_of_the_order_names_two_in_one_place(
    manager: User, draft: AnnualReport, client: Client, settings: Any, run_jobs: Callable[[], Any]
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    client.force_login(manager)
    address = reverse("reports:arrange", args=[YEAR])
    places = {"place_introduction": "1", "place_board": "3", "place_dataset": "3", "place_contacts": "4"}
    refused = client.post(address, places).content.decode()
    assert "“Southampton’s children” and “The board” have the same place. Give one of them another." in refused
    assert client.post(address, places | {"place_dataset": "2"}).status_code == 302
    services.build_report(report=draft, as_at=AS_AT, by=manager)
    run_jobs()
    content = from_json(AnnualReport.objects.get().content)
    assert [chapter.slug for chapter in content.chapters] == ["introduction", "dataset", "board", "contacts"]
