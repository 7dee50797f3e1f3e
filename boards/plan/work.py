"""What was done for a theme, gathered from every part of the portal.

Parts on floors above hold a many-to-many to `Theme` and offer a function of the shape of `Source`; the settings name
them (`THEME_WORK`), because this floor must not know them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from lscb.accounts.models import Actor
from lscb.common.periods import end_of_day
from lscb.common.templatetags.portal import day

from ..models import Challenge, EngagementEvent, Meeting, PublishedChallenge, Survey, Theme

CHALLENGE = "Challenge"


@dataclass(frozen=True)
class Work:
    """One piece of work for a theme. `kind` is a word such as "Meeting"; `url` leads to it, for who may open it.

    `when` says it in words where the day is not known, such as "June 2016".
    """

    kind: str
    what: str
    on: dt.date
    url: str = ""
    when: str = ""

    @property
    def when_told(self) -> str:
        return self.when or day(self.on)


class Source(Protocol):
    """What was done for `theme` up to a day, as far as `reader` may read it. None reads for the public report."""

    def __call__(self, theme: Theme, *, reader: Actor, upto: dt.date) -> Iterable[Work]: ...


def work_for(theme: Theme, *, reader: Actor, upto: dt.date) -> list[Work]:
    """Everything that was done for `theme` up to the end of `upto`, in the order of the days."""
    sources: list[Source] = [_meetings, _challenges, _engagement, _surveys]
    sources += [import_string(path) for path in settings.THEME_WORK]
    gathered = [work for source in sources for work in source(theme, reader=reader, upto=upto)]
    return sorted(gathered, key=lambda work: (work.on, work.kind, work.what))


def _meetings(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    """For the public: of groups that are not confidential."""
    open_to_all = Meeting.objects.filter(group__confidential_permission="", case=None)
    meetings = Meeting.objects.visible_to(reader) if reader else open_to_all
    for meeting in meetings.held().filter(serves=theme).not_after(upto).select_related("group"):
        what = f"{meeting.group.name}: {meeting.theme}" if meeting.theme else meeting.group.name
        yield Work("Meeting", what, meeting.day, meeting.get_absolute_url())


def _challenges(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    """For the public: in the words that were published."""
    if reader is None:
        standing = PublishedChallenge.objects.as_at(end_of_day(upto)).filter(challenge__theme=theme)
        yield from (Work(CHALLENGE, one.title, one.raised_on, one.get_absolute_url()) for one in standing)
        return
    for challenge in Challenge.objects.visible_to(reader).filter(theme=theme, raised_on__lte=upto):
        what = f"{challenge.reference} {challenge.title}"
        yield Work(CHALLENGE, what, challenge.raised_on, challenge.get_absolute_url())


def _engagement(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    events = EngagementEvent.objects.visible_to(reader) if reader else EngagementEvent.objects.all()
    for event in events.filter(themes=theme).not_after(upto):
        yield Work(event.get_kind_display(), event.title, event.first_day, event.get_absolute_url(), event.when)


def _surveys(theme: Theme, *, reader: Actor, upto: dt.date) -> Iterator[Work]:
    surveys = Survey.objects.visible_to(reader) if reader else Survey.objects.all()
    for survey in surveys.closed().filter(themes=theme, closed_on__lte=upto):
        on = survey.closed_on or upto
        yield Work("Survey", survey.title, on, survey.get_absolute_url(), survey.month.label)
