"""The check of the data: every rule of every app, what was found, and whether somebody should look.

It runs each night as a job, on the server as `manage.py check_data`, and when somebody asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import timezone

from audits.invariants import broken as in_audits
from boards.invariants import broken as in_boards
from casereviews.invariants import broken as in_case_reviews
from cdop.invariants import broken as in_child_deaths
from dataset.invariants import broken as in_dataset
from lscb.accounts.invariants import broken as in_accounts
from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.actions.invariants import broken as in_actions
from lscb.common.waiting import Waiting
from lscb.demo.invariants import broken as in_demonstration
from lscb.files.invariants import broken as in_files
from lscb.jobs.invariants import broken as in_jobs
from lscb.jobs.models import Job
from lscb.jobs.services import Progress, enqueue
from lscb.records.invariants import broken as in_records
from lscb.reports.invariants import broken as in_reports
from lscb.trail.invariants import broken as in_trail
from training.invariants import broken as in_training

from .models import DataCheck

RULES: tuple[Callable[[dt.date], Iterator[str]], ...] = (
    in_trail,
    in_accounts,
    in_files,
    in_jobs,
    in_actions,
    in_boards,
    in_case_reviews,
    in_audits,
    in_training,
    in_child_deaths,
    in_dataset,
    in_reports,
    in_records,
    in_demonstration,
)
"""Each app's `invariants.py: broken(today)` gives a sentence (or a `Fault`) for each rule that does not hold."""

TASK = "lscb.home.tasks.do_check_data"
KEPT = dt.timedelta(days=60)
STALE = dt.timedelta(days=2)
MOST = 200
"""How many faults of one room are kept: the first hundred say what is wrong."""

HIDDEN = "A rule is broken in a record that you may not see. Ask who looks after it."
ADVICE = {
    "trail": "Change nothing. Take a backup, and have the technical administrator compare it with earlier ones.",
    "files": "Ask the technical administrator to fetch the file from a backup.",
    "jobs": "Ask for the work again from where it was asked for. An old result can be let go.",
    "reports": "Do not publish or send it. Ask the technical administrator to compare it with a backup.",
    "accounts": "Put it right on the pages of people and agencies.",
    "dataset": "Do not publish the edition. Compile the quarter anew, or compare it with a backup.",
}
DEFAULT_ADVICE = "Open the record and put it right. If that cannot be done there, tell the technical administrator."


@dataclass(frozen=True)
class Line:
    """One fault as a page shows it to one reader."""

    sentence: str
    url: str = ""


@dataclass(frozen=True)
class Room:
    name: str
    advice: str
    lines: list[Line]


def room_of(rule: Callable[[dt.date], Iterator[str]]) -> str:
    config = apps.get_containing_app_config(rule.__module__)
    assert config  # nosec B101
    return config.label


def ask_for_check(*, by: Actor) -> Job:
    """Put a check into the queue; while one waits or runs there is no second."""
    return enqueue(
        task=TASK,
        title="Check of the data",
        arguments={},
        by=by,
        permission=Permission.READ_JOBS,
        unique_key="check of the data",
    )


def do_check(*, progress: Progress) -> None:
    """Ask every rule and keep what was found."""
    started_at = timezone.now()
    rooms = {}
    for number, rule in enumerate(RULES):
        progress.step(f"Checking {room_of(rule)}", number, len(RULES))
        rooms[room_of(rule)] = [_kept(sentence) for sentence in rule(timezone.localdate())]
    now = timezone.now()
    with progress.finishing() as job:
        DataCheck.objects.filter(finished_at__lt=now - KEPT).delete()
        DataCheck.objects.create(
            started_at=started_at,
            finished_at=now,
            number_of_faults=sum(map(len, rooms.values())),
            rooms={name: faults[:MOST] for name, faults in rooms.items()},
        )
        job.result_url, job.result_label = reverse("data_health"), "See what was found"


def _kept(sentence: str) -> dict[str, str]:
    about = getattr(sentence, "about", None)
    if about is None:
        return {"sentence": str(sentence)}
    return {"sentence": str(sentence), "model": about._meta.label_lower, "key": str(about.pk)}


def rooms_for(check: DataCheck, user: User) -> list[Room]:
    """What the check found, worst room first, as `user` may read it."""
    rooms = [
        Room(_title(name), ADVICE.get(name, DEFAULT_ADVICE), list(_lines(faults, user)))
        for name, faults in check.rooms.items()
    ]
    return sorted(rooms, key=lambda room: -len(room.lines))


def _title(label: str) -> str:
    name = str(apps.get_app_config(label).verbose_name)
    return name[:1].upper() + name[1:]


def _lines(faults: list[dict[str, str]], user: User) -> Iterator[Line]:
    """Records are looked up kind by kind, so that many faults cost no more queries than few."""
    wanted: dict[str, set[str]] = {}
    for fault in faults:
        if "model" in fault:
            wanted.setdefault(fault["model"], set()).add(fault["key"])
    seen = {label: _visible(apps.get_model(label), keys, user) for label, keys in wanted.items()}
    for fault in faults:
        if "model" not in fault:
            yield Line(fault["sentence"])
        elif record := seen[fault["model"]].get(fault["key"]):
            url = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
            yield Line(fault["sentence"], url)
        else:
            yield Line(HIDDEN)


def _visible(model: type[models.Model], keys: set[str], user: User) -> dict[str, models.Model]:
    visible = model._default_manager.all().visible_to(user)  # type: ignore[attr-defined]
    return {str(record.pk): record for record in visible.filter(pk__in=keys)}


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For who keeps the portal running: that the last check found something, or that none has run. One query."""
    if not user.may(Permission.READ_JOBS):
        return []
    check = DataCheck.objects.latest_first().first()
    if check is None:
        return []
    url = reverse("data_health")
    if check.number_of_faults:
        things = "1 fault" if check.number_of_faults == 1 else f"{check.number_of_faults} faults"
        title = f"The check of the data found {things}"
        return [Waiting(title, url, "See what it is and what to do.", tag=things, tone="red", outside=title)]
    if timezone.localdate(check.finished_at) < today - STALE:
        title = "The data was not checked for days"
        return [Waiting(title, url, "It should run every night.", tag="not checked", tone="amber", outside=title)]
    return []
