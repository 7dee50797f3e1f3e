"""The anonymised paper: written by the officer, looked through, proposed, and released by a second person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from lscb.accounts.models import Actor, User
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..identifiers import occurrences, sentence
from ..models import PAPER_MOVES, PARTS, AllowedWord, Death, Paper, PaperMove, PaperState
from .access import check_version, found_in, must_be_open, must_know_children, must_manage, sought
from .identity import look_through, mended


@transaction.atomic
def write_paper(*, death: Death, version: int, texts: Mapping[str, str], by: Actor) -> Paper:
    """Write the parts of the paper. A paper that was released is a draft again, and the panel reads it no more.

    Raises Overtaken when another version is on file by now.
    """
    must_manage(by)
    death = must_be_open(death)
    paper = _locked(death)
    check_version(paper.version, version, paper)
    _move(paper, PaperMove.WRITTEN)
    for part in PARTS:
        setattr(paper, part, texts.get(part, "").replace("\r\n", "\n").strip())
    paper.version += 1
    paper.save()
    mended(death)
    record(verb="wrote the anonymised paper", by=by, target=death)
    return paper


@transaction.atomic
def allow_word(*, death: Death, word: str, reason: str, by: Actor, now: dt.datetime) -> AllowedWord:
    """A word may stay in the texts of this case although it looks like an identifier. The second person sees why."""
    must_manage(by)
    death = must_be_open(death)
    if not reason.strip():
        raise RuleBroken("Say why the word gives nobody away.", field="reason")
    identifiers, allowed = sought(death)
    if not occurrences(word, identifiers, allowed):
        raise RuleBroken("That word is not marked in this case. Copy it as it stands in the text.", field="word")
    made = AllowedWord.objects.create(
        death=death, word=word.strip(), reason=reason.strip(), allowed_at=now, allowed_by=by
    )
    mended(death)
    record(verb="let a word stay in the paper", by=by, target=death)
    return made


@transaction.atomic
def take_back_word(*, word: AllowedWord, by: Actor) -> Death:
    """A word may not stay after all; a text in which it stands is held back from the panel."""
    must_manage(by)
    death = must_be_open(word.death)
    word.delete()
    look_through(death)
    record(verb="let a word stay no more", by=by, target=death)
    return death


@transaction.atomic
def propose_release(*, death: Death, by: User, now: dt.datetime) -> Paper:
    """Ask a second person to release. Refused while the paper names anybody."""
    must_manage(by)
    paper = _locked(must_be_open(death))
    if not any(paper.texts.values()):
        raise RuleBroken("Write the paper first.")
    _check(death, paper)
    _move(paper, PaperMove.PROPOSED)
    paper.proposed_at, paper.proposed_by = now, by
    paper.save()
    record(verb="proposed the paper for release", by=by, target=death)
    return paper


@transaction.atomic
def release_paper(*, death: Death, version: int, by: User, now: dt.datetime) -> Paper:
    """Release to the panel, by somebody else than who proposed it, who may know the child and so can judge.

    It is looked through once more: since it was proposed more may be known of the child.
    """
    must_know_children(by)
    death = must_be_open(death)
    paper = _locked(death)
    check_version(paper.version, version, paper)
    if paper.proposed_by_id == by.pk:
        raise RuleBroken("Somebody else must release the paper: you proposed it yourself.")
    _check(death, paper)
    _move(paper, PaperMove.RELEASED)
    paper.released_at, paper.released_by = now, by
    paper.save()
    mended(death)
    record(verb="released the paper", by=by, target=death)
    return paper


@transaction.atomic
def withdraw_paper(*, death: Death, by: Actor) -> Paper:
    """Take the paper back from the panel, or from who was to release it."""
    must_know_children(by)
    paper = _locked(must_be_open(death))
    _move(paper, PaperMove.WITHDRAWN)
    paper.save()
    record(verb="took the paper back", by=by, target=death)
    return paper


def _locked(death: Death) -> Paper:
    paper, _ = Paper.objects.get_or_create(death=death)
    return Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)


def _move(paper: Paper, what: PaperMove) -> None:
    state = PAPER_MOVES.get((paper.state, what))
    if state is None:
        raise RuleBroken(f"The paper is {PaperState(paper.state).label.lower()}, so that is not possible now.")
    paper.state = state
    if state == PaperState.DRAFT:
        paper.proposed_at = paper.proposed_by = paper.released_at = paper.released_by = None


def _check(death: Death, paper: Paper) -> None:
    for part, some in found_in(death, paper.texts).items():
        raise RuleBroken(
            f"Under “{PARTS[part]}” the paper names somebody: {sentence(some)}. "
            "Put a role word in its place, or say why it gives nobody away."
        )
