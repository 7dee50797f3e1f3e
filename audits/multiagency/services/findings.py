"""What an audit found, what it recommends, and the actions that follow. `by` is who does it, None the portal itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.actions import services as actions
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.trail.services import record

from ...models import Audit, AuditFinding, AuditRecommendation, AuditStage
from .parts import current, locked, must_be_at, must_be_changeable, must_manage, needs, next_number

FOUND_AT = (AuditStage.FIELDWORK, AuditStage.MODERATION, AuditStage.REPORTED)


@transaction.atomic
def add_finding(*, audit: Audit, kind: str, theme: str, text: str, public: str = "", by: Actor) -> AuditFinding:
    """A strength or a gap. `public` are the words for the annual report, written apart: none, and it is not printed."""
    must_manage(by)
    audit = locked(audit)
    must_be_at(audit, *FOUND_AT)
    finding = AuditFinding(audit=audit, number=next_number(audit.findings.all()), kind=kind)
    _word(finding, theme, text, public)
    finding.save()
    record(verb="added a finding", by=by, target=audit, changes={"finding": (None, finding.number)})
    return finding


@transaction.atomic
def change_finding(
    *, finding: AuditFinding, version: int, kind: str, theme: str, text: str, public: str = "", by: Actor
) -> AuditFinding:
    """Raises Overtaken when the finding was changed since `version` was read."""
    must_manage(by)
    kept: AuditFinding = current(finding, version, "finding")
    must_be_changeable(kept.audit)
    kept.kind = kind
    _word(kept, theme, text, public)
    kept.version += 1
    kept.save()
    record(verb="changed a finding", by=by, target=kept.audit, changes={"finding": (None, kept.number)})
    return kept


@transaction.atomic
def remove_finding(*, finding: AuditFinding, by: Actor) -> Audit:
    """Take back what was written down by mistake, as long as it is not reported."""
    must_manage(by)
    audit = locked(finding.audit)
    must_be_at(audit, AuditStage.FIELDWORK, AuditStage.MODERATION)
    number = finding.number
    finding.delete()
    record(verb="removed a finding", by=by, target=audit, changes={"finding": (number, None)})
    return audit


def _word(finding: AuditFinding, theme: str, text: str, public: str) -> None:
    finding.theme = needs(theme, "Enter the theme of the finding.", "theme")
    finding.text = needs(text, "Say what was found.", "text")
    finding.public = public.strip()


@transaction.atomic
def recommend(*, audit: Audit, text: str, by: Actor) -> AuditRecommendation:
    """What should change. It becomes one action or more with `plan_action`."""
    must_manage(by)
    audit = locked(audit)
    must_be_at(audit, *FOUND_AT)
    text = needs(text, "Say what should change.", "text")
    number = next_number(audit.recommendations.all())
    recommendation = AuditRecommendation.objects.create(audit=audit, number=number, text=text)
    record(verb="recommended", by=by, target=audit, changes={"recommendation": (None, number)})
    return recommendation


@transaction.atomic
def plan_action(
    *,
    recommendation: AuditRecommendation,
    what: str,
    due: dt.date,
    asked: Sequence[Asked],
    on: dt.date,
    by: Actor,
    **kwargs: Any,
) -> Action:
    """An action that follows from a recommendation, in the audit's own plan, which its lead group watches."""
    must_manage(by)
    audit = locked(recommendation.audit)
    must_be_at(audit, *FOUND_AT)
    if audit.plan is None:
        title = f"Audit: {audit.title}"
        audit.plan = actions.open_plan(title=title, opened_on=on, group=audit.lead_group.papers_of, by=by)
        audit.save(update_fields=["plan"])
    action = actions.add_action(plan=audit.plan, what=what, due=due, asked=asked, on=on, by=by, **kwargs)
    recommendation.actions.add(action)
    record(verb="planned an action", by=by, target=audit, changes={"recommendation": (None, recommendation.number)})
    return action
