"""schemathesis over the whole description, as every kind of person: what it says is what happens.

No server error, no status that is not described, no answer of another shape, no record out of scope. Examples are few
and always the same ones; what is written is rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import jsonschema
import pytest
import schemathesis
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase
from schemathesis.core import NOT_SET

from lscb import api
from lscb.accounts.models import Agency, Grant, User
from lscb.accounts.roles import AgencyLead
from lscb.accounts.services import register_person
from lscb.common.describing import example_of
from lscb.reports.models import AnnualReport

from .asking import LISTS, Program
from .test_writing import WRITES

PEOPLE = (("manager",), ("chair", "analyst", "lead"), ("reader", "professional", "technical", "officer", "outsider"))
"""Every kind, in parts that take about as long."""
EXAMPLES = {"manager": 3, "lead": 2}
NOT_YOURS = {403, 404}


def outsider() -> User:
    """Somebody who leads for another agency than that of the demonstration."""
    agency = Agency.objects.filter(parent=None, sector="health")[0]
    user = register_person(name="Outsider", email="outsider@body.invalid", password=None, by=None)
    Grant.objects.create(user=user, role=AgencyLead.slug, agency=agency, starts_on="2010-01-01")
    return user


@pytest.fixture
def description(db: None) -> dict[str, Any]:
    """As programs get it: JSON and nothing else."""
    text = json.dumps(api.description(), default=str)
    # A blank text may be an address or nothing: both fit where formats are not looked at.
    found: dict[str, Any] = json.loads(text.replace('"oneOf"', '"anyOf"'))
    return found


@pytest.mark.long
@pytest.mark.parametrize("mailboxes", PEOPLE, ids=", ".join)
def test_what_it_says_is_what_happens_as_every_kind_of_person(
    mailboxes: tuple[str, ...],
    demo_board: dict[str, User],
    demo_report: AnnualReport,
    settings: Any,
    description: dict[str, Any],
) -> None:
    settings.API_PER_MINUTE = {"token": 10**6, "address": 10**6}
    operations = [found.ok() for found in schemathesis.openapi.from_dict(description).get_all_operations()]
    people = demo_board | {"outsider": outsider()}
    there = {name: sorted(Program(people["manager"]).keys(name)) for name in LISTS}
    faults: list[str] = []
    asked = 0
    for mailbox in mailboxes:
        cache.clear()
        asks = Program(people[mailbox])
        own = {name: asks.keys(name) for name in LISTS}
        for operation in operations:
            tries = Tries(asks, operation, description, own, there)
            tries.run(EXAMPLES.get(mailbox, 1))
            faults += [f"{mailbox}: {fault}" for fault in tries.faults]
            asked += tries.asked
    assert faults == [], "\n".join(faults[:40])
    assert asked > len(operations)


class Tries:
    """Some examples of one operation, for one person."""

    def __init__(
        self,
        asks: Program,
        operation: Any,
        description: dict[str, Any],
        own: dict[str, set[str]],
        there: dict[str, list[str]],
    ) -> None:
        self.asks, self.operation, self.description, self.own = asks, operation, description, own
        self.name = next((name for name in LISTS if operation.path.startswith(f"{_path(name)}{{")), "")
        self.keys = there.get(self.name, [])
        self.faults: list[str] = []
        self.asked = 0

    def run(self, examples: int) -> None:
        for key in self._some_keys():
            chosen = {"path_parameters": {self._parameter: key}} if key is not None else {}
            strategy = self.operation.as_strategy(**chosen)
            _each(strategy, examples, lambda case, key=key: self.ask(case, key))

    @property
    def _parameter(self) -> str:
        return self.operation.path.partition("{")[2].partition("}")[0]

    def _some_keys(self) -> list[str | None]:
        """Of records: one's own, and one that is not."""
        if not self.name:
            return [None]
        mine = [key for key in self.keys if key in self.own[self.name]]
        others = [key for key in self.keys if key not in self.own[self.name]]
        return [*mine[:1], *others[:1]] or ["1"]

    def ask(self, case: Any, key: str | None) -> None:
        self.asked += 1
        sent = {} if case.body is NOT_SET else {"data": json.dumps(case.body), "content_type": "application/json"}
        headers = {name: value for name, value in (case.headers or {}).items() if name == "Idempotency-Key"}
        keep = transaction.savepoint()
        try:
            answer = self.asks.client.generic(
                case.method, case.formatted_path, query_params=case.query or {}, headers=headers, **sent
            )
        except Exception as error:  # the client raises what a server would answer with 500
            self._fault(case, f"{type(error).__name__}: {error}")
            return
        finally:
            transaction.savepoint_rollback(keep)
        self._check(case, answer, key)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file that is read to its end is closed

    def _check(self, case: Any, answer: Any, key: str | None) -> None:
        told = self.operation.definition.raw["responses"].get(str(answer.status_code))
        if told is None:
            self._fault(case, f"{answer.status_code} is not described: {answer.content[:200]!r}")
            return
        if key is not None and key not in self.own[self.name] and answer.status_code not in NOT_YOURS:
            self._fault(case, f"{answer.status_code} for a record out of scope")
        one_key = self.operation.path.count("{") == 1
        if case.method == "GET" and one_key and key in self.own.get(self.name, ()) and answer.status_code != 200:
            self._fault(case, f"{answer.status_code} for a record of one's own")
        content = told.get("content", {}).get("application/json")
        if content and not answer.streaming:
            problem = _misfit(answer.json(), content["schema"], self.description)
            if problem:
                self._fault(case, f"{answer.status_code} has another shape: {problem}")

    def _fault(self, case: Any, what: str) -> None:
        self.faults.append(f"{case.method} {case.formatted_path} {case.query or ''} {str(case.body)[:200]}: {what}")


