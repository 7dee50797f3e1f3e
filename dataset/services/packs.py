"""Board packs: indicators chosen from an edition for a meeting, with the questions that the board may want to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from dataset.models import BoardPack, Edition, PackItem
from lscb.accounts.models import Actor
from lscb.common.errors import Overtaken, RuleBroken
from lscb.trail.services import record

from .defining import must_manage


@transaction.atomic
def make_pack(
    *, edition: Edition, title: str, codes: Sequence[str], by: Actor, at: dt.datetime | None = None
) -> BoardPack:
    """Choose indicators of an edition, in the order of the scorecard."""
    must_manage(by)
    if not title.strip():
        raise RuleBroken("Give the pack a title, such as the meeting it is for.", field="title")
    order = [row["code"] for row in edition.content["rows"] if row["code"] in set(codes)]
    if not order:
        raise RuleBroken("Tick at least one indicator.", field="codes")
    pack = BoardPack.objects.create(
        edition=edition, title=title.strip(), created_at=at or timezone.now(), created_by=by
    )
    PackItem.objects.bulk_create(PackItem(pack=pack, code=code, position=at) for at, code in enumerate(order, start=1))
    record(verb="made a pack", by=by, target=pack, changes={"indicators": (None, ", ".join(order))})
    return pack


@transaction.atomic
def ask_questions(*, pack: BoardPack, questions: Mapping[str, str], version: int, by: Actor) -> BoardPack:
    """Write the question to each indicator, by its code. `version` is the one that was read before writing.

    Raises Overtaken when somebody else wrote meanwhile; `current` has the questions as they are now, by code.
    """
    must_manage(by)
    pack = BoardPack.objects.select_for_update(of=("self",)).get(pk=pack.pk)
    items = list(pack.items.all())
    if pack.version != version:
        raise Overtaken(
            "Somebody else changed the questions while you were writing. Both are shown here; nothing of yours is "
            "lost. Put together what you want to keep, then save again.",
            current={item.code: item.question for item in items},
        )
    changes = {}
    for item in items:
        text = questions.get(item.code, item.question).strip()
        if text != item.question:
            changes[item.code] = (item.question, text)
            PackItem.objects.filter(pk=item.pk).update(question=text)
    if changes:
        pack.version += 1
        pack.save(update_fields=["version"])
        record(verb="wrote questions", by=by, target=pack, changes=changes)
    return pack
