"""Writes of the library: items, versions, reviews, and telling people of a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Max, Q
from django.template.loader import render_to_string

from lscb.accounts.models import Actor, Agency, Grant, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken, check_version
from lscb.common.words import in_templates, naming
from lscb.files.services import store_attachment
from lscb.jobs.services import queue_email
from lscb.trail.services import changes_between, record

from ..access import must_manage
from ..models import REVIEWED_EVERY, Group, Holder, LibraryItem, LibraryVersion, Notice

FACTS = ("kind", "title", "about", "owner", "audience", "review_months")


@transaction.atomic
def add_item(
    *,
    kind: str,
    title: str,
    audience: str,
    about: str = "",
    owner: Group | None = None,
    review_months: int | None = None,
    by: Actor,
) -> LibraryItem:
    """A new item, without a version yet. A kind that is read again at an interval keeps it unless another is given."""
    must_manage(by)
    item = LibraryItem(kind=kind, title=title.strip(), about=about.strip(), owner=owner, audience=audience)
    item.review_months = review_months or REVIEWED_EVERY.get(kind)
    _check(item)
    item.save(force_insert=True)
    record(verb="added to the library", by=by, target=item)
    return item


@transaction.atomic
def change_item(*, item: LibraryItem, version: int, by: Actor, **facts: Any) -> LibraryItem:
    """Another title, purpose, owner, audience or interval. `facts` are fields of `FACTS`.

    Raises Overtaken when another version is on file by now.
    """
    must_manage(by)
    item = _locked(item)
    check_version(item, version, what="this entry")
    before = {name: getattr(item, name) for name in FACTS}
    for name, value in facts.items():
        if name not in FACTS:
            raise TypeError(f"{name} of a library item is not changed here.")
        setattr(item, name, value.strip() if isinstance(value, str) else value)
    _check(item)
    last = item.versions.aggregate(last=Max("on"))["last"]
    item.review_on = _next_review(item, item.review_on or last, keep=True)
    item.version += 1
    item.save()
    changes = changes_between(before, {name: getattr(item, name) for name in FACTS})
    record(verb="changed the library item", by=by, target=item, changes=changes)
    return item


@transaction.atomic
def add_version(
    *,
    item: LibraryItem,
    on: dt.date,
    upload: File[Any] | None = None,
    link: str = "",
    change: str = "",
    by: Actor,
) -> LibraryVersion:
    """Another version from `on`: a file or an address on the web. The next review is counted from it."""
    must_manage(by)
    item = _live(item)
    if (upload is None) == (not link.strip()):
        raise RuleBroken("Choose a file, or enter an address on the web, not both.", field="upload")
    last = item.versions.order_by("-number").first()
    if last and on < last.on:
        raise RuleBroken("The version before is in force from a later day. Enter that day or a later one.", field="on")
    if last and not change.strip():
        raise RuleBroken("Say what changed.", field="change")
    version = LibraryVersion(item=item, number=last.number + 1 if last else 1, on=on, link=link.strip())
    version.change, version.added_by = change.strip(), by
    if upload is not None:
        version.file = store_attachment(upload=upload, by=by, permission=Permission.MANAGE_BOARD)
    version.save(force_insert=True)
    item.review_on = _next_review(item, on)
    item.save(update_fields=["review_on"])
    record(verb="added a version", by=by, target=item, changes={"version": (None, version.number)})
    return version


@transaction.atomic
def review_item(*, item: LibraryItem, on: dt.date, by: Actor, today: dt.date) -> LibraryItem:
    """It was read again and stands as it is."""
    must_manage(by)
    item = _live(item)
    if on > today:
        raise RuleBroken("The day must be today or earlier.", field="on")
    before, item.review_on = item.review_on, _next_review(item, on)
    item.save(update_fields=["review_on"])
    record(verb="reviewed, nothing changed", by=by, target=item, changes={"review_on": (before, item.review_on)})
    return item


@transaction.atomic
def withdraw_item(*, item: LibraryItem, on: dt.date, reason: str, by: Actor) -> LibraryItem:
    """It is no more in force. Its versions stay for who runs the library."""
    must_manage(by)
    item = _live(item)
    if not reason.strip():
        raise RuleBroken("Say why it is withdrawn.", field="reason")
    item.withdrawn_on = on
    item.save(update_fields=["withdrawn_on"])
    record(verb="withdrew from the library", by=by, target=item, reason=reason.strip())
    return item


@transaction.atomic
def tell_of_version(
    *,
    version: LibraryVersion,
    agencies: Collection[Agency] = (),
    groups: Collection[Group] = (),
    by: Actor,
    today: dt.date,
) -> Notice:
    """Write to everybody who has a role for `agencies` or sits in `groups`, once per version, and keep that they were
    told. Only people who may read it are written to."""
    must_manage(by)
    item = version.item
    if not agencies and not groups:
        raise RuleBroken("Select at least one agency or group.", field="agencies")
    people = [user for user in _people(agencies, groups, today) if _reads(user, item)]
    if not people:
        raise RuleBroken("Nobody there has an account with which it can be read.", field="agencies")
    for user in people:
        _write(version, user)
    notice = Notice.objects.create(version=version, on=today, people=len(people), sent_by=by)
    notice.agencies.set(agencies)
    notice.groups.set(groups)
    record(verb="told of a version", by=by, target=item, changes={"people": (None, len(people))})
    return notice


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _locked(item: LibraryItem) -> LibraryItem:
    return LibraryItem.objects.select_for_update(of=("self",)).select_related("owner").get(pk=item.pk)


def _live(item: LibraryItem) -> LibraryItem:
    item = _locked(item)
    if item.is_withdrawn:
        raise RuleBroken("This was withdrawn from the library.")
    return item


def _check(item: LibraryItem) -> None:
    if not item.title:
        raise RuleBroken("Enter a title.", field="title")
    same = LibraryItem.objects.filter(kind=item.kind, title=item.title, withdrawn_on=None).exclude(pk=item.pk)
    if same.exists():
        raise RuleBroken("The library has one of this title already. Add a version to that one.", field="title")


def _next_review(item: LibraryItem, after: dt.date | None, *, keep: bool = False) -> dt.date | None:
    """So many months after a day; the last of a shorter month. `keep` leaves a date that is there already."""
    if item.review_months is None or after is None:
        return None
    if keep and item.review_on:
        return item.review_on
    months = after.month - 1 + item.review_months
    first = dt.date(after.year + months // 12, months % 12 + 1, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(after.day, last.day))


def _people(agencies: Iterable[Agency], groups: Iterable[Group], today: dt.date) -> list[User]:
    codes = [group.code for group in groups]
    grants = Grant.objects.in_force(today).filter(Q(agency__in=list(agencies)) | Q(group__in=codes))
    seated = Holder.objects.holding(today).filter(seat__group__code__in=codes, user__isnull=False)
    there = Q(pk__in=grants.values("user")) | Q(pk__in=seated.values("user"))
    return list(User.objects.filter(there, is_active=True).order_by("email"))


def _reads(user: User, item: LibraryItem) -> bool:
    return LibraryItem.objects.visible_to(user).filter(pk=item.pk).exists()


def _write(version: LibraryVersion, user: User) -> None:
    words = {
        "link": settings.PORTAL_URL + version.item.get_absolute_url(),
        "kind": version.item.get_kind_display().lower(),
        **in_templates(),
    }
    queue_email(
        unique_key=f"library version {version.pk} for {user.pk}",
        to=user.email,
        subject=f"{naming().board_short_name}: something in the library is new or has changed",
        body=render_to_string("boards/email/library.txt", words),
    )
