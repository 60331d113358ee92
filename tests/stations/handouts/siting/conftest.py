"""A plan for the small town, among premises, points on the map and a list, in either language."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from geodata.atlas import Atlas
from geodata.features import Premises
from geodata.memo import Memo
from stations.handouts.question import SavedQuestion
from stations.handouts.siting.report import PlanReport, plan_report
from stations.questions.coverage import CoverageQuery
from stations.questions.siting import (
    Candidate,
    CandidateQuery,
    SitingQuery,
    explain,
    ground,
    solve_exactly,
    solve_greedily,
)
from stations.wording.names import Names
from tests.town import A_FRIDAY, SHANGHAI, Shelf, corner

DAY = date.fromisoformat(A_FRIDAY)
TellPlan = Callable[..., PlanReport]

BANK = Premises("柳江银行", "bank", corner(4, 4), "Mo-Fr 09:00-17:00", "n1")
TOILET = Premises("", "public_toilet", corner(6, 1), None, "n2")
GIVEN = (
    Candidate("point-1", corner(2, 5)),
    Candidate("point-2", corner(5, 2), "=HYPERLINK(1)", hours="24/7"),
    Candidate("listed-1", corner(0, 6), "", "listed", "whenever"),
    Candidate("far", corner(200, 200), "山里"),
)
OFFERED = CandidateQuery(hosts=frozenset({"bank", "public_toilet"}), given=GIVEN)


@pytest.fixture(scope="session")
def premises_town(atlas) -> Atlas:
    return replace(atlas, premises=(BANK, TOILET), memo=Memo())


@pytest.fixture(scope="session")
def tell_plan(premises_town, town_stations, speaking) -> TellPlan:
    """Put the report of a plan together, with all that is read of it in a language."""

    def told(language: str = "zh", *, greedy: bool = False, name: str = "", by: str = "", **asked) -> PlanReport:
        query = SitingQuery(**{"coverage": CoverageQuery(minutes=5), "candidates": OFFERED, "sites": 3} | asked)
        grounded = ground(query, Shelf(town_stations).snapshot(), premises_town)
        choose = solve_greedily if greedy else solve_exactly
        found = choose(grounded.case, grounded.goal)
        answer = explain(grounded, found[0] if isinstance(found, tuple) else found)
        saved = SavedQuestion({"sites": ["3"]}, answer.revision, answer.digest, DAY)
        with speaking(language):
            report = plan_report(saved, grounded, answer, Names.read(), SHANGHAI, name=name, by=by)
            _ = report.tables, report.about, report.scene
            return report

    return told


@pytest.fixture(scope="session")
def plan(tell_plan) -> PlanReport:
    return tell_plan()
