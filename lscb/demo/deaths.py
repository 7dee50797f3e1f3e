"""The child deaths of the demonstration. **Every child is made up, and every name says so.**

The counts of 2016-17 and their splits were published: 26 notified, 17 reviewed, 6 awaiting, 9 reviewed the year before.
They do not follow from each other: deaths came in from the year before, and children who lived elsewhere and died in
the city's hospital are notified here and reviewed by the panel of their own area. Which case is which is invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

from boards.meetings import services as meetings
from boards.models import Group, Meeting
from cdop.form_b import version_of
from cdop.models import AgencyReport, Category, Death, Domain, Via, factors_of
from cdop.services import asking, cases, figures, notifying, panels, papers, reviewing
from lscb.accounts.models import Agency, User
from lscb.actions.services import Asked
from lscb.common.periods import LONDON, FinancialYear

from .boards import rows

YEAR = FinancialYear(2016)
GROUP = "child-death-overview-panel"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ASKED_AFTER, ANSWERED_AFTER = dt.timedelta(days=2), dt.timedelta(days=16)
HOSPITAL, POLICE = "University Hospital Southampton NHS Foundation Trust", "Hampshire Constabulary"
PANEL = "Child Death Overview Panel"
SUMMARIES = {
    "neonatal": "The baby was born early and died in hospital in spite of intensive care.",
    "life_limiting": "The child had a condition that limits life, and died with the family and palliative care.",
    "road": "The child was struck by a vehicle on the way from school.",
    "sudden": "The baby was found lifeless in the morning. The rapid response began on the same day.",
    "suicide": "The young person was found at home. School and family had been worried for some time.",
    "other": "The child fell ill within hours and died in intensive care.",
}
SMOKING = {"smoking": "2"}
LEARNING = "What was learned goes to every service that meets families like this one."

Row = dict[str, str]


def load_deaths(agencies: dict[str, Agency], *, officer: User, doctor: User, chair: User) -> None:
    """Notifications, reports, papers, panels, reviews and actions, in the order of the panel's meetings."""
    deaths = [(row, _notify(number, row)) for number, row in enumerate(rows("child_deaths"))]
    _ask(deaths, agencies, officer)
    issues = list(rows("child_death_actions"))
    reviewed = [(row, death) for row, death in deaths if row["panel_on"]]
    for panel_on, some in groupby(
        sorted(reviewed, key=lambda one: one[0]["panel_on"]), key=lambda one: one[0]["panel_on"]
    ):
        _hold_panel(dt.date.fromisoformat(panel_on), list(some), issues, agencies, officer=officer, doctor=doctor)
    for row, death in deaths:
        if row["passed_to"]:
            on = death.notified_on + dt.timedelta(days=9)
            cases.pass_on(death=death, area=row["passed_to"], on=on, by=officer, today=on)
    _leave_open([death for row, death in deaths if not row["panel_on"] and not row["passed_to"]], officer)
    reason = "The board printed these numbers in its public report of that year."
    figures.lift_suppression(year=YEAR, reason=reason, by=chair, today=dt.date(2017, 5, 9))


