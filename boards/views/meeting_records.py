"""What is recorded of a meeting: agenda, attendance, minutes. Two people at one text lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from boards.meetings import attendance, forms, services
from boards.meetings.services import Item, Said
from boards.models import AgendaItem, Mark, Meeting
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.forms import apply_rule
from lscb.trail.models import Event

from .meeting_changes import ChangesMeeting


class RecordAttendance(ChangesMeeting):
    """One screen for all seats, one button."""

    template_name = "boards/meeting_attendance.html"
    form_class = forms.AttendanceForm
    title = "Attendance"
    submit = "Save attendance"
    done = "Attendance is recorded."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"marks": attendance.seat_marks(self.meeting, names_for=self.user)}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.meeting.attendance_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {"seats": context["form"].rows()} | context

    def form_valid(self, form: Any) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            services.record_attendance(meeting=self.meeting, marks=form.chosen(), version=version, by=self.user)
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.meeting)

    def overtaken(self, form: Any, refusal: Overtaken) -> HttpResponse:
        """What was chosen stays; where the other record differs, it is named at the seat."""
        on_file = dict(self.meeting.attendance.values_list("seat", "mark"))
        words = dict(Mark.choices) | {"": "Not recorded"}
        version = Meeting.objects.values_list("attendance_version", flat=True).get(pk=self.meeting.pk)
        for row in (seats := form.rows()):
            theirs = on_file.get(row["one"].place.seat.pk, "")
            if theirs != form.cleaned_data[row["field"].name]:
                row["theirs"] = words[theirs]
        again(form, version, refusal)
        return self.render_to_response(self.get_context_data(form=form, seats=seats), status=409)


class WriteMinutes(ChangesMeeting):
    template_name = "boards/meeting_minutes.html"
    form_class = forms.MinutesForm
    title = "Minutes"
    done = "The minutes are saved."

    @cached_property
    def items(self) -> list[AgendaItem]:
        return list(self.meeting.agenda.all())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"items": self.items}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.meeting.minutes_version, "minutes": self.meeting.minutes}

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        said = {item.pk: Said(data[f"notes_{item.pk}"], data[f"decision_{item.pk}"]) for item in self.items}
        try:
            services.write_minutes(
                meeting=self.meeting, minutes=data["minutes"], said=said, version=data["version"], by=self.user
            )
        except Overtaken as refusal:
            return self.overtaken(form, refusal)
        except RuleBroken as refusal:
            apply_rule(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.meeting)

    def overtaken(self, form: Any, refusal: Overtaken) -> HttpResponse:
        """Every text that differs stands beside what was typed."""
        current = Meeting.objects.get(pk=self.meeting.pk)
        on_file = {"minutes": current.minutes}
        for item in current.agenda.all():
            on_file |= {f"notes_{item.pk}": item.notes, f"decision_{item.pk}": item.decision}
        theirs = [
            {"label": form.fields[name].label, "text": text, "id": f"theirs_{name}"}
            for name, text in on_file.items()
            if name in form.fields and text != form.cleaned_data[name].replace("\r\n", "\n").strip()
        ]
        again(form, current.minutes_version, refusal)
        who = Event.objects.of(current).values_list("actor", flat=True).first()
        context = self.get_context_data(form=form, theirs=theirs, theirs_by=who)
        return self.render_to_response(context, status=409)


def again(form: Any, version: int, refusal: RuleBroken) -> None:
    """The form once more with what was typed, now on top of what is on file: saving again is done knowingly."""
    form.data = form.data.copy()
    form.data["version"] = str(version)
    apply_rule(form, refusal)


class SetAgenda(ChangesMeeting):
    """The agenda as rows; three empty ones wait at the end."""

    template_name = "boards/meeting_agenda.html"
    title = "Agenda"
    done = "The agenda is saved."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.formset(), self.meeting.agenda_version)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        formset = self.formset(request.POST, request.FILES)
        version = request.POST.get("version", "")
        read = int(version) if version.isdecimal() else -1
        if not formset.is_valid():
            return self.page(formset, read)
        try:
            services.set_agenda(meeting=self.meeting, items=items_of(formset), version=read, by=self.user)
        except Overtaken as refusal:
            current = Meeting.objects.get(pk=self.meeting.pk)
            theirs = list(current.agenda.select_related("paper"))
            return self.page(formset, current.agenda_version, refusal=refusal, theirs=theirs, status=409)
        except RuleBroken as refusal:
            return self.page(formset, read, refusal=refusal)
        messages.success(self.request, self.done)
        return redirect(self.meeting)

    def formset(self, *data: Any) -> Any:
        there = list(self.meeting.agenda.select_related("paper"))
        sent, files = data or (None, None)
        return forms.ItemFormSet(data=sent, files=files, initial=forms.items_as_typed(there), prefix="item")

    def page(
        self,
        formset: Any,
        version: int,
        *,
        refusal: RuleBroken | None = None,
        theirs: Sequence[AgendaItem] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = self.get_context_data(
            form=None,
            formset=formset,
            version=version,
            refusal=refusal,
            theirs=theirs,
            files_again=bool(self.request.FILES),
        )
        return self.render_to_response(context, status=status)


def items_of(formset: Any) -> list[Item]:
    """The rows that were filled in, by their place; those without a place stay where they stand."""
    filled = [
        (form.cleaned_data.get("place") or number, number, form.cleaned_data)
        for number, form in enumerate(formset, start=1)
        if form.cleaned_data.get("title") and not form.cleaned_data.get("remove")
    ]
    return [
        Item(
            title=data["title"],
            presenter=data["presenter"],
            minutes=data["minutes"],
            key=data["key"],
            paper=data["paper"],
            without_paper=data.get("without_paper", False),
        )
        for _, _, data in sorted(filled, key=lambda row: row[:2])
    ]
