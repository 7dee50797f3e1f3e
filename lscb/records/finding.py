"""Finding a person over all records, as far as who searches may see them.

Every table of the portal with texts is asked, through its `visible_to`, with one query each. Child deaths are looked
through apart, by those who may know the child: what lies encrypted is read and compared, and found are whole cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from lscb.accounts.models import User
from lscb.common.encryption import EncryptedTextField
from lscb.common.templatetags.portal import day

from .contents import BOARD_APPS, SECRETS

FINDING_APPS = (*BOARD_APPS, "jobs")
NOT_TEXTS = frozenset({"task", "unique_key", "digest", "sha256", "content_type", "result_name", "permission", "claim"})
MOST = 50
"""Records of one table: more of them need a longer search."""
MOST_CASES = 10
"""Child deaths, of which every text is shown."""


@dataclass(frozen=True)
class Text:
    """One text in which the person was found."""

    table: str
    key: str
    field: str
    place: str
    text: str
    case: UUID | None = None
    """The child death that it is of."""

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
            yield _text(model, row["pk"], field, text)


def _text(
    model: type[models.Model], key: Any, field: models.Field[Any, Any], text: str, case: UUID | None = None
) -> Text:
    table = str(model._meta.verbose_name)
    place = f"{table[:1].upper()}{table[1:]}: {field.verbose_name}"
    return Text(model._meta.label_lower, str(key), field.name, place, text, case)


def find_in_child_deaths(terms: Sequence[str], user: User) -> Found:
    """Every text of the cases in which somebody is named: the child, a parent, a sibling, or a professional."""
    from cdop.records import OF_A_CASE

    rows = [row for model, way in OF_A_CASE for row in _of_cases(model, way, user)]
    sought = [_squeezed(term) for term in terms]
    named = {
        texts[0].case
        for texts in rows
        if any(term in _squeezed(" ".join(text.text for text in texts)) for term in sought)
    }
    if len(named) > MOST_CASES:
        return Found((), ("child deaths",))
    return Found(tuple(text for texts in rows if texts[0].case in named for text in texts), ())


def _of_cases(model: type[models.Model], way: str, user: User) -> Iterator[list[Text]]:
    """The texts of each row of a table, read and in clear."""
    fields = [field for field in model._meta.concrete_fields if _is_text(field, encrypted=True)]
    seen = model._default_manager.visible_to(user)  # type: ignore[attr-defined]
    for key, case, *values in seen.exclude(**{way: None}).values_list("pk", way, *(field.name for field in fields)):
        found = zip(fields, (_in_words(value) for value in values), strict=True)
        if texts := [_text(model, key, field, told, case) for field, told in found if told]:
            yield texts


def _in_words(value: Any) -> str:
    """A date as it is written, the answers of a form one after the other."""
    if isinstance(value, dict):
        return "\n".join(str(answer["text"]) for answer in value.values() if answer.get("text"))
    return day(value) if isinstance(value, dt.date) else str(value or "")


def _squeezed(text: str) -> str:
    """Without spaces: numbers are written in groups, and names stand in several fields."""
    return "".join(text.split()).casefold()


def _models() -> Iterator[type[models.Model]]:
    for label in FINDING_APPS:
        yield from apps.get_app_config(label).get_models()


def _texts(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if _is_text(field)]


def _is_text(field: models.Field[Any, Any], *, encrypted: bool = False) -> bool:
    is_one = type(field) in (models.CharField, models.TextField, models.EmailField)
    is_one = is_one or (encrypted and isinstance(field, EncryptedTextField))
    return is_one and not field.choices and field.name not in SECRETS | NOT_TEXTS
