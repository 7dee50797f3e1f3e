"""Lists and records of the portal at scale 1 and at scale 100 of the demonstration, round by round in one run.

    .venv/bin/python bench/pages.py [--rounds 15] [--scale 100]

Makes two databases of the same demonstration in a folder that goes afterwards; the second holds a hundred times the
plans, actions, challenges and meetings. Each round opens every page on both, one right after the other. Lists show ten
rows on both, so that what is compared is finding them, not printing more of them. Aim: for all pages together a ratio
of medians of 1.3 or less.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AIM = 1.3
ROWS = 10


def main() -> int:
    arguments = argparse.ArgumentParser(description="Pages at scale 1 and at a larger scale.")
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--scale", type=int, default=100, help="how many times the records of the demonstration")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small, large = start_portal(Path(folder), scale=asked.scale)
        return measure(small, large, rounds=asked.rounds, scale=asked.scale)


def start_portal(folder: Path, *, scale: int) -> tuple[Path, Path]:
    """The demonstration in one database, and many times over in another."""
    small, large = folder / "small.sqlite3", folder / "large.sqlite3"
    os.environ.update(
        PORTAL_MODE="demonstration",
        DJANGO_SETTINGS_MODULE="lscb.settings",
        DATA_DIR=str(folder),
        DATABASE_URL=f"sqlite:///{small}",
        REDIS_URL="",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from lscb.common.lists import ListPage
    from lscb.demo.load import load_demo
    from lscb.demo.multiply import multiply

    ListPage.page_size = ROWS
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    load_demo()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(small, large)
    use(large)
    multiply(scale)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    use(small)
    return small, large


def use(database: Path) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(database)


def measure(small: Path, large: Path, *, rounds: int, scale: int) -> int:
    pages = addresses()
    seconds: dict[tuple[str, Path], list[float]] = {}
    clients = {database: sign_in(database) for database in (small, large)}
    for number in range(rounds + 1):
        for name, (person, address) in pages.items():
            for database in (small, large):
                use(database)
                took = visit(clients[database][person], address)
                if number:  # the first round warms templates, imports and caches for both
                    seconds.setdefault((name, database), []).append(took)
    return show(pages, seconds, small, large, rounds=rounds, scale=scale)


def sign_in(database: Path) -> dict[str, Any]:
    from django.test import Client

    from lscb.accounts.models import User
    from lscb.demo.people import PEOPLE

    use(database)
    clients = {}
    for person in PEOPLE:
        if person.mailbox in ("manager", "lead"):
            clients[person.mailbox] = client = Client(headers={"host": "127.0.0.1"})
            client.force_login(User.objects.get(email=person.email))
    return clients


def addresses() -> dict[str, tuple[str, str]]:
    """Each page: who opens it and its address. The records are those that both databases hold."""
    from django.urls import reverse

    from boards.models import Challenge, Meeting
    from lscb.actions.models import EvidenceFile

    of_the_plan = EvidenceFile.objects.filter(entry__action__plan__business_plan__isnull=False)
    action = of_the_plan.select_related("entry__action").latest("pk").entry.action
    challenge, meeting = (
        Challenge.objects.earliest("number"),
        Meeting.objects.filter(theme__gt="").earliest("starts_at"),
    )
    return {
        "first page": ("manager", reverse("home")),
        "challenges": ("manager", reverse("boards:challenge_list")),
        "challenges, searched": ("manager", reverse("boards:challenge_list") + "?words=children"),
        "challenges of an agency": ("lead", reverse("boards:challenge_list")),
        "a challenge": ("manager", challenge.get_absolute_url()),
        "meetings": ("manager", reverse("boards:meeting_list")),
        "a meeting": ("manager", meeting.get_absolute_url()),
        "actions, worst first": ("manager", reverse("actions:mine")),
        "overdue actions": ("manager", reverse("actions:mine") + "?show=overdue"),
        "my actions": ("lead", reverse("actions:mine")),
        "action plans": ("manager", reverse("actions:plan_list")),
        "a plan": ("manager", reverse("actions:plan", args=[action.plan_id])),
        "review of a plan": ("manager", reverse("actions:review", args=[action.plan_id])),
        "an action": ("manager", action.get_absolute_url()),
    }


def visit(client: Any, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address)
    took = time.perf_counter() - began
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return took


def show(
    pages: dict[str, Any],
    seconds: dict[tuple[str, Path], list[float]],
    small: Path,
    large: Path,
    *,
    rounds: int,
    scale: int,
) -> int:
    print(f"Pages at scale 1 and {scale}, medians of {rounds} rounds")
    total = {small: 0.0, large: 0.0}
    for name in pages:
        one, many = (median(seconds[name, database]) for database in (small, large))
        total[small] += one
        total[large] += many
        print(f"  {name:<26} {one * 1000:7.1f} ms {many * 1000:7.1f} ms   ratio {many / one:5.2f}")
    ratio = total[large] / total[small]
    print(f"  {'all together':<26} {total[small] * 1000:7.1f} ms {total[large] * 1000:7.1f} ms   ratio {ratio:5.2f}")
    print(f"  (aim: {AIM} or less)")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
