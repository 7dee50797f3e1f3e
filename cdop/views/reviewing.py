"""The review form, part by part; actions; the end of the review."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from boards.models import Meeting
from lscb.accounts.views.versioned import Versioned
from lscb.actions.views import asked

from ..forms import reviewing as forms
from ..forms.cases import MeetingForm
from ..models import FACTS, LEARNING, Domain, DomainReview, Review
from ..services import reviewing as services
from .base import ChangesDeath


class _Part(ChangesDeath, Versioned):
    """A part of the review that is a row of its own columns."""

    names: tuple[str, ...]
    counter: str

    @property
    def record(self) -> Review:
        return Review.objects.get(death=self.death)

    def version_of(self, record: Review) -> int:
        return int(getattr(record, self.counter))

    def values(self, record: Review) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.names}


class RecordFacts(_Part):
    form_class, title, done = forms.FactsForm, "Facts", "The facts are saved."
    names, counter = FACTS, "facts_version"

    def do(self, data: dict[str, Any]) -> Any:
        services.record_facts(death=self.death, by=self.user, **data)
        return self.death


class RecordFinding(_Part):
    form_class, title, done = forms.FindingForm, "Category and modifiable factors", "The finding is saved."
    names, counter = ("modifiable",), "finding_version"

    def values(self, record: Review) -> dict[str, Any]:
        ticked = [one.category for one in record.categories.all()]
        return {"categories": ticked, "modifiable": record.modifiable}

    def do(self, data: dict[str, Any]) -> Any:
        services.record_finding(death=self.death, by=self.user, **data)
        return self.death


class RecordLearning(_Part):
    form_class, title, done = forms.LearningForm, "Issues, learning and recommendations", "The learning is saved."
    names, counter = LEARNING, "learning_version"

    def do(self, data: dict[str, Any]) -> Any:
        services.record_learning(death=self.death, by=self.user, **data)
        return self.death


class ReviewDomain(ChangesDeath, Versioned):
    """One of the four domains."""

    form_class = forms.DomainForm
    done = "The domain is saved."

    @property
    def domain(self) -> Domain:
        if self.kwargs["domain"] not in Domain.values:
            raise Http404
        return Domain(self.kwargs["domain"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return str(self.domain.label)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"domain": self.domain}

    @property
    def record(self) -> DomainReview | None:
        return DomainReview.objects.filter(review__death=self.death, domain=self.domain).first()

    def version_of(self, record: DomainReview | None) -> int:
        return record.version if record else 0

    def values(self, record: DomainReview | None) -> dict[str, Any]:
        if record is None:
            return {}
        return {one.factor: one.influence for one in record.factors.all()} | {"text": record.text}

    def do(self, data: dict[str, Any]) -> Any:
        version, text = data.pop("version"), data.pop("text")
        services.review_domain(
            death=self.death, domain=self.domain, version=version, text=text, influence=data, by=self.user
        )
        return self.death


class _AtMeeting(ChangesDeath):
    """Something agreed at one of the meetings that were held and had the case on their list."""

    def get_form_kwargs(self) -> dict[str, Any]:
        meetings: QuerySet[Meeting] = Meeting.objects.visible_to(self.user).held()
        meetings = meetings.filter(panel__cases__death=self.death).order_by("-starts_at")
        return super().get_form_kwargs() | {"meetings": meetings}


class AddAction(_AtMeeting):
    """An action on the panel's confidential plan."""

    form_class, title, done = forms.ReviewActionForm, "Add an action from this review", "The action is added."
    warning = "Agencies do not read this plan. Tell who is to do it without the case, such as by a letter of the panel."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        services.add_action(
            death=self.death,
            meeting=data["meeting"],
            what=data["what"],
            intended_outcome=data["intended_outcome"],
            due=data["due"],
            asked=asked(data),
            by=self.user,
            today=self.today,
        )
        return self.death


class Complete(_AtMeeting):
    """The end of the review."""

    form_class, title, done = MeetingForm, "Complete the review", "The review is completed and the case is closed."
    warning = "A completed review stays as it is: its texts, codes and papers are not changed any more."

    def do(self, data: dict[str, Any]) -> Any:
        return services.complete_review(death=self.death, meeting=data["meeting"], by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(missing=services.missing(self.death), **kwargs)
