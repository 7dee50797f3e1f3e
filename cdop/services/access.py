"""Who may write, and the texts that must name nobody."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied

from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.words import naming

from ..identifiers import Identifiers, Occurrence, Written, identifiers_of, names_of, occurrences, sentence
from ..models import Death, Identity

OVERTAKEN = (
    "Somebody else saved this part while you were writing. Your text is still here. Put the two together, then save."
)


def must_manage(by: Actor) -> None:
    if by is not None and not by.for_whole_board(Permission.MANAGE_CHILD_DEATHS):
        raise PermissionDenied


def must_know_children(by: Actor) -> None:
    if by is not None and not by.for_whole_board(Permission.READ_CHILD_DEATH_IDENTITY):
        raise PermissionDenied


def locked(death: Death) -> Death:
    return Death.objects.select_for_update(of=("self",)).get(pk=death.pk)


def must_be_open(death: Death) -> Death:
    """The case, locked. Raises RuleBroken when it is closed."""
    death = locked(death)
    if not death.is_open:
        raise RuleBroken(f"This case is {death.get_state_display().lower()}, so it stays as it is.")
    return death


def check_version(on_file: int, read: int, current: object) -> None:
    """Raises Overtaken: the second of two people who save sees both texts."""
    if on_file != read:
        raise Overtaken(OVERTAKEN, current=current)


def sought(death: Death) -> tuple[Identifiers, list[str]]:
    """What no text of the case may name, and the words that may stay. Nothing once who the child was is destroyed."""
    identity = Identity.objects.filter(death=death).first()
    if identity is None:
        return Identifiers({}), []
    allowed = [one.word for one in death.allowed_words.all()]
    return identifiers_of(identity, common=naming().board_name.split()), allowed


def found_in(death: Death, texts: Mapping[str, str]) -> dict[str, list[Occurrence]]:
    """What names somebody, by the name of the text; only texts in which something was found."""
    identifiers, allowed = sought(death)
    found = {name: occurrences(text, identifiers, allowed) for name, text in texts.items() if text}
    return {name: some for name, some in found.items() if some}


def must_name_nobody(death: Death, texts: Mapping[str, str]) -> None:
    """Raises RuleBroken at the first text that gives somebody away. It is told to the person who typed it."""
    for name, some in found_in(death, texts).items():
        raise RuleBroken(
            f"This would tell the panel who the child was: {sentence(some)}. Use a role instead, such as “the child”.",
            field=name,
        )


def children_named(text: str) -> list[str]:
    """What in a text names a child that is in the system. To be asked for people only who may know that anyway.

    Of a child whose case is open one name is enough; of the others given and family name, as many share one.
    """
    written = Written.of(text)
    told: list[str] = []
    needed = ("death__state", "given_names", "family_name", "other_names", "nhs_number", "postcode")
    for one in Identity.objects.select_related("death").only(*needed).iterator(chunk_size=200):
        told += written.tells(names_of(one), one_name_is_enough=one.death.is_open)
    return list(dict.fromkeys(told))
