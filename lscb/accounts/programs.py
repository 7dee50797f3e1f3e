"""How programs write: each endpoint names what may be sent and who may, and calls the service of the page."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import AutoField, Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.common.describing import LONGEST_KEY
from lscb.common.programs import Body
from lscb.common.spreadsheets import csv_lines
from lscb.trail.services import record, viewed

from . import services
from .access import person
from .models import User
from .permissions import Permission

ONCE_HEADER = "Idempotency-Key"
FEED_CHUNK = 500


class Visible(serializers.PrimaryKeyRelatedField[Any]):
    """A record by its key, or by another field that tells it from others; of those that the person may see."""

    def __init__(self, key: str = "pk", **kwargs: Any) -> None:
        self.key = key
        super().__init__(**kwargs)

    @property
    def example(self) -> Any:
        """A key as it looks."""
        if self.key != "pk":
            return {"code": "main-board", "name": "Southampton"}[self.key]
        queryset = vars(self)["queryset"]
        return 1 if isinstance(queryset.model._meta.pk, AutoField) else "7d0f4b86-1f0b-4a5e-9f39-6a8a4c2b1c11"

    def get_queryset(self) -> Any:
        found: Any = super().get_queryset()
        return None if found is None else found.visible_to(person(self.context["request"]))

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | int) or isinstance(data, bool):
            self.fail("incorrect_type", data_type=type(data).__name__)
        queryset = self.get_queryset()
        try:
            return queryset.get(**{self.key: data})
        except (queryset.model.DoesNotExist, ValueError, TypeError, OverflowError, ValidationError):
            self.fail("does_not_exist", pk_value=data)


def holds(*permissions: Permission) -> Callable[[User, Any], bool]:
    """Of a write: for who holds one of `permissions`. Of which records, the service knows."""
    return lambda user, record: any(user.may(permission) for permission in permissions)


def verb(body: type[Body], allowed: Callable[[User, Any], bool], **kwargs: Any) -> Any:
    """Something that is done with one record: `POST /api/challenges/…/resolve/`."""
    return action(detail=True, methods=["post"], body=body, allowed=allowed, **kwargs)


def verb_of_all(body: type[Body], allowed: Callable[[User, Any], bool], **kwargs: Any) -> Any:
    """Something that is done with many records at once: `POST /api/sessions/copy-year/`. `told_as` is the shape of
    what is answered."""
    return action(detail=False, methods=["post"], body=body, allowed=allowed, **kwargs)


class Writes(GenericViewSet[Any]):
    """A viewset that writes: `body` is what may be sent, `allowed` who may; a service does it.

    First whether the record exists for this person (404), then whether it is theirs to change (403), then the body.
    """

    scope: ClassVar[tuple[Permission, ...]] = ()
    right: ClassVar[Permission | None] = None
    body: ClassVar[type[Body] | None] = None
    allowed: ClassVar[Any] = None
    noun: ClassVar[str] = ""
    """What the services call the record."""
    accepted: ClassVar[bool] = False
    """Of long work: the answer (202) is what tells how far it is."""
    file_type: ClassVar[str] = ""
    """Of a file that is fetched."""
    makes: ClassVar[bool] = False
    """Of a verb that makes another record, which is what is answered (201)."""
    told_as: ClassVar[type[serializers.BaseSerializer[Any]] | None] = None
    """What a write answers with, where it is not the record."""

    def get_body(self) -> type[Body] | None:
        return self.body

    def get_allowed(self) -> Callable[[User, Any], bool] | None:
        allowed: Callable[[User, Any], bool] | None = self.allowed
        return allowed

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return self.told_as or super().get_serializer_class()

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    @property
    def user(self) -> User:
        return person(self.request)

    def checked(self) -> dict[str, Any]:
        """What was sent, when its shape is right."""
        body = self.get_body()
        assert body is not None  # nosec B101
        serializer = body(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def do(self, service: Callable[..., Any], **more: Any) -> Response:
        """Let `service` do it with the record, with what was sent and with `more`."""
        about, data = self.get_object(), self.checked()
        call = {self.noun: about, "by": self.user, **data, **more}
        return self.change(about, lambda: service(**call))

    def do_part(self, service: Callable[..., Any], part: str, of: Callable[[Any, Any], Any], **more: Any) -> Response:
        """The same with a part of the record, which the body names under `part`: `of` finds it by record and name."""
        about, data = self.get_object(), self.checked()
        found = of(about, data[part])
        if found is None:
            raise exceptions.ValidationError({part: ["There is no such one here."]})
        call = {"by": self.user, **data, part: found, **more}
        return self.change(about, lambda: service(**call))

    def change(self, about: Model, do: Callable[[], Any]) -> Response:
        """Do it once, and answer with the record it was `about` as it reads now."""
        self._once(lambda: (do(), "")[1])
        return Response(self._read(about.pk), status=status.HTTP_202_ACCEPTED if self.accepted else status.HTTP_200_OK)

    def make(self, do: Callable[[], Model]) -> Response:
        """Do it once, and answer with the record that was made (201)."""
        made = self._read(self._once(lambda: str(do().pk)))
        return Response(made, status=status.HTTP_202_ACCEPTED if self.accepted else status.HTTP_201_CREATED)

    def tell(self, do: Callable[[], dict[str, int]]) -> Response:
        """Do it once, and answer with the numbers that tell what was done."""
        return Response(json.loads(self._once(lambda: json.dumps(do()))))

    def _read(self, key: Any) -> Any:
        """What this person reads of it now: nothing where it is not theirs to read any more."""
        found = self.get_queryset().filter(pk=key).first()
        return None if found is None else self.get_serializer(found).data

    def _once(self, do: Callable[[], str]) -> str:
        """The same `Idempotency-Key` again does nothing again, as a form that is sent twice."""
        given = self.request.headers.get(ONCE_HEADER, "")
        if len(given) > LONGEST_KEY:
            raise exceptions.ValidationError({ONCE_HEADER: [f"Write {LONGEST_KEY} characters at most."]})
        token = hashlib.sha256(f"{self.request.path} {given}".encode()).hexdigest() if given else ""
        return services.once(token=token, by=self.user, do=do, at=timezone.now())


class Creates(Writes):
    """`POST` to the list makes a record. `creates` says with which body, and who may."""

    creates: ClassVar[type[Body]]
    may_create: ClassVar[tuple[Permission, ...]]

    def get_body(self) -> type[Body] | None:
        return self.creates if self.action == "create" else super().get_body()

    def get_allowed(self) -> Callable[[User, Any], bool] | None:
        return holds(*self.may_create) if self.action == "create" else super().get_allowed()

    def do_create(self, data: dict[str, Any]) -> Model:
        raise NotImplementedError(f"{type(self).__name__} creates nothing.")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        data = self.checked()
        return self.make(lambda: self.do_create(data))


class Watched(ReadOnlyModelViewSet[Any], Writes):
    """Records of which each look is on the trail: the list, one of them, and what is answered to a write, as the page
    that follows a form is looked at."""

    looked_at: ClassVar[str]
    """What was read, in the words of the trail."""

    def named(self, found: Any) -> str | None:
        """In place of the record's own name where that would tell too much."""
        return None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            record(verb=f"read {self.looked_at} by program", by=request.user)
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._looked(self.get_object()))

    def _read(self, key: Any) -> Any:
        found = self.get_queryset().filter(pk=key).first()
        return None if found is None else self._looked(found)

    def _looked(self, found: Any) -> Any:
        viewed(found, by=self.user, named=self.named(found))
        return self.get_serializer(found).data


# ---- Feeds ----------------------------------------------------------------------------------------------------------


class Feeds(GenericViewSet[Any]):
    """A list as one flat CSV file, filtered like the list: `GET /api/feeds/….csv`. Taking it is on the trail.

    `feed_columns` are headings and functions of a row; `feed_rows` gives the rows of the records.
    """

    feed_name: ClassVar[str] = ""
    feed_columns: ClassVar[dict[str, Callable[[Any], Any]]] = {}

    @property
    def is_feed(self) -> bool:
        return self.action == "feed"

    def feed_rows(self, records: QuerySet[Any]) -> Iterable[Any]:
        return records.iterator(chunk_size=FEED_CHUNK)

    def feed(self, request: Request) -> StreamingHttpResponse:
        records = self.filter_queryset(self.get_queryset())
        with transaction.atomic():
            record(verb=f"took the feed of {self.feed_name}", by=request.user)
        columns = self.feed_columns
        rows = ([value(row) for value in columns.values()] for row in self.feed_rows(records))
        response = StreamingHttpResponse(csv_lines(list(columns), rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.feed_name}.csv"'
        return response


class ForEverybody:
    """A mixin of what is public: without a token, the same for everybody, kept by caches for a while."""

    is_public = True
    authentication_classes: Any = ()
