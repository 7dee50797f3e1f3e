"""Settings of the portal: what the team chooses stands everywhere at once, and nothing harmful is taken."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lscb.accounts.models import User
from lscb.accounts.roles import BoardManager, LayMember
from lscb.common import words
from lscb.common.contrast import WHITE, contrast
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.letters import own_words
from lscb.common.words import naming, say, worded
from lscb.installation import services
from lscb.installation.mails import MAILS
from lscb.installation.models import Installation
from lscb.trail.models import Event
from tests.accounts.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return person(BoardManager)


@pytest.fixture
def team(client: Client, manager: User, settings: Any) -> Client:
    settings.SECOND_FACTOR_WAIVED = True
    client.force_login(manager)
    return client


def picture(format: str = "PNG", size: tuple[int, int] = (400, 100)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, format)
    return out.getvalue()


def upload(content: bytes, name: str = "crest.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_environment_gives_the_first_names(settings: Any) -> None:
    settings.BOARD_NAME = "Example Board"
    words.forget()
    assert (naming().board_name, naming().board) == ("Example Board", "board")


def test_a_text_follows_the_names_whenever_it_is_shown() -> None:
    title = worded("{Board} and {case_review}s")
    assert str(title) == "Board and serious case reviews"
    services.name_things(board="partnership", case_review="practice review", version=0, by=None)
    assert str(title) == "Partnership and practice reviews"
    assert say("the {board} of {death_panel_short}") == "the partnership of CDOP"


def test_an_empty_name_goes_back_to_the_first(manager: User) -> None:
    services.name_things(board="partnership", version=0, by=manager)
    services.name_things(board="", version=1, by=manager)
    assert naming().board == "board"
    told = Event.objects.filter(verb="changed the names of things").values_list("changes", flat=True)
    assert sorted(str(one) for one in told) == ["{'board': ['', 'partnership']}", "{'board': ['partnership', '']}"]


def test_only_the_team_chooses() -> None:
    lay = person(LayMember)
    with pytest.raises(PermissionDenied):
        services.name_things(board="club", version=0, by=lay)
    with pytest.raises(TypeError):
        services.name_things(logo="x", version=0, by=None)


def test_two_who_change_at_once_lose_nothing(team: Client, manager: User) -> None:
    services.choose_colour(brand_colour="#003355", version=0, by=None)
    with pytest.raises(Overtaken):
        services.name_things(board="partnership", version=0, by=manager)
    typed = {"version": 0, "board": "partnership", "board_name": "Ours"}
    page = team.post(reverse("installation:names"), typed)
    assert page.status_code == 409
    assert page.context["form"]["board"].value() == "partnership"
    again = {**typed, "version": page.context["form"]["version"].value()}
    assert team.post(reverse("installation:names"), again).status_code == 302
    assert (naming().board, naming().brand_colour) == ("partnership", "#003355")


def test_a_name_that_stays_as_it_was_is_not_chosen(team: Client, settings: Any) -> None:
    shown = team.get(reverse("installation:names")).context["form"].initial
    team.post(reverse("installation:names"), {**shown, "board": "partnership"})
    settings.BOARD_NAME = "Renamed in the environment"
    words.forget()
    assert (naming().board_name, naming().board) == ("Renamed in the environment", "partnership")
    (told,) = Event.objects.filter(verb="changed the names of things").values_list("changes", flat=True)
    assert told == {"board": ["", "partnership"]}


@pytest.mark.parametrize(
    "colour, said",
    [
        ("#FFDD00", "1.34 to 1"),
        ("#767677", "4.52 to 1"),
        ("#777777", "4.47 to 1"),
        ("navy", "six digits"),
        ("#12", "six"),
    ],
)
def test_a_colour_on_which_white_is_hard_to_read_is_refused(colour: str, said: str) -> None:
    if said.startswith("4.52"):
        services.choose_colour(brand_colour=colour, version=0, by=None)
        return
    with pytest.raises(RuleBroken) as refusal:
        services.choose_colour(brand_colour=colour, version=0, by=None)
    assert said in refusal.value.sentence
    assert refusal.value.field == "brand_colour"


@given(st.integers(min_value=0, max_value=0xFFFFFF))
def test_contrast_is_the_same_both_ways_and_between_1_and_21(number: int) -> None:
    colour = f"#{number:06X}"
    assert contrast(colour, WHITE) == contrast(WHITE, colour)
    assert 1 <= contrast(colour, WHITE) <= 21.001


def test_the_logo_is_drawn_anew_and_shown_to_everybody(team: Client, client: Client) -> None:
    holds_a_secret = picture("JPEG")[:-2] + b"where it was taken\xff\xd9"
    answer = team.post(
        reverse("installation:logo"),
        {"version": 0, "logo_alt": "Crest of the city", "file": upload(holds_a_secret, "crest.jpg")},
    )
    assert answer.status_code == 302
    address = reverse("installation:logo_picture", args=[naming().logo])
    got = Client().get(address)
    assert got.content.startswith(b"\x89PNG")
    assert b"where it was taken" not in got.content
    assert "immutable" in got["Cache-Control"]
    head = Client().get(reverse("public")).content.decode()
    assert f'src="{address}" alt="Crest of the city"' in head
    team.post(reverse("installation:logo_take_down"), {"version": 1})
    assert "lscb-logo" not in Client().get(reverse("public")).content.decode()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    "content, name",
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "crest.svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "crest.png"),
        (picture()[:30], "crest.png"),
        (b"%PDF-1.7", "crest.pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_001, "crest.png"),
    ],
)
def test_what_is_no_picture_is_no_logo(content: bytes, name: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        services.hang_up_logo(file=upload(content, name), logo_alt="Crest", version=0, by=None)
    assert refusal.value.field == "file"
    assert not Installation.objects.exists()


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.slug)
def test_each_e_mail_takes_a_paragraph_with_its_own_facts_only(mail: Any) -> None:
    plain = mail.preview()
    named = " ".join(f"[{name}: {{{{ {name} }}}}]" for name in mail.named)
    row = services.write_mail(kind=mail.slug, text=f"Ours: {named}", version=0, by=None)
    told = re.search(r"Ours: (.*)", mail.preview())
    assert told, "the paragraph stands in the e-mail"
    assert re.findall(r"\[(\w+): [^\]]+\]", told[1]) == list(mail.named), "each fact that is offered is filled"
    for wrong in ("{{ case.name }}", "{{ mail.title }}", "{% load x %}", "{{ board_name"):
        with pytest.raises(RuleBroken) as refusal:
            services.write_mail(kind=mail.slug, text=wrong, version=row.version, by=None)
        assert refusal.value.field == "text"
    services.write_mail(kind=mail.slug, text="", version=row.version, by=None)
    assert mail.preview() == plain


def test_an_e_mail_goes_out_also_where_a_fact_is_gone() -> None:
    words.forget()
    Installation.objects.create(mail={"survey": "Until {{ gone }}{{ board_name.__class__ }}."})
    assert own_words("survey", link="x") == "Until ."


def test_a_paragraph_is_written_in_the_browser_and_read_before_it_goes_out(team: Client) -> None:
    page = reverse("installation:mail", args=["survey"])
    assert "{{ link }}" in team.get(page).content.decode()
    refused = team.post(page, {"version": 0, "text": "{{ answers }}"})
    assert "This e-mail does not know “answers”." in refused.content.decode()
    answer = team.post(page, {"version": 0, "text": "It takes <2> minutes, says {{ board_short_name }}."}, follow=True)
    assert f"It takes &lt;2&gt; minutes, says {naming().board_short_name}." in answer.content.decode()
    assert "with your own words" in team.get(reverse("installation:settings")).content.decode()


def test_names_are_read_once_for_a_page(client: Client, django_assert_num_queries: Any) -> None:
    for chosen in (False, True):
        if chosen:
            services.name_things(board="partnership", version=0, by=None)
        with django_assert_num_queries(2):  # the names, and whether this is a restored copy
            client.get(reverse("public"))


def test_another_process_that_changed_the_names_is_heard_at_the_next_request(client: Client) -> None:
    client.get(reverse("public"))
    Installation.objects.create(board_name="Changed elsewhere")  # no service of this process, so nothing is forgotten
    assert naming().board_name != "Changed elsewhere"
    assert "Changed elsewhere" in client.get(reverse("public")).content.decode()
