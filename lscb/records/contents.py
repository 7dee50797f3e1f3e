"""What stands in an archive: tables of plain values, read through the same `visible_to` as the pages.

An agency's archive is read with the rights of that agency's lead and no others, so it holds what the lead could read
page by page, and what each app names besides (`TAKEN` in its `records.py`). The board's holds every table of the
portal, as far as who takes it out may see its rows.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from cdop.querysets import knows_children
from cdop.records import child_death_tables
from lscb.accounts.models import Agency, Grant, User
from lscb.accounts.roles import AgencyLead
from lscb.common.encryption import BlindIndexField, EncryptedTextField
from lscb.common.records import Taken
from lscb.trail.models import Event

BOARD_APPS = (
    *("accounts", "files", "actions", "boards", "audits", "casereviews", "training", "dataset", "reports"),
    *("installation", "trail"),
)
"""Whose tables are in the board's archive. Child deaths are in one of their own."""

LEFT_OUT = frozenset({"accounts.link", "accounts.invitation", "accounts.sentform", "accounts.token", "trail.chainend"})
"""Links and tokens that open something, and the machinery of forms and of the trail."""

SECRETS = frozenset({"password", "token_hash", "key_hash", "last_login"})


@dataclass(frozen=True)
class Column:
    """`name` in the file, the `path` by which it is read, and what it means. `codes` are values and their words."""

    name: str
    path: str
    means: str
    codes: Mapping[str, str]
    refers_to: str = ""
    is_file: bool = False


@dataclass(frozen=True)
class Table:
    name: str
    means: str
    rows: QuerySet[Any]
    columns: tuple[Column, ...]
    lists: tuple[models.ManyToManyField[Any, Any], ...]
    """Columns that hold the keys of many records."""

    @property
    def model(self) -> type[models.Model]:
        return self.rows.model


def taken() -> tuple[Taken, ...]:
    """What each app says is an agency's."""
    from audits.records import TAKEN as audits
    from boards.records import TAKEN as boards
    from dataset.records import TAKEN as dataset
    from lscb.accounts.records import TAKEN as accounts
    from lscb.actions.records import TAKEN as actions
    from training.records import TAKEN as training

    return (*accounts, *boards, *actions, *audits, *dataset, *training)


def lead_of(agency: Agency, user: User) -> User:
    """`user` with the rights of a lead of `agency` and no others; cases that they are kept out of stay shut."""
    lead = copy.copy(user)
    lead.grants_today = [Grant(user=user, role=AgencyLead.slug, agency=agency, starts_on=dt.date.min)]
    return lead


def tables_of_agency(agency: Agency, user: User) -> Iterator[Table]:
    lead = lead_of(agency, user)
    for one in taken():
        yield table(one.own(lead, agency), also=one.also, without=one.without)


def tables_of_board(user: User) -> Iterator[Table]:
    """Every table of which `user` sees a row."""
    for label in BOARD_APPS:
        for model in apps.get_app_config(label).get_models():
            rows = model._default_manager.visible_to(user)  # type: ignore[attr-defined]
            if model._meta.label_lower not in LEFT_OUT and rows.exists():
                yield table(rows)


def tables_of_child_deaths(user: User) -> Iterator[Table]:
    """Cases, panels and actions, with who the children were as far as `user` may know, and who did what to them."""
    histories = Event.objects.filter(target_type__startswith="cdop.") if knows_children(user) else Event.objects.none()
    for rows in (*child_death_tables(user), histories):
        if rows.exists():
            yield table(rows, encrypted=True)


def table(
    rows: QuerySet[Any],
    *,
    also: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    encrypted: bool = False,
) -> Table:
    """`encrypted`: with what lies encrypted, in clear."""
    meta = rows.model._meta
    hidden = SECRETS | set(without)
    own = [
        _column(field)
        for field in meta.concrete_fields
        if field.name not in hidden
        and not isinstance(field, BlindIndexField)
        and (encrypted or not isinstance(field, EncryptedTextField))
    ]
    more = [Column(name, path, "Read from " + path.replace("__", ", "), {}) for name, path in (also or {}).items()]
    lists = tuple(field for field in meta.many_to_many if field.remote_field.through._meta.auto_created)
    return Table(
        name=f"{meta.app_label}-{meta.model_name}",
        means=_capital(str(meta.verbose_name_plural)),
        rows=rows,
        columns=(*own, *more),
        lists=lists,
    )


def _column(field: models.Field[Any, Any]) -> Column:
    words = _capital(str(field.verbose_name))
    means = f"{words}. {field.help_text}".strip() if field.help_text else words
    refers_to = ""
    if field.is_relation and field.related_model:
        meta = field.related_model._meta
        refers_to = f"{meta.app_label}-{meta.model_name}"
        means = f"{means}: the id of a row of {refers_to}"
    return Column(
        name=field.name,
        path=field.attname,
        means=means,
        codes={str(value): str(label) for value, label in getattr(field, "flatchoices", ())},
        refers_to=refers_to,
        is_file=isinstance(field, models.FileField),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
