"""The papers of a panel meeting as one tagged PDF. Only released papers are in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from boards.models import Meeting
from lscb.common.pdf import print_pdf
from lscb.common.templatetags.portal import day
from lscb.common.words import naming

from .models import PARTS, PanelCase, Paper


def panel_papers(meeting: Meeting, cases: Sequence[PanelCase], papers: Mapping[Any, Paper]) -> bytes:
    """Raises RuleBroken with a sentence when it cannot be printed."""
    printed = [
        {
            "death": case.death,
            "parts": [(label, getattr(papers[case.death_id], name)) for name, label in PARTS.items()],
        }
        for case in cases
        if case.death_id in papers
    ]
    html = render_to_string(
        "cdop/panel_print.html",
        {
            "title": f"Papers of the {meeting.group.name}, {day(meeting.day)}",
            "board": naming().board_name,
            "created": meeting.day.isoformat(),
            "meeting": meeting,
            "cases": printed,
            "waiting": [case.death.reference for case in cases if case.death_id not in papers],
            "brand": naming().brand_colour,
        },
    )
    versions = " ".join(str(papers[key].version) for key in sorted(papers, key=str))
    return print_pdf(html, pictures=frozenset(), identifier=f"{meeting.pk} {versions}").pdf
