"""Who is let into a case, and who is kept out of it, whatever their roles say: plan, action, file, meeting."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from boards.meetings.services import plan_meeting
from boards.models import Meeting
from lscb.accounts.cases import forget_case_access, keep_out_of_case, let_into_case
from lscb.accounts.models import CaseAccess, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import CaseReviewMember
from lscb.actions.models import Action, ActionEntry, ActionPlan
from lscb.actions.services import open_plan
from lscb.files.models import Attachment
from lscb.files.services import store_attachment
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import OPENED, an_action, lead, manager, outsider, person
from tests.boards.factories import a_group

pytestmark = pytest.mark.django_db
READ = Permission.READ_CASE_REVIEWS


def test_a_case_is_for_its_roles_and_who_is_let_in_and_never_for_who_is_kept_out() -> None:
    group, case, police = a_group("Reviews", code="reviews", confidential_permission=READ), uuid4(), AgencyFactory()
    plan = open_plan(title="Plan", opened_on=OPENED, group="reviews", permission=READ, case=case, by=None)
    an_action(plan, police)
    store_attachment(upload=SimpleUploadedFile("n.txt", b"Note."), permission=READ, group="reviews", case=case, by=None)
    now = timezone.now()
    meeting = plan_meeting(group=group, starts_at=now, ends_at=now + dt.timedelta(hours=1), place="Hall", by=None)
    Meeting.objects.filter(pk=meeting.pk).update(case=case)

    def sees(user: User) -> int:
        fresh = User.objects.get(pk=user.pk)
        models = (ActionPlan, Action, ActionEntry, Attachment, Meeting)
        return sum(model.objects.visible_to(fresh).count() for model in models)

    member = person(CaseReviewMember, group="reviews")
    assert (sees(member), sees(manager()), sees(lead(police)), sees(outsider())) == (5, 5, 0, 0)

    wall = keep_out_of_case(case=case, user=member, reason="Knows the family", by=None)
    keep_out_of_case(case=uuid4(), user=manager(), reason="Another case", by=None)
    assert (sees(member), sees(manager())) == (0, 5)
    assert let_into_case(case=case, user=member, by=None) is None, "who is kept out stays out"
    assert sees(member) == 0

    chosen = lead(police)
    let_into_case(case=case, user=chosen, by=None)
    assert sees(chosen) == 5
    let_into_case(case=case, user=chosen, ends_at=now - dt.timedelta(seconds=1), by=None)
    assert sees(chosen) == 0, "its time is over"

    forget_case_access(access=wall, by=None)
    assert sees(member) == 5
    assert not CaseAccess.objects.visible_to(manager()).exists()


def test_being_asked_does_not_show_an_action_of_a_case_that_one_is_kept_out_of() -> None:
    police, case = AgencyFactory(), uuid4()
    action = an_action(open_plan(title="Plan", opened_on=OPENED, case=case, by=None), police)
    user = lead(police)
    assert Action.objects.visible_to(user).get() == action
    keep_out_of_case(case=case, user=user, reason="A relative", by=None)
    assert not Action.objects.visible_to(user).exists()
