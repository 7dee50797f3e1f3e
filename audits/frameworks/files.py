"""A framework as a file: JSON with all that is asked, to keep, to send to another board, or to change by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from lscb.common.errors import RuleBroken

from ..models import Audience, Framework

Content = dict[str, Any]
"""`audience`, `title`, `duty`, `edition`, `declaration`, `options` and `standards` with their `questions`."""

DELIVERED = {
    Audience.AGENCIES: Path(__file__).parent / "content" / "section-11.json",
    Audience.SCHOOLS: Path(__file__).parent / "content" / "school-audit.json",
}
"""The default content, written for this project."""

LARGEST = 1_000_000
WORDS = {"audience": 8, "title": 150, "duty": 200, "edition": 150, "declaration": 5000}
OPTION = {"label": 60, "meaning": 200, "points": int, "is_compliant": bool, "needs_action": bool}
STANDARD = {"title": 150, "summary": 5000, "theme": 80}
QUESTION = {"key": 60, "text": 300, "guidance": 5000, "evidence_hint": 5000}
MAY_BE_EMPTY = {"edition", "meaning", "summary", "theme", "guidance", "evidence_hint"}


def delivered(audience: str) -> Content:
    """The default content for agencies or for schools."""
    return read(DELIVERED[Audience(audience)].read_bytes())


def content_of(framework: Framework) -> Content:
    """Everything of a version; fetch it `with_content()`."""
    return {
        **{name: getattr(framework, name) for name in WORDS},
        "options": [{name: getattr(option, name) for name in OPTION} for option in framework.options.all()],
        "standards": [
            {
                **{name: getattr(standard, name) for name in STANDARD},
                "questions": [
                    {name: getattr(question, name) for name in QUESTION}
                    for question in sorted(standard.questions.all(), key=lambda one: one.number)
                ],
            }
            for standard in framework.standards.all()
        ],
    }


def write(framework: Framework) -> bytes:
    return json.dumps(content_of(framework), ensure_ascii=False, indent=1).encode()


def filename(framework: Framework) -> str:
    return f"{slugify(framework.title)}-version-{framework.version}.json"


def read(file: bytes) -> Content:
    """The content of a file. Raises RuleBroken with a sentence that says where it is wrong and what to do."""
    if len(file) > LARGEST:
        raise _refuse("The file is larger than a framework can be.")
    try:
        given = json.loads(file)
    except (ValueError, RecursionError):
        raise _refuse("This is not a framework file. Choose one that was exported here.") from None
    return checked(given)


def checked(given: Any) -> Content:
    """The content, once everything is there and right. Raises RuleBroken like `read`."""
    content = _fields(given, WORDS, "the framework")
    if content["audience"] not in Audience.values:
        raise _refuse("“audience” must be “agencies” or “schools”.")
    content["options"] = [
        _fields(option, OPTION, f"grade {number}") for number, option in _numbered(given, "options", "the framework")
    ]
    content["standards"] = [
        _standard(standard, number) for number, standard in _numbered(given, "standards", "the framework")
    ]
    _check_unique([option["label"] for option in content["options"]], "label of a grade")
    _check_unique(
        [question["key"] for standard in content["standards"] for question in standard["questions"]],
        "key of a question",
    )
    for option in content["options"]:
        if not (option["is_compliant"] or option["needs_action"]) or option["points"] < 0:
            raise _refuse(f"The grade “{option['label']}” does not comply, so it must need an action, and has points.")
    return content


def _standard(given: Any, number: int) -> Content:
    where = f"standard {number}"
    return {
        **_fields(given, STANDARD, where),
        "questions": [
            _fields(question, QUESTION, f"question {number}.{place}")
            for place, question in _numbered(given, "questions", where)
        ],
    }


def _numbered(given: Any, name: str, where: str) -> list[tuple[int, Any]]:
    found = given.get(name) if isinstance(given, dict) else None
    if not isinstance(found, list) or not found:
        raise _refuse(f"“{name}” is missing in {where}.")
    return list(enumerate(found, start=1))


def _fields(given: Any, shape: dict[str, Any], where: str) -> Content:
    if not isinstance(given, dict):
        raise _refuse(f"What stands for {where} is not a group of fields.")
    return {name: _field(given.get(name), kind, name, where) for name, kind in shape.items()}


def _field(value: Any, kind: Any, name: str, where: str) -> Any:
    if kind in (int, bool):
        if type(value) is not kind:
            raise _refuse(f"“{name}” of {where} must be {'a whole number' if kind is int else 'true or false'}.")
        return value
    if value is None and name in MAY_BE_EMPTY:
        return ""
    if not isinstance(value, str) or len(value) > kind or (not value.strip() and name not in MAY_BE_EMPTY):
        raise _refuse(f"“{name}” of {where} must be a text of at most {kind:,} letters.")
    return value.strip()


def _check_unique(values: list[str], what: str) -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise _refuse(f"“{twice}” stands twice as {what}. Each must be used once.")


def _refuse(sentence: str) -> RuleBroken:
    return RuleBroken(sentence, field="file")
