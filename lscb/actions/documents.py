"""A plan to take into the meeting, as a workbook and as a tagged PDF; a review to put into the minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.template.loader import render_to_string

from lscb.common.chapters import Column, Table
from lscb.common.pdf import print_pdf
from lscb.common.periods import FinancialYear
from lscb.common.spreadsheets import Sheet, Value, xlsx_bytes
from lscb.common.templatetags.portal import day
from lscb.common.word_documents import add_table, as_bytes, new_document
from lscb.common.words import naming

from .counts import AgencyFlow, Flow, counted_in, flow, flow_by_agency, left_after
from .models import Action, ActionEntry, ActionEvent, ActionPlan, Kind, QuarterlyReview
from .querysets import ActionQuerySet
from .rows import WATCHED, asked_of, rag_tag, state_tag

EVERYTHING = (WATCHED, "entries__files__attachment", "notes")

# ---- A plan ---------------------------------------------------------------------------------------------------------


def plan_as_xlsx(plan: ActionPlan, today: dt.date) -> bytes:
    """What is live, what left the plan, and the counts of the year by agency."""
    actions = list(_worst_first(plan, today))
    year = FinancialYear.containing(today)
    window = {"after": year.previous.last_day, "upto": today}
    return xlsx_bytes(
        [
            _sheet("Outstanding", (action for action in actions if action.is_live), today),
            _sheet("Signed off or closed", (action for action in actions if not action.is_live), today),
            _counts_sheet(f"Counts {year}", flow_by_agency(plan.actions.all(), **window), flow(plan, **window), today),
            Sheet(
                "Quarterly reviews",
                ("Held on", "Meeting", "Opening", "Added", "Signed off", "Withdrawn or superseded", "Closing"),
                [
                    (one.held_on, one.forum, one.opening, one.added, one.signed_off, one.withdrawn, one.closing)
                    for one in plan.reviews.all()
                ],
            ),
        ]
    )


def counts_as_xlsx(actions: ActionQuerySet, *, since: dt.date, upto: dt.date) -> bytes:
    """How many came and went, by agency."""
    window = {"after": since - dt.timedelta(days=1), "upto": upto}
    return xlsx_bytes([_counts_sheet("Counts", flow_by_agency(actions, **window), flow(actions, **window), upto)])


def plan_as_pdf(plan: ActionPlan, today: dt.date) -> bytes:
    """Live actions only, for the meeting. Raises RuleBroken with a sentence when it cannot be printed."""
    year = FinancialYear.containing(today)
    html = render_to_string(
        "actions/plan_print.html",
        {
            "title": f"{plan.title}, {day(today)}",
            "plan": plan,
            "board": naming().board_name,
            "brand": naming().brand_colour,
            "created": today.isoformat(),
            "actions": [_printed(action, today) for action in _worst_first(plan, today) if action.is_live],
            "flow": flow_table(flow(plan, after=year.previous.last_day, upto=today), f"{year} so far"),
        },
    )
    return print_pdf(html, pictures=frozenset(), identifier=f"{plan.pk} {today}").pdf


def _worst_first(plan: ActionPlan, today: dt.date) -> ActionQuerySet:
    return plan.actions.worst_first(today).prefetch_related(*EVERYTHING)


def _printed(action: Action, today: dt.date) -> dict[str, Any]:
    return {
        "action": action,
        "rag": rag_tag(action, today),
        "state": state_tag(action),
        "parts": [{"entry": entry, "files": len(entry.files.all())} for entry in action.entries.all()],
        "note": _last_note(action),
        "due": day(action.due),
        "first": day(action.original_due) if action.has_moved else "",
    }


def _sheet(title: str, actions: Iterable[Action], today: dt.date) -> Sheet:
    headings = (
        *("Number", "Action", "What children should notice", "Who", "Starts", "First due", "Due", "RAG", "State"),
        *("How it is going", "Evidence", "Files", "Last progress"),
    )
    return Sheet(title, headings, [_cells(action, today) for action in actions])


def _cells(action: Action, today: dt.date) -> Sequence[Value]:
    parts = list(action.entries.all())
    return (
        *(action.number, action.what, action.intended_outcome, asked_of(action), action.starts_on),
        *(action.original_due, action.due, rag_tag(action, today).word, state_tag(action).word),
        "\n".join(f"{part.who}: {part.get_progress_display().lower()}" for part in parts if part.progress),
        "\n\n".join(_evidence(part, several=len(parts) > 1) for part in parts if part.evidence),
        "\n".join(str(file) for part in parts for file in part.files.all()),
        _last_note(action),
    )


def _evidence(part: ActionEntry, *, several: bool) -> str:
    return f"{part.who}: {part.evidence}" if several else part.evidence


def _last_note(action: Action) -> str:
    last = max(action.notes.all(), key=lambda note: (note.on, note.pk), default=None)
    return f"{day(last.on)}: {last.text}" if last else ""


# ---- Counts ---------------------------------------------------------------------------------------------------------


def flow_table(counts: Flow, title: str) -> Table:
    """The flow as one row, so that it reads as the sum that it is."""
    columns = ("Opening", "+ added", "− signed off", "− withdrawn or superseded", "= closing")
    row = (counts.opening, counts.added, counts.signed_off, counts.withdrawn, counts.closing)
    note = f"{counts.reopened} of those added were re-opened." if counts.reopened else ""
    headings = (Column("Time"), *(Column(heading, numeric=True) for heading in columns))
    return Table(title, headings, [(title, *(f"{number:,}" for number in row))], note=note)


def agencies_table(by_agency: Sequence[AgencyFlow], upto: dt.date) -> Table:
    headings = ("Opening", "Added", "Signed off", "Withdrawn", "Closing", "Signed off, of all to be done")
    return Table(
        "By who is asked",
        (Column("Who is asked"), *(Column(heading, numeric=True) for heading in headings)),
        [
            (
                one.name_on(upto),
                *(f"{number:,}" for number in _numbers(one.flow)),
                str(one.flow.share_signed_off),
            )
            for one in by_agency
        ],
        note="An action of several agencies counts for each of them, so the rows are more than the whole.",
    )


def _counts_sheet(title: str, by_agency: Sequence[AgencyFlow], whole: Flow, upto: dt.date) -> Sheet:
    headings = ("Who is asked", "Opening", "Added", "Signed off", "Withdrawn or superseded", "Closing")
    rows = [(one.name_on(upto), *_numbers(one.flow)) for one in by_agency]
    return Sheet(title, headings, [*rows, ("All actions, each once", *_numbers(whole))])


def _numbers(counts: Flow) -> tuple[int, int, int, int, int]:
    return counts.opening, counts.added, counts.signed_off, counts.withdrawn, counts.closing


# ---- A review -------------------------------------------------------------------------------------------------------


def review_as_docx(review: QuarterlyReview) -> bytes:
    """The extract for the minutes: the flow, what was signed off, what came and went, what is late."""
    title = f"Review of the action plan, {day(review.held_on)}"
    document = new_document(title=title, author=naming().board_name, on=review.held_on)
    for name, value in (("Plan", review.plan.title), ("Meeting", review.forum), ("Held on", day(review.held_on))):
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(value)
    add_table(document, flow_table(as_flow(review), "Since the review before"))
    if review.notes:
        document.add_heading("What was said", level=1)
        document.add_paragraph(review.notes)
    happened = counted_in(review)
    _list(document, "Signed off: all members present agreed that these are achieved", happened["signed_off"])
    _list(document, "Added or re-opened", happened["added"])
    _list(document, "Withdrawn or superseded", happened["withdrawn"])
    left = list(left_after(review).with_due(review.held_on).prefetch_related(WATCHED))
    late = [one for one in left if one.due_then < review.held_on]  # type: ignore[attr-defined]
    document.add_heading(f"Outstanding: {len(left)}, of them overdue: {len(late)}", level=1)
    if late:
        columns = (Column("Action"), Column("Who"), Column("Due"))
        rows = [(f"{one.number}. {one.what}", asked_of(one), day(one.due_then)) for one in late]  # type: ignore[attr-defined]
        add_table(document, Table("Overdue", columns, rows))
    return as_bytes(document)


def as_flow(review: QuarterlyReview) -> Flow:
    return Flow(review.opening, review.added, review.reopened, review.signed_off, review.withdrawn, review.closing)


def _list(document: Any, heading: str, events: Sequence[ActionEvent]) -> None:
    if not events:
        return
    document.add_heading(heading, level=1)
    for event in events:
        again = ", re-opened" if event.kind == Kind.REOPENED else ""
        why = f" ({event.reason})" if event.reason else ""
        document.add_paragraph(f"{event.action.number}. {event.action.what}{again}{why}", style="List Bullet")
