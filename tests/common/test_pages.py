from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from lscb.common.chapters import Column, Table
from lscb.common.templatetags.portal import drawing

pytestmark = pytest.mark.urls(__name__)
urlpatterns: list[Any] = []


def page(blocks: str, **context: Any) -> str:
    return Template('{% extends "base.html" %}' + blocks).render(Context(context))


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_needs_nothing_that_could_have_failed(name: str) -> None:
    text = render_to_string(f"{name}.html")
    assert text.count("<h1") == 1
    assert 'href="#main-content"' in text
    assert "<nav" not in text


def test_a_page_with_a_refused_form_says_so_in_its_title_and_first() -> None:
    class Name(forms.Form):
        name = forms.CharField(label="Name")

    text = page("{% block title %}Add{% endblock %}", form=Name({}))
    assert "<title>Error: Add" in text
    assert text.index("There is a problem") > text.index("<main")
    assert "<title>Add" in page("{% block title %}Add{% endblock %}", form=Name())


def test_what_stands_beside_makes_a_second_column_only_when_there_is_something() -> None:
    assert "<aside>" not in page("{% block content %}x{% endblock %}{% block aside %} {% endblock %}")
    assert "<aside><p>y</p></aside>" in page("{% block aside %}<p>y</p>{% endblock %}")


def test_the_navigation_names_the_place_one_is_at() -> None:
    entries = [
        SimpleNamespace(label="Home", url="/", current=False),
        SimpleNamespace(label="Board", url="/b/", current=True),
    ]
    assert 'href="/b/" aria-current="true"' in page("", navigation=entries)


def test_a_table_marks_numbers_heads_its_rows_and_shows_its_total() -> None:
    table = Table("Money", [Column("Agency"), Column("£", numeric=True)], [["<b>", "1,000"]], total=["All", "1,000"])
    text = render_to_string("includes/table.html", {"table": table})
    assert '<th scope="row" class="govuk-table__header">&lt;b&gt;</th>' in text
    assert text.count('govuk-table__cell--numeric">1,000</td>') == 2
    assert "lscb-table__total" in text
    assert 'tabindex="0" role="region" aria-label="Money"' in text


def test_only_a_drawing_goes_into_the_page_unescaped() -> None:
    assert str(drawing("<svg></svg>")) == "<svg></svg>"
    assert "<script" not in drawing("<script>alert(1)</script>")
