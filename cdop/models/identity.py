"""Who the child was: apart from the case, encrypted, reached by the officer and the designated doctor only."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from lscb.common.encryption import BlindIndexField, EncryptedDateField, EncryptedJSONField, EncryptedTextField

from ..querysets import IdentityQuerySet, NotificationDraftQuerySet
from .case import Death

TEXTS = (
    *("given_names", "family_name", "other_names", "nhs_number", "address", "postcode"),
    *("school", "gp", "family", "professionals", "circumstances"),
)
NOTIFIER = ("notifier_name", "notifier_role", "notifier_contact")


class Purpose(models.TextChoices):
    """Why somebody looks at who a child was. A choice and no text: what is typed here would lie on the trail."""

    DUPLICATE = "duplicate", "To see whether two notifications are about the same child"
    AGENCIES = "agencies", "To ask agencies for their reports"
    RESPONSE = "response", "For the rapid response or a parallel process"
    PAPERS = "papers", "To write or check anonymised papers"
    CORRECT = "correct", "To correct or complete what was notified"
    ACCESS = "access", "To answer a subject access request"
    FAMILY = "family", "For contact with the family or its key worker"


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def dates_key(born_on: Any, died_on: Any) -> str:
    """What two notifications of the same child have in common, should there be no NHS number."""
    return f"{born_on} {died_on}" if born_on and died_on else ""


def _nhs_number(identity: Identity) -> str:
    return digits(identity.nhs_number)


def _dates(identity: Identity) -> str:
    return dates_key(identity.born_on, identity.died_on)


class Identity(models.Model):
    """The identity record. Every field is encrypted; the two indexes only say that two records are equal.

    `other_names`, `address`, `family` and `professionals` hold one per line; a line may begin with who it is:
    "Mother: Jane Invented".
    """

    death = models.OneToOneField(Death, models.CASCADE, primary_key=True, related_name="identity")
    given_names = EncryptedTextField()
    family_name = EncryptedTextField()
    other_names = EncryptedTextField("other names and nicknames", default="")
    born_on = EncryptedDateField("date of birth")
    died_on = EncryptedDateField("date of death")
    nhs_number = EncryptedTextField("NHS number", default="")
    address = EncryptedTextField(default="")
    postcode = EncryptedTextField(default="")
    school = EncryptedTextField("school or nursery", default="")
    gp = EncryptedTextField("GP and surgery", default="")
    family = EncryptedTextField(default="")
    professionals = EncryptedTextField(default="")
    circumstances = EncryptedTextField(default="")
    notifier_name = EncryptedTextField(default="")
    notifier_role = EncryptedTextField(default="")
    notifier_contact = EncryptedTextField(default="")
    nhs_index = BlindIndexField(of=_nhs_number)
    dates_index = BlindIndexField(of=_dates)
    version = models.PositiveIntegerField(default=1)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return "Identity"


class NotificationDraft(models.Model):
    """What somebody has typed on the pages of the notification so far. After two hours it opens no more, and it goes
    when the next notification begins.

    The browser holds the key; here is only its hash.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    typed = EncryptedJSONField(default=dict)
    touched_at = models.DateTimeField()
    sent_as = models.CharField(max_length=20, blank=True, help_text="Reference, once it is sent; then nothing is typed")

    objects = NotificationDraftQuerySet.as_manager()

    class Meta:
        ordering = ["touched_at"]

    def __str__(self) -> str:
        return "Notification being written"
