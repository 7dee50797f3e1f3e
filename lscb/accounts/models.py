"""Who is there: areas, agencies and what they were called, people, and what they may do from when to when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone

from lscb.common.models import both_or_neither, ends_after_it_starts

from .permissions import SCOPES, Permission
from .querysets import (
    AgencyNameQuerySet,
    AgencyQuerySet,
    AreaQuerySet,
    CaseAccessQuerySet,
    GrantQuerySet,
    InvitationQuerySet,
    LinkQuerySet,
    SentFormQuerySet,
    SuccessionQuerySet,
    TokenQuerySet,
    UserManager,
)
from .roles import ROLE_OF, ROLES, Role
from .sign_on.models import SignOnDomain, SignOnRequest  # noqa: F401 - they belong to this app


class Sector(models.TextChoices):
    COUNCIL = "council", "Council"
    POLICE = "police", "Police"
    HEALTH = "health", "Health"
    JUSTICE = "justice", "Probation and courts"
    EDUCATION = "education", "Education"
    VOLUNTARY = "voluntary", "Voluntary and community"
    LAY = "lay", "Lay"
    OTHER = "other", "Other"


class Area(models.Model):
    """A place with a board of its own; agencies may work in several (the four of "4LSCB")."""

    name = models.CharField(max_length=80, unique=True)
    is_home = models.BooleanField(default=False, help_text="The area of this board")

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_home"], condition=models.Q(is_home=True), name="one_home_area")
        ]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A partner of the board, or a service of one that makes its own return (then `parent` is set).

    What it is called is a row of `AgencyName` per period: pages about a date print the name as at that date.
    `name` and `short_name` are those of today, kept by the services.
    """

    name = models.CharField(max_length=150)
    short_name = models.CharField(max_length=40)
    sector = models.CharField(max_length=10, choices=Sector)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="services")
    areas = models.ManyToManyField(Area, related_name="agencies")
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_agency_of_a_name"),
            ends_after_it_starts("active_from", "active_to", name="agency_ends_after_it_starts"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="agency_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:agency", args=[self.pk])

    def name_on(self, day: dt.date) -> str:
        """What it was called on `day`; uses prefetched `names` where they are."""
        for past in self.names.all():
            if (past.starts_on is None or past.starts_on <= day) and (past.ends_on is None or day <= past.ends_on):
                return past.name
        return self.name


