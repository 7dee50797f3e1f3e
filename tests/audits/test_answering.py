"""Several people in one return: nobody's words are lost, and the second in one question is told (domain: "17")."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audits.models import Answer, Return
from audits.returns import answering, submitting
from audits.returns.analysis import MORE_THAN, Graded, areas_for_development, recurring
from audits.returns.answering import fingerprint
from audits.returns.forms import prefix_of
from lscb.accounts import links
from lscb.accounts.models import Link
from lscb.jobs.models import Email
from tests.accounts.factories import AgencyFactory
from tests.actions.factories import contributor, lead, manager, outsider

from .factories import NOW, a_framework, a_return, answer, filled, fresh, section, submitted, typed

pytestmark = pytest.mark.django_db


def save(of_return: Return, page: str, **texts: Any) -> answering.Saved:
    """Somebody's page sends question 1.1 as it was drawn from `texts["drawn"]`."""
    on_file = texts.pop("drawn")
    given = {on_file.pk: typed(on_file, texts.pop("grade", None), **texts)}
    return answering.save_answers(section=section(of_return), typed=given, page=page, by=None, at=NOW)


# ---- Two at once ----------------------------------------------------------------------------------------------------


def test_two_people_in_different_questions_never_collide() -> None:
    one = a_return()
    drawn = {reference: answer(one, reference) for reference in ("1.1", "1.2")}
    for page, mine in (("a", "1.1"), ("b", "1.2")):
        given = {each.pk: typed(each, evidence=page if key == mine else "") for key, each in drawn.items()}
        saved = answering.save_answers(section=section(one), typed=given, page=page, by=None, at=NOW)
        assert saved.overtaken == []
    assert [answer(one, "1.1").evidence, answer(one, "1.2").evidence] == ["a", "b"]


def test_the_second_in_the_same_question_is_told_and_overwrites_nothing() -> None:
    one = a_return()
    drawn = answer(one)
    save(one, "a", drawn=drawn, evidence="First")
    saved = save(one, "b", drawn=drawn, evidence="Second")
    assert [each.evidence for each in saved.overtaken] == ["First"]
    assert answer(one).evidence == "First"
    assert save(one, "b", drawn=answer(one), evidence="Both").overtaken == []
    assert answer(one).evidence == "Both"


def test_a_page_that_saves_by_itself_never_gets_into_its_own_way() -> None:
    one = a_return()
    drawn = answer(one)
    for text in ("W", "We", "We look", ""):
        assert save(one, "a", drawn=drawn, evidence=text).overtaken == []
        assert answer(one).evidence == text, "going back to what was drawn is a change, too"


def test_a_question_that_was_left_alone_never_overwrites_another_persons_answer() -> None:
    one = a_return()
    drawn = answer(one)
    save(one, "a", drawn=drawn, evidence="Theirs")
    assert save(one, "b", drawn=drawn).overtaken == []
    assert answer(one).evidence == "Theirs"


