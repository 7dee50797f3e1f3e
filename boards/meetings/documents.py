"""The minutes of a meeting as a Word document and as a tagged PDF, drawn from the same values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from boards.models import AgendaItem, Meeting
from lscb.actions.models import Action, ActionEntry
from lscb.common.chapters import Column, Table
from lscb.common.markdown import to_html
from lscb.common.pdf import print_pdf
from lscb.common.templatetags.portal import day
from lscb.common.word_documents import add_markdown, add_table, as_bytes, new_document
from lscb.common.words import naming

from .attendance import SeatMark, seat_marks


@dataclass(frozen=True)
class Minutes:
    """What is printed: nothing that the meeting's page does not show to who may read it."""

    meeting: Meeting
    title: str
    facts: Sequence[tuple[str, str]]
    attendance: Table | None
    items: Sequence[AgendaItem]
    actions: Table | None


def gather(meeting: Meeting, actions: Sequence[Action]) -> Minutes:
    """`actions` are those raised in the meeting that the reader may see, with their entries."""
    marks = seat_marks(meeting)
    approved = meeting.approved_in
    return Minutes(
        meeting=meeting,
        title=f"Minutes of the {meeting.group.name}, {day(meeting.day)}",
        facts=[
            (name, value)
            for name, value in (
                ("Time", meeting.hours),
                ("Place", meeting.where),
                ("Theme", meeting.theme),
                ("Chaired by", meeting.group.chaired_by),
                ("Minutes", f"approved on {day(approved.day)}" if approved else "draft, not yet approved"),
            )
            if value
        ],
        attendance=_attendance(marks) if any(one.mark for one in marks) else None,
        items=list(meeting.agenda.all()),
        actions=_actions(actions) if actions else None,
    )


def as_docx(minutes: Minutes) -> bytes:
    document = new_document(title=minutes.title, author=naming().board_name, on=minutes.meeting.day)
    for name, value in minutes.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(value)
    if minutes.attendance:
        document.add_heading("Attendance", level=1)
        add_table(document, minutes.attendance)
    if minutes.items:
        document.add_heading("Agenda and decisions", level=1)
    for item in minutes.items:
        document.add_heading(f"{item.order}. {item.title}", level=2)
        if item.presenter:
            document.add_paragraph(f"Presented by: {item.presenter}")
        add_markdown(document, item.notes, top_heading=3)
        if item.decision:
            document.add_paragraph().add_run("Decision").bold = True
            add_markdown(document, item.decision, top_heading=3)
    document.add_heading("Minutes", level=1)
    add_markdown(document, minutes.meeting.minutes, top_heading=2)
    if minutes.actions:
        document.add_heading("Actions", level=1)
        add_table(document, minutes.actions)
    return as_bytes(document)


def as_pdf(minutes: Minutes) -> bytes:
    """Raises RuleBroken with a sentence when it cannot be printed."""
    items = [
        {"item": item, "notes": to_html(item.notes, top_heading=4), "decision": to_html(item.decision, top_heading=4)}
        for item in minutes.items
    ]
    html = render_to_string(
        "boards/meeting_print.html",
        {
            "title": minutes.title,
            "board": naming().board_name,
            "created": minutes.meeting.day.isoformat(),
            "facts": minutes.facts,
            "attendance": minutes.attendance,
            "items": items,
            "minutes": to_html(minutes.meeting.minutes, top_heading=3),
            "actions": minutes.actions,
            "confidential": minutes.meeting.is_confidential,
            "brand": naming().brand_colour,
        },
    )
    version = f"{minutes.meeting.pk} {minutes.meeting.minutes_version}"
    return print_pdf(html, pictures=frozenset(), identifier=version).pdf


def _attendance(marks: Sequence[SeatMark]) -> Table:
    return Table(
        "Who attended, by seat",
        (Column("Seat"), Column("For"), Column("Attendance")),
        [(one.place.seat.position, one.place.agency, one.word) for one in marks],
    )


def _actions(actions: Sequence[Action]) -> Table:
    return Table(
        "Actions raised in this meeting",
        (Column("Action"), Column("Who"), Column("Due")),
        [(one.what, "; ".join(_asked(entry) for entry in one.entries.all()), day(one.original_due)) for one in actions],
    )


def _asked(entry: ActionEntry) -> str:
    return entry.agency.name if entry.agency else entry.owner
