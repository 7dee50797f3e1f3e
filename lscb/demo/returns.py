"""The Section 11 returns and the school audits of the demonstration: 16 full returns and one update in 2016-17.

Who made a return, in which areas, and the four areas for development that more than three raised were published; what
each agency answered is invented so that exactly those four come out (`data/README.md`). The schools are made up.
"""

from __future__ import annotations

import datetime as dt

from audits.frameworks import services as frameworks
from audits.frameworks.files import delivered
from audits.models import Answer, Asks, Audience, Framework, Option, Question, Return, Round, Section
from audits.returns import panel, submitting
from audits.returns.answering import Typed, confirm_all, save_answers
from audits.rounds import services as rounds
from audits.rounds.schools import import_schools
from lscb.accounts.models import Actor, Agency, Area, User
from lscb.common.periods import LONDON, FinancialYear

from .boards import rows
from .people import DOMAIN

YEAR = FinancialYear(2016)
PROCEDURES = "Staff can reach the 4LSCB online inter-agency procedures, know them and use them properly"
"""How the four areas' boards word this question; the delivered one names no area."""

LAST_TIME = ("Hampshire Constabulary", "Housing Services")
NEXT_TIME = (*LAST_TIME, "Solent NHS Trust", "Public Health")
DOES_NOT_APPLY = {("Licensing", "chronologies"), ("Licensing", "meetings")}
MODERATED = ("Southampton City Clinical Commissioning Group", "lead-is-known")
"""The panel saw less than the agency: with this one, four agencies raised the area."""

FULL, MOSTLY, PARTLY = "Met in full", "Mostly met", "Partly met"


def load_returns(agencies: dict[str, Agency], *, by: Actor) -> None:
    """Load rounds and returns. `agencies` is keyed by name; `by` runs the audits, what agencies do is the portal's."""
    asked = list(rows("section11_returns"))
    framework = frameworks.add_framework(content=delivered(Audience.AGENCIES), by=by)
    question = Question.objects.get(standard__framework=framework, key="procedures-used")
    frameworks.change_question(question=question, text=PROCEDURES, by=by)
    writer = _Writer(framework)
    _last_time(framework, writer, agencies, by)
    _this_time(framework, writer, agencies, asked, by)
    _next_time(framework, agencies, by)
    _schools(by)


def _at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), LONDON)


def _last_time(framework: Framework, writer: _Writer, agencies: dict[str, Agency], by: Actor) -> None:
    """Two agencies answered the year before: there is something to compare with."""
    opens = dt.date(2015, 4, 13)
    before = rounds.open_round(
        title="Section 11, 2015-16",
        year=FinancialYear(2015),
        framework=framework,
        opens_on=opens,
        due_on=dt.date(2015, 6, 30),
        agencies=[agencies[name] for name in LAST_TIME],
        tell=False,
        by=by,
        at=_at(opens),
    )
    for one in before.returns.select_related("agency"):
        writer.answer(one, ["training-works", "children-heard"], at=_at(dt.date(2015, 6, 22)))
        _send(one, at=_at(dt.date(2015, 6, 22), 12))


def _this_time(
    framework: Framework, writer: _Writer, agencies: dict[str, Agency], asked: list[dict[str, str]], by: Actor
) -> None:
    opens, panel_on = dt.date(2016, 4, 11), dt.date(2016, 9, 15)
    for areas, title in (("local", "Section 11, 2016-17, local"), ("cross-area", "Section 11, 2016-17, four areas")):
        of_round = rounds.open_round(
            title=title,
            year=YEAR,
            framework=framework,
            opens_on=opens,
            due_on=dt.date(2016, 6, 30),
            panel_on=panel_on,
            agencies=[agencies[r["agency"]] for r in asked if r["areas"] == areas and r["asks_for"] == Asks.FULL],
            areas=Area.objects.all() if areas == "cross-area" else [],
            tell=False,
            by=by,
            at=_at(opens),
        )
        for row in asked:
            if row["areas"] == areas:
                _answered(of_round, agencies[row["agency"]], row, writer, by)


def _answered(of_round: Round, agency: Agency, row: dict[str, str], writer: _Writer, by: Actor) -> None:
    sent_on = dt.date.fromisoformat(row["submitted_on"])
    one = of_round.returns.filter(agency=agency).first() or rounds.ask_agency(
        of_round=of_round,
        agency=agency,
        asks_for=row["asks_for"],
        due_on=sent_on,
        because=row["because"],
        tell=False,
        by=by,
        at=_at(dt.date(2016, 9, 20)),
    )
    writer.answer(one, row["needs"].split(), at=_at(sent_on))
    _send(one, at=_at(sent_on, 15))
    _give_feedback(one, by, read_on=max(of_round.panel_on or sent_on, sent_on + dt.timedelta(days=14)))


def _send(one: Return, *, at: dt.datetime) -> None:
    submitting.sign(of_return=one, name="In post", position="Safeguarding lead", by=None, at=at)


def _give_feedback(one: Return, by: Actor, *, read_on: dt.date) -> None:
    at = _at(read_on)
    if one.agency.name == MODERATED[0]:
        answer = one.answers.select_related("of_return", "option").get(question__key=MODERATED[1])
        option = one.round.framework.options.get(label=PARTLY)
        reason = "New staff in two practices could not say who the lead is."
        panel.moderate(answer=answer, option=option, reason=reason, by=by, at=at)
    panel.finish_moderation(of_return=one, by=by, at=at)
    for area in panel.areas_of(one):
        text = f"Thank you for a clear return. The board of {area.name} asks you to keep the evidence at hand."
        panel.write_feedback(of_return=one, area=area, standard=None, text=text, by=by)
    issue_on = read_on + dt.timedelta(days=14)
    panel.issue_feedback(of_return=one, by=by, at=_at(issue_on))


