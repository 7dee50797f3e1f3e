from __future__ import annotations

import time

import pytest

from lscb.common.chapters import Fact
from lscb.common.errors import RuleBroken
from lscb.common.markdown import to_html
from lscb.reports.words import Piece, apart, facts_named_in, with_facts

FACTS = {
    "dataset.fell": Fact("fell", -11, "-11.3%", "Change"),
    "dataset.share": Fact("share", 5, "5.0%", "Share", base=1039),
    "dataset.odd": Fact("odd", 1, "<b>*5*</b>", "Odd"),
}


def test_a_named_fact_is_replaced_by_its_printed_form() -> None:
    assert with_facts("It fell by {{dataset.fell}} ({{ dataset.fell }}).", FACTS, chapter="X") == (
        "It fell by -11.3% (-11.3%)."
    )
    assert with_facts("{{ dataset.share }} of them", FACTS, chapter="X") == "5.0% (n\u00a0=\u00a01,039) of them"
    assert facts_named_in("{{ a.b }} and {{a.b}} and {{ c.d }}") == ["a.b", "c.d"]


def test_an_unknown_fact_is_refused_with_chapter_and_fact() -> None:
    with pytest.raises(RuleBroken, match=r"words of “Money” name the fact “money\.all”"):
        with_facts("{{ money.all }}", FACTS, chapter="Money")


@pytest.mark.parametrize(
    "named", ["{{ settings.SECRET_KEY }}", "{{ dataset.fell.__class__ }}", "{{ dataset.fell|safe }}"]
)
def test_words_are_no_template(named: str) -> None:
    with pytest.raises(RuleBroken):
        with_facts(named, FACTS, chapter="X")
    assert with_facts("{% load x %}", FACTS, chapter="X") == "{% load x %}"


def test_what_a_fact_shows_is_text_and_nothing_else() -> None:
    assert to_html(with_facts("{{ dataset.odd }}", FACTS, chapter="X")) == "<p>&lt;b&gt;*5*&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "![x](http://example.org/x.png)",
        '<a href="x" onclick="y">z</a>',
        "<style>@import 'http://example.org'</style>",
    ],
)
def test_nothing_that_runs_or_fetches_comes_out_of_words(words: str) -> None:
    html = to_html(words)
    assert not any(part in html for part in ("<script", "<img", "<style", 'href="javascript', 'href="data', "<a h"))


def test_headings_are_moved_below_the_heading_they_stand_under() -> None:
    assert to_html("# One\n\n## Two\n\n### Three", top_heading=3) == "<h3>One</h3>\n<h3>Two</h3>\n<h4>Three</h4>\n"


def test_words_of_nothing_but_spaces_take_no_time() -> None:
    begun = time.process_time()
    assert facts_named_in("{{" + " " * 50_000) == []
    assert facts_named_in("{{  dataset.looked_after }}") == ["dataset.looked_after"]
    assert time.process_time() - begun < 1


def test_words_are_cut_at_what_they_name_on_lines_of_their_own() -> None:
    words = "We asked.\n\n{{ quote 3 }}\n\nThey said {{ a.b }}.\n  {{picture 12}}  "
    assert list(apart(words)) == ["We asked.", Piece("quote", 3), "They said {{ a.b }}.", Piece("picture", 12)]
    assert facts_named_in(words) == ["a.b"]
    assert list(apart("Said {{ quote 3 }} to us.")) == ["Said {{ quote 3 }} to us."]
    assert facts_named_in("Said {{ quote 3 }} to us.") == ["quote 3"], "so it is told that no fact is called so"
    assert list(apart(" ")) == []