class AgencyName(models.Model):
    """What an agency was called from a day to a day."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="names")
    name = models.CharField(max_length=150)
    short_name = models.CharField(max_length=40)
    starts_on = models.DateField(null=True, blank=True, help_text="Empty for the first name it ever had")
    ends_on = models.DateField(null=True, blank=True)

    objects = AgencyNameQuerySet.as_manager()

    class Meta:
        ordering = ["agency", models.F("starts_on").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(fields=["agency", "starts_on"], name="one_name_from_a_day"),
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(starts_on__isnull=True), name="one_first_name_of_an_agency"
            ),
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(ends_on__isnull=True), name="one_present_name_of_an_agency"
            ),
            ends_after_it_starts("starts_on", "ends_on", name="name_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """What an agency became: Hampshire Probation Trust became the National Probation Service and the CRC."""

    predecessor = models.ForeignKey(Agency, models.CASCADE, related_name="became")
    successor = models.ForeignKey(Agency, models.CASCADE, related_name="was")
    on = models.DateField()

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="one_succession_per_pair"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="agency_does_not_succeed_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} became {self.successor}"


class Digest(models.TextChoices):
    """How often a person is told by e-mail that something is due or late."""

    DAILY = "daily", "Every working day"
    WEEKLY = "weekly", "Once a week, on Monday"
    OFF = "off", "Never"


class User(AbstractBaseUser):
    """A person who signs in by e-mail. What they may do comes from grants alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=10, choices=Digest, default=Digest.WEEKLY)

    objects = UserManager()

    limited_to: frozenset[Permission] | None = None
    """Set while a program acts for the person: what it may use at most of what they hold (`programs`)."""
    through: str = ""
    """Set with it where the program came with a token: the token's name, which the trail tells beside the person's."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_e_mail")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_absolute_url(self) -> str:
        return reverse("accounts:person", args=[self.pk])

    @cached_property
    def grants_today(self) -> list[Grant]:
        """The grants in force today, read once per request."""
        return list(self.grants.in_force(timezone.localdate()).select_related("agency"))

    def may(self, permission: Permission | str, on: Agency | str | None = None) -> bool:
        """Whether a grant in force today allows `permission` `on` an agency, a group (its code) or anywhere."""
        wanted = Permission(permission)  # type: ignore[call-arg]  # finds by value, __new__ makes none
        return self.is_open(wanted) and any(grant.allows(wanted, on) for grant in self.grants_today)

    def agencies_where(self, permission: Permission) -> set[int]:
        """Keys of the agencies for which this person holds `permission`."""
        return {g.agency_id for g in self._giving(permission) if g.agency_id}

    def groups_where(self, permission: Permission) -> set[str]:
        """Codes of the groups for which this person holds `permission`."""
        return {g.group for g in self._giving(permission) if g.group}

    def for_whole_board(self, permission: Permission) -> bool:
        """Whether this person holds `permission` for the whole board."""
        return any(g.scope == "board" for g in self._giving(permission))

    def is_open(self, permission: Permission) -> bool:
        """Whether `permission` is within reach: always in person, and as far as its scopes go for a program."""
        return self.limited_to is None or permission in self.limited_to

    def _giving(self, permission: Permission) -> list[Grant]:
        """The grants in force today that give `permission`, where it is within reach."""
        if not self.is_open(permission):
            return []
        return [grant for grant in self.grants_today if permission in grant.role_class.permissions]

    @property
    def needs_second_factor(self) -> bool:
        return any(grant.role_class.needs_second_factor() for grant in self.grants_today)

    @property
    def role_titles(self) -> list[str]:
        return sorted({str(grant.role_class.title) for grant in self.grants_today})


Actor = User | None
"""Who does it: a person, or None for the portal itself."""

Reader = User | AnonymousUser


class Grant(models.Model):
    """A role given to a person for the board, an agency or a group, from a day to a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=[(role.slug, role.title) for role in ROLES])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="grants")
    group = models.SlugField(blank=True, help_text="Code of the group; groups live a floor above")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_on = models.DateField(
        null=True, blank=True, help_text="The day it was taken away, at once, before its time was over"
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["user", "starts_on"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="grant_ends_after_it_starts"),
            models.CheckConstraint(
                condition=models.Q(agency__isnull=True) | models.Q(group=""), name="grant_is_for_agency_or_group"
            ),
            models.UniqueConstraint(
                "user",
                "role",
                Coalesce("agency_id", 0),
                "group",
                condition=models.Q(ends_on__isnull=True, ended_on__isnull=True),
                name="one_unlimited_grant_of_a_role",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=[r.slug for r in ROLES if r.scope == "board"], agency__isnull=True, group=""
                )
                | models.Q(role__in=[r.slug for r in ROLES if r.scope == "agency"], agency__isnull=False)
                | (models.Q(role__in=[r.slug for r in ROLES if r.scope == "group"]) & ~models.Q(group="")),
                name="grant_has_the_scope_of_its_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_class.title}{self.where}"

    @property
    def where(self) -> str:
        return _where(self.agency, self.group)

    @property
    def role_class(self) -> type[Role]:
        return ROLE_OF[self.role]

    def can_end(self, on: dt.date) -> bool:
        """Whether there is anything left to end."""
        return self.ended_on is None and (self.ends_on is None or on <= self.ends_on)

    @property
    def last_day(self) -> dt.date | None:
        """When it was over, for the eye: the day it was taken away, or the last day it was given for."""
        return self.ended_on or self.ends_on

    def in_force(self, on: dt.date) -> bool:
        """The same question as `GrantQuerySet.in_force`, of one grant."""
        started = self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
        return started and (self.ended_on is None or on < self.ended_on)

    @property
    def scope(self) -> str:
        return self.role_class.scope

    def allows(self, permission: Permission, on: Agency | str | None) -> bool:
        """A grant for the board reaches everything; one for an agency or a group reaches just that."""
        if permission not in self.role_class.permissions:
            return False
        if on is None or self.scope == "board":
            return True
        return self.agency_id == on.pk if isinstance(on, Agency) else self.group == on


class Invitation(models.Model):
    """A role offered by e-mail. The link is unguessable, kept as a hash, expires, and is spent by accepting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=30, choices=[(role.slug, role.title) for role in ROLES])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.SlugField(blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of the role, if it is for a time")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            both_or_neither("accepted_at", "accepted_by", name="invitation_accepted_when_and_by"),
            both_or_neither("revoked_at", "revoked_by", name="invitation_revoked_when_and_by"),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="invitation_accepted_or_revoked",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "role",
                Coalesce("agency_id", 0),
                "group",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_to_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_class.title} for {self.name}"

    @property
    def role_class(self) -> type[Role]:
        return ROLE_OF[self.role]

    @property
    def where(self) -> str:
        return _where(self.agency, self.group)


class Link(models.Model):
    """A link by which somebody without an account does one thing (trust: "People"): see `links`.

    Bound to one purpose, one record (as text: records live on floors above) and one person. The link itself is not
    kept: it is this row's key with a signature, so a reminder can carry it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=40, help_text="The page that it opens")
    target_type = models.CharField(max_length=60)
    target_key = models.CharField(max_length=40)
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                "purpose",
                "target_type",
                "target_key",
                Lower("email"),
                condition=models.Q(spent_at__isnull=True, revoked_at__isnull=True),
                name="one_live_link_for_a_person_and_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")), name="link_expires_after_it_is_issued"
            ),
        ]
        indexes = [models.Index(fields=["target_type", "target_key"], name="links_of_a_record")]

    def __str__(self) -> str:
        return f"{self.name or self.email}, by a link"


