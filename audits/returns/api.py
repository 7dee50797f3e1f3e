"""Returns for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.api import in_force
from lscb.accounts.models import Agency, Area, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, Writes, holds, verb, verb_of_all
from lscb.common.errors import Overtaken
from lscb.common.programs import (
    LONGEST_TEXT,
    Body,
    Day,
    NothingBody,
    Number,
    OnADay,
    SentFile,
    Text,
    YearFilter,
    YearText,
    many_of,
    told_at,
)
from lscb.files.api import FileSerializer, HoldsFiles
from lscb.files.models import Attachment
from lscb.trail.filters import UpdatedSince

from ..access import RETURNS, may_fill, may_submit
from ..models import (
    Answer,
    Asks,
    Evidence,
    Feedback,
    Framework,
    ModeratedGrade,
    Option,
    PanelQuery,
    PanelRequest,
    Question,
    Return,
    ReturnState,
    Round,
    Section,
    Standard,
)
from ..rounds import schools
from ..rounds import services as rounds
from . import panel
from .answering import Typed, attach_evidence, fingerprint, save_answers
from .carrying import grade_words
from .submitting import reply_to_query, resubmit, sign


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    question = serializers.CharField(source="question.reference", read_only=True)
    text = serializers.CharField(source="question.text", read_only=True)
    grade = serializers.SerializerMethodField()
    moderated_grade = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = (
            *("question", "version", "text", "grade", "moderated_grade", "why_not", "evidence", "files"),
            *("improvement", "improve_by", "to_confirm"),
        )

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, answer: Answer) -> Any:
        return FileSerializer([one.attachment for one in answer.files.all()], many=True).data

    def get_grade(self, answer: Answer) -> str:
        return grade_words(answer)

    def get_moderated_grade(self, answer: Answer) -> str | None:
        """The panel's, where this person is told it."""
        told: dict[int, str] = self.context.get("told", {})
        return told.get(answer.pk)


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    area = serializers.CharField(source="area.name", read_only=True)
    standard = serializers.IntegerField(source="standard.number", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Feedback
        fields = ("area", "standard", "version", "text")


class PanelQuerySerializer(serializers.ModelSerializer[PanelQuery]):
    question = serializers.CharField(source="question.reference", read_only=True)

    class Meta:
        model = PanelQuery
        fields = ("id", "question", "text", "asked_at", "reply", "replied_at")


class PanelRequestSerializer(serializers.ModelSerializer[PanelRequest]):
    standard = serializers.IntegerField(source="standard.number", read_only=True)

    class Meta:
        model = PanelRequest
        fields = ("id", "standard", "text", "due_on")


class ReturnSerializer(serializers.ModelSerializer[Return]):
    """With the answers, and what the panel asks and says, that this person may read."""

    round = serializers.CharField(source="round.title", read_only=True)
    year = serializers.CharField(read_only=True)
    agency = serializers.CharField(source="agency.name", read_only=True)
    answers = AnswerSerializer(source="visible_answers", many=True, read_only=True)
    feedback = FeedbackSerializer(source="visible_feedback", many=True, read_only=True)
    queries = PanelQuerySerializer(source="visible_queries", many=True, read_only=True)
    requests = PanelRequestSerializer(source="visible_requests", many=True, read_only=True)

    class Meta:
        model = Return
        fields = (
            *("id", "reference", "round", "year", "agency", "asks_for", "original_due", "due_on", "status"),
            *("submitted_at", "came_late", "excuse", "feedback_at", "answers", "feedback", "queries", "requests"),
        )


class ReturnFilter(django_filters.FilterSet):
    year = YearFilter()
    round = django_filters.ModelChoiceFilter(queryset=Round.objects.all())
    status = django_filters.ChoiceFilter(choices=ReturnState.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("due_on", "submitted_at"))


class AnswerBody(Body):
    """An answer to a question by its reference. What is left out stays; `version` is the one that was read."""

    question = serializers.CharField(max_length=10, help_text="Like 3.2")
    version = Number()
    grade = serializers.CharField(max_length=60, allow_null=True, required=False, help_text="Label of the scale")
    not_applicable = serializers.BooleanField(required=False)
    why_not = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    evidence = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    improvement = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    improve_by = Day(allow_null=True, required=False)
    still_true = serializers.BooleanField(default=False, help_text="The answer of last time still holds")


class AnswersBody(Body):
    standard = Number(help_text="Number of the standard")
    answers = many_of(AnswerBody, most=100)
    completed = serializers.BooleanField(allow_null=True, default=None, help_text="Whether the standard is completed")


class AnswerFileBody(Body):
    question = serializers.CharField(max_length=10, help_text="Like 3.2")
    upload = SentFile()


class SubmitBody(Body):
    """The declaration of the framework by who answers for the agency."""

    declared = serializers.BooleanField()
    name = serializers.CharField(max_length=120)
    position = serializers.CharField(max_length=120)
    governor_name = serializers.CharField(max_length=120, allow_blank=True, default="", help_text="Of a school")
    governor_email = serializers.EmailField(allow_blank=True, default="", help_text="Of a school")

    def validate_declared(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("Declare that the return is true.")
        return value


class PanelGradeBody(Body):
    """The panel's grade of one answer; null takes it away."""

    question = serializers.CharField(max_length=10, help_text="Like 3.2")
    grade = serializers.CharField(max_length=60, allow_null=True, help_text="Label of the scale")
    reason = Text(required=False, help_text="Needed when it is another grade than the agency's own")


class PanelQueryBody(Body):
    question = serializers.CharField(max_length=10, help_text="Like 3.2")
    text = Text(help_text="What the panel wants to know")


class ReplyBody(Body):
    query = Number(help_text="Key of the query")
    reply = Text()


class FeedbackBody(Body):
    """Without a standard it is about the whole return. An empty text takes it away."""

    area = Visible("name", queryset=Area.objects.all(), help_text="Name of the area that says it")
    standard = Number(allow_null=True, default=None, help_text="Number of the standard")
    text = Text(allow_blank=True)
    version = Number(help_text="The version that was read; 0 where there was none")


class PanelRequestBody(Body):
    standard = Number(help_text="Number of the standard")
    text = Text(help_text="What the agency is asked to do")
    due_on = Day()


class TakeBackBody(Body):
    request = Number(help_text="Key of the request")


class DeferBody(Body):
    until = Day(help_text="The new deadline")
    reason = Text()


class ReturnReasonBody(Body):
    reason = Text()


RUNS = holds(Permission.MANAGE_AUDITS)


def _fills(user: User, of_return: Return) -> bool:
    return may_fill(user, of_return.agency)


def _submits(user: User, of_return: Return) -> bool:
    return may_submit(user, of_return.agency)


class Returns(ReadOnlyModelViewSet[Return], Writes, HoldsFiles):
    scope = RETURNS
    serializer_class = ReturnSerializer
    filterset_class = ReturnFilter
    queryset = Return.objects.none()
    noun = "of_return"

    def get_queryset(self) -> QuerySet[Return]:
        user = person(self.request)
        answers = Answer.objects.visible_to(user).select_related("question__standard", "option")
        answers = answers.prefetch_related("files__attachment")
        said = Feedback.objects.visible_to(user).select_related("area", "standard")
        queries = PanelQuery.objects.visible_to(user).select_related("question__standard")
        requests = PanelRequest.objects.visible_to(user).select_related("standard")
        related = Return.objects.visible_to(user).select_related("round", "agency")
        return related.prefetch_related(
            Prefetch("answers", answers, to_attr="visible_answers"),
            Prefetch("feedback", said, to_attr="visible_feedback"),
            Prefetch("queries", queries, to_attr="visible_queries"),
            Prefetch("requests", requests, to_attr="visible_requests"),
        )

    def get_serializer_context(self) -> dict[str, Any]:
        grades = ModeratedGrade.objects.visible_to(person(self.request)).select_related("option")
        told = {one.answer_id: one.option.label for one in grades}
        return {**super().get_serializer_context(), "told": told}

    def files_of(self, record: Return) -> QuerySet[Attachment]:
        shown = Evidence.objects.visible_to(self.user).filter(answer__of_return=record)
        return Attachment.objects.filter(pk__in=shown.values("attachment"))

    @verb(AnswersBody, _fills)
    def answers(self, request: Request, pk: str) -> Response:
        """Write answers of one standard: all of them or none."""
        of_return, data = self.get_object(), self.checked()
        section = Section.objects.filter(of_return=of_return, standard__number=data["standard"]).first()
        if section is None:
            raise exceptions.ValidationError({"standard": ["This return has no such standard."]})
        return self.change(of_return, lambda: _save(section, data, self.user))

    @verb(AnswerFileBody, _fills)
    def attach(self, request: Request, pk: str) -> Response:
        """Hand in a file as evidence of one answer."""
        of_return, data = self.get_object(), self.checked()
        answer = of_return.answers.filter(question=_question(of_return, data["question"])).get()
        call = {"answer": answer, "upload": data["upload"], "by": self.user, "at": timezone.now()}
        with told_at({"file": "upload"}):
            return self.change(of_return, lambda: attach_evidence(**call))

    @verb(SubmitBody, _submits)
    def submit(self, request: Request, pk: str) -> Response:
        """Sign and send the return. It is never too late: late is marked."""
        of_return, data = self.get_object(), self.checked()
        del data["declared"]
        return self.change(of_return, lambda: sign(of_return=of_return, by=self.user, at=timezone.now(), **data))

    @verb(ReplyBody, _fills)
    def reply(self, request: Request, pk: str) -> Response:
        """Answer a query of the panel. The return stays as it was submitted."""
        return self.do_part(reply_to_query, "query", _query, at=timezone.now())

    @verb(NothingBody, _submits)
    def resubmit(self, request: Request, pk: str) -> Response:
        """Send the replies to the panel, when every query has one."""
        return self.do(resubmit, at=timezone.now())

    @verb(PanelGradeBody, RUNS)
    def moderate(self, request: Request, pk: str) -> Response:
        """The panel's grade of one answer, beside the agency's own."""
        of_return, data = self.get_object(), self.checked()
        answer = of_return.answers.filter(question=_question(of_return, data.pop("question"))).get()
        option = _option(of_return, data.pop("grade"))
        call = {"answer": answer, "option": option, "by": self.user, "at": timezone.now(), **data}
        return self.change(of_return, lambda: panel.moderate(**call))

    @verb(PanelQueryBody, RUNS)
    def query(self, request: Request, pk: str) -> Response:
        """Ask the agency about one answer. It is told once for all queries of a day."""
        return self._do_of(panel.raise_query, "question", _question, at=timezone.now())

    @verb(FeedbackBody, RUNS)
    def feedback(self, request: Request, pk: str) -> Response:
        """What the board of an area says. The agency reads it once it is issued."""
        return self._do_of(panel.write_feedback, "standard", _standard)

    @verb(PanelRequestBody, RUNS, url_path="ask-for")
    def ask_for(self, request: Request, pk: str) -> Response:
        """Ask the agency to do something. It becomes an action when the feedback is issued."""
        return self._do_of(panel.add_request, "standard", _standard, at=timezone.now())

    @verb(TakeBackBody, RUNS, url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """The agency is not asked to do that after all."""
        return self.do_part(panel.remove_request, "request", _request)

    @verb(NothingBody, RUNS)
    def moderated(self, request: Request, pk: str) -> Response:
        """The panel has read it."""
        return self.do(panel.finish_moderation, at=timezone.now())

    @verb(NothingBody, RUNS, url_path="issue-feedback")
    def issue_feedback(self, request: Request, pk: str) -> Response:
        """Send the feedback. What is to be improved and what was asked for become actions of the agency's plan."""
        return self.do(panel.issue_feedback, at=timezone.now())

    @verb(NothingBody, RUNS)
    def close(self, request: Request, pk: str) -> Response:
        """Nothing more is to be done with it."""
        return self.do(panel.close_return, at=timezone.now())

    @verb(DeferBody, RUNS)
    def defer(self, request: Request, pk: str) -> Response:
        """Give the agency until another day. The first deadline stays on record."""
        return self.do(rounds.defer, at=timezone.now())

    @verb(ReturnReasonBody, RUNS)
    def excuse(self, request: Request, pk: str) -> Response:
        """It is not required, and why."""
        return self.do(rounds.excuse, at=timezone.now())

    @verb(ReturnReasonBody, RUNS)
    def require(self, request: Request, pk: str) -> Response:
        """It is required after all."""
        return self.do(rounds.require, at=timezone.now())

    def _do_of(self, service: Callable[..., Any], part: str, of: Callable[[Return, Any], Any], **more: Any) -> Response:
        """With the return and a part of its framework, which the body names under `part`."""
        of_return, data = self.get_object(), self.checked()
        call = {"of_return": of_return, "by": self.user, **data, part: of(of_return, data[part]), **more}
        with told_at({"query": "text", "request": "text", "request_due": "due_on", "feedback": "text"}):
            return self.change(of_return, lambda: service(**call))


def _query(of_return: Return, key: int) -> PanelQuery | None:
    return next((one for one in of_return.visible_queries if one.pk == key), None)  # type: ignore[attr-defined]


def _request(of_return: Return, key: int) -> PanelRequest | None:
    return next((one for one in of_return.visible_requests if one.pk == key), None)  # type: ignore[attr-defined]


def _question(of_return: Return, reference: str) -> Question:
    asked = Question.objects.filter(standard__framework=of_return.round.framework_id).select_related("standard")
    found = next((one for one in asked if one.reference == reference), None)
    if found is None:
        raise exceptions.ValidationError({"question": ["This return has no such question."]})
    return found


def _standard(of_return: Return, number: int | None) -> Standard | None:
    if number is None:
        return None
    found = Standard.objects.filter(framework=of_return.round.framework_id, number=number).first()
    if found is None:
        raise exceptions.ValidationError({"standard": ["This return has no such standard."]})
    return found


def _option(of_return: Return, label: str | None) -> Option | None:
    if label is None:
        return None
    found = Option.objects.filter(framework=of_return.round.framework_id, label=label).first()
    if found is None:
        raise exceptions.ValidationError({"grade": ["The scale has no such grade."]})
    return found


@transaction.atomic
def _save(section: Section, data: dict[str, Any], by: User) -> None:
    on_file = Answer.objects.filter(of_return=section.of_return_id, question__standard=section.standard_id)
    answers = {one.question.reference: one for one in on_file.select_related("option", "question__standard")}
    scale = {one.label: one for one in section.of_return.round.framework.options.all()}
    typed: dict[int, Typed] = {}
    for given in data["answers"]:
        answer = answers.get(given["question"])
        if answer is None or (given.get("grade") and given["grade"] not in scale):
            told = "This standard has no such question." if answer is None else "The scale has no such grade."
            raise exceptions.ValidationError({"answers": [f"{given['question']}: {told}"]})
        typed[answer.pk] = _typed(given, answer, scale)
    still_true = [answers[one["question"]].pk for one in data["answers"] if one["still_true"]]
    saved = save_answers(
        section=section, typed=typed, still_true=still_true, completed=data["completed"], by=by, at=timezone.now()
    )
    if saved.overtaken:
        first = saved.overtaken[0]
        told = f"Somebody else changed question {first.question.reference} in the meantime."
        raise Overtaken(f"{told} Nothing was written.", current=first.version, field="answers")
    if saved.faults:
        raise exceptions.ValidationError({"answers": [fault.sentence for fault in saved.faults]})


def _typed(given: dict[str, Any], answer: Answer, scale: dict[str, Option]) -> Typed:
    """As a page brings it: what was sent, and for the rest what is on file."""
    names = ("not_applicable", "why_not", "evidence", "improvement", "improve_by")
    values = {name: given.get(name, getattr(answer, name)) for name in names}
    option = scale.get(given["grade"] or "") if "grade" in given else answer.option
    return Typed(option=option, version=given["version"], drawn=fingerprint(answer), **values)


class RoundSerializer(serializers.ModelSerializer[Round]):
    year = serializers.CharField(read_only=True)
    framework = serializers.CharField(read_only=True)
    areas = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = Round
        fields = (
            *("id", "title", "year", "framework", "is_cross_area", "areas"),
            *("asks_for", "opens_on", "due_on", "panel_on", "closed_on"),
        )


class RoundFilter(django_filters.FilterSet):
    year = YearFilter()
    order = django_filters.OrderingFilter(fields=("year", "due_on"))


class OpenRoundBody(Body):
    """Everybody who is asked is told. The framework is locked from then on."""

    framework = Visible(queryset=Framework.objects.all())
    title = serializers.CharField(max_length=150, help_text="Section 11 2016-17")
    year = YearText()
    asks_for = serializers.ChoiceField(choices=Asks.choices, default=Asks.FULL)
    opens_on = Day(default=timezone.localdate)
    due_on = Day()
    panel_on = Day(allow_null=True, default=None)
    agencies = Visible(queryset=Agency.objects.all(), many=True, default=list)
    all_schools = serializers.BooleanField(default=False, help_text="Every school that is open on that day, too")
    areas = Visible(
        "name", queryset=Area.objects.all(), many=True, default=list, help_text="Of a cross-area round: two or more"
    )

    def validate_agencies(self, value: list[Agency]) -> list[Agency]:
        return in_force(value, on=timezone.localdate())

    def validate_areas(self, value: list[Area]) -> list[Area]:
        return list(dict.fromkeys(value))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["agencies"] and not attrs["all_schools"]:
            raise serializers.ValidationError({"agencies": ["Name at least one agency."]})
        return attrs


class AskAgencyBody(Body):
    agency = Visible(queryset=Agency.objects.all())
    asks_for = serializers.ChoiceField(choices=Asks.choices, default=Asks.FULL)
    due_on = Day(allow_null=True, default=None, help_text="The deadline of the round without it")
    because = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="Why out of turn")

    def validate_agency(self, value: Agency) -> Agency:
        return in_force([value], on=timezone.localdate())[0]


class RoundDatesBody(Body):
    due_on = Day()
    panel_on = Day(allow_null=True, required=False, help_text="It stays when it is left out")


class CloseRoundBody(OnADay):
    """Nobody is asked or chased any more."""


class SchoolBody(Body):
    school = serializers.CharField(max_length=150)
    phase = serializers.CharField(max_length=150, help_text="Name of the agency of education under which it stands")
    opened = Day(allow_null=True, default=None)
    closed = Day(allow_null=True, default=None, help_text="Its last day")


class SchoolsBody(Body):
    """Schools that are there already stay; who has closed since ends. Their leads are invited by a person."""

    schools = many_of(SchoolBody, most=schools.MOST_ROWS, allow_empty=False)


class ImportedSerializer(serializers.Serializer[Any]):
    """How many schools are new, closed or unchanged."""

    new = serializers.IntegerField()
    closed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class Rounds(ReadOnlyModelViewSet[Round], Creates):
    scope = RETURNS
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    queryset = Round.objects.none()
    noun = "of_round"
    creates, may_create = OpenRoundBody, (Permission.MANAGE_AUDITS,)

    def get_queryset(self) -> QuerySet[Round]:
        related = Round.objects.visible_to(person(self.request)).select_related("framework")
        return related.prefetch_related("areas")

    def do_create(self, data: dict[str, Any]) -> Round:
        asked, all_schools = data["agencies"], data["all_schools"]
        if all_schools:
            asked = list(dict.fromkeys([*asked, *schools.open_schools(data["opens_on"])]))
        facts = {name: value for name, value in data.items() if name not in ("agencies", "all_schools")}
        return rounds.open_round(agencies=asked, by=self.user, at=timezone.now(), **facts)

    @verb_of_all(SchoolsBody, RUNS, url_path="import-schools", told_as=ImportedSerializer)
    def import_schools(self, request: Request) -> Response:
        """Add schools before a round asks them: all of them or none."""
        given = [{name: str(value or "") for name, value in row.items()} for row in self.checked()["schools"]]
        with told_at({"file": "schools"}):
            return self.tell(
                lambda: schools.import_schools(rows=enumerate(given, start=1), by=self.user, at=timezone.now()).counts
            )

    @verb(AskAgencyBody, RUNS)
    def ask(self, request: Request, pk: str) -> Response:
        """Ask one agency more, out of turn or forgotten. It is told."""
        return self.do(rounds.ask_agency, at=timezone.now())

    @verb(RoundDatesBody, RUNS)
    def move(self, request: Request, pk: str) -> Response:
        """Another deadline or day of the panel. Returns that are owed and were not deferred move along."""
        of_round, data = self.get_object(), self.checked()
        call = {"of_round": of_round, "panel_on": of_round.panel_on, "by": self.user, **data}
        return self.change(of_round, lambda: rounds.change_dates(**call))

    @verb(NothingBody, RUNS)
    def chase(self, request: Request, pk: str) -> Response:
        """Remind the leads of every agency that still owes its return, once a day."""
        return self.do(rounds.chase, at=timezone.now())

    @verb(CloseRoundBody, RUNS)
    def close(self, request: Request, pk: str) -> Response:
        """What was sent stays readable; what is owed may still be sent, late."""
        return self.do(rounds.close_round, at=timezone.now())
