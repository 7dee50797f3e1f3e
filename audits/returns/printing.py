"""A return, and the panel's feedback about it, as a tagged PDF and as a Word document.

The PDF of a submitted return is drawn from what was frozen when it was sent, and from nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from lscb.common.pdf import print_pdf
from lscb.common.periods import local_date
from lscb.common.templatetags.portal import day
from lscb.common.word_documents import as_bytes, new_document
from lscb.common.words import in_templates, naming

from ..models import Return
from .document import Content, content_of, digest
from .panel import areas_of


def return_pdf(of_return: Return) -> bytes:
    """The last submission; of a return that is not submitted what stands there now, marked as a draft."""
    sent = of_return.submissions.order_by("-number").first()
    content = sent.content if sent else content_of(of_return, sent_at=None)
    identifier = sent.digest if sent else digest(content)
    return _print("audits/return_print.html", content_for_print(content), identifier)


def content_for_print(content: Content) -> dict[str, Any]:
    """Dates as people write them."""
    sent_at = content["sent_at"]
    sent_on = day(dt.datetime.fromisoformat(sent_at)) if sent_at else ""
    facts = [
        ("Agency", content["agency"]),
        ("Reference", content["reference"]),
        ("Round", f"{content['round']}, {content['year']}"),
        ("Asked for", content["asks_for"]),
        ("Duty", content["duty"]),
        ("Guidance", content["edition"]),
        ("Due", day(dt.date.fromisoformat(content["due_on"]))),
        ("Submitted", f"{sent_on}{', after the deadline' if content['late'] else ''}" if sent_on else "draft, not yet"),
    ]
    signatures = [
        (one["capacity"], f"{one['name']}, {one['position']}, {day(dt.datetime.fromisoformat(one['signed_at']))}")
        for one in content["signatures"]
    ]
    return {
        **content,
        "title": f"Return of {content['agency']}",
        "facts": [(name, value) for name, value in facts if value],
        "signed": signatures,
        "created": (sent_at or content["due_on"])[:10],
        "standards": [
            {**standard, "answers": [_with_day(answer) for answer in standard["answers"]]}
            for standard in content["standards"]
        ],
    }


def _with_day(answer: Content) -> Content:
    improve_by = answer["improve_by"]
    return {**answer, "improve_by": day(dt.date.fromisoformat(improve_by)) if improve_by else ""}


# ---- The feedback letter --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """What the letter says: per area its words, overall first, then standard by standard."""

    title: str
    agency: str
    facts: Sequence[tuple[str, str]]
    areas: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
    grades: Sequence[tuple[str, str, str, str]]
    requests: Sequence[tuple[str, str, str]]
    on: dt.date


def letter_of(of_return: Return, *, today: dt.date) -> Letter:
    """The letter as issued, or as it stands while the panel writes it."""
    feedback = list(of_return.feedback.select_related("standard", "area"))
    areas = []
    for area in areas_of(of_return):
        own = [one for one in feedback if one.area_id == area.pk]
        overall = next((one.text for one in own if one.standard is None), "")
        parts = sorted((one for one in own if one.standard), key=lambda one: one.standard.number)  # type: ignore[union-attr]
        areas.append((area.name, overall, [(str(one.standard), one.text) for one in parts]))
    moderated = of_return.answers.filter(moderated__isnull=False)
    grades = [
        (
            f"{one.question.reference} {one.question.text}",
            one.option.label if one.option else "None",
            one.moderated.option.label,
            one.moderated.reason,
        )
        for one in moderated.select_related("option", "moderated__option", "question__standard")
        if one.option_id != one.moderated.option_id
    ]
    on = local_date(of_return.feedback_at) if of_return.feedback_at else today
    return Letter(
        title=f"Feedback: {of_return.round.title}",
        agency=of_return.agency.name_on(on),
        facts=[
            ("To", of_return.agency.name_on(on)),
            ("Reference", of_return.reference),
            ("Date", day(on) if of_return.feedback_at else "draft, not yet issued"),
        ],
        areas=areas,
        grades=grades,
        requests=[
            (str(one.standard), one.text, day(one.due_on)) for one in of_return.requests.select_related("standard")
        ],
        on=on,
    )


def letter_pdf(of_return: Return, *, today: dt.date) -> bytes:
    letter = letter_of(of_return, today=today)
    words = {
        "title": letter.title,
        "letter": letter,
        "created": letter.on.isoformat(),
        "several": len(letter.areas) > 1,
    }
    return _print("audits/letter_print.html", words, f"letter {of_return.pk} {letter.on}")


def letter_docx(of_return: Return, *, today: dt.date) -> bytes:
    letter = letter_of(of_return, today=today)
    document = new_document(title=letter.title, author=naming().board_name, on=letter.on)
    for name, value in letter.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(value)
    for area, overall, parts in letter.areas:
        document.add_heading(
            f"Feedback of the {naming().board} of {area}" if len(letter.areas) > 1 else "Feedback", level=1
        )
        document.add_paragraph(overall)
        for standard, text in parts:
            document.add_heading(standard, level=2)
            document.add_paragraph(text)
    if letter.grades:
        document.add_heading("Where the panel’s grade is another than yours", level=1)
        for question, own, panel, reason in letter.grades:
            document.add_heading(question, level=2)
            document.add_paragraph(f"Your grade: {own}. The panel’s grade: {panel}. {reason}")
    if letter.requests:
        document.add_heading("What we ask you to do", level=1)
        for standard, text, due in letter.requests:
            document.add_paragraph(f"{text} (standard {standard}, by {due})", style="List Bullet")
    return as_bytes(document)


def _print(template: str, words: dict[str, Any], identifier: str) -> bytes:
    more = {**in_templates(), "board": naming().board_name, "brand": naming().brand_colour}
    return print_pdf(render_to_string(template, words | more), pictures=frozenset(), identifier=identifier).pdf
