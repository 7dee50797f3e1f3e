"""Who is asked tells of their part: progress, evidence as text and files, and who of them sees to it."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from lscb.accounts.models import Actor, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.querysets import UserQuerySet
from lscb.accounts.roles import roles_with
from lscb.common.errors import RuleBroken, check_version
from lscb.files.services import remove_attachment, store_attachment
from lscb.trail.services import record

from ..access import may_tell_of, may_update, must, own_parts
from ..models import Action, ActionEntry, EvidenceFile, Note
from .rules import check_not_later, words_of

Upload: TypeAlias = "File[Any]"


@transaction.atomic
def add_note(
    *,
    action: Action,
    text: str,
    on: dt.date,
    entry: ActionEntry | None = None,
    progress: str = "",
    upload: Upload | None = None,
    by: Actor,
    today: dt.date | None = None,
) -> Note:
    """Progress on a day, by who is asked to do something or who manages the plan.

    `entry` is whose part it tells of (that of `by`, when there is just one). `progress` is how that part is going, and
    `upload` a file that shows it.
    """
    must(may_update(by, action))
    check_not_later(on, today)
    if not text.strip():
        raise RuleBroken("Say what has been done.", field="text")
    entry = entry or only_part(action, by)
    must(entry is None or (entry.action_id == action.pk and may_tell_of(by, entry)))
    if entry is None and (progress or upload):
        raise RuleBroken("Say whose part it is.", field="entry")
    note = Note.objects.create(action=action, entry=entry, text=text.strip(), progress=progress, on=on, by=by)
    if entry:
        _report(entry)
        if upload:
            _attach(entry, upload, on, by)
    record(verb="noted progress", by=by, target=action)
    return note


def only_part(action: Action, by: Actor) -> ActionEntry | None:
    """The part that a note without more is about: there is one alone, or one alone that is the person's own."""
    parts = list(action.entries.all()) if by is None else own_parts(by, action)
    return parts[0] if len(parts) == 1 else None


def _report(entry: ActionEntry) -> None:
    """The part goes as it was reported last, by the day of the note."""
    last = entry.notes.exclude(progress="").order_by("-on", "-pk").first()
    ActionEntry.objects.filter(pk=entry.pk).update(progress=last.progress if last else "")


@transaction.atomic
def write_evidence(*, entry: ActionEntry, version: int, evidence: str, by: Actor) -> ActionEntry:
    """What shows that this part is done, as one text. `version` is the one that was read before writing.

    Raises Overtaken when somebody else wrote since: the second of two people loses nothing.
    """
    must(may_tell_of(by, entry))
    entry = ActionEntry.objects.select_for_update(of=("self",)).select_related("action__plan").get(pk=entry.pk)
    check_version(entry, version, what="evidence", field="evidence")
    if entry.evidence != evidence.strip():
        before, entry.evidence = entry.evidence, evidence.strip()
        _keep(entry, before, by)
    return entry


def append_evidence(entry: ActionEntry, text: str, by: Actor) -> None:
    """Set below what is there, so that it replaces nothing."""
    entry = ActionEntry.objects.select_for_update(of=("self",)).select_related("action__plan").get(pk=entry.pk)
    before = entry.evidence
    entry.evidence = "\n\n".join(part for part in (before, text.strip()) if part)
    _keep(entry, before, by)


def _keep(entry: ActionEntry, before: str, by: Actor) -> None:
    entry.version += 1
    entry.save(update_fields=["evidence", "version"])
    told = (None, None) if entry.action.plan.is_confidential else (before, entry.evidence)
    record(verb="wrote evidence", by=by, target=entry.action, changes={"evidence": told})


@transaction.atomic
def add_evidence_file(
    *, entry: ActionEntry, upload: Upload, on: dt.date, by: Actor, today: dt.date | None = None
) -> EvidenceFile:
    """A file that shows it. It is checked as every file; who reads the action may fetch it."""
    must(may_tell_of(by, entry))
    check_not_later(on, today)
    return _attach(entry, upload, on, by)


def _attach(entry: ActionEntry, upload: Upload, on: dt.date, by: Actor) -> EvidenceFile:
    plan = entry.action.plan
    attachment = store_attachment(
        upload=upload,
        by=by,
        permission=Permission(plan.permission),  # type: ignore[call-arg]  # finds by value
        agency=plan.agency,
        group="" if plan.agency else plan.group,
        case=plan.case,
    )
    kept = EvidenceFile.objects.create(entry=entry, attachment=attachment, on=on, by=by)
    record(verb="added a file of evidence", by=by, target=entry.action)
    return kept


@transaction.atomic
def remove_evidence_file(*, file: EvidenceFile, reason: str, by: Actor) -> None:
    """A file that does not belong here goes for good, such as one that names a child. The trail keeps the reason."""
    must(may_tell_of(by, file.entry))
    if not reason.strip():
        raise RuleBroken("Give the reason.", field="reason")
    action, attachment = file.entry.action, file.attachment
    file.delete()
    remove_attachment(attachment=attachment, by=by)
    record(verb="removed a file of evidence", by=by, target=action, reason=words_of(action.plan, reason.strip()))


@transaction.atomic
def give_to(*, entry: ActionEntry, person: User | None, by: Actor) -> ActionEntry:
    """Say who sees to a part; None gives it back to the whole agency (or the board's team). It opens nothing new."""
    must(may_tell_of(by, entry))
    if person is not None and not who_can_see_to(entry).filter(pk=person.pk).exists():
        raise RuleBroken("Choose somebody who may report on this action.", field="person")
    before, entry.person = entry.person, person
    if before != person:
        entry.save(update_fields=["person"])
        record(verb="gave it to", by=by, target=entry.action, changes={"sees to it": (before, person)})
    return entry


def who_can_see_to(entry: ActionEntry) -> UserQuerySet:
    """People who may report on this part today: of its agency, or of the board's team where it is the team's."""
    plan = entry.action.plan
    right = Permission.UPDATE_OWN_ACTIONS if entry.agency_id else plan.managed_with
    if plan.is_confidential and entry.agency_id and entry.agency_id != plan.agency_id:
        return User.objects.none()
    roles = roles_with(right, scope="agency" if entry.agency_id else "board")
    grants = Grant.objects.in_force(timezone.localdate()).filter(role__in=roles, agency=entry.agency)
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)
