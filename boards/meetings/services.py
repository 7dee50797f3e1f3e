"""Writes of meetings: planned, moved, cancelled, held; agenda, attendance, minutes; the actions that come out of them.

`by` is the person who does it, or None for the portal itself; `now` is the moment (None: now). Of the meetings of a
confidential group the trail tells that something happened, and repeats no words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boards.models import (
    MEETING_MOVES,
    AgendaItem,
    Attendance,
    Challenge,
    Group,
    Holder,
    Mark,
    Meeting,
    MeetingAction,
    MeetingMove,
    MeetingState,
    Seat,
)
from lscb.accounts.models import Actor, CaseAccess, User
from lscb.accounts.permissions import Permission
from lscb.actions import services as actions
from lscb.actions.models import MANAGED_WITH, Action
from lscb.actions.services import Asked
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import FinancialYear, local_date
from lscb.files.services import store_attachment
from lscb.jobs.models import Email
from lscb.jobs.services import queue_email
from lscb.trail.services import changes_between, record

from .access import must_run
from .calendar import address, content_type, entry

FACTS = ("starts_at", "ends_at", "place", "link", "theme")
TELLING = ("starts_at", "ends_at", "place", "link")
"""What stands in the invitation: when one of these changes, the invitation goes out anew."""
OUT_OF_THE_WAY = 10_000


@dataclass(frozen=True)
class Item:
    """One item of an agenda as it is to be. `key` names the item it was; `paper` replaces the paper it has."""

    title: str
    presenter: str = ""
    minutes: int | None = None
    key: int | None = None
    paper: File[Any] | None = None
    without_paper: bool = False


@dataclass(frozen=True)
class Said:
    """What was said about an item, and what was decided."""

    notes: str = ""
    decision: str = ""


# ---- The life of a meeting ------------------------------------------------------------------------------------------


@transaction.atomic
def plan_meeting(
    *,
    group: Group,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    place: str = "",
    link: str = "",
    theme: str = "",
    invite: bool = False,
    by: Actor,
    now: dt.datetime | None = None,
) -> Meeting:
    """A meeting of `group`; `invite` writes to everybody who holds a seat in it on that day and has an account.

    It may lie in the past: what was held before the portal was there can be recorded.
    """
    must_run(by, group)
    group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    meeting = Meeting(
        group=group, starts_at=starts_at, ends_at=ends_at, place=place.strip(), link=link.strip(), theme=theme.strip()
    )
    _check(meeting)
    meeting.save(force_insert=True)
    _record("planned the meeting", meeting, by=by, changes={"starts_at": (None, starts_at)})
    if invite:
        _invite(meeting, guests(meeting), now=now)
    return meeting


@transaction.atomic
def move_meeting(*, meeting: Meeting, by: Actor, now: dt.datetime | None = None, **facts: Any) -> Meeting:
    """Another time, place, link or theme. `facts` are fields of `FACTS`. Who was invited hears of it.

    Who holds a seat on the old day only gets the entry cancelled; who holds one on the new day gets it.
    """
    meeting = _locked(meeting, by)
    _move(meeting, MeetingMove.MOVED)
    before = {name: getattr(meeting, name) for name in facts}
    invited_before = guests(meeting)
    for name, value in facts.items():
        if name not in FACTS:
            raise TypeError(f"{name} of a meeting is not changed here.")
        setattr(meeting, name, value.strip() if isinstance(value, str) else value)
    _check(meeting)
    changes = changes_between(before, {name: getattr(meeting, name) for name in facts})
    if not changes:
        return meeting
    tells = any(name in changes for name in TELLING)
    if tells:
        meeting.invitation += 1
    meeting.save()
    _record("changed the meeting", meeting, by=by, changes=changes)
    if tells and _was_invited(meeting):
        invited = guests(meeting)
        _invite(meeting, invited, now=now)
        _invite(meeting, [one for one in invited_before if one not in invited], cancel=True, now=now)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: Actor, now: dt.datetime | None = None) -> Meeting:
    """The meeting does not take place; it leaves the calendars of who was invited."""
    meeting = _locked(meeting, by)
    _move(meeting, MeetingMove.CANCELLED)
    if not reason.strip():
        raise RuleBroken("Say why the meeting is cancelled.", field="reason")
    meeting.cancelled_because = reason.strip()
    meeting.invitation += 1
    meeting.save()
    _record("cancelled the meeting", meeting, by=by, reason=reason.strip())
    if _was_invited(meeting):
        _invite(meeting, guests(meeting), cancel=True, now=now)
    return meeting


@transaction.atomic
def send_papers(*, meeting: Meeting, by: Actor, now: dt.datetime | None = None) -> Meeting:
    """The papers are out: everybody who holds a seat and has an account is told where to read them."""
    meeting = _locked(meeting, by)
    if not meeting.agenda.exists():
        raise RuleBroken("Write the agenda first.")
    _move(meeting, MeetingMove.PAPERS_SENT)
    meeting.save(update_fields=["state"])
    _record("sent the papers", meeting, by=by)
    for guest in guests(meeting):
        queue_email(
            unique_key=f"papers of meeting {meeting.pk} for {guest.pk}",
            to=guest.email,
            subject=f"Papers are ready: {_occasion(meeting)}",
            body=f"The papers of the next meeting are ready to read.\n\n{_facts(meeting)}\n",
        )
    return meeting


@transaction.atomic
def hold_meeting(*, meeting: Meeting, by: Actor, now: dt.datetime | None = None) -> Meeting:
    """The meeting took place."""
    meeting = _locked(meeting, by)
    _hold(meeting, by=by, now=now)
    return meeting


@transaction.atomic
def invite_to_meeting(*, meeting: Meeting, by: Actor, now: dt.datetime | None = None) -> int:
    """Write to everybody who holds a seat on that day and has not had this version yet. Returns how many that are."""
    meeting = _locked(meeting, by)
    if not meeting.is_to_come or meeting.starts_at <= _now(now):
        raise RuleBroken("The meeting is over or cancelled, so nobody is invited any more.")
    if not guests(meeting):
        raise RuleBroken("Nobody who holds a seat on that day has an account, so there is nobody to write to.")
    sent = _invite(meeting, guests(meeting), now=now)
    _record("sent invitations", meeting, by=by)
    return sent


# ---- What is recorded of it -----------------------------------------------------------------------------------------


@transaction.atomic
def set_agenda(*, meeting: Meeting, items: Sequence[Item], version: int, by: Actor) -> Meeting:
    """The agenda, in the order of `items`. What is left out goes, unless something was said or decided about it.

    `version` is the agenda that was read before writing. Raises Overtaken when another is on file by now.
    """
    meeting = _open(meeting, by)
    _check_version(meeting.agenda_version, version, "agenda")
    there = {item.pk: item for item in meeting.agenda.select_related("paper")}
    kept = {item.key for item in items if item.key in there}
    if any(item.notes or item.decision for key, item in there.items() if key not in kept):
        raise RuleBroken("Something was said or decided about an item that is left out. Keep that item.")
    before = _titles(there.values())
    meeting.agenda.exclude(pk__in=[key for key in kept if key]).delete()
    meeting.agenda.update(order=F("order") + OUT_OF_THE_WAY)
    for order, item in enumerate(items, start=1):
        _set_item(meeting, there.get(item.key or 0), item, order, by=by)
    meeting.agenda_version += 1
    meeting.save(update_fields=["agenda_version"])
    _record("set the agenda", meeting, by=by, changes={"agenda": (before, _titles(meeting.agenda.all()))})
    return meeting


@transaction.atomic
def record_attendance(
    *, meeting: Meeting, marks: Mapping[int, str], version: int, by: Actor, now: dt.datetime | None = None
) -> Meeting:
    """Who came, by seat (its key). A seat that is not in `marks` is not recorded, which is not absent.

    Only seats that exist on the day of the meeting count. The first record says that the meeting took place.
    """
    meeting = _open(meeting, by)
    if meeting.is_to_come:
        _hold(meeting, by=by, now=now)
    _check_version(meeting.attendance_version, version, "attendance")
    seats = set(Seat.objects.in_place(meeting.day).filter(group=meeting.group).values_list("pk", flat=True))
    if not set(marks) <= seats:
        raise RuleBroken("A seat that did not exist on the day of the meeting cannot be recorded. Open the page again.")
    if not set(marks.values()) <= set(Mark.values):
        raise RuleBroken("Choose present, deputy, apologies or absent.")
    before = _counts(meeting)
    meeting.attendance.all().delete()
    Attendance.objects.bulk_create(Attendance(meeting=meeting, seat_id=seat, mark=mark) for seat, mark in marks.items())
    meeting.attendance_version += 1
    meeting.save(update_fields=["attendance_version"])
    _record("recorded attendance", meeting, by=by, changes={"attendance": (before or None, _counts(meeting))})
    return meeting


@transaction.atomic
def write_minutes(
    *, meeting: Meeting, minutes: str, said: Mapping[int, Said], version: int, by: Actor, now: dt.datetime | None = None
) -> Meeting:
    """The minutes in Markdown, and for each agenda item (its key) what was said and decided.

    `version` is the one that was read before writing. Raises Overtaken when another is on file by now.
    """
    meeting = _open(meeting, by)
    if meeting.is_to_come:
        _hold(meeting, by=by, now=now)
    _check_version(meeting.minutes_version, version, "minutes")
    text = _clean(minutes)
    if not text:
        raise RuleBroken("Enter the minutes.", field="minutes")
    changes: dict[str, tuple[Any, Any]] = changes_between({"minutes": meeting.minutes}, {"minutes": text})
    for item in meeting.agenda.filter(pk__in=list(said)):
        new = {"notes": _clean(said[item.pk].notes), "decision": _clean(said[item.pk].decision)}
        differ = changes_between({"notes": item.notes, "decision": item.decision}, new)
        AgendaItem.objects.filter(pk=item.pk).update(**new)
        changes |= {f"{name} on item {item.order}": change for name, change in differ.items()}
    meeting.minutes, meeting.minutes_version = text, version + 1
    meeting.save(update_fields=["minutes", "minutes_version"])
    _record("wrote the minutes", meeting, by=by, changes=changes)
    return meeting


@transaction.atomic
def approve_minutes(*, meeting: Meeting, at: Meeting, by: Actor) -> Meeting:
    """A later meeting of the same group agreed that the minutes are right. From then on they stay as they are."""
    meeting = _open(meeting, by)
    if not meeting.minutes:
        raise RuleBroken("There are no minutes to approve yet.")
    if at.group_id != meeting.group_id or at.state != MeetingState.HELD or at.starts_at <= meeting.starts_at:
        raise RuleBroken("Minutes are approved at a later meeting of the same group that took place.", field="at")
    meeting.approved_in = at
    meeting.save(update_fields=["approved_in"])
    _record("approved the minutes", meeting, by=by, changes={"approved_in": (None, at.day)})
    return meeting


@transaction.atomic
def raise_action(
    *,
    meeting: Meeting,
    what: str,
    due: dt.date,
    asked: Sequence[Asked],
    intended_outcome: str = "",
    by: Actor,
    today: dt.date | None = None,
) -> Action:
    """An action that the meeting asks for, from its day on, in the plan of its group. The first one opens that plan."""
    meeting = _locked(meeting, by)
    if not meeting.is_held:
        raise RuleBroken("Actions are raised from a meeting that took place. Record the attendance first.")
    group = Group.objects.select_for_update(of=("self",)).select_related("action_plan").get(pk=meeting.group_id)
    action = actions.add_action(
        plan=group.action_plan or _open_plan(group, meeting, by=by),
        what=what,
        due=due,
        asked=asked,
        intended_outcome=intended_outcome,
        on=meeting.day,
        meeting=str(meeting),
        by=by,
        today=today,
    )
    MeetingAction.objects.create(meeting=meeting, action=action)
    _record("raised an action", meeting, by=by, changes={"action": (None, action.number)})
    return action


@transaction.atomic
def tie_to_case(*, meeting: Meeting, case: UUID, by: Actor) -> Meeting:
    """The meeting is about this one case: who is kept out of the case does not see the meeting any more."""
    meeting = _locked(meeting, by)
    if meeting.case and meeting.case != case:
        raise RuleBroken("That meeting is about another case.", field="meeting")
    meeting.case = case
    meeting.save(update_fields=["case"])
    record(verb="tied to one case", by=by, target=meeting, named=meeting.safe_name)
    return meeting


def guests(meeting: Meeting) -> list[User]:
    """Who is invited: people with an account who hold a seat, or stand in for its holder, on the day. One query.

    Of a meeting about one case nobody who is kept out of that case hears.
    """
    walled_off = CaseAccess.objects.kept_out_of(meeting.case).values("user")
    seats = Seat.objects.in_place(meeting.day).filter(group=meeting.group_id)
    holders = Holder.objects.holding(meeting.day).filter(seat__in=seats, user__is_active=True)
    return list(User.objects.filter(pk__in=holders.values("user")).exclude(pk__in=walled_off).order_by("email"))


# ---- Rules ----------------------------------------------------------------------------------------------------------


def _locked(meeting: Meeting, by: Actor) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting.pk)
    must_run(by, meeting.group)
    return meeting


def _open(meeting: Meeting, by: Actor) -> Meeting:
    meeting = _locked(meeting, by)
    if meeting.approved_in_id:
        raise RuleBroken("The minutes of this meeting were approved, so its record stays as it is.")
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken("This meeting was cancelled.")
    return meeting


def _move(meeting: Meeting, move: MeetingMove) -> None:
    state = MEETING_MOVES.get((meeting.state, move))
    if state is None:
        now = MeetingState(meeting.state).label.lower()
        raise RuleBroken(f"This meeting is {now}, so that is not possible any more.")
    meeting.state = state


def _hold(meeting: Meeting, *, by: Actor, now: dt.datetime | None) -> None:
    if meeting.starts_at > _now(now):
        raise RuleBroken("The meeting has not begun yet.")
    _move(meeting, MeetingMove.HELD)
    meeting.save(update_fields=["state"])
    Challenge.objects.filter(group=meeting.group, met_on=meeting.day, held_at=None).update(held_at=meeting)
    _record("held the meeting", meeting, by=by)


def _check(meeting: Meeting) -> None:
    if meeting.ends_at <= meeting.starts_at:
        raise RuleBroken("The meeting must end after it begins.", field="ends")
    if not meeting.place and not meeting.link:
        raise RuleBroken("Enter a place, or a link to join.", field="place")
    if not meeting.group.is_running(meeting.day):
        raise RuleBroken("The group does not run on that day.", field="day")
    same = Meeting.objects.filter(group=meeting.group, starts_at=meeting.starts_at)
    if same.exclude(state=MeetingState.CANCELLED).exclude(pk=meeting.pk).exists():
        raise RuleBroken("The group has a meeting at that time already.", field="day")


def _check_version(on_file: int, read: int, what: str) -> None:
    if on_file != read:
        raise Overtaken(
            f"Somebody else saved the {what} while you were writing. Both are shown here; nothing of yours is lost. "
            "Put together what you want to keep, then save again.",
            current=on_file,
        )


def _set_item(meeting: Meeting, there: AgendaItem | None, item: Item, order: int, *, by: Actor) -> None:
    if not item.title.strip():
        raise RuleBroken("Enter what the item is about.")
    row = there or AgendaItem(meeting=meeting)
    row.order, row.title, row.presenter, row.minutes = order, item.title.strip(), item.presenter.strip(), item.minutes
    if item.without_paper:
        row.paper = None
    if item.paper:
        group = meeting.group
        row.paper = store_attachment(
            upload=item.paper, by=by, permission=group.meetings_read_with, group=group.papers_of
        )
    row.save()


def _open_plan(group: Group, meeting: Meeting, *, by: Actor) -> Any:
    """The plan in which the group watches what its meetings ask for, open from the year of its first meeting."""
    first = group.meetings.order_by("starts_at").values_list("starts_at", flat=True)[0]
    needed = group.meetings_read_with
    group.action_plan = actions.open_plan(
        title=f"Actions from meetings: {group.short_name}",
        opened_on=FinancialYear.containing(local_date(first)).first_day,
        group=group.papers_of,
        permission=needed if needed in MANAGED_WITH else Permission.READ_ACTIONS,
        by=by,
    )
    group.save(update_fields=["action_plan"])
    return group.action_plan


def _record(
    verb: str,
    meeting: Meeting,
    *,
    by: Actor,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    if meeting.is_confidential:
        changes, reason = {}, ""
    record(verb=verb, by=by, target=meeting, changes=changes, reason=reason, named=meeting.safe_name)


def _titles(items: Iterable[AgendaItem]) -> str:
    return "; ".join(item.title for item in sorted(items, key=lambda item: item.order))


def _counts(meeting: Meeting) -> str:
    """ "3 present, 1 apologies" """
    marks = list(meeting.attendance.values_list("mark", flat=True))
    return ", ".join(f"{marks.count(mark)} {mark.label.lower()}" for mark in Mark if mark in marks)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _now(now: dt.datetime | None) -> dt.datetime:
    return now or timezone.now()


# ---- E-mails --------------------------------------------------------------------------------------------------------


def _was_invited(meeting: Meeting) -> bool:
    """Whether invitations ever went out; then changes are told, too."""
    return Email.objects.filter(unique_key__startswith=f"meeting {meeting.pk} ").exists()


def _invite(meeting: Meeting, to: Sequence[User], *, cancel: bool = False, now: dt.datetime | None) -> int:
    """One e-mail per guest and version, written in this transaction; none about what is over. Returns how many."""
    at = _now(now)
    if meeting.ends_at <= at:
        return 0
    what = "Cancelled" if cancel else "Changed" if meeting.invitation else "Invitation"
    kind = content_type(cancel=cancel, guest=True)
    for guest in to:
        queue_email(
            unique_key=f"meeting {meeting.pk} version {meeting.invitation} for {guest.pk}",
            to=guest.email,
            subject=f"{what}: {_occasion(meeting)}",
            body=f"{_sentence(cancel, meeting)}\n\n{_facts(meeting)}\n",
            attachments=[("meeting.ics", kind, entry(meeting, at=at, guest=guest.email, cancel=cancel))],
        )
    return len(to)


def _occasion(meeting: Meeting) -> str:
    return f"{meeting.group.name}, {meeting.day.day} {meeting.day:%B %Y}"


def _sentence(cancel: bool, meeting: Meeting) -> str:
    if cancel:
        return "This meeting is not in your calendar any more: it was cancelled, or is on a day without your seat."
    return "This meeting has changed." if meeting.invitation else "You are invited to this meeting."


def _facts(meeting: Meeting) -> str:
    lines = [meeting.group.name, f"{meeting.day.day} {meeting.day:%B %Y}, {meeting.hours}", meeting.place, meeting.link]
    return "\n".join([line for line in lines if line] + ["", f"Agenda and papers: {address(meeting)}"])
