"""Reads of the people's room. `visible_to` says what a person may see; every door of the portal goes through it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from lscb.common.models import in_force

from .permissions import Permission

if TYPE_CHECKING:
    from .models import (  # noqa: F401  used in strings
        Agency,
        AgencyName,
        Area,
        CaseAccess,
        Grant,
        Invitation,
        Link,
        Reader,
        SentForm,
        Succession,
        Token,
        User,
    )


class AreaQuerySet(models.QuerySet["Area"]):
    def visible_to(self, user: Reader) -> AreaQuerySet:
        """Areas are public."""
        return self.all()


class AgencyQuerySet(models.QuerySet["Agency"]):
    def visible_to(self, user: Reader) -> AgencyQuerySet:
        """That an agency is a partner of the board is public."""
        return self.all()

    def active(self, on: dt.date) -> AgencyQuerySet:
        return self.filter(in_force(on, start="active_from", end="active_to"))

    def partners(self, on: dt.date) -> AgencyQuerySet:
        """Active agencies without single schools, which stand under the agency of their phase."""
        return self.active(on).but_schools()

    def but_schools(self) -> AgencyQuerySet:
        return self.exclude(sector="education", parent__isnull=False)


class AgencyNameQuerySet(models.QuerySet["AgencyName"]):
    def visible_to(self, user: Reader) -> AgencyNameQuerySet:
        return self.all()


class SuccessionQuerySet(models.QuerySet["Succession"]):
    def visible_to(self, user: Reader) -> SuccessionQuerySet:
        return self.all()


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Reader) -> UserQuerySet:
        """Everybody for who manages accounts; else only oneself."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.may(Permission.MANAGE_ACCOUNTS) else self.filter(pk=user.pk)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, on: dt.date) -> GrantQuerySet:
        """What a person may do on that day. A grant that is taken away ends at once, on the day itself."""
        not_taken_away = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
        return self.filter(in_force(on), not_taken_away, user__is_active=True)

    def visible_to(self, user: Reader) -> GrantQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.may(Permission.MANAGE_ACCOUNTS) else self.filter(user=user)


class CaseAccessQuerySet(models.QuerySet["CaseAccess"]):
    def letting_in(self, user: User, now: dt.datetime) -> CaseAccessQuerySet:
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), user=user, kind="let_in")

    def keeping_out(self, user: User) -> CaseAccessQuerySet:
        return self.filter(user=user, kind="kept_out")

    def in_emergency(self, case: UUID, now: dt.datetime) -> CaseAccessQuerySet:
        """Who is let into the case for an hour and not longer."""
        return self.timed().filter(case=case, ends_at__gt=now)

    def timed(self) -> CaseAccessQuerySet:
        """Access that ends by itself, also when it is over."""
        return self.filter(kind="let_in", ends_at__isnull=False)

    def kept_out_of(self, case: UUID | None) -> CaseAccessQuerySet:
        return self.filter(case=case, kind="kept_out")

    def visible_to(self, user: Reader) -> CaseAccessQuerySet:
        """Read through the case alone: a list of these would tell who has to do with which case."""
        return self.none()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: dt.datetime) -> InvitationQuerySet:
        return self.filter(Q(expires_at__gt=at), accepted_at__isnull=True, revoked_at__isnull=True)

    def visible_to(self, user: Reader) -> InvitationQuerySet:
        if not user.is_authenticated or not user.may(Permission.MANAGE_ACCOUNTS):
            return self.none()
        return self.all()


class LinkQuerySet(models.QuerySet["Link"]):
    def live(self) -> LinkQuerySet:
        """Neither spent nor taken back; it may have expired."""
        return self.filter(spent_at__isnull=True, revoked_at__isnull=True)

    def to(self, target: models.Model) -> LinkQuerySet:
        """Links to one record of a floor above."""
        return self.filter(target_type=target._meta.label_lower, target_key=str(target.pk))

    def visible_to(self, user: Reader) -> LinkQuerySet:
        """For who manages accounts. The page of a record names whom it was sent to, for who may read that record."""
        if not user.is_authenticated or not user.may(Permission.MANAGE_ACCOUNTS):
            return self.none()
        return self.all()


class SentFormQuerySet(models.QuerySet["SentForm"]):
    def visible_to(self, user: Reader) -> SentFormQuerySet:
        return self.filter(user=user) if user.is_authenticated else self.none()


class TokenQuerySet(models.QuerySet["Token"]):
    def live(self, at: dt.datetime) -> TokenQuerySet:
        return self.filter(expires_at__gt=at, revoked_at__isnull=True)

    def visible_to(self, user: Reader) -> TokenQuerySet:
        """One's own; everybody's for who manages accounts."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.may(Permission.MANAGE_ACCOUNTS) else self.filter(user=user)
