"""Everything that one takes home of a plan, as the page gives it."""

from __future__ import annotations

from datetime import date

from stations.handouts.question import SavedQuestion
from stations.handouts.siting.files import PLAN_FILES
from stations.handouts.siting.report import plan_report
from stations.questions.siting import Ground, SitingAnswer
from stations.scenarios import Parameters, Scenario
from stations.web.house import House
from stations.web.siting.view import Asked
from stations.wording.names import Names

QUESTION = "question.json"


def files_of(
    there: House,
    question: Parameters,
    asked: Asked,
    grounded: Ground,
    answer: SitingAnswer,
    day: date,
    scenario: Scenario | None = None,
) -> dict[str, bytes]:
    """Make every file, by its name, in the language being spoken.

    Parameters
    ----------
    question
        The parameters of the page's address.
    day
        On which it was asked.
    scenario
        Where it was saved.
    """
    saved = SavedQuestion(question, asked.revision, asked.digest, day)
    name, by = ("", "") if scenario is None else (scenario.name, scenario.by)
    report = plan_report(saved, grounded, answer, Names.read(), there.zone, name=name, by=by)
    return {one.file: one.make(report) for one in PLAN_FILES.values()} | {QUESTION: saved.to_json()}
