"""Rows that are only ever added."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

from ..querysets import FIGURE_KEPT


class Kept(models.Model):
    """A row that is written once. The queryset and, on PostgreSQL, a trigger hold it too."""

    refusal: ClassVar[str] = FIGURE_KEPT

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(self.refusal)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(self.refusal)
