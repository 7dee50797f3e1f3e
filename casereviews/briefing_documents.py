"""The briefing as a tagged PDF. It holds nothing but what everybody may read."""

from __future__ import annotations

from django.template.loader import render_to_string

from lscb.common.markdown import to_html
from lscb.common.pdf import print_pdf
from lscb.common.words import naming

from .models import Briefing


def as_pdf(briefing: Briefing) -> bytes:
    """Raises RuleBroken with a sentence when it cannot be printed."""
    steps = [{"step": step, "text": to_html(step.text, top_heading=3)} for step in briefing.steps.all()]
    links = [
        (name, link) for name, link in (("Workshop", briefing.workshop_link), ("Video", briefing.video_link)) if link
    ]
    html = render_to_string(
        "casereviews/briefing_print.html",
        {
            "title": briefing.title,
            "board": naming().board_name,
            "created": briefing.shared_on.isoformat() if briefing.shared_on else "",
            "shared_on": briefing.shared_on,
            "steps": steps,
            "workshop": briefing.workshop,
            "links": links,
            "brand": naming().brand_colour,
        },
    )
    return print_pdf(html, pictures=frozenset(), identifier=f"{briefing.pk} {briefing.version}").pdf
