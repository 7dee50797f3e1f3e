"""Two people in one action lose nothing, in whatever order they open it and save."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lscb.actions import services
from lscb.actions.models import MOVES, Action, ActionEntry, Kind
from lscb.actions.services import Asked
from lscb.common.errors import Overtaken, RuleBroken
from tests.accounts.factories import AgencyFactory

from .factories import OPENED, a_plan, an_action, contributor, lead, manager

ON = OPENED + dt.timedelta(days=30)
WRITES = ("words", "evidence", "due", "note", "propose", "sign off", "withdraw", "reopen")
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["open", "open", *WRITES])),
    min_size=4,
    max_size=16,
)


@dataclass
class Read:
    """What a person had in front of them when they opened the action."""

    version: int
    what: str
    part: int
    evidence: str
    due: dt.date


class Interleavings(TestCase):
    """Three people (who runs the plan, two of the agency) open and save in any order."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def test_what_is_saved_replaces_only_what_its_writer_had_read(self, steps: list[tuple[int, str]]) -> None:
        agency = AgencyFactory()
        self.action = an_action(a_plan(), agency, due=OPENED + dt.timedelta(days=100))
        self.asked = [Asked(agency)]
        people = [manager(), lead(agency), contributor(agency)]
        reads = [self._open() for _ in people]
        notes: list[str] = []
        for number, (who, what) in enumerate(steps):
            if what == "open":
                reads[who] = self._open()
                continue
            before, text = self._open(), f"{what} {number}"
            by = people[0] if what in ("words", "due", "sign off", "withdraw", "reopen") else people[who]
            try:
                self._save(what, text, number, reads[who], by)
            except Overtaken:
                assert self._open() == before, "who is overtaken changes nothing"
                assert not self._had_read(what, reads[who], before)
            except RuleBroken:
                assert self._open() == before
            else:
                assert self._had_read(what, reads[who], before), f"{what} replaced what was not read"
                notes += [text] if what in ("note", "propose") else []
        kept = list(self.action.notes.order_by("pk").values_list("text", flat=True))
        assert kept == notes, "every note is there, once, in its order"
        proposed = [text for text in notes if text.startswith("propose")]
        assert all(text in self._open().evidence for text in proposed), "evidence is built upon, never over"
        self._history_leads_to_the_state()

    def _open(self) -> Read:
        action = Action.objects.get(pk=self.action.pk)
        part = ActionEntry.objects.get(action=action)
        return Read(action.version, action.what, part.version, part.evidence, action.due)

    def _save(self, what: str, text: str, number: int, read: Read, by: Any) -> None:
        action = Action.objects.select_related("plan").get(pk=self.action.pk)
        part = ActionEntry.objects.select_related("action__plan").get(action=action)
        day: dict[str, Any] = {"on": ON, "by": by}
        if what == "words":
            services.change_action(action=action, version=read.version, what=text, asked=self.asked, by=by)
        elif what == "evidence":
            services.write_evidence(entry=part, version=read.part, evidence=f"{read.evidence}\n{text}", by=by)
        elif what == "due":
            to = read.due + dt.timedelta(days=number + 1)
            services.move_due_date(action=action, to=to, reason=text, seen=read.due, **day)
        elif what == "note":
            services.add_note(action=action, text=text, **day)
        elif what == "propose":
            services.propose_complete(action=action, evidence=text, **day)
        elif what == "sign off":
            services.sign_off_actions(plan=action.plan, actions=[action], forum=text, **day)
        elif what == "withdraw":
            services.withdraw_action(action=action, reason=text, **day)
        else:
            services.reopen_action(action=action, reason=text, **day)

    def _had_read(self, what: str, read: Read, on_file: Read) -> bool:
        """Whether what a save would replace was in front of its writer. Notes and decisions replace nothing."""
        return {
            "words": (read.version, read.what) == (on_file.version, on_file.what),
            "evidence": (read.part, read.evidence) == (on_file.part, on_file.evidence),
            "due": read.due == on_file.due,
        }.get(what, True)

    def _history_leads_to_the_state(self) -> None:
        kinds = list(self.action.events.values_list("kind", flat=True))
        assert kinds[0] == Kind.ADDED
        state = "open"
        for kind in kinds[1:]:
            state = MOVES[state, kind]
        assert Action.objects.get(pk=self.action.pk).state == state
