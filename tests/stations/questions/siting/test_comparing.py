"""Plans held against today and against each other, by one question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stations.errors import WhatIfError
from stations.questions.coverage import Add, Close, CoverageQuery, coverage
from stations.questions.siting import (
    Candidate,
    CandidateQuery,
    Planned,
    SitingQuery,
    compare_plans,
    explain,
    ground,
    planned_of,
    solve_exactly,
)
from tests.geodata.grids import at
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

TOWN = town_of(
    """
    a 0 0
    b 1200 0
    c 2400 0
    d 3600 0
    e 3600 1200
    a-b-c-d-e highway=residential
    """,
    (("360681101", "西乡", (-100, -100, 1800, 1300)), ("360681102", "东乡", (1800, -100, 3700, 1300))),
)
NIGHT = MONDAY_NOON.replace(hour=23)
YARDSTICK = CoverageQuery(minutes=9)


def plan(name: str, *east: float, **more) -> Planned:
    sites = tuple(Candidate(f"point-{number}", at(x, 0)) for number, x in enumerate(east, 1))
    return Planned(name, sites, cost=float(len(east)), **more)


def test_a_plan_measured_by_its_own_question_comes_to_what_siting_said() -> None:
    snapshot = snapshot_of([station("A", 0), station("B", 3600, 1200)])
    query = SitingQuery(
        coverage=replace(YARDSTICK, changes=(Close("B"),)),
        candidates=CandidateQuery(given=tuple(Candidate(f"c{x}", at(x, 0)) for x in (600, 1800, 3000))),
        sites=2,
    )
    grounded = ground(query, snapshot, TOWN)
    found = solve_exactly(grounded.case, grounded.goal)
    answer = explain(grounded, found)
    told = compare_plans(YARDSTICK, [planned_of("甲", grounded, found)], snapshot, TOWN)
    today, then = told.plans
    assert (then.name, then.sites, then.cost, then.stations) == ("甲", 2, 2.0, 3)
    assert then.covered == pytest.approx(answer.after)
    assert [row.covered[1] for row in told.townships] == pytest.approx([row.after for row in answer.townships])
    assert today.covered == pytest.approx(coverage(YARDSTICK, snapshot, TOWN).total.covered)
    assert today.covered + then.gained - then.lost == pytest.approx(then.covered)
    assert then.lost > 0
    assert (told.revision, told.digest) == (snapshot.revision, TOWN.digest)


def test_one_question_measures_all() -> None:
    snapshot = snapshot_of([station("A", 0)])
    plans = [plan("少", 1800), plan("多", 1800, 3000, 3050)]
    told = compare_plans(YARDSTICK, plans, snapshot, TOWN)
    for one, measured in zip(plans, told.plans[1:], strict=True):
        changes = tuple(Add(site.position) for site in one.sites)
        said = coverage(replace(YARDSTICK, changes=changes), snapshot, TOWN)
        assert measured.covered == pytest.approx(said.total.covered)
        assert measured.twice == pytest.approx(said.total.covered_twice)
    assert [one.sites for one in told.plans] == [0, 1, 3]
    assert told.plans[0].worst is not None
    assert (told.plans[0].worst.name, told.plans[0].worst.share) == ("东乡", 0.0)
    assert told.plans[2].worst is not None
    assert told.plans[2].worst.share > 0


def test_what_plans_share_is_the_same_place_whatever_it_is_called() -> None:
    first, second = plan("甲", 600, 1800, 3000), plan("乙", 1820, 600)
    told = compare_plans(YARDSTICK, [first, second], snapshot_of([]), TOWN)
    assert told.shared == ((3, 2), (2, 2))
    assert [site.key for site in told.together] == ["point-1", "point-2"]
    apart = compare_plans(YARDSTICK, [first, plan("乙", 660)], snapshot_of([]), TOWN)
    assert apart.shared == ((3, 0), (0, 1))
    assert apart.together == ()


def test_a_plan_from_scratch_has_its_own_sites_alone() -> None:
    snapshot = snapshot_of([station("A", 0), station("B", 3600, 0)])
    told = compare_plans(YARDSTICK, [plan("新", 1800, keep=False)], snapshot, TOWN)
    assert told.plans[1].stations == 1
    assert told.plans[1].covered == pytest.approx(
        compare_plans(YARDSTICK, [plan("新", 1800)], snapshot_of([]), TOWN).plans[1].covered
    )


def test_hours_count_at_a_moment_as_siting_counts_them() -> None:
    night = replace(YARDSTICK, at=NIGHT)
    sites = {"": True, "24/7": True, "Mo-Su 08:00-18:00": False, "by appointment": False}
    for hours, counts in sites.items():
        one = Planned("夜", (Candidate("c", at(1800, 0), hours=hours),), 1.0)
        told = compare_plans(night, [one], snapshot_of([]), TOWN)
        assert (told.plans[1].covered > 0) is counts, hours
    closed = Planned("夜", (Candidate("c", at(1800, 0)),), 1.0, assumed_hours="Mo-Su 08:00-18:00")
    assert compare_plans(night, [closed], snapshot_of([]), TOWN).plans[1].covered == 0


def test_what_a_site_has_counts() -> None:
    warm = replace(YARDSTICK, amenities=frozenset({"microwave"}))
    bare = Planned("无", (Candidate("c", at(1800, 0), amenities=frozenset({"water"})),), 1.0)
    told = compare_plans(warm, [bare, plan("有", 1800)], snapshot_of([]), TOWN)
    assert told.plans[1].covered == 0
    assert told.plans[2].covered > 0


def test_more_sites_than_can_be_tried_out_on_a_page() -> None:
    told = compare_plans(YARDSTICK, [plan("多", *range(0, 3600, 60), keep=False)], snapshot_of([station("A", 0)]), TOWN)
    assert (told.plans[1].sites, told.plans[1].stations) == (60, 60)


def test_what_cannot_be_supposed_is_refused() -> None:
    with pytest.raises(WhatIfError, match="no station Z"):
        compare_plans(YARDSTICK, [plan("甲", 600, changes=(Close("Z"),))], snapshot_of([]), TOWN)


def test_nothing_to_compare_is_today_alone() -> None:
    told = compare_plans(YARDSTICK, [], snapshot_of([station("A", 0)]), TOWN)
    assert [one.name for one in told.plans] == [""]
    assert (told.shared, told.together) == ((), ())
