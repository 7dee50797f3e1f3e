"""Take-outs for programs: ask for an archive, see how far it is, fetch it.

An archive holds what the program could read, never child deaths; one that was asked for in person is fetched in person.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible
from lscb.common.programs import Body
from lscb.jobs.models import JobState

from .models import TakeOut
from .services import taking_out


class TakeOutSerializer(serializers.ModelSerializer[TakeOut]):
    """`state` is that of the job that makes it; the file can be fetched when it is done, until `expires_at`."""

    state = serializers.SerializerMethodField()
    failure = serializers.CharField(source="job.failure", read_only=True, default="")

    class Meta:
        model = TakeOut
        fields = (
            *("id", "agency", "reason", "asked_at", "state", "failure", "made_at", "rows", "size", "sha256"),
            "expires_at",
        )

    def get_state(self, asked: TakeOut) -> str:
        return str(JobState.DONE if asked.made_at or asked.job is None else asked.job.state)


class TakeOutBody(Body):
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None, help_text="Without it everything")
    reason = serializers.CharField(max_length=200, help_text="What the archive is for")


class TakeOuts(ReadOnlyModelViewSet[TakeOut], Creates):
    scope = (Permission.TAKE_OUT,)
    serializer_class = TakeOutSerializer
    queryset = TakeOut.objects.none()
    creates, may_create = TakeOutBody, (Permission.TAKE_OUT,)
    accepted = True

    def get_queryset(self) -> QuerySet[TakeOut]:
        user = person(self.request)
        return TakeOut.objects.visible_to(user).within_reach_of(user).select_related("job")

    def do_create(self, data: dict[str, Any]) -> TakeOut:
        return taking_out.ask_for_take_out(by=self.user, at=timezone.now(), **data)

    @action(detail=True, methods=["get"], file_type="application/zip")
    def file(self, request: Request, pk: str) -> FileResponse:
        """The archive, while it lasts. Fetching it is on the trail."""
        asked = self.get_object()
        if not asked.can_be_fetched(timezone.now()):
            raise Http404
        return taking_out.fetched(asked=asked, by=self.user)
