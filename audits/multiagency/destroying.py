"""Destroying multi-agency audits whose time is over: what was written goes, the grades stay as numbers."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from lscb.common.records import GONE, GONE_IN_SHORT, Destroyed
from lscb.files.destroying import destroy_attachments

from ..models import (
    Audit,
    AuditAnswer,
    AuditCase,
    AuditEvent,
    AuditFinding,
    AuditRecommendation,
    AuditReturn,
    AuditWorkshop,
)


def destroy_audits(keys: Collection[UUID]) -> Destroyed:
    """Pseudonyms, words and files go. What an audit was called, its days, cases, returns and grades as codes, and how
    much was found and recommended stay: they count in every report of the past. Its actions are a class apart."""
    went = Destroyed()
    returns = AuditReturn.objects.filter(case__audit__in=keys)
    links = AuditReturn.files.through.objects.filter(auditreturn__in=returns)
    attached = list(links.values_list("attachment", flat=True))
    links.delete()
    destroy_attachments(attached, went)
    went.counts["answers"] += AuditAnswer.objects.filter(audit_return__in=returns).update(evidence="")
    returns.exclude(moderation_reason="").update(moderation_reason=GONE)
    went.counts["returns"] += returns.update(account="", sent_back_because="")
    number = Concat(Value(f"{GONE_IN_SHORT} "), Cast(F("number"), CharField()))
    went.counts["cases"] += AuditCase.objects.filter(audit__in=keys).update(pseudonym=number, outcome_note="")
    findings = AuditFinding.objects.filter(audit__in=keys)
    went.counts["findings"] += findings.update(theme=GONE_IN_SHORT, text=GONE, public="")
    recommendations = AuditRecommendation.objects.filter(audit__in=keys)
    went.counts["recommendations"] += recommendations.update(text=GONE)
    AuditWorkshop.objects.filter(audit__in=keys).update(about=GONE_IN_SHORT)
    AuditEvent.objects.filter(audit__in=keys).exclude(text="").update(text=GONE)
    audits = Audit.objects.filter(pk__in=keys)
    audits.exclude(small_numbers_because="").update(small_numbers_because=GONE)
    went.counts["audits"] += audits.update(terms_of_reference="", team="", summary="")
    return went