def test_the_page_of_the_second_shows_both_texts_and_saves_the_rest(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    agency = AgencyFactory()
    one = a_return(agency)
    client.force_login(contributor(agency))
    first, second = answer(one), answer(one, "1.2")
    save(one, "other", drawn=first, evidence="Theirs")
    address = reverse("audits:return_section", args=[one.pk, 1])
    post = _post(first, evidence="Mine") | _post(second, evidence="Also mine") | {"page": "mine", "completed": ""}
    response = client.post(address, post)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Theirs" in page
    assert "Mine</textarea>" in page
    assert "There is a problem" in page
    assert answer(one, "1.2").evidence == "Also mine"
    again = _post(answer(one), evidence="Mine and theirs") | {"page": "mine"}
    assert client.post(address, again).status_code == 302
    assert answer(one).evidence == "Mine and theirs"


def _post(on_file: Answer, **texts: Any) -> dict[str, Any]:
    own = {"grade": str(on_file.option_id or ""), "why_not": "", "evidence": on_file.evidence, "improvement": ""}
    fields = own | {"improve_by": "", "version": on_file.version, "drawn": fingerprint(on_file)} | texts
    return {f"{prefix_of(on_file)}-{name}": value for name, value in fields.items()}


def test_saving_by_itself_answers_in_json_and_stops_when_overtaken(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    agency = AgencyFactory()
    one = a_return(agency)
    client.force_login(contributor(agency))
    drawn = answer(one)
    address = reverse("audits:return_autosave", args=[one.pk, 1])
    done = client.post(address, _post(drawn, evidence="W", improve_by="no day") | {"page": "p"})
    assert done.status_code == 200
    assert answer(one).evidence == "", "a day that cannot be read waits for the person"
    done = client.post(address, _post(drawn, evidence="We") | {"page": "p"})
    assert done.json()["sentence"].startswith("Saved at")
    assert done.json()["fields"][f"{prefix_of(drawn)}-version"] == "1"
    assert client.post(address, _post(drawn, evidence="I") | {"page": "q"}).status_code == 409
    submitted(one)
    late = client.post(address, _post(answer(one), evidence="Late") | {"page": "p"})
    assert late.status_code == 409
    assert "Your text is still here" in late.json()["sentence"]


# ---- Links ----------------------------------------------------------------------------------------------------------


def helper(one: Return, number: int = 1, email: str = "help@example.org") -> tuple[Any, str]:
    standard = section(one, number).standard
    given = {"of_return": one, "standard": standard, "name": "Sam", "email": email, "by": lead(one.agency)}
    invited = submitting.invite_contributor(**given, at=dt.datetime.now(dt.UTC))
    link = Link.objects.get(target_key=str(invited.pk))
    return invited, links.token_of(link)


def test_a_link_opens_one_standard_and_nothing_else(client: Client) -> None:
    one = a_return()
    on_file = answer(one, "2.1")
    save(one, "x", drawn=answer(one), evidence="Secret of standard one")
    _, token = helper(one, 2)
    address = reverse("audits:contribute", args=[token])
    page = client.get(address).content.decode()
    assert "Standard 2" in page
    assert "Secret of standard one" not in page
    assert str(one.pk) not in page, "no address that leads elsewhere"
    other = answer(one)
    client.post(address, _post(on_file, evidence="Helped") | _post(other, evidence="Not mine") | {"page": "h"})
    assert answer(one, "2.1").evidence == "Helped"
    assert answer(one).evidence == "Secret of standard one"
    assert answer(one, "2.1").saved_by_name == "Sam"


def test_a_link_ends_when_it_is_taken_back_or_the_return_is_sent(client: Client) -> None:
    one = a_return()
    first, first_token = helper(one, 1)
    _, second_token = helper(one, 2)
    submitting.end_contributor(contributor=first, by=lead(one.agency), at=NOW)
    assert client.get(reverse("audits:contribute", args=[first_token])).status_code == 410
    assert client.get(reverse("audits:contribute", args=[second_token])).status_code == 200
    submitted(one)
    assert client.get(reverse("audits:contribute", args=[second_token])).status_code == 410


def test_the_e_mail_says_that_something_waits_and_nothing_else() -> None:
    one = a_return()
    _, token = helper(one)
    email = Email.objects.get()
    assert token in email.body
    assert "need no account" in email.body
    for told in (one.reference, one.agency.name, "Sentence", "Standard 1"):
        assert told not in email.body + email.subject


# ---- Files ----------------------------------------------------------------------------------------------------------


def test_a_file_is_for_the_agency_and_after_submission_for_the_board(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    one = a_return()
    upload = SimpleUploadedFile("policy.txt", b"Our policy.")
    evidence = answering.attach_evidence(answer=answer(one), upload=upload, by=None, at=NOW)
    address = reverse("audits:evidence_file", args=[one.pk, evidence.attachment_id])

    def status(user: Any) -> int:
        client.force_login(user)
        response = client.get(address)
        _ = b"".join(response.streaming_content) if response.streaming else b""
        return int(response.status_code)

    readers = [lead(one.agency), manager(), lead(AgencyFactory()), outsider()]
    assert [status(user) for user in readers] == [200, 404, 404, 404]
    submitted(fresh(one))
    assert [status(user) for user in readers] == [200, 200, 404, 404]


# ---- What recurs ----------------------------------------------------------------------------------------------------

GRADED = st.builds(
    Graded,
    agency=st.integers(1, 7),
    standard=st.just(1),
    key=st.sampled_from(["a", "b", "c"]),
    text=st.just("A sentence"),
    grade=st.just("Partly"),
    points=st.just(1),
    needs_action=st.booleans(),
)


@given(st.lists(GRADED, max_size=60))
def test_recurring_areas_equal_a_brute_force_count(answers: list[Graded]) -> None:
    counted = {
        key
        for key in ("a", "b", "c")
        if sum(any(one.key == key and one.agency == who and one.needs_action for one in answers) for who in range(1, 8))
        > 3
    }
    assert {area.key for area in recurring(answers)} == counted


@pytest.mark.parametrize(
    ("agencies", "recurs"), [([1, 2, 3], False), ([1, 2, 3, 4], True), ([1, 1, 1, 1, 2, 3], False)]
)
def test_exactly_three_agencies_do_not_count_and_an_agency_counts_once(agencies: list[int], recurs: bool) -> None:
    answers = [Graded(who, 1, "a", "A sentence", needs_action=True) for who in agencies]
    assert MORE_THAN == 3
    assert [area.recurs for area in areas_for_development(answers)] == [recurs]


def test_drafts_are_no_part_of_what_recurs() -> None:
    framework = a_framework()
    one = filled(a_return(framework=framework), "Not met")
    assert Answer.objects.filter(of_return=one, option__needs_action=True).count() == 4
    assert fresh(one).submitted_at is None
