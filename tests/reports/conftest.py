"""A report of two computed chapters and two of words, and the people around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lscb.accounts import services as accounts
from lscb.accounts.models import Agency, Sector, User
from lscb.reports import chapters, services
from lscb.reports.chapters import Part
from lscb.reports.models import AnnualReport

from .samples import AS_AT, YEAR, board, children

SAMPLE = (
    Part("introduction", "Introduction by the independent chair", "Say hello."),
    Part("board", "The board", "Who we are.", board),
    Part("dataset", "Southampton’s children", "What figures mean.", children),
    Part("contacts", "Contacts", "How to reach us."),
)


@pytest.fixture(autouse=True)
def _sample_chapters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two computed chapters are enough, except where the whole demonstration is there."""
    if "demo_board" not in request.fixturenames:
        monkeypatch.setattr(chapters, "CHAPTERS", SAMPLE)


def _person(name: str, role: str, **where: Any) -> User:
    user = accounts.register_person(name=name, email=f"{name.lower()}@example.org", password="long enough 12", by=None)
    accounts.grant_role(user=user, role=accounts_role(role), starts_on=YEAR.first_day, by=None, **where)
    return User.objects.get(pk=user.pk)


def accounts_role(slug: str) -> Any:
    from lscb.accounts.roles import ROLE_OF

    return ROLE_OF[slug]


@pytest.fixture
def manager(db: None) -> User:
    return _person("Manager", "board_manager")


@pytest.fixture
def chair(db: None) -> User:
    return _person("Chair", "independent_chair")


@pytest.fixture
def lay(db: None) -> User:
    return _person("Lay", "lay_member")


@pytest.fixture
def outsider(db: None) -> User:
    agency = Agency.objects.create(name="Solent NHS Trust", short_name="Solent", sector=Sector.HEALTH)
    return _person("Outsider", "professional", agency=agency)


@pytest.fixture
def words(manager: User) -> None:
    for chapter, text in {
        "cover": "**{{ dataset.looked_after }}** children looked after.",
        "introduction": "Welcome.\n\nLooked after children fell by {{ dataset.looked_after_change }}.",
        "contacts": "Write to [us](mailto:board.team@example.org).",
    }.items():
        services.save_words(year=YEAR, chapter=chapter, markdown=text, version=0, by=manager)


@pytest.fixture
def draft(manager: User, words: None) -> AnnualReport:
    return services.start_report(year=YEAR, as_at=AS_AT, by=manager)


@pytest.fixture
def ready(draft: AnnualReport, manager: User, run_jobs: Callable[[], Any]) -> AnnualReport:
    services.build_report(report=draft, as_at=AS_AT, by=manager)
    run_jobs()
    return AnnualReport.objects.get(pk=draft.pk)


@pytest.fixture
def approved(ready: AnnualReport, chair: User, run_jobs: Callable[[], Any]) -> AnnualReport:
    services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)
    run_jobs()
    return AnnualReport.objects.get(pk=ready.pk)
