"""Destroying by two people: one freezes the list, another approves it, a job destroys and writes the certificate."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from lscb.accounts.models import User
from lscb.common.errors import RuleBroken
from lscb.common.pdf import print_pdf
from lscb.common.periods import local_date
from lscb.common.records import Destroyed
from lscb.common.words import naming
from lscb.jobs.services import Progress, enqueue
from lscb.records.classes import RecordClass, record_class
from lscb.records.models import Destruction, DestructionItem
from lscb.trail.services import record

from .keeping import must_run

TASK = "lscb.records.tasks.destroy"
AT_ONCE = 500
"""Records of one list: what is left is due still, and goes with the next."""
MOVED_ON = "Somebody has decided about this list in the meantime."


@transaction.atomic
def propose_destruction(*, of: RecordClass, as_at: dt.date, by: User, at: dt.datetime) -> Destruction:
    """Freeze what is due. Nothing goes before somebody else has approved it."""
    must_run(by, of)
    if not of.can_be_destroyed:
        raise RuleBroken("Records of this class are not destroyed: their rule says otherwise.")
    if as_at > local_date(at):
        raise RuleBroken("A list is frozen for today or a day before it.")
    due = list(of.due(as_at).order_by("trigger_on", "pk")[:AT_ONCE])
    if not due:
        raise RuleBroken("Nothing of this class is due.")
    proposed = Destruction(slug=of.slug, as_at=as_at, proposed_at=at, proposed_by=by)
    items = [
        DestructionItem(
            destruction=proposed,
            key=one.pk,
            reference=of.kept.reference(one)[:100],
            trigger_on=None if of.kept.counts_only else one.trigger_on,
        )
        for one in due
    ]
    proposed.digest = digest_of(items)
    try:
        with transaction.atomic():
            proposed.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken("A destruction of this class is on its way already. Finish or withdraw that one.") from error
    DestructionItem.objects.bulk_create(items)
    record(verb="proposed to destroy", by=by, target=proposed, changes=_told(proposed, len(items)))
    return proposed


@transaction.atomic
def withdraw_destruction(*, destruction: Destruction, by: User, at: dt.datetime) -> Destruction:
    must_run(by, record_class(destruction.slug))
    destruction = _waiting(destruction)
    destruction.withdrawn_at, destruction.withdrawn_by = at, by
    destruction.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(verb="withdrew a destruction", by=by, target=destruction)
    return destruction


@transaction.atomic
def approve_destruction(
    *, destruction: Destruction, digest: str, by: User, at: dt.datetime, ring_now: bool = True
) -> Destruction:
    """The second person approves the very list that they saw, and the work begins."""
    must_run(by, record_class(destruction.slug))
    destruction = _waiting(destruction)
    if destruction.proposed_by_id == by.pk:
        raise RuleBroken("You froze this list yourself: somebody else has to approve it.")
    if not digest == destruction.digest == digest_of(destruction.items.all()):
        raise RuleBroken("The list is not the one that you saw. Look at it again.")
    destruction.approved_at, destruction.approved_by = at, by
    destruction.job = enqueue(
        task=TASK,
        title=str(destruction)[:150],
        arguments={"destruction": str(destruction.pk)},
        by=by,
        ring_now=ring_now,
    )
    destruction.save(update_fields=["approved_at", "approved_by", "job"])
    record(verb="approved a destruction", by=by, target=destruction, changes={"digest": (None, digest)})
    return destruction


def do_destroy(progress: Progress, *, destruction: str) -> None:
    """The work of the job, in one transaction with its certificate: it is done once, or not at all.

    What was held, reopened or kept longer since the list was frozen is left out.
    """
    stored = ""
    try:
        with progress.finishing() as job:
            one = Destruction.objects.select_for_update().get(pk=destruction)
            stored = _destroy(one, timezone.now())
            job.result_url, job.result_label = one.get_absolute_url(), "See the certificate"
    except BaseException:
        if stored:
            Destruction().certificate.storage.delete(stored)
        raise


def _destroy(one: Destruction, now: dt.datetime) -> str:
    of = record_class(one.slug)
    if one.approved_by_id is None:
        raise RuleBroken("This list was not approved.")
    listed = one.items.values_list("key", flat=True)
    due = list(of.due(local_date(now)).filter(pk__in=listed))
    keys = [record_now.pk for record_now in due]
    if of.kept.leaves_number:
        for emptied in due:
            record(verb="destroyed", by=one.approved_by, target=emptied, named=of.kept.reference(emptied))
    went = of.kept.destroy(keys) if keys else Destroyed()
    one.items.filter(key__in=keys).update(was_destroyed=True)
    one.counts, one.files, one.done_at = dict(went.counts), sorted(went.files), now
    one.certificate.save("certificate.pdf", ContentFile(certificate(one, of)), save=False)
    one.save()
    record(verb="destroyed records", by=one.approved_by, target=one, changes=_told(one, len(keys)))
    return str(one.certificate.name)


def certificate(one: Destruction, of: RecordClass) -> bytes:
    """The certificate as a tagged PDF: what class, which references, how many, who and when; nothing of the content."""
    html = render_to_string(
        "records/certificate_print.html",
        {
            "destruction": one,
            "kept": of.kept,
            "destroyed": one.items.filter(was_destroyed=True),
            "left_out": one.items.filter(was_destroyed=False),
            "board": naming().board_name,
            "brand": naming().brand_colour,
        },
    )
    return print_pdf(html, pictures=frozenset(), identifier=f"certificate {one.pk}").pdf


def digest_of(items: Iterable[DestructionItem]) -> str:
    """The SHA-256 of a list, whatever its order."""
    lines = sorted([str(item.key), item.reference, str(item.trigger_on)] for item in items)
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def _waiting(destruction: Destruction) -> Destruction:
    found = Destruction.objects.select_for_update().get(pk=destruction.pk)
    if not found.waits_for_approval:
        raise RuleBroken(MOVED_ON)
    return found


def _told(one: Destruction, records: int) -> dict[str, tuple[None, object]]:
    return {"class": (None, one.slug), "records": (None, records), "digest": (None, one.digest)}
