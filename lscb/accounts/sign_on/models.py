"""Which domain of e-mail belongs to which agency, and who asked for an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from lscb.common.models import PublicIdModel, both_or_neither

from .querysets import SignOnDomainQuerySet, SignOnRequestQuerySet


class SignOnDomain(models.Model):
    """An agency's domain, as one provider says it: who comes from there becomes a professional of that agency."""

    domain = models.CharField(max_length=190)
    provider = models.SlugField(max_length=40, help_text="Its id in SIGN_ON_PROVIDERS")
    agency = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="sign_on_domains")
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SignOnDomainQuerySet.as_manager()

    class Meta:
        ordering = ["domain", "provider"]
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                "provider",
                condition=Q(ended_at__isnull=True),
                name="one_agency_for_a_domain_of_a_provider",
            ),
            both_or_neither("ended_at", "ended_by", name="sign_on_domain_is_ended_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.domain} through {self.provider}"


class Outcome(models.TextChoices):
    INVITED = "invited", "Invited"
    DECLINED = "declined", "Declined"


class SignOnRequest(PublicIdModel):
    """Somebody whom a provider knows and the portal does not asks for an account."""

    provider = models.SlugField(max_length=40)
    identity = models.CharField(max_length=64, help_text="Hash of issuer and subject")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SignOnRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "identity"], condition=Q(outcome=""), name="one_open_request_of_an_identity"
            ),
            both_or_neither("decided_at", "decided_by", name="sign_on_request_is_decided_by_somebody"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="decided_sign_on_request_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.name or 'somebody'}"
