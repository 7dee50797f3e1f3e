"""Publishing the board's structure and its membership by position: what is previewed is published, then frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from .access import must_manage
from .membership import by_agency, places
from .models import Group, GroupKind, PublishedStructure
from .structure import Node, tree


def structure_as_public(on: dt.date) -> dict[str, Any]:
    """What the public would read: groups that run on that day, and who sits on the main board by position. No names."""
    board = Group.objects.running(on).filter(kind=GroupKind.BOARD).first()
    members = by_agency(places(board, on)) if board else []
    return {
        "nodes": [asdict(node) for node in tree(Group.objects.all(), on)],
        "members": [[one.agency, [position.shown for position in one.positions]] for one in members],
    }


def nodes_of(content: Mapping[str, Any]) -> list[Node]:
    """The groups of a published version, for drawing."""
    return [_node(plain) for plain in content["nodes"]]


def digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def publish_structure(*, as_at: dt.date, seen: str | None = None, by: Actor, at: dt.datetime) -> PublishedStructure:
    """Publish it as at a day. `seen` is the digest of the preview: what differs from it is not published.

    Publishing what the public reads already gives the version that stands.
    """
    must_manage(by)
    content = structure_as_public(as_at)
    fingerprint = digest(content)
    if seen is not None and seen != fingerprint:
        raise RuleBroken("Something was changed while you were reading. Look at the preview again.")
    if not content["nodes"]:
        raise RuleBroken("There is no group on that day, so there is nothing to publish.")
    standing = PublishedStructure.objects.order_by("-published_at").first()
    if standing and standing.digest == fingerprint and standing.as_at == as_at:
        return standing
    version = PublishedStructure(as_at=as_at, published_at=at, published_by=by, content=content, digest=fingerprint)
    version.save()
    record(verb="published the structure", by=by, target=version)
    return version


def _node(plain: Mapping[str, Any]) -> Node:
    groups: Sequence[Node] = tuple(_node(one) for one in plain["groups"])
    return Node(**{**plain, "groups": groups})
