"""What gives a child away is found however it is written; ordinary words are left alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cdop.identifiers import identifiers_of, occurrences, pieces, sentence

from .samples import BORN, CHILD, DIED, made_up

KNOWN = identifiers_of(
    SimpleNamespace(**{**CHILD, "born_on": BORN, "died_on": DIED}), common=["Southampton", "Safeguarding"]
)


@pytest.mark.parametrize(
    "text",
    [
        *("Alexandra", "ALEXANDRA", "alexandra's", "Alexandra’s", "Bettina", "Lexi", "betsy", "Neverwas", "O’Neverwas"),
        *("ONeverwas Inkling", "O'Neverwas-Inkling", "Inklings", "Oneverwasinkling", "lexi.neverwas@post.invalid"),
        *(
            "Alexandre",
            "Alexandera",
            "Alxeandra",
            "Betina",
            "Inkliing",
            "Álexandra",
            "Ale\u00adxandra",
            "A l e x a n d r a",
        ),
        *("Lexi_Neverwas", "(Lexi)", "#lexi", "L.e.x.i"),
        *(
            "3 June 2014",
            "3rd June 2014",
            "03/06/2014",
            "3.6.14",
            "2014-06-03",
            "3 Jun 2014",
            "June 3, 2014",
            "03-06-2014",
        ),
        *(
            "20140603",
            "030614",
            "3 June ’14",
            "3rd of June 2014",
            "06/03/2014",
            "3 June",
            "June 3rd",
            "1 July 2016",
            "1/7/16",
        ),
        *("999 012 3454", "9990123454", "999-012-3454", "999.012.3454", "99901 23454", "9990123458", "999 012 3445"),
        *("ZZ99 3AB", "zz993ab", "ZZ99-3AB", "ZZ99 3", "ZZ99 3AC"),
        *("Madeup Street", "madeup st", "Madup Street", "12 MADEUP"),
        *("Imaginary Primary", "Imaginary", "Dr Nonesuch", "Unreal Surgery", "Nonsuch"),
        *("Janetta", "Janeta", "Tomasz", "4 May 1989", "Norma", "Fictional", "Fictionnal", "Una", "Notreal"),
    ],
)
def test_is_found(text: str) -> None:
    assert occurrences(f"It was {text} again.", KNOWN), text


@pytest.mark.parametrize(
    "text",
    [
        "The child lived with the mother and an older brother in a flat of the city.",
        "The primary school and the surgery in Southampton were told by the health visitor.",
        "In May 2015 the GP saw the child three times, and on 5 June 2014 a nurse did.",
        "The mother hoped that the home would be safe; the family alone knew the street.",
        "Reference CD-2016-K7QFX, telephone 023 8083 3000, section 47, 37 weeks, 2,480 g.",
        "Panel of 9 November 2016; asked on 4 July 2016; SO14 7LY.",
    ],
)
def test_is_left_alone(text: str) -> None:
    assert occurrences(text, KNOWN) == []


def test_a_name_that_is_a_word_is_found_only_where_it_is_written_large() -> None:
    child = SimpleNamespace(
        **{**CHILD, "given_names": "Hope May", "family_name": "Green", "born_on": BORN, "died_on": DIED}
    )
    known = identifiers_of(child)
    assert [one.text for one in occurrences("We hope it may be green. Hope Green, in May.", known)] == [
        "Hope",
        "Green",
        "May",
    ]


def test_a_word_that_was_allowed_stays_and_no_other() -> None:
    found = occurrences("Lexi and Betsy", KNOWN, allowed=["LEXI"])
    assert [one.text for one in found] == ["Betsy"]


def test_the_text_is_cut_without_losing_a_letter() -> None:
    text = "On 3 June 2014 Lexi’s mother Janeta came from ZZ99 3AB."
    found = occurrences(text, KNOWN)
    assert "".join(piece.text for piece in pieces(text, found)) == text
    assert [one.near for one in found] == [False, False, True, False]
    assert sentence(found[:1]) == "“3 June 2014” (a date of birth or death)"


def test_every_identifier_of_200_children_is_found() -> None:
    for number in range(200):
        child = made_up(number)
        known = identifiers_of(
            SimpleNamespace(**{**CHILD, **child.texts, "born_on": child.born_on, "died_on": child.died_on})
        )
        lost = [word for word in child.words if not occurrences(f"So {word} it was.", known)]
        assert lost == [], number
