"""Compiling as a job and as a command: one job gives one edition."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dataset.models import Edition
from dataset.services import ask_for_edition, do_compile
from lscb.accounts.models import Grant
from lscb.accounts.roles import BoardAnalyst
from lscb.jobs.models import JobState
from lscb.jobs.services import work
from tests.accounts.factories import person

from .factories import Q4, figure, indicator, moment

pytestmark = pytest.mark.django_db


def test_a_job_gives_one_edition_and_leads_to_it() -> None:
    figure(indicator(), "2016-17Q4", 1)
    analyst = person(BoardAnalyst)
    job = ask_for_edition(quarter=Q4, status="final", as_at=moment("2017-05-01"), by=analyst)
    steps: list[str] = []
    for _ in range(3):  # a message that comes again does nothing
        job = work(job.pk, do_compile, watch=lambda job: steps.append(job.step))
    edition = Edition.objects.get()
    assert (job.state, job.result_url) == (JobState.DONE, edition.get_absolute_url())
    assert edition.compiled_by == analyst
    assert steps[0].startswith("Figures of ")


def test_a_job_whose_asker_lost_the_right_fails_with_a_sentence() -> None:
    figure(indicator(), "2016-17Q4", 1)
    job = ask_for_edition(quarter=Q4, status="final", as_at=moment("2017-05-01"), by=person(BoardAnalyst))
    Grant.objects.all().delete()
    job = work(job.pk, do_compile)
    assert (job.state, Edition.objects.count()) == (JobState.FAILED, 0)
    assert "may not compile" in job.failure


def test_the_command_compiles_here_and_now(capsys: Any) -> None:
    figure(indicator(), "2016-17Q4", 1)
    call_command("compile_dataset", "2016-17Q4", "--as-at", "2017-04-28", "--provisional")
    edition = Edition.objects.get()
    assert (edition.as_at_day.isoformat(), edition.status) == ("2017-04-28", "provisional")
    assert "edition 1" in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "words"), [("2016-17Q5", "not a quarter"), ("2999-00Q1", "ends on")])
def test_the_command_says_what_is_wrong(typed: str, words: str) -> None:
    indicator()
    with pytest.raises(CommandError, match=words):
        call_command("compile_dataset", typed, stdout=io.StringIO())