class CaseAccessKind(models.TextChoices):
    LET_IN = "let_in", "Let into a case"
    KEPT_OUT = "kept_out", "Kept out of a case"


class CaseAccess(models.Model):
    """One person let into one case, or kept out of it, whatever their roles say. See `lscb.accounts.cases`."""

    case = models.UUIDField(help_text="Key of the case; cases live floors above")
    user = models.ForeignKey(User, models.CASCADE, related_name="case_access")
    kind = models.CharField(max_length=10, choices=CaseAccessKind)
    reason = models.TextField(blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = CaseAccessQuerySet.as_manager()

    class Meta:
        ordering = ["case", "user"]
        verbose_name_plural = "case access"
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="one_access_of_a_person_to_a_case"),
            models.CheckConstraint(
                condition=models.Q(kind=CaseAccessKind.LET_IN)
                | (models.Q(kind=CaseAccessKind.KEPT_OUT, ends_at__isnull=True) & ~models.Q(reason="")),
                name="kept_out_for_a_reason_until_it_is_lifted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"


class SentForm(models.Model):
    """A form that was sent and done, kept for a day: the same one sent twice is done once (`services.once`)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, help_text="Made when the form was drawn")
    led_to = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)

    objects = SentFormQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="form_is_sent_once")]

    def __str__(self) -> str:
        return f"Form sent at {self.sent_at}"


class Token(models.Model):
    """What a program shows to act for a person (`lscb.accounts.tokens`). Of the token itself only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, help_text="What it is for")
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(help_text="Keys of `permissions.SCOPES`")
    may_write = models.BooleanField(default=False)
    with_second_factor = models.BooleanField(help_text="Whether the second factor was shown when it was made")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="token_expires_after_it_is_made"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_words(self) -> str:
        return "; ".join(str(first.part) for scope, first in SCOPES.items() if scope in self.scopes)


def _where(agency: Agency | None, group: str) -> str:
    """Read after the title of a role."""
    if agency:
        return f", {agency}"
    return f", group {group}" if group else ""


def names_on(agencies: Iterable[Agency], day: dt.date) -> dict[int, str]:
    """The names of `agencies` as at `day`, by key. Fetch them with `prefetch_related("names")`."""
    return {agency.pk: agency.name_on(day) for agency in agencies}
