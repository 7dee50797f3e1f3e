"""Frameworks as files: what is exported comes back the same; a file that is wrong is refused whole, and says where."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audits.frameworks.files import content_of, delivered, read, write
from audits.frameworks.services import add_framework
from audits.models import Framework
from lscb.common.errors import RuleBroken
from tests.actions.factories import manager

from .factories import a_round

pytestmark = pytest.mark.django_db


def kept(framework: Framework) -> Framework:
    return Framework.objects.with_content().get(pk=framework.pk)


@pytest.mark.parametrize("audience", ["agencies", "schools"])
def test_a_framework_that_is_exported_and_imported_is_the_same(audience: str) -> None:
    first = kept(add_framework(content=delivered(audience), by=None))
    second = kept(add_framework(content=read(write(first)), by=None))
    assert content_of(second) == content_of(first)
    assert (second.version, second.title) == (first.version + 1, first.title)


def changed(*path: Any, to: Any = None, without: bool = False) -> bytes:
    given = copy.deepcopy(delivered("agencies"))
    place: Any = given
    for step in path[:-1]:
        place = place[step]
    if without:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return json.dumps(given).encode()


@pytest.mark.parametrize(
    "file, sentence",
    [
        (b"PK\x03\x04", "not a framework file"),
        (b"[" * 100_000, "not a framework file"),
        (b'"text"', "not a group of fields"),
        (b" " * 1_000_001, "larger than"),
        (changed("audience", to="parents"), "must be “agencies” or “schools”"),
        (changed("standards", without=True), "“standards” is missing in the framework"),
        (changed("standards", 1, "questions", to=[]), "“questions” is missing in standard 2"),
        (changed("standards", 0, "questions", 2, "text", to=""), "“text” of question 1.3 must be a text"),
        (changed("options", 0, "points", to="3"), "“points” of grade 1 must be a whole number"),
        (changed("options", 3, "needs_action", to=False), "so it must need an action"),
        (changed("options", 1, "label", to="Met in full"), "stands twice as label of a grade"),
    ],
)
def test_a_file_that_is_wrong_is_refused_and_says_where(file: bytes, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        read(file)


def test_the_team_imports_a_file_and_nothing_of_a_wrong_one(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    client = Client()
    client.force_login(manager())
    address = reverse("audits:framework_import")
    wrong = SimpleUploadedFile("framework.json", changed("audience", to="parents"))
    refused = client.post(address, {"file": wrong}).content.decode()
    assert "must be “agencies” or “schools”" in refused
    assert Framework.objects.count() == 0
    right = SimpleUploadedFile("framework.json", json.dumps(delivered("agencies")).encode())
    assert client.post(address, {"file": right}).status_code == 302
    framework = Framework.objects.get()
    exported = client.get(reverse("audits:framework_export", args=[framework.pk]))
    assert read(b"".join(exported.streaming_content) if exported.streaming else exported.content) == content_of(
        kept(framework)
    )


def test_a_version_in_use_is_not_changed_by_any_page(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    framework = a_round().framework
    before = content_of(kept(framework))
    question = framework.standards.all()[0].questions.all()[0]
    client = Client()
    client.force_login(manager())
    for name, arguments, typed in (
        ("question_change", [framework.pk, question.pk], {"text": "Another question?"}),
        ("standard_change", [framework.pk, 1], {"title": "Another standard"}),
        ("question_add", [framework.pk, 1], {"text": "One more?"}),
        ("standard_add", [framework.pk], {"title": "One more"}),
    ):
        client.post(reverse(f"audits:{name}", args=arguments), typed)
    assert content_of(kept(framework)) == before
