"""The trail: what happened to which record, when, and who did it. Text only, append only, chained by keyed hashes."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from .querysets import UNCHANGEABLE, ChainEndQuerySet, EventQuerySet


class Event(models.Model):
    """One thing that happened. Holds text instead of foreign keys, so that it outlives what it speaks of.

    `number` counts without gaps from 1; `digest` is a keyed hash over this event and the digest before it, so that
    a changed, removed or reordered row breaks the chain.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200, help_text="As the person was called then; “System” for the portal itself")
    actor_key = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_key = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict, help_text="field: [old, new], as text")
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["target_type", "target_key", "number"], name="trail_of_one_record"),
            models.Index(fields=["actor_key", "number"], name="trail_of_one_person"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(UNCHANGEABLE)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(UNCHANGEABLE)


class ChainEnd(models.Model):
    """The last link of the chain, in one row, signed: it shows when rows were cut off the end.

    Locking it gives events their order.
    """

    only = models.BooleanField(primary_key=True, default=True)
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="", help_text="Keyed hash over number and digest")

    objects = ChainEndQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="one_chain_end")]
