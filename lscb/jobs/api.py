"""Background jobs for programs: how far is what they asked for.

One's own and those alone whose matter the program may read: what a job is called may tell of it.
"""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission

from .models import Job, JobState


class JobSerializer(serializers.ModelSerializer[Job]):
    """`failure` is the sentence of one that failed."""

    percent = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Job
        fields = ("id", "title", "state", "percent", "step", "queued_at", "started_at", "finished_at", "failure")


def own_jobs(user: User) -> QuerySet[Job]:
    reach = [permission for permission in Permission if user.is_open(permission)]
    return Job.objects.visible_to(user).filter(requested_by=user, permission__in=reach)


class JobFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=JobState.choices)
    order = django_filters.OrderingFilter(fields=("queued_at",))


class Jobs(ReadOnlyModelViewSet[Job]):
    scope: ClassVar = tuple(Permission)
    serializer_class = JobSerializer
    filterset_class = JobFilter
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return own_jobs(person(self.request))
