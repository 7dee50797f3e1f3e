"""Finding a person over all records, as far as who searches may see them.

Every table of the portal with texts is asked, through its `visible_to`, with one query each. Child deaths are not among
them: who asks about a child that died is answered by the officer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from lscb.accounts.models import User
from lscb.common.encryption import BlindIndexField, EncryptedTextField

from .contents import BOARD_APPS, SECRETS

FINDING_APPS = (*BOARD_APPS, "jobs")
NOT_TEXTS = frozenset({"task", "unique_key", "digest", "sha256", "content_type", "result_name", "permission", "claim"})
MOST = 50
"""Records of one table: more of them need a longer search."""


@dataclass(frozen=True)
class Text:
    """One text in which the person was found."""

    table: str
    key: str
    field: str
    place: str
    text: str

    @property
    def name(self) -> str:
        """How a form names it."""
        return f"{self.table} {self.key} {self.field}"

    def around(self, terms: Sequence[str], letters: int = 80) -> str:
        """The text about the first place where the person is named."""
        plain = self.text.lower()
        at = min((plain.find(term.lower()) for term in terms if term.lower() in plain), default=0)
        start, end = max(0, at - letters), at + letters
        return f"{'…' if start else ''}{self.text[start:end]}{'…' if end < len(self.text) else ''}"


@dataclass(frozen=True)
class Found:
    texts: tuple[Text, ...]
    cut: tuple[str, ...]
    """Tables that hold more than is shown."""


def terms_of(typed: str) -> list[str]:
    """One name or address on each line; of less than three letters nobody is found."""
    return [" ".join(line.split()) for line in typed.splitlines() if len(line.strip()) > 2]


def find_person(terms: Sequence[str], user: User) -> Found:
    texts: list[Text] = []
    cut: list[str] = []
    for model in _models():
        fields = _texts(model)
        if not fields or not terms:
            continue
        named = Q()
        for field in fields:
            for term in terms:
                named |= Q(**{f"{field.name}__icontains": term})
        seen = model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        rows = list(seen.filter(named).values("pk", *(field.name for field in fields))[: MOST + 1])
        if len(rows) > MOST:
            cut.append(str(model._meta.verbose_name_plural))
        for row in rows[:MOST]:
            texts += _found_in(model, fields, row, terms)
    return Found(tuple(texts), tuple(cut))


def _found_in(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], row: dict[str, Any], terms: Sequence[str]
) -> Iterator[Text]:
    for field in fields:
        text = row[field.name] or ""
        if any(term.lower() in text.lower() for term in terms):
            table = str(model._meta.verbose_name)
            place = f"{table[:1].upper()}{table[1:]}: {field.verbose_name}"
            yield Text(model._meta.label_lower, str(row["pk"]), field.name, place, text)


def _models() -> Iterator[type[models.Model]]:
    for label in FINDING_APPS:
        yield from apps.get_app_config(label).get_models()


def _texts(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [
        field
        for field in model._meta.concrete_fields
        if type(field) in (models.CharField, models.TextField, models.EmailField)
        and not field.choices
        and not isinstance(field, EncryptedTextField | BlindIndexField)
        and field.name not in SECRETS | NOT_TEXTS
    ]
