"""Siting in a town: among premises, corners and given points, beside the stations that there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.townships import WHOLE_AREA
from stations.errors import InfeasibleError, SitingError, WhatIfError
from stations.questions.coverage import Add, Close, CoverageQuery, coverage
from stations.questions.siting import (
    Candidate,
    CandidateQuery,
    Moment,
    Objective,
    SitingQuery,
    Wish,
    gather_candidates,
    ground,
    read_rows,
    site,
    site_at_once,
    spots_of,
)
from tests.geodata.grids import at
from tests.stations.questions.town import MONDAY_NOON, SHANGHAI, snapshot_of, station, town_of

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


def given(*east: float, **facts) -> CandidateQuery:
    return CandidateQuery(given=tuple(Candidate(f"c{number}", at(x, 0), **facts) for number, x in enumerate(east)))


def asked(candidates: CandidateQuery, **more) -> SitingQuery:
    return SitingQuery(**{"candidates": candidates, "sites": 1, "coverage": CoverageQuery(minutes=9), **more})


def test_what_a_plan_covers_is_what_coverage_says_of_the_same_stations() -> None:
    snapshot = snapshot_of([station("A", 0)])
    query = asked(given(600, 1800, 2400, 3300), sites=2)
    answer = site(query, snapshot, TOWN)
    assert answer.plan.proven
    supposed = tuple(Add(step.candidate.position) for step in answer.steps)
    then = coverage(replace(query.coverage, changes=supposed), snapshot, TOWN)
    now = coverage(query.coverage, snapshot, TOWN)
    assert answer.before == pytest.approx(now.total.covered)
    assert answer.after == pytest.approx(then.total.covered)
    assert [row.after for row in answer.townships] == pytest.approx([row.covered for row in then.rows])
    assert answer.before + sum(step.adds for step in answer.steps) == pytest.approx(answer.after)
    assert [step.total for step in answer.steps][-1] == pytest.approx(answer.after)
    assert answer.steps[0].adds >= answer.steps[1].adds
    assert (answer.revision, answer.digest) == (snapshot.revision, TOWN.digest)


def test_leaving_one_out_costs_what_it_alone_covers_and_the_next_one_is_known_beforehand() -> None:
    snapshot = snapshot_of([])
    answer = site(asked(given(600, 1800, 3000), sites=2), snapshot, TOWN)
    for step in answer.steps:
        others = given(600, 1800, 3000)
        kept = frozenset(other.candidate.key for other in answer.steps if other is not step)
        rest = site(asked(others, sites=1, forced=kept), snapshot, TOWN)
        assert step.alone == pytest.approx(answer.after - rest.after)
    candidate, gain = answer.further[0]
    more = site(asked(given(600, 1800, 3000), sites=3), snapshot, TOWN)
    assert candidate.key in {step.candidate.key for step in more.steps}
    assert answer.after + gain == pytest.approx(more.after)
    assert [point.sites for point in answer.curve] == [0, 1, 2, 3]
    assert answer.curve[-1].value == pytest.approx(more.after)


def test_stations_that_are_supposed_closed_do_not_count_and_their_place_may_be_taken() -> None:
    snapshot = snapshot_of([station("A", 600)])
    near, far = 600, 3000
    assert site(asked(given(near, far)), snapshot, TOWN).steps[0].candidate.key == "c1"
    closed = CoverageQuery(minutes=9, changes=(Close("A"),))
    # Both reach as much street: the first from the west is taken.
    assert site(asked(given(near, far), coverage=closed), snapshot, TOWN).before == 0
    assert site(asked(given(near, far), keep=False), snapshot, TOWN).before == 0
    with pytest.raises(WhatIfError):
        site(asked(given(near), coverage=CoverageQuery(changes=(Close("Z"),))), snapshot, TOWN)


def test_a_candidate_counts_when_it_is_open_and_has_what_is_wished() -> None:
    day = Candidate("day", at(1800, 0), hours="Mo-Su 08:00-18:00", amenities=frozenset({"water"}))
    night = Candidate("night", at(3300, 0), hours="24/7", amenities=frozenset({"water", "microwave"}))
    bare = Candidate("bare", at(0, 0))
    snapshot = snapshot_of([])

    def chosen(**more) -> str:
        return site(asked(CandidateQuery(given=(day, night)), **more), snapshot, TOWN).steps[0].candidate.key

    assert chosen() == "day"
    assert chosen(moments=(Moment(MONDAY_NOON), Moment(NIGHT, 0.01))) == "day"
    assert chosen(moments=(Moment(MONDAY_NOON, 0.01), Moment(NIGHT))) == "night"
    assert chosen(wishes=(Wish(frozenset({"microwave"})), Wish(frozenset({"water"}), 0.01))) == "night"
    answer = site(
        asked(CandidateQuery(given=(day, night)), moments=(Moment(MONDAY_NOON), Moment(NIGHT))), snapshot, TOWN
    )
    assert [one.moment for one in answer.firmness][2:] == [0, 1]
    # A station at a bare point is open as one makes it.
    grounded = ground(asked(CandidateQuery(given=(bare,)), moments=(Moment(NIGHT),)), snapshot, TOWN)
    assert grounded.case.serves.tolist() == [[True]]
    shut = asked(CandidateQuery(given=(bare,)), moments=(Moment(NIGHT),), assumed_hours="Mo-Su 08:00-18:00")
    assert ground(shut, snapshot, TOWN).case.serves.tolist() == [[False]]


def test_the_curve_is_never_below_the_plan_and_says_what_is_proven() -> None:
    snapshot = snapshot_of([station("A", 0)])
    for objective in (Objective.MOST, Objective.MEDIAN, Objective.CENTER):
        answer = site(asked(given(600, 1800, 2400, 3300), objective=objective, sites=2), snapshot, TOWN)
        sign = 1 if objective is Objective.MOST else -1
        values = [sign * point.value for point in answer.curve]
        assert values == sorted(values)
        assert [point.sites for point in answer.curve if point.proven] == [2]
        assert answer.curve[2].value == pytest.approx(answer.after)
        assert answer.curve[0].value == pytest.approx(answer.before)


def test_firmness_is_told_of_ways_too_and_speed_matters_only_where_a_way_has_an_end() -> None:
    snapshot = snapshot_of([])
    moments = (Moment(MONDAY_NOON), Moment(NIGHT))
    some = CandidateQuery(given=(Candidate("day", at(1800, 0), hours="Mo-Su 08:00-18:00"), *given(600, 3300).given))
    query = asked(some, objective=Objective.MEDIAN, moments=moments)
    answer = site(query, snapshot, TOWN)
    assert [(one.speed_kmh, one.moment) for one in answer.firmness] == [(None, 0), (None, 1)]
    assert all(one.best <= one.covered for one in answer.firmness)
    ended = site(replace(query, farthest_minutes=30), snapshot, TOWN)
    assert [one.moment for one in ended.firmness] == [None, None, 0, 1]


def test_the_next_one_of_the_farthest_way_is_who_shortens_it_most() -> None:
    answer = site(asked(given(0, 1200, 3000, 3600), objective=Objective.CENTER), snapshot_of([]), TOWN)
    candidate, saved = answer.further[0]
    kept = frozenset(step.candidate.key for step in answer.steps)
    more = site(
        asked(given(0, 1200, 3000, 3600), objective=Objective.CENTER, sites=2, forced=kept), snapshot_of([]), TOWN
    )
    assert answer.after - saved == pytest.approx(more.after)
    assert candidate.key in {step.candidate.key for step in more.steps}


def test_capacities_are_kept_to_in_every_figure() -> None:
    snapshot = snapshot_of([])
    query = asked(given(600, 1800, 3300), sites=2, capacity=900.0)
    for answer in (site(query, snapshot, TOWN), site_at_once(query, snapshot, TOWN)):
        assert answer.after == pytest.approx(1800)
        assert answer.after == pytest.approx(answer.plan.value)
        assert [step.adds for step in answer.steps] == pytest.approx([900, 900])
        assert answer.curve[1].value == pytest.approx(900)
    with pytest.raises(InfeasibleError, match=r"can serve 2,700 of .*Most of those left over are in: "):
        site(replace(query, objective=Objective.FEWEST, sites=None, share=0.9, leave_out=True), snapshot, TOWN)


def test_the_order_of_the_list_does_not_matter() -> None:
    snapshot = snapshot_of([])
    one, other = (given(*some) for some in ((600, 1800, 3000), (600, 1800, 3000)))
    turned = CandidateQuery(given=tuple(reversed(other.given)))
    for objective in Objective:
        more = {"sites": 2, "leave_out": True, "share": 0.5, "objective": objective}
        first, second = (site(asked(each, **more), snapshot, TOWN) for each in (one, turned))
        assert [step.candidate.key for step in first.steps] == [step.candidate.key for step in second.steps]


def test_the_farthest_and_the_mean_way_are_those_along_the_street() -> None:
    snapshot = snapshot_of([])
    query = asked(given(0, 2400, 3600), objective=Objective.CENTER)
    answer = site(query, snapshot, TOWN)
    # The street is 4800 m long and the middle one stands at its half.
    assert answer.steps[0].candidate.key == "c1"
    assert answer.after == pytest.approx(2400, abs=60)
    mean = site(replace(query, objective=Objective.MEDIAN), snapshot, TOWN)
    assert mean.steps[0].candidate.key == "c1"
    assert mean.after == pytest.approx(1200, abs=60)
    assert site_at_once(replace(query, objective=Objective.MEDIAN), snapshot, TOWN).after == pytest.approx(mean.after)


def test_bare_points_stand_on_the_streets_at_a_spacing_from_west_to_east() -> None:
    found = gather_candidates(CandidateQuery(spacing_m=400), TOWN, "walk")
    assert {one.kind for one in found} == {"street"}
    assert [one.position.lon for one in found] == sorted(one.position.lon for one in found)
    # 4800 m of street: a point in each square that it crosses, at crossings and ends where there are any.
    assert 10 <= len(found) <= 13
    ends = {(round(end.lon, 5), round(end.lat, 5)) for end in (at(0, 0), at(3600, 1200))}
    assert ends <= {(round(one.position.lon, 5), round(one.position.lat, 5)) for one in found}
    assert not ground(asked(CandidateQuery(spacing_m=400)), snapshot_of([]), TOWN).off_street


def test_a_list_is_read_row_by_row() -> None:
    where = at(600, 0)
    row = {"lon": str(where.lon), "lat": str(where.lat), "name": "邮局", "kind": "post", "hours": "24/7", "cost": "3"}
    (one,) = read_rows([row], SHANGHAI)
    assert (one.name, one.kind, one.hours, one.cost, one.capacity) == ("邮局", "post", "24/7", 3.0, None)
    for column, value in (("lon", "east"), ("lat", "95"), ("hours", "always??"), ("cost", "-1"), ("capacity", "nan")):
        with pytest.raises(SitingError, match=f"Row 2 of the candidates.*{value[:3]}"):
            read_rows([row, {**row, column: value}], SHANGHAI)


def test_what_nobody_can_reach_is_told_by_township_or_left_out() -> None:
    snapshot = snapshot_of([])
    query = asked(given(600), objective=Objective.FEWEST, sites=None)
    with pytest.raises(InfeasibleError, match=r"^[\d,]+ of [\d,]+ metres of street at .* Most of it is in: 东乡"):
        site(query, snapshot, TOWN)
    answer = site(replace(query, leave_out=True), snapshot, TOWN)
    assert answer.plan.value == 1
    assert answer.left_out > 0
    assert answer.after == pytest.approx(answer.demand)


def test_what_nobody_can_reach_is_brought_together_by_place_and_nothing_of_it_is_lost() -> None:
    query = asked(given(600), objective=Objective.FEWEST, sites=None)
    with pytest.raises(InfeasibleError) as refused:
        site(query, snapshot_of([]), TOWN)
    layer = TOWN.layer(query.coverage.weight)
    spots = spots_of(refused.value.points, TOWN, layer)
    assert sum(one.points for one in spots) == len(refused.value.points)
    lost = float(layer.demand.weight[list(refused.value.points)].sum())
    assert sum(one.demand for one in spots) == pytest.approx(lost)
    assert [one.demand for one in spots] == sorted((one.demand for one in spots), reverse=True)
    assert len({one.called for one in spots}) == len(spots)
    assert spots[0].called in str(refused.value)
    # Where no townships are declared, the one area has no name that would say anything.
    alone = replace(TOWN, townships=replace(TOWN.townships, names=(WHOLE_AREA,) * len(TOWN.townships.names)))
    assert all(not one.township and one.called for one in spots_of(refused.value.points, alone, layer))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"forced": frozenset({"x"})}, "There is no candidate x"),
        ({"forced": frozenset({"c0"}), "forbidden": frozenset({"c0"})}, "c0 is both wanted and ruled out"),
        ({"costs": (("c0", -1.0),)}, "c0 cannot cost -1"),
        ({"candidates": CandidateQuery()}, "There is no candidate to choose from"),
        ({"candidates": CandidateQuery(spacing_m=1)}, "Points every 1 m"),
        ({"candidates": CandidateQuery(given=(Candidate("c", at(0, 0)),) * 2)}, "Two candidates are called c"),
        ({"moments": (Moment(NIGHT, 0.0),)}, "weights of moments"),
        ({"moments": (Moment(NIGHT),), "assumed_hours": "now and then"}, "now and then"),
        ({"candidates": given(90_000)}, "No candidate is within reach of any demand, of 1 "),
    ],
)
def test_a_question_that_does_not_go_together_is_refused(change, said) -> None:
    with pytest.raises(SitingError, match=said):
        site(asked(**{"candidates": given(600, 1800), **change}), snapshot_of([]), TOWN)


def test_costs_by_key_and_by_kind_and_places_off_the_street_are_known() -> None:
    some = CandidateQuery(
        given=(*given(600).given, Candidate("bank", at(1800, 0), kind="bank"), Candidate("sea", at(0, 9000)))
    )
    query = asked(some, sites=None, budget=5.0, costs=(("bank", 4.0), ("c0", 2.0)))
    grounded = ground(query, snapshot_of([station("A", 0)]), TOWN)
    costs = dict(zip((one.key for one in grounded.candidates), grounded.case.cost[1:], strict=True))
    assert costs == {"c0": 2.0, "bank": 4.0, "sea": 1.0}
    assert grounded.off_street == ("sea",)
    assert np.array_equal(grounded.case.kept, [True, False, False, False])


def test_without_moments_the_choice_is_held_against_hours_of_an_ordinary_week() -> None:
    stands = [station("A", 0, hours="Mo-Fr 09:00-17:00")]
    query = asked(given(1800, 3600, hours="Mo-Su 08:00-23:00"), sites=1)
    answer = site(query, snapshot_of(stands), TOWN)
    by_hour = {f"{one.at:%a %H:%M}": one for one in answer.firmness if one.at is not None}
    assert list(by_hour) == ["Wed 12:30", "Wed 22:00", "Sun 12:30"]
    assert by_hour["Wed 12:30"].covered == pytest.approx(answer.after)
    # In the evening and on Sunday the station that there is has closed, and the new one alone is left.
    assert by_hour["Wed 22:00"].covered < answer.after
    assert by_hour["Sun 12:30"].covered == by_hour["Wed 22:00"].covered
    assert all(one.best >= one.covered for one in by_hour.values())
    then = replace(query.coverage, at=by_hour["Wed 22:00"].at)
    chosen = [Add(step.candidate.position, hours=step.candidate.hours) for step in answer.steps]
    asked_then = coverage(replace(then, changes=tuple(chosen)), snapshot_of(stands), TOWN)
    assert by_hour["Wed 22:00"].covered == pytest.approx(asked_then.total.covered)
