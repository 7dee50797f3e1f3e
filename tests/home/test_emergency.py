"""Break-glass: one case, a reason, the second factor, two people told at once, an hour and not longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casereviews.models import CaseReview
from cdop.models import Death
from cdop.querysets import knows_children
from lscb.accounts.cases import keep_out_of_case
from lscb.accounts.models import CaseAccess, User
from lscb.accounts.roles import BoardManager, IndependentChair, LayMember
from lscb.common.errors import RuleBroken
from lscb.home.emergency import LASTS, NO_SUCH_CASE, break_glass, end_emergency
from lscb.jobs.models import Email
from lscb.trail.models import Event
from tests.accounts.factories import member, person
from tests.accounts.second_factor import shown, sign_in_with_a_code
from tests.casereviews.samples import SECRET, a_review
from tests.cdop.samples import CHILD, a_death, doctor, officer, released

pytestmark = pytest.mark.django_db
DANGER = "danger"


def opened(case: CaseReview | Death, by: User, at: dt.datetime | None = None) -> CaseAccess:
    break_glass(reference=case.reference, reason=DANGER, by=by, at=at or timezone.now())
    return CaseAccess.objects.get(case=case.pk, user=by)


def sees(user: User) -> tuple[int, int]:
    fresh = User.objects.get(pk=user.pk)
    return Death.objects.visible_to(fresh).count(), CaseReview.objects.visible_to(fresh).count()


def test_a_child_death_is_read_for_an_hour_as_its_panel_reads_it() -> None:
    knows, second, manager = officer(), doctor(), person(BoardManager)
    death = released(a_death(), knows, second)
    a_death(nhs_number="999 999 9999", born_on=dt.date(2015, 1, 1))
    assert sees(manager) == (0, 0)
    now = timezone.now()
    opened(death, manager, now)
    assert sees(manager) == (1, 0)
    assert not knows_children(User.objects.get(pk=manager.pk))
    told = Email.objects.filter(subject="Somebody opened a case in an emergency")
    assert set(told.values_list("to", flat=True)) == {knows.email, second.email}
    assert not any(name in one.body for one in told for name in (death.reference, *CHILD.values()))
    event = Event.objects.of(death).get(verb="opened in an emergency")
    assert (event.actor_key, event.reason) == (str(manager.pk), "A child may be in danger now")
    with time_machine.travel(now + LASTS, tick=False):
        assert sees(manager) == (0, 0)


def test_a_case_review_is_opened_to_whose_roles_do_not_and_never_to_who_is_walled_off() -> None:
    knows, walled = officer(), doctor()
    manager, chair = person(BoardManager), person(IndependentChair)
    review = a_review()
    keep_out_of_case(case=review.pk, user=walled, reason="Knows the family", by=manager)
    with pytest.raises(RuleBroken, match=NO_SUCH_CASE):
        opened(review, walled)
    assert sees(walled)[1] == 0
    assert not Email.objects.exists()
    opened(review, knows)
    assert sees(knows)[1] == 1
    assert set(Email.objects.values_list("to", flat=True)) == {manager.email, chair.email}
    assert SECRET not in "".join(Email.objects.values_list("body", flat=True))


def test_it_is_refused_where_two_people_cannot_be_told() -> None:
    officer()
    death, manager = a_death(), person(BoardManager)
    with pytest.raises(RuleBroken, match="not two"):
        opened(death, manager)
    assert sees(manager) == (0, 0)


def test_a_reference_that_there_is_not_is_on_the_trail_and_tries_are_few() -> None:
    manager = person(BoardManager)
    for _ in range(5):
        with pytest.raises(RuleBroken, match=NO_SUCH_CASE):
            break_glass(reference="CD-2016-XXXXX", reason=DANGER, by=manager, at=timezone.now())
    assert Event.objects.filter(verb="tried to open a case in an emergency", actor_key=str(manager.pk)).count() == 5
    with pytest.raises(RuleBroken, match="very often"):
        break_glass(reference="CD-2016-XXXXX", reason=DANGER, by=manager, at=timezone.now())


def test_whoever_reads_it_anyway_opens_nothing_and_nobody_else_may_try() -> None:
    knows = officer()
    doctor()
    death = a_death()
    assert break_glass(reference=death.reference, reason=DANGER, by=knows, at=timezone.now()) == death
    assert not CaseAccess.objects.exists()
    with pytest.raises(PermissionDenied):
        break_glass(reference=death.reference, reason=DANGER, by=person(LayMember), at=timezone.now())


def test_who_watches_over_the_case_ends_it_at_once_and_nobody_else() -> None:
    knows, manager = officer(), person(BoardManager)
    doctor()
    access = opened(a_death(), manager)
    with pytest.raises(PermissionDenied):
        end_emergency(access=access, by=manager, at=timezone.now())
    assert sees(manager) == (1, 0)
    end_emergency(access=access, by=knows, at=timezone.now())
    assert sees(manager) == (0, 0)


def test_the_second_factor_is_shown_first_and_what_was_typed_is_still_there(client: Client) -> None:
    knows, manager = officer(), member(BoardManager)
    death = released(a_death(), knows, doctor())
    sign_in_with_a_code(client, manager)
    shown(client, 3600)
    typed = {"reference": death.reference, "reason": DANGER}
    answer = client.post(reverse("emergency"), typed)
    assert answer.url == f"{reverse('mfa_reauthenticate')}?next={reverse('emergency')}"
    assert sees(manager) == (0, 0)
    shown(client, 5)
    assert death.reference in client.get(reverse("emergency")).content.decode()
    case = client.post(reverse("emergency"), typed, follow=True)
    page = case.content.decode()
    assert "You opened this case in an emergency" in page
    assert "The child died in hospital of a long illness." in page
    assert reverse("cdop:identity", args=[death.pk]) not in page
    assert client.get(reverse("cdop:identity", args=[death.pk])).status_code == 403
    assert client.get(reverse("cdop:death_list")).status_code == 404
    assert Event.objects.of(death).filter(verb="viewed", actor_key=str(manager.pk)).exists()


def test_who_watches_sees_who_reads_it_and_why(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    knows, manager = officer(), person(BoardManager)
    doctor()
    death = a_death()
    access = opened(death, manager)
    client.force_login(knows)
    page = client.get(death.get_absolute_url()).content.decode()
    assert f"{manager}</strong> opened this case in an emergency" in page
    assert "A child may be in danger now" in page
    client.post(reverse("emergency_end", args=[access.pk]))
    assert sees(manager) == (0, 0)
