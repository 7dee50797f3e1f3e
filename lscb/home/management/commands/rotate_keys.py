"""Puts every encrypted value under the first key, so that the old key can be taken away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction

from lscb.common.encryption import BlindIndexField, EncryptedTextField, InvalidToken, rotate

CHUNK = 200


class Command(BaseCommand):
    help = "Encrypt everything anew under the first of FIELD_ENCRYPTION_KEYS. Afterwards the old keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in (one for one in apps.get_models() if one._meta.managed):
            fields = [one.name for one in model._meta.fields if isinstance(one, EncryptedTextField | BlindIndexField)]
            if fields:
                number = rotate_records(model, fields)
                self.stdout.write(f"{model._meta.verbose_name_plural}: {number}")
        self.stdout.write(f"second factors: {rotate_second_factors()}")


def rotate_records(model: type[models.Model], fields: list[str]) -> int:
    """Saving encrypts under the first key and makes the blind indexes anew. Each record in a transaction of its own."""
    number = 0
    for key in model._default_manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK):
        with transaction.atomic():
            record = model._default_manager.select_for_update(of=("self",)).filter(pk=key).first()
            if record is not None:
                record.save(update_fields=fields)
                number += 1
    return number


def rotate_second_factors() -> int:
    """Secrets of authenticator apps and seeds of recovery codes lie inside their JSON."""
    number = 0
    for key in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().get(pk=key)
            factor.data = _rotated(factor.data)
            factor.save(update_fields=["data"])
            number += 1
    return number


def _rotated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rotated(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rotated(one) for one in value]
    try:
        return rotate(value) if isinstance(value, str) else value
    except InvalidToken:
        return value
