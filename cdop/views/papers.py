"""The anonymised paper: written with what gives the child away marked, proposed, released by a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from lscb.accounts.views.versioned import Versioned
from lscb.common.errors import RuleBroken
from lscb.trail.services import viewed

from ..forms.reviewing import AllowForm, PaperForm, ReleaseForm
from ..identifiers import Occurrence, pieces
from ..models import PARTS, AllowedWord, Death, Paper, PaperState
from ..services import papers
from ..services.access import found_in
from .base import KNOWS, MANAGES, ChangesDeath, OfDeath, ReadsDeaths


def marked(paper: Paper) -> list[dict[str, Any]]:
    """The parts that are written, cut at what must not stay."""
    found = found_in(paper.death, paper.texts)
    return [
        {"label": label, "pieces": pieces(getattr(paper, name), found.get(name, []))}
        for name, label in PARTS.items()
        if getattr(paper, name)
    ]


def listed(paper: Paper) -> list[Occurrence]:
    """Each word that must not stay once, in the order of the paper."""
    found: dict[str, Occurrence] = {}
    for some in found_in(paper.death, paper.texts).values():
        for one in some:
            found.setdefault(one.text, one)
    return list(found.values())


class _OfPaper(ChangesDeath, Versioned):
    """The anonymised paper of a case, written or not."""

    @property
    def record(self) -> Paper | None:
        return Paper.objects.filter(death=self.death).first()

    def version_of(self, record: Paper | None) -> int:
        return record.version if record else 0


class WritePaper(_OfPaper):
    """Write, and see at once every place that names somebody."""

    template_name = "cdop/paper_form.html"
    form_class = PaperForm
    title = "Anonymised paper"
    done = "The paper is saved and looked through."

    def values(self, record: Paper | None) -> dict[str, Any]:
        return dict(record.texts) if record else {}

    def do(self, data: dict[str, Any]) -> Any:
        version = data.pop("version")
        papers.write_paper(death=self.death, version=version, texts=data, by=self.user)
        return _address(self.death)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = Paper.objects.select_related("death").filter(death=self.death).first()
        found = listed(paper) if paper else []
        if paper:
            viewed(self.death, by=self.user, reason="Paper compared with who the child was")
        return super().get_context_data(
            paper=paper,
            parts=marked(paper) if paper else [],
            found=found,
            allowed=list(self.death.allowed_words.all()),
            allow_form=AllowForm(),
            may_propose=bool(paper and paper.state == PaperState.DRAFT and any(paper.texts.values()) and not found),
            **kwargs,
        )


class AllowWord(ChangesDeath):
    """A word that looks like an identifier and gives nobody away."""

    form_class = AllowForm
    title = "Let a word stay"
    done = "The word may stay."

    def do(self, data: dict[str, Any]) -> Any:
        papers.allow_word(death=self.death, by=self.user, now=timezone.now(), **data)
        return _address(self.death)


def _address(death: Death) -> str:
    return reverse("cdop:paper_write", args=[death.pk])


class TakeBackWord(ReadsDeaths, View):
    """`pk` is that of the word."""

    right = MANAGES

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        word = get_object_or_404(AllowedWord.objects.visible_to(self.user).select_related("death"), pk=kwargs["pk"])
        try:
            papers.take_back_word(word=word, by=self.user)
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        return redirect(_address(word.death))


class ProposePaper(OfDeath, View):
    """Ask a second person to release."""

    right = MANAGES

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            papers.propose_release(death=self.death, by=self.user, now=timezone.now())
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
            return redirect(_address(self.death))
        messages.success(request, "The paper waits for somebody else to release it.")
        return redirect(self.death)


class ReleasePaper(_OfPaper):
    """The second person reads the paper and what may stay in it, and releases it."""

    right = KNOWS
    template_name = "cdop/paper_release.html"
    form_class = ReleaseForm
    title = "Release the paper to the panel"
    done = "The paper is released. The panel reads it now."

    def values(self, record: Paper | None) -> dict[str, Any]:
        return {}

    def do(self, data: dict[str, Any]) -> Any:
        papers.release_paper(death=self.death, version=data["version"], by=self.user, now=timezone.now())
        return self.death

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = Paper.objects.select_related("death", "proposed_by").filter(death=self.death).first()
        return super().get_context_data(
            paper=paper,
            parts=marked(paper) if paper else [],
            found=listed(paper) if paper else [],
            allowed=self.death.allowed_words.select_related("allowed_by"),
            waits=bool(paper and paper.state == PaperState.PROPOSED),
            own=bool(paper and paper.proposed_by_id == self.user.pk),
            **kwargs,
        )


class WithdrawPaper(OfDeath, View):
    """Take the paper back."""

    right = KNOWS

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            papers.withdraw_paper(death=self.death, by=self.user)
            messages.success(request, "The paper is taken back. The panel reads it no more.")
        except RuleBroken as refusal:
            messages.error(request, refusal.sentence)
        return redirect(self.death)
