"""Agencies by programs: what they are called from a day on, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lscb.accounts.models import Area, Sector, User

from .asking import Program, done, program
from .test_writing import police


def test_an_agency_is_added_renamed_and_becomes_another(demo_board: dict[str, User]) -> None:
    today = timezone.localdate()
    team = program(demo_board["manager"], "people", "board")
    area = Area.objects.filter(is_home=False)[0].name
    sectors = Sector.values
    facts: dict[str, Any] = {"name": "Probation Trust", "short_name": "PT", "sector": sectors[0], "areas": [area]}
    made = done(team, "agency-list", **facts, active_from="2010-01-01")
    key = made["id"]
    assert made["areas"] == [area]
    assert team.post("agency-list", facts).json()["errors"]["name"]
    assert team.post("agency-list", facts | {"areas": ["Nowhere"]}).json()["errors"]["areas"]
    renamed = {"name": "Probation Service", "short_name": "PS", "on": str(today)}
    named = done(team, "agency-rename", key, **renamed)
    assert [one["name"] for one in named["names"]] == ["Probation Trust", "Probation Service"]
    later = str(today + dt.timedelta(days=1))
    assert team.post("agency-rename", renamed | {"name": "PS", "on": later}, key).json()["errors"]["on"]
    assert done(team, "agency-revise", key, sector=sectors[1])["areas"] == []
    assert team.post("agency-revise", {"sector": sectors[1], "parent": key}, key).json()["errors"]["parent"]
    twice = [police().pk, police().pk]
    ended = done(team, "agency-end", key, on=str(today), successors=twice)
    assert ended["became"] == [{"successor": police().pk, "on": str(today)}]
    assert team.post("agency-end", {"on": str(today)}, key).status_code == 400  # it has ended
    assert team.post("agency-list", facts | {"name": "A", "parent": key}).json()["errors"]["parent"]
    assert Program(demo_board["technical"]).post("agency-rename", renamed, key).status_code == 403
    assert program(demo_board["manager"], "board").post("agency-rename", renamed, key).status_code == 403
