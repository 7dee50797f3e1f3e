"""How the API describes itself (OpenAPI 3.1): every status that it answers with, an example of what may be sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.encoding import force_str
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from . import programs

LONGEST_KEY = 64


class RefusalSerializer(serializers.Serializer[Any]):
    """Why not: a sentence, and sentences by the field they belong to."""

    detail = serializers.CharField()
    errors = serializers.DictField(child=serializers.JSONField())  # type: ignore[assignment]  # the field of that name


class OvertakenSerializer(RefusalSerializer):
    """Somebody else saved it in the meantime; `current` is the version that is on file now."""

    current = serializers.IntegerField(allow_null=True)


TOLD = {
    400: "Something of what was asked or sent is not right.",
    401: "No token, or one that gives nothing.",
    403: "Theirs to see, not theirs to do.",
    404: "Not there, or not theirs to see.",
    429: "Too often. `Retry-After` says for how many seconds to wait.",
}


class ByTokenScheme(OpenApiAuthenticationExtension):
    target_class = "lscb.accounts.authentication.ByToken"
    name = ["token", "token as password"]

    def get_security_definition(self, auto_schema: Any) -> Any:
        return [{"type": "http", "scheme": "bearer"}, {"type": "http", "scheme": "basic"}]


class BySessionScheme(OpenApiAuthenticationExtension):
    target_class = "lscb.accounts.authentication.BySession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class VisibleField(OpenApiSerializerFieldExtension):
    """A key is what it looks like, whatever column it is of."""

    target_class = "lscb.accounts.programs.Visible"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        example = self.target.example
        if isinstance(example, int):
            return {"type": "integer"}
        return {"type": "string", "format": "uuid"} if self.target.key == "pk" else {"type": "string"}


class Description(AutoSchema):
    """Reads what a view says of itself: its `body`, whether it is public, what it answers with."""

    @property
    def writes(self) -> bool:
        return self.method.lower() == "post"

    @property
    def body(self) -> type[programs.Body] | None:
        return self.view.get_body() if self.writes and hasattr(self.view, "get_body") else None

    def get_auth(self) -> list[Any]:
        return [{}] if getattr(self.view, "is_public", False) else super().get_auth()

    def get_request_serializer(self) -> Any:
        return self.body

    def get_response_serializers(self) -> Any:
        refused = [404, 429] if getattr(self.view, "is_public", False) else [401, 403, 404, 429]
        if self.writes or getattr(self.view, "action", "") in ("list", "feed"):
            refused.insert(0, 400)
        answers: dict[Any, Any] = {code: OpenApiResponse(RefusalSerializer, description=TOLD[code]) for code in refused}
        if self.writes:
            taken = "Somebody else saved it in the meantime. Nothing was overwritten."
            answers[409] = OpenApiResponse(OvertakenSerializer, description=taken)
        if getattr(self.view, "is_feed", False):
            return {(200, "text/csv"): OpenApiTypes.STR} | answers
        if file_type := getattr(self.view, "file_type", ""):
            return {(200, file_type): OpenApiTypes.BINARY} | answers
        makes = getattr(self.view, "action", "") == "create" or getattr(self.view, "makes", False)
        good = 201 if makes else 200
        if self.writes and getattr(self.view, "accepted", False):
            good = 202
        return {good: super().get_response_serializers()} | answers

    def get_override_parameters(self) -> list[Any]:
        if not self.writes:
            return []
        told = "Any text that names this one write: the same again does nothing again."
        return [OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description=told)]

    def get_examples(self) -> list[OpenApiExample]:
        if self.body is None:
            return []
        example = example_of(self.body())
        return [OpenApiExample("What is sent", value=example, request_only=True)] if example else []

    def get_filter_backends(self) -> list[Any]:
        """A feed is filtered as the list that it is of."""
        own: list[Any] = getattr(self.view, "filter_backends", [])
        return own if getattr(self.view, "is_feed", False) else super().get_filter_backends()


def example_of(body: serializers.Serializer[Any]) -> dict[str, Any]:
    """What has to be sent, with a value of the right shape for each field."""
    return {name: _value(field) for name, field in body.fields.items() if field.required}


EXAMPLES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (serializers.ListSerializer, lambda field: [example_of(field.child)]),
    (programs.SentFile, lambda field: {"name": "rota.txt", "content": "VGhlIHJvdGEu"}),
    (serializers.ManyRelatedField, lambda field: [_value(field.child_relation)]),
    (serializers.ListField, lambda field: [_value(field.child)]),
    (serializers.PrimaryKeyRelatedField, lambda field: field.example),
    (serializers.ChoiceField, lambda field: next(iter(field.choices))),
    (programs.Day, lambda field: "2017-02-28"),
    (programs.Moment, lambda field: "2017-02-28T10:00:00Z"),
    (programs.PeriodText, lambda field: "2016-17Q4"),
    (programs.MonthText, lambda field: "2017-02M"),
    (programs.QuarterText, lambda field: "2016-17Q4"),
    (programs.YearText, lambda field: "2016-17"),
    (serializers.DecimalField, lambda field: "1500.00"),
    (serializers.IntegerField, lambda field: 1),
    (serializers.BooleanField, lambda field: True),
    (serializers.EmailField, lambda field: "name@example.org"),
)


def _value(field: Any) -> Any:
    for kind, value in EXAMPLES:
        if isinstance(field, kind):
            return value(field)
    return force_str(field.help_text or "What is to be said").removeprefix("Like ")


# ---- The description as a page --------------------------------------------------------------------------------------


def read_schema(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What the page of the description prints: endpoints by the part of the address that names them."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            parts.setdefault(told["tags"][0], []).append(_endpoint(path, method, told, schema["components"]["schemas"]))
    return [{"name": name, "endpoints": endpoints} for name, endpoints in sorted(parts.items())]


def _endpoint(path: str, method: str, told: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": one["name"], "where": one["in"], "text": one.get("description", "")}
        for one in told.get("parameters", [])
        if one["in"] != "path"
    ]
    return {
        "method": method.upper(),
        "path": path,
        "text": told.get("description", ""),
        "parameters": parameters,
        "fields": _fields(told.get("requestBody", {}), schemas),
        "example": _example(told.get("requestBody", {})),
        "statuses": ", ".join(sorted(told["responses"])),
    }


def _example(body: dict[str, Any]) -> str:
    content: dict[str, Any] = next(iter(body.get("content", {}).values()), {})
    told: dict[str, Any] = next(iter(content.get("examples", {}).values()), {})
    return json.dumps(told["value"], indent=2, ensure_ascii=False) if "value" in told else ""


def _fields(body: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    content: dict[str, Any] = next(iter(body.get("content", {}).values()), {})
    return list(_rows(content.get("schema", {}), schemas, ""))


def _rows(schema: dict[str, Any], schemas: dict[str, Any], of: str) -> Iterator[dict[str, Any]]:
    """A row for each field, and for those of what is inside: `schools[].phase`."""
    schema = _found(schema, schemas)
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        own = _found(field, schemas)
        text = field.get("description", "")
        yield {"name": of + name, "required": name in required, "kind": _kind(field, schemas), "text": text}
        inside = own.get("items", {}) if own.get("type") == "array" else own
        yield from _rows(inside, schemas, f"{of}{name}[]." if inside is not own else f"{of}{name}.")


def _found(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """What a schema refers to, where it refers to one; of several, the first, which is the one that holds something."""
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            schema = schema[several][0]
    named: dict[str, Any] | None = schemas.get(schema.get("$ref", "").rpartition("/")[2])
    return schema if named is None else named


KINDS = {"integer": "a number", "number": "a number", "boolean": "true or false", "object": "a group of fields"}
FORMATS = {"date": "a day", "date-time": "a moment", "uuid": "a key", "email": "an e-mail address", "uri": "an address"}


def _kind(field: dict[str, Any], schemas: dict[str, Any]) -> str:
    """In a few words what may stand there."""
    own = _found(field, schemas)
    if choices := [str(one) for one in own.get("enum", []) if one not in ("", None)]:
        return f"one of {', '.join(choices)}"
    types = own.get("type", "string")
    kind = next((one for one in types if one != "null"), "string") if isinstance(types, list) else types
    if kind == "array":
        return f"a list, each {_kind(own.get('items', {}), schemas)}"
    return FORMATS.get(own.get("format", ""), KINDS.get(kind, "a text"))
