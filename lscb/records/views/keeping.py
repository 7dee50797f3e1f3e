"""How long records are kept, what is due, and what is held back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from boards.views.base import AsAt
from lscb.accounts.access import Guarded
from lscb.accounts.views.base import Change
from lscb.accounts.views.versioned import Versioned
from lscb.common.keeping import due_from
from lscb.records.access import KEEPERS, TAKERS, held_by
from lscb.records.classes import RecordClass, may_see, record_class, record_classes
from lscb.records.forms import HoldForm, KeepForm, ReasonForm, RuleForm
from lscb.records.models import Destruction, Hold, KeptLonger, RetentionRule
from lscb.records.services import keeping

SHOWN = 100
CRUMB = "Records"


def crumb() -> tuple[str, str]:
    return CRUMB, reverse("records:classes")


def period_words(months: int) -> str:
    """ "7 years", "18 months" """
    years, rest = divmod(months, 12)
    return f"{months} months" if rest or not years else "1 year" if years == 1 else f"{years} years"


class KeepsRecords(AsAt, Guarded):
    scope = KEEPERS


class Classes(KeepsRecords, TemplateView):
    """Every class that the person may see, with how many records are due. Two queries for each class."""

    template_name = "records/classes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        as_at = self.as_at
        rows = [
            {"of": of, "kept_for": period_words(of.kept.months), "due": of.due(as_at).count()}
            for of in record_classes(self.user)
        ]
        destructions = Destruction.objects.visible_to(self.user).select_related("proposed_by", "approved_by")[:20]
        return super().get_context_data(
            title="How long records are kept",
            rows=rows,
            as_at=as_at,
            form=self.as_at_form,
            destructions=destructions,
            takes_out=bool(held_by(self.user, TAKERS)),
            **kwargs,
        )


class OfClass(KeepsRecords):
    """A page of one class, for who may see it."""

    kwargs: dict[str, Any]

    @cached_property
    def of(self) -> RecordClass:
        try:
            found = record_class(self.kwargs["slug"])
        except KeyError:
            raise Http404 from None
        if not may_see(self.user, found.kept):
            raise Http404
        return found

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [crumb(), (self.of.kept.title, reverse("records:class", args=[self.of.slug]))]


class ClassPage(OfClass, TemplateView):
    """One class: its rule, what is due, what is held, what was destroyed."""

    template_name = "records/class.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        of, as_at = self.of, self.as_at
        due = of.due(as_at)
        count = due.count()
        months = of.kept.months
        rows = [
            {"key": one.pk, "reference": of.kept.reference(one), "trigger_on": one.trigger_on}
            | {"due_from": due_from(one.trigger_on, months)}
            for one in ([] if of.kept.counts_only else due.order_by("trigger_on", "pk")[:SHOWN])
        ]
        return super().get_context_data(
            title=of.kept.title,
            breadcrumbs=[crumb()],
            of=of,
            facts=_facts(of),
            as_at=as_at,
            form=self.as_at_form,
            count=count,
            due=rows,
            more=count - len(rows),
            holds=Hold.objects.visible_to(self.user).filter(slug=of.slug, lifted_at=None).select_related("placed_by"),
            longer=KeptLonger.objects.visible_to(self.user).filter(slug=of.slug).in_force(as_at),
            destructions=Destruction.objects.visible_to(self.user)
            .filter(slug=of.slug)
            .select_related("proposed_by", "approved_by"),
            **kwargs,
        )


def _facts(of: RecordClass) -> list[dict[str, Any]]:
    kept = of.kept
    rule = {"url": reverse("records:rule", args=[of.slug])}
    return [
        {"key": "Covers", "value": kept.covers},
        {"key": "Time begins on", "value": kept.trigger},
        {"key": "Kept for", "value": period_words(kept.months), **rule},
        {"key": "Then", "value": kept.then.label, **rule},
        {"key": "Lawful basis", "value": kept.basis, **rule},
    ]


class ChangeClass(OfClass, Change):
    """A form about a class."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": self.crumbs, **kwargs})

    def here(self) -> str:
        return reverse("records:class", args=[self.of.slug])


class ChangeRule(ChangeClass, Versioned):
    form_class = RuleForm
    title = "Change how long"
    done = "The rule is changed."

    @property
    def record(self) -> RetentionRule:
        return self.of.rule

    def values(self, record: RetentionRule) -> dict[str, Any]:
        return {"months": record.months, "then": record.then, "basis": record.basis}

    def do(self, data: dict[str, Any]) -> Any:
        keeping.change_rule(of=self.of, **data, by=self.user, at=timezone.now())
        return self.here()


class PlaceHold(ChangeClass):
    """On the whole class, or on the one record that the address names."""

    form_class = HoldForm
    title = "Place a hold"
    done = "The hold is placed. Nothing that it covers is destroyed."

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def do(self, data: dict[str, Any]) -> Any:
        keeping.place_hold(of=self.of, key=self.kwargs.get("key"), **data, by=self.user, at=timezone.now())
        return self.here()


class KeepOne(ChangeClass):
    """The outcome of a review."""

    form_class = KeepForm
    title = "Keep a record longer"
    done = "The record is kept longer."

    def do(self, data: dict[str, Any]) -> Any:
        now = timezone.now()
        keeping.keep_longer(of=self.of, key=self.kwargs["key"], **data, by=self.user, at=now, today=self.today)
        return self.here()


class LiftHold(KeepsRecords, Change):
    form_class = ReasonForm
    title = "Lift a hold"
    done = "The hold is lifted."
    kwargs: dict[str, Any]

    @cached_property
    def hold(self) -> Hold:
        return get_object_or_404(Hold.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": [crumb()], "warning": self.hold.reason, **kwargs})

    def do(self, data: dict[str, Any]) -> Any:
        keeping.lift_hold(hold=self.hold, **data, by=self.user, at=timezone.now())
        return reverse("records:class", args=[self.hold.slug])