def _notify(number: int, row: Row) -> Death:
    """Names, numbers and places are such as nobody has."""
    notified_on = dt.date.fromisoformat(row["notified_on"])
    died_on = notified_on - dt.timedelta(days=int(row["notified_after"]))
    mark = LETTERS[number // 26] + LETTERS[number % 26]
    return notifying.notify(
        reference=f"CD-{notified_on.year}-MU{101 + number}",
        given_names=f"Madeup{mark}",
        family_name=f"Noperson{mark}",
        other_names=f"Nick{mark}name",
        born_on=_born_on(died_on, row["age"]),
        died_on=died_on,
        nhs_number=_nhs_number(number),
        address=f"{number + 1} Nowhere{mark} Street",
        postcode=f"ZZ99 {number % 9 + 1}ZZ",
        school="" if "days" in row["age"] else f"Invented{mark} School",
        gp=f"Dr Fictional{mark}, Imaginary{mark} Surgery",
        family=f"Mother: Unreal{mark} Noperson{mark}",
        professionals=f"Health visitor: Pretend{mark}",
        circumstances="Invented for the demonstration.",
        notifier_name=f"Notareal{mark} Notifier{mark}",
        notifier_role="Invented ward",
        sex=row["sex"],
        ethnicity=row["ethnicity"],
        expected=row["expected"],
        place=row["place"],
        notified_on=notified_on,
        via=Via.FORM,
        tell=False,
        by=None,
        today=notified_on,
    )


def _born_on(died_on: dt.date, age: str) -> dt.date:
    """ "9 days" or "5 years" before the death; years and some weeks, so that no birthday is near."""
    number, unit = age.split()
    return died_on - dt.timedelta(days=int(number) if unit == "days" else int(number) * 366 + 50)


def _nhs_number(number: int) -> str:
    """From the range that is given to nobody, with the check digit that fits."""
    first = f"9990{number:02d}"
    for last in range(1000):
        nine = f"{first}{last:03d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{nine[:3]} {nine[3:6]} {nine[6:]}{check % 11}"
    raise AssertionError("Every tenth number has a check digit.")


# ---- Agencies -------------------------------------------------------------------------------------------------------


def _ask(deaths: list[tuple[Row, Death]], agencies: dict[str, Agency], officer: User) -> None:
    """In the year itself hospital and police were asked for their reports; the officer wrote down what came."""
    for row, death in deaths:
        if death.notified_on not in YEAR or row["passed_to"] or death.notified_on.month == 3:
            continue
        on = death.notified_on + ASKED_AFTER
        due = on + dt.timedelta(days=21)
        chosen = [agencies[HOSPITAL], agencies[POLICE]]
        reports = asking.ask_agencies(death=death, agencies=chosen, due=due, tell=False, by=officer, today=on)
        for report in reports if row["panel_on"] else reports[:1]:
            _answer(report, on + ANSWERED_AFTER, officer)


def _answer(report: AgencyReport, on: dt.date, officer: User) -> None:
    if report.agency.name == POLICE:
        asking.say_not_known(report=report, by=officer, today=on)
        return
    answers = {
        question.code: {"kind": "answered", "text": "As in the notes of the ward; invented for the demonstration."}
        if number % 3 == 0
        else {"kind": "unknown" if number % 3 == 1 else "not_applicable", "text": ""}
        for number, question in enumerate(version_of(report.death.form_version).questions)
    }
    asking.send_report(report=report, version=report.version, answers=answers, by=officer, today=on)


# ---- Panels ---------------------------------------------------------------------------------------------------------


def _hold_panel(
    on: dt.date,
    listed: list[tuple[Row, Death]],
    issues: list[Row],
    agencies: dict[str, Agency],
    *,
    officer: User,
    doctor: User,
) -> None:
    meeting = _meeting(on)
    panels.set_panel(meeting=meeting, deaths=[death for _, death in listed], by=officer, today=on)
    now = dt.datetime.combine(on - dt.timedelta(days=7), dt.time(10), LONDON)
    for number, (row, death) in enumerate(listed):
        texts = {"summary": SUMMARIES[row["event"] if row["event"] in SUMMARIES else "other"], "services": LEARNING}
        papers.write_paper(death=death, version=0, texts=texts, by=officer)
        paper = papers.propose_release(death=death, by=officer, now=now)
        papers.release_paper(death=death, version=paper.version, by=doctor, now=now)
        issue = issues.pop(0) if number == 0 and on in YEAR and issues else None
        _review(row, death, issue, officer)
        if row["expected"] == "unexpected":
            _coroner(death, on, officer)
        reviewing.complete_review(death=death, meeting=meeting, by=officer)
        if issue:
            _act(death, meeting, issue, agencies, officer)


def _meeting(on: dt.date) -> Meeting:
    """The panel's meeting on a day: those of 2016-17 are there, those of the year before are planned and held."""
    group = Group.objects.get(code=GROUP)
    there = Meeting.objects.between(on, on).filter(group=group).first()
    if there:
        return there
    starts_at, ends_at = (dt.datetime.combine(on, dt.time(hour), LONDON) for hour in (14, 16))
    meeting = meetings.plan_meeting(group=group, starts_at=starts_at, ends_at=ends_at, place="Civic Centre", by=None)
    return meetings.hold_meeting(meeting=meeting, by=None)


def _review(row: Row, death: Death, issue: Row | None, officer: User) -> None:
    facts = {name: row[name] for name in ("sex", "ethnicity", "expected", "place", "event", "plan", "order")}
    reviewing.record_facts(death=death, version=0, by=officer, asylum="no", **facts)
    for domain in Domain:
        influence = dict.fromkeys(factors_of(domain), "1") | _influence(row, domain)
        text = "The panel found nothing that stands out." if domain != Domain.SERVICES else LEARNING
        reviewing.review_domain(death=death, domain=domain, version=0, text=text, influence=influence, by=officer)
    categories = row["categories"].split("; ")
    reviewing.record_finding(death=death, version=0, categories=categories, modifiable=row["modifiable"], by=officer)
    texts = {"issues": issue["issue"] if issue else "", "learning": LEARNING if issue else ""}
    reviewing.record_learning(death=death, version=0, by=officer, **texts)


def _influence(row: Row, domain: Domain) -> dict[str, str]:
    if domain == Domain.FAMILY and row["modifiable"] == "identified":
        return SMOKING
    if domain == Domain.CHILD:
        found = "acute_illness" if row["categories"] in (Category.ACUTE, Category.SUDDEN) else "chronic_illness"
        return {found: "3"}
    return {}


def _coroner(death: Death, on: dt.date, officer: User) -> None:
    noted, ended = death.notified_on, on - dt.timedelta(days=14)
    process = cases.note_process(death=death, kind="coroner", ends_first=True, on=noted, by=officer, today=noted)
    cases.end_process(process=process, on=max(noted, ended), note="Invented.", by=officer, today=on)


def _act(death: Death, meeting: Meeting, issue: Row, agencies: dict[str, Agency], officer: User) -> None:
    owner = issue["owner"]
    asked = [Asked(owner="Chair of the panel") if owner == PANEL else Asked(agencies[owner])]
    due = meeting.day + dt.timedelta(days=182)
    reviewing.add_action(
        death=death, meeting=meeting, what=issue["action"], due=due, asked=asked, by=officer, today=meeting.day
    )


def _leave_open(deaths: list[Death], officer: User) -> None:
    """Of those that await review, one has a process that must end first, one a paper that waits to be released."""
    on = deaths[1].notified_on
    cases.note_process(death=deaths[1], kind="police", ends_first=True, on=on, by=officer, today=on)
    texts = {"summary": SUMMARIES["neonatal"]}
    papers.write_paper(death=deaths[0], version=0, texts=texts, by=officer)
    now = dt.datetime.combine(dt.date(2017, 3, 30), dt.time(10), LONDON)
    papers.propose_release(death=deaths[0], by=officer, now=now)


def children() -> Iterator[str]:
    """Every made-up name, for tests that look for leaks."""
    for number, _ in enumerate(rows("child_deaths")):
        mark = LETTERS[number // 26] + LETTERS[number % 26]
        yield from (f"Madeup{mark}", f"Noperson{mark}", f"Unreal{mark}", _nhs_number(number))