def _next_time(framework: Framework, agencies: dict[str, Agency], by: Actor) -> None:
    """The round that runs: answers are carried forward, the police have begun, and somebody helps by a link."""
    opens = dt.date(2017, 6, 5)
    following = rounds.open_round(
        title="Section 11, 2017-18",
        year=FinancialYear(2017),
        framework=framework,
        opens_on=opens,
        due_on=dt.date(2017, 9, 29),
        panel_on=dt.date(2017, 11, 16),
        agencies=[agencies[name] for name in NEXT_TIME],
        tell=True,
        by=by,
        at=_at(opens),
    )
    rounds.ask_agency(
        of_round=following,
        agency=agencies["Southampton Football Club"],
        due_on=dt.date(2017, 8, 31),
        because="requested in 2016-17",
        by=by,
        at=_at(opens),
    )
    police = following.returns.get(agency=agencies["Hampshire Constabulary"])
    lead = User.objects.filter(email=f"lead@{DOMAIN}").first()
    confirm_all(section=Section.objects.get(of_return=police, standard__number=1), by=lead, at=_at(opens, 14))
    submitting.invite_contributor(
        of_return=police,
        standard=framework.standards.get(number=6),
        name="Human resources partner",
        email=f"hr@{DOMAIN}",
        by=lead,
        at=_at(opens, 15),
    )


# ---- Schools --------------------------------------------------------------------------------------------------------


def _schools(by: Actor) -> None:
    """Every school of the file is asked; what became of its audit stands in the column `audit`."""
    opens, due = dt.date(2016, 10, 3), dt.date(2016, 12, 16)
    given = list(rows("schools"))
    result = import_schools(rows=enumerate(given, start=2), by=by, at=_at(opens))
    framework = frameworks.add_framework(content=delivered(Audience.SCHOOLS), by=by)
    writer = _Writer(framework)
    of_round = rounds.open_round(
        title="School safeguarding audit, 2016-17",
        year=YEAR,
        framework=framework,
        opens_on=opens,
        due_on=due,
        agencies=result.schools,
        tell=False,
        by=by,
        at=_at(opens),
    )
    returns = {one.agency.name: one for one in of_round.returns.select_related("agency", "round__framework")}
    for place, row in enumerate(given):
        one = returns[row["school"]]
        if row["audit"] in ("sent", "late"):
            day = due + dt.timedelta(days=9) if row["audit"] == "late" else due - dt.timedelta(days=place % 7 + 1)
            needs = ["school-attendance"] if place % 4 == 0 else ["school-voice"] if place % 9 == 1 else []
            writer.answer(one, needs, at=_at(day))
            _sign_as_school(one, at=_at(day, 13))
        elif row["audit"] == "closed":
            rounds.excuse(of_return=one, reason="The school closes at the end of the year.", by=by, at=_at(opens, 15))
        elif row["audit"] == "deferred":
            reason = "A new head began in November."
            until = dt.date(2017, 9, 29)
            rounds.defer(of_return=one, until=until, reason=reason, by=by, at=_at(dt.date(2016, 12, 5)))


def _sign_as_school(one: Return, *, at: dt.datetime) -> None:
    email = f"governor-{one.number}@{DOMAIN}"
    submitting.sign(
        of_return=one,
        name="Head in post",
        position="Head teacher",
        governor_name="Governor in post",
        governor_email=email,
        by=None,
        at=at,
    )
    governor = one.contributors.get(standard=None)
    submitting.countersign(governor=governor, position="Safeguarding governor", at=at + dt.timedelta(hours=2))


# ---- Answers --------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes invented answers, the same each time."""

    def __init__(self, framework: Framework) -> None:
        self.grades: dict[str, Option] = {option.label: option for option in framework.options.all()}

    def answer(self, one: Return, needs: list[str], *, at: dt.datetime) -> None:
        """Every question; those in `needs` are partly met and are improved by the end of the financial year."""
        answers = Answer.objects.filter(of_return=one).select_related("question__standard")
        by_standard: dict[int, list[Answer]] = {}
        for answer in answers:
            by_standard.setdefault(answer.question.standard_id, []).append(answer)
        for section in Section.objects.filter(of_return=one).select_related("of_return"):
            typed = {
                each.pk: self._typed(each, one, each.question.key in needs, at)
                for each in by_standard[section.standard_id]
            }
            save_answers(section=section, typed=typed, completed=True, by=None, at=at)

    def _typed(self, answer: Answer, one: Return, partly: bool, at: dt.datetime) -> Typed:
        question = answer.question
        if (one.agency.name, question.key) in DOES_NOT_APPLY:
            why = "The service issues licences and keeps no records of single children."
            return Typed(not_applicable=True, why_not=why, version=answer.version)
        seen = (one.number * 5 + question.standard.number * 3 + question.number) % 4
        grade = PARTLY if partly else MOSTLY if seen == 0 else FULL
        found = question.evidence_hint.split(";")[0].strip()
        improve_by = FinancialYear.containing(at.date()).last_day
        return Typed(
            option=self.grades[grade],
            evidence=f"{found}: looked at in {at:%B %Y}.",
            improvement=f"Make this true in every team: {question.text[0].lower()}{question.text[1:]}."
            if partly
            else "",
            improve_by=improve_by if partly else None,
            version=answer.version,
        )
