"""Training, to read: the programme for everybody who books, bookings as the pages show them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from .models import Booking, Course, Session, SessionDay


class CourseSerializer(serializers.ModelSerializer[Course]):
    programme = serializers.CharField(source="programme.name", read_only=True)

    class Meta:
        model = Course
        fields = ("id", "programme", "title", "aims", "level", "audience", "length", "needs_approval")


class DaySerializer(serializers.ModelSerializer[SessionDay]):
    class Meta:
        model = SessionDay
        fields = ("number", "starts_at", "ends_at")


class SessionSerializer(serializers.ModelSerializer[Session]):
    """Without the link to join, which is for who has a place."""

    course = CourseSerializer(read_only=True)
    days = DaySerializer(many=True, read_only=True)
    taken = serializers.IntegerField(read_only=True)
    waiting = serializers.IntegerField(source="in_line", read_only=True)

    class Meta:
        model = Session
        fields = (
            *("id", "course", "state", "starts_at", "ends_at", "days", "place"),
            *("capacity", "taken", "waiting", "closes_at", "practical"),
        )


class BookingSerializer(serializers.ModelSerializer[Booking]):
    course = serializers.CharField(source="session.course.title", read_only=True)
    starts_at = serializers.DateTimeField(source="session.starts_at", read_only=True)
    works_for = serializers.CharField(read_only=True)
    attended_days = serializers.SerializerMethodField()

    class Meta:
        model = Booking
        fields = (
            *("id", "session", "course", "starts_at", "state", "name", "job", "works_for", "booked_at"),
            *("offered_until", "ended_at", "attended_days"),
        )

    def get_attended_days(self, booking: Any) -> list[int]:
        """The numbers of the days on which somebody was there."""
        return sorted(row.day.number for row in booking.attendance.all())


class Sessions(ReadOnlyModelViewSet[Session]):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = SessionSerializer
    queryset = Session.objects.none()

    def get_queryset(self) -> QuerySet[Session]:
        visible = Session.objects.visible_to(person(self.request)).with_places()
        return visible.select_related("course__programme").prefetch_related("days")


class Bookings(ReadOnlyModelViewSet[Booking]):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = BookingSerializer
    queryset = Booking.objects.none()

    def get_queryset(self) -> QuerySet[Booking]:
        return Booking.objects.visible_to(person(self.request)).of_people().prefetch_related("attendance__day")