def _each(strategy: Any, examples: int, do: Callable[[Any], None]) -> None:
    """The same few examples every time."""

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=strategy)
    def run(case: Any) -> None:
        do(case)

    run()


def _path(name: str) -> str:
    return reverse(f"api:{name}")


def _misfit(value: Any, schema: dict[str, Any], description: dict[str, Any]) -> str:
    whole = schema | {"components": description["components"]}
    found = next(jsonschema.Draft202012Validator(whole).iter_errors(value), None)
    return f"{found.json_path} {found.message[:150]}" if found else ""


# ---- What it says of itself -----------------------------------------------------------------------------------------


def endpoints(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def test_every_endpoint_says_what_it_answers_with_and_every_write_has_an_example(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    for path, method, told in endpoints(description):
        codes = set(told["responses"])
        if path.startswith("/api/public/"):
            assert codes == {"200", "400", "404", "429"}, path
            assert told["security"] == [{}], path
            continue
        assert codes >= {"401", "403", "404", "429"}, path
        if method == "post":
            assert codes >= {"400", "409"}, path
            assert {one["name"] for one in told["parameters"]} >= {"Idempotency-Key"}, path


def test_the_examples_have_the_shape_that_is_asked_for(description: dict[str, Any]) -> None:
    for name, _, body, _ in WRITES:
        schema = description["components"]["schemas"].get(f"{body.__name__}Request")
        assert schema or not body().fields, name
        assert not schema or not _misfit(example_of(body()), schema, description), name


def test_the_page_of_the_description_names_every_endpoint(
    demo_board: dict[str, User], description: dict[str, Any]
) -> None:
    page = Program(demo_board["professional"]).client.get(reverse("api_guide")).content.decode()
    assert all(f"{method.upper()} {path}" in page for path, method, _ in endpoints(description))
    for told in ("standards[].questions[].text", "one of agencies, schools", "a list, each a group of fields"):
        assert told in page
    assert "&quot;content&quot;: &quot;VGhlIHJvdGEu&quot;" in page
