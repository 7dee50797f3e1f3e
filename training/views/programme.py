"""Programmes, courses, trainers, charge policies and questions, as the board's team keeps them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, Model, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from lscb.accounts.views.versioned import Versioned
from lscb.common.lists import ListColumn
from lscb.trail.history import timeline

from .. import results
from ..forms import staff as forms
from ..models import ChargePolicy, Course, Moment, Programme, Question, Session, Trainer
from ..services import charging
from ..services import programme as services
from .base import ManagesTraining, StaffChange, StaffList, agencies, crumbs, session_tag

# ---- Lists ----------------------------------------------------------------------------------------------------------


class CourseList(StaffList):
    title = "Courses"
    nouns = ("course", "courses")
    default_sort = "programme"
    columns = (
        ListColumn("Title", "title", sort="title", link=True),
        ListColumn("Programme", "programme", sort=("programme__order", "programme__name", "title")),
        ListColumn("Length", "get_length_display"),
        ListColumn("Level", "level", sort="level"),
        ListColumn("Sessions", "how_many", sort="how_many", numeric=True),
    )

    def get_queryset(self) -> QuerySet[Course]:
        counted = Count("sessions", filter=~Q(sessions__state="cancelled"))
        return Course.objects.visible_to(self.user).select_related("programme").annotate(how_many=counted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(start_url=reverse("training:course_add"), start_label="Add a course", **kwargs)


class _Settings(StaffList):
    """A short list of what is kept, with a page to add one."""

    add: ClassVar[str]
    adds: ClassVar[str]
    model: ClassVar[type[Model]]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.all().visible_to(self.user)  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(start_url=reverse(f"training:{self.add}"), start_label=self.adds, **kwargs)


class ProgrammeList(_Settings):
    title, nouns, model = "Programmes", ("programme", "programmes"), Programme
    add, adds = "programme_add", "Add a programme"
    columns = (
        ListColumn("Name", "name", link=lambda one: reverse("training:programme_change", args=[one.pk])),
        ListColumn("What it is", "summary"),
    )


class TrainerList(_Settings):
    title, nouns, model = "Trainers", ("trainer", "trainers"), Trainer
    add, adds = "trainer_add", "Add a trainer"
    columns = (
        ListColumn("Name", "name", link=True),
        ListColumn("Organisation", "organisation"),
        ListColumn("Still teaches", "is_active"),
    )


class PolicyList(_Settings):
    title, nouns, model = "Charge policies", ("policy", "policies"), ChargePolicy
    add, adds = "policy_add", "Add a policy"
    columns = (
        ListColumn("Name", "name", link=True),
        ListColumn("Free until", lambda one: f"{one.days} {one.get_window_display()} before"),
        ListColumn("Who does not come", lambda one: "is charged" if one.charges_absence else "is not charged"),
    )


class QuestionList(_Settings):
    title, nouns, model = "Questions of the evaluation", ("question", "questions"), Question
    add, adds = "question_add", "Add a question"
    columns = (
        ListColumn("Statement", "text", link=lambda one: reverse("training:question_change", args=[one.pk])),
        ListColumn("It is asked", "is_asked"),
    )


# ---- A course -------------------------------------------------------------------------------------------------------


class CoursePage(ManagesTraining, TemplateView):
    """A course with its sessions and what people said about it."""

    template_name = "training/course.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Course.objects.visible_to(self.user).select_related("programme", "charge_policy")
        course = get_object_or_404(visible, pk=self.kwargs["pk"])
        sessions = Session.objects.visible_to(self.user).filter(course=course)
        listed = sessions.with_places().order_by("-starts_at")[:20]
        return super().get_context_data(
            title=course.title,
            course=course,
            rows=_rows(course),
            sessions=[{"session": one, "state": session_tag(one)} for one in listed],
            tables=results.tables(sessions.filter(state="held"), Moment.AFTER, Moment.LATER),
            history=timeline(course),
            breadcrumbs=crumbs(("Courses", reverse("training:course_list"))),
            **kwargs,
        )


def _rows(course: Course) -> list[dict[str, Any]]:
    url = reverse("training:course_change", args=[course.pk])
    facts = [
        ("Programme", course.programme.name),
        ("Aims", course.aims),
        ("For whom", course.audience),
        ("Level", course.level),
        ("Length", course.get_length_display()),
        ("Themes", "\n".join(f"{theme.year}, theme {theme.number}: {theme.text}" for theme in course.themes.all())),
        ("Approval", "A manager approves each booking" if course.needs_approval else "None needed"),
        ("Certificate", "After the evaluation" if course.certificate_after_evaluation else "For every day attended"),
        ("Charges", str(course.charge_policy) if course.charge_policy else "None"),
    ]
    return [{"key": key, "value": value, "url": url} for key, value in facts]


class AddCourse(StaffChange):
    form_class = forms.CourseForm
    title = "Add a course"
    done = "The course is added."

    def do(self, data: dict[str, Any]) -> Any:
        facts = {name: data[name] for name in services.COURSE_FACTS}
        return services.add_course(themes=data["themes"], by=self.user, **facts)


class ChangeCourse(StaffChange, Versioned):
    form_class = forms.CourseForm
    title = "Change a course"
    done = "The course is changed."

    @cached_property
    def course(self) -> Course:
        return get_object_or_404(Course.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @property
    def record(self) -> Course:
        return self.course

    def values(self, record: Course) -> dict[str, Any]:
        return {name: getattr(record, name) for name in services.COURSE_FACTS} | {"themes": list(record.themes.all())}

    def do(self, data: dict[str, Any]) -> Any:
        facts = {name: data[name] for name in services.COURSE_FACTS}
        version = data["version"] or 0
        return services.change_course(course=self.course, version=version, themes=data["themes"], by=self.user, **facts)


# ---- What is kept besides -------------------------------------------------------------------------------------------


class _Keep(StaffChange, Versioned):
    """Add one, or change the one that the address names."""

    model: ClassVar[type[Any]]
    fields: ClassVar[tuple[str, ...]]
    back: ClassVar[str]

    @cached_property
    def kept(self) -> Any:
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(self.model.objects.visible_to(self.user), pk=self.kwargs["pk"])

    @property
    def record(self) -> Any:
        return self.kept

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() if self.kept else {}

    def values(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.fields}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = "Add" if self.kept is None else "Change"
        name = self.model._meta.verbose_name
        own = {"title": f"{words} a {name}", "breadcrumbs": crumbs((self.back_title, reverse(self.back)))}
        return super().get_context_data(**own | kwargs)

    @property
    def back_title(self) -> str:
        plural = str(self.model._meta.verbose_name_plural)
        return plural[:1].upper() + plural[1:]

    def keep(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def do(self, data: dict[str, Any]) -> Any:
        self.keep(data)
        return self.back


class KeepProgramme(_Keep):
    form_class, model, back = forms.ProgrammeForm, Programme, "training:programme_list"
    fields, done = ("name", "summary", "order"), "The programme is saved."

    def keep(self, data: dict[str, Any]) -> None:
        services.set_programme(programme=self.kept, by=self.user, **data)


class KeepTrainer(_Keep):
    form_class, model, back = forms.TrainerForm, Trainer, "training:trainer_list"
    fields, done = ("name", "organisation", "email", "is_active"), "The trainer is saved."

    def keep(self, data: dict[str, Any]) -> None:
        services.set_trainer(trainer=self.kept, by=self.user, **data)


class KeepQuestion(_Keep):
    form_class, model, back = forms.QuestionForm, Question, "training:question_list"
    fields, done = ("text", "order", "is_asked"), "The question is saved."

    def keep(self, data: dict[str, Any]) -> None:
        services.set_question(question=self.kept, by=self.user, **data)


class KeepPolicy(_Keep):
    form_class, model, back = forms.PolicyForm, ChargePolicy, "training:policy_list"
    fields, done = ("name", "days", "window", "charges_absence"), "The policy is saved. What was charged stays."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"agencies": agencies()}

    def values(self, record: ChargePolicy) -> dict[str, Any]:
        fees = {f"fee_{fee.length}": fee.amount for fee in record.fees.all()}
        return super().values(record) | fees | {"exempt": list(record.exempt.all())}

    def keep(self, data: dict[str, Any]) -> None:
        charging.set_policy(policy=self.kept, version=data["version"], by=self.user, **forms.policy_facts(data))
