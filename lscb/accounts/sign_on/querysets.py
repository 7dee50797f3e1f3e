"""Reads of single sign-on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from lscb.accounts.permissions import Permission

if TYPE_CHECKING:
    from lscb.accounts.models import Reader

    from .models import SignOnDomain, SignOnRequest  # noqa: F401


class SignOnDomainQuerySet(models.QuerySet["SignOnDomain"]):
    def approved(self) -> SignOnDomainQuerySet:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: Reader) -> SignOnDomainQuerySet:
        return self.all() if user.is_authenticated and user.may(Permission.MANAGE_ACCOUNTS) else self.none()


class SignOnRequestQuerySet(models.QuerySet["SignOnRequest"]):
    def open(self) -> SignOnRequestQuerySet:
        return self.filter(outcome="")

    def visible_to(self, user: Reader) -> SignOnRequestQuerySet:
        return self.all() if user.is_authenticated and user.may(Permission.MANAGE_ACCOUNTS) else self.none()
