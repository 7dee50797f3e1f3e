"""Reads of multi-agency audits.

Three circles. The board's team and the chair (READ_RETURNS) read everything that was sent. Members of the group that
leads an audit or looks on (READ_AUDITS) read the audit and, once it is reported, its findings; no case and no return.
An agency reads its own returns and nothing else: through them it learns what it is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from lscb.accounts.models import Reader, User
from lscb.accounts.permissions import Permission
from lscb.common.periods import FinancialYear

if TYPE_CHECKING:
    from ..models import (  # noqa: F401
        Audit,
        AuditAnswer,
        AuditCase,
        AuditEvent,
        AuditFinding,
        AuditGrade,
        AuditQuestion,
        AuditRecommendation,
        AuditReturn,
        AuditTool,
        AuditWorkshop,
    )


def reads_everything(user: Reader) -> bool:
    return isinstance(user, User) and user.for_whole_board(Permission.READ_RETURNS)


def _readable(user: Reader, path: str = "") -> Q:
    """Audits that `user` reads; `path` leads from the queried model to the audit."""
    if not isinstance(user, User):
        return Q(pk__in=[])
    if reads_everything(user) or user.for_whole_board(Permission.READ_AUDITS):
        return Q()
    groups = sorted(user.groups_where(Permission.READ_AUDITS))
    return Q(**{f"{path}lead_group__code__in": groups}) | Q(**{f"{path}looking_on__code__in": groups})


def _told(user: Reader, path: str = "audit__") -> Q:
    """What was found: for the groups once it is reported."""
    from ..models.multiagency import TOLD

    told = Q() if reads_everything(user) else Q(**{f"{path}stage__in": TOLD})
    return _readable(user, path) & told


class AuditQuerySet(models.QuerySet["Audit"]):
    def visible_to(self, user: Reader) -> AuditQuerySet:
        return self.filter(_readable(user))

    def on_schedule_for(self, user: Reader) -> AuditQuerySet:
        """When which audit runs is known to all who read the board's papers, and printed in the annual report."""
        may_read = isinstance(user, User) and user.may(Permission.READ_AUDITS)
        return self.all() if may_read else self.none()

    def scheduled_in(self, year: FinancialYear) -> AuditQuerySet:
        """Audits of which a month lies in `year`; those not carried out are none."""
        return self.carried_out().filter(scheduled_from__lte=year.last_day, scheduled_to__gte=year.first_day)

    def begun_in(self, year: FinancialYear) -> AuditQuerySet:
        """Audits that belong to `year`: each belongs to one."""
        return self.carried_out().filter(scheduled_from__gte=year.first_day, scheduled_from__lte=year.last_day)

    def carried_out(self) -> AuditQuerySet:
        from ..models import AuditStage

        return self.exclude(stage=AuditStage.CANCELLED)

    def reported_by(self, day: dt.date) -> AuditQuerySet:
        """Audits whose findings were reported on or before `day`."""
        from ..models import AuditHappened

        return self.filter(events__happened=AuditHappened.REPORTED, events__on__lte=day)

    def before(self, audit: Audit) -> AuditQuerySet:
        """Earlier audits of the same subject that were reported, the last one first."""
        from ..models.multiagency import TOLD

        if not audit.subject:
            return self.none()
        earlier = self.filter(subject__iexact=audit.subject, scheduled_from__lt=audit.scheduled_from, stage__in=TOLD)
        return earlier.exclude(pk=audit.pk).order_by("-scheduled_from")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Reader) -> AuditEventQuerySet:
        return self.filter(_readable(user, "audit__"))


class AuditWorkshopQuerySet(models.QuerySet["AuditWorkshop"]):
    def visible_to(self, user: Reader) -> AuditWorkshopQuerySet:
        return self.filter(_readable(user, "audit__"))


class AuditFindingQuerySet(models.QuerySet["AuditFinding"]):
    def visible_to(self, user: Reader) -> AuditFindingQuerySet:
        return self.filter(_told(user))


class AuditRecommendationQuerySet(models.QuerySet["AuditRecommendation"]):
    def visible_to(self, user: Reader) -> AuditRecommendationQuerySet:
        return self.filter(_told(user))


class AuditCaseQuerySet(models.QuerySet["AuditCase"]):
    def visible_to(self, user: Reader) -> AuditCaseQuerySet:
        """Cases are for the board's team and the chair; an agency learns of them through its own returns."""
        return self.all() if reads_everything(user) else self.none()


class AuditReturnQuerySet(models.QuerySet["AuditReturn"]):
    def visible_to(self, user: Reader) -> AuditReturnQuerySet:
        """That a return is owed or came; what stands in it is for its agency alone until it is sent."""
        if reads_everything(user):
            return self.all()
        if not isinstance(user, User):
            return self.none()
        return self.of_agencies(user.agencies_where(Permission.READ_OWN_RETURNS))

    def of_agencies(self, agencies: Collection[int]) -> AuditReturnQuerySet:
        return self.filter(agency__in=sorted(agencies))

    def owed(self) -> AuditReturnQuerySet:
        from ..models import AuditStage, ReturnStatus

        return self.filter(status=ReturnStatus.DUE, case__audit__stage=AuditStage.FIELDWORK)

    def late(self, today: dt.date) -> AuditReturnQuerySet:
        return self.owed().filter(due__lt=today)


class AuditAnswerQuerySet(models.QuerySet["AuditAnswer"]):
    def visible_to(self, user: Reader) -> AuditAnswerQuerySet:
        """Of one's own agency; of every agency once they are sent."""
        from ..models import ReturnStatus

        if not isinstance(user, User):
            return self.none()
        own = Q(audit_return__agency__in=sorted(user.agencies_where(Permission.READ_OWN_RETURNS)))
        sent = Q(audit_return__status=ReturnStatus.RECEIVED) if reads_everything(user) else Q(pk__in=[])
        return self.filter(own | sent)


class AuditToolQuerySet(models.QuerySet["AuditTool"]):
    def visible_to(self, user: Reader) -> AuditToolQuerySet:
        """Tools are for who reads returns; an agency meets the questions in its own returns."""
        return self.all() if reads_everything(user) else self.none()


class AuditQuestionQuerySet(models.QuerySet["AuditQuestion"]):
    def visible_to(self, user: Reader) -> AuditQuestionQuerySet:
        return self.all() if reads_everything(user) else self.none()


class AuditGradeQuerySet(models.QuerySet["AuditGrade"]):
    def visible_to(self, user: Reader) -> AuditGradeQuerySet:
        return self.all() if reads_everything(user) else self.none()
