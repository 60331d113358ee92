"""A plan that was kept is the same plan when it is read again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from stations.errors import SitingError
from stations.questions.siting import (
    Candidate,
    Case,
    Goal,
    Objective,
    from_record,
    solve_exactly,
    solve_greedily,
    to_record,
)
from stations.questions.siting.grounding import Ground
from tests.geodata.grids import at

CASE = Case.of(np.array([[1.0, 9.0, 9.0], [9.0, 1.0, 9.0], [9.0, 9.0, 1.0]]), np.array([3.0, 5.0, 4.0]))
GOAL = Goal(Objective.MOST, limit_m=2.0, sites=2)


def ground_of(*keys: str) -> Ground:
    some = tuple(Candidate(key, at(100 * number, 0)) for number, key in enumerate(keys))
    nothing: dict = dict.fromkeys(("query", "snapshot", "atlas", "layer"))
    return Ground(**nothing, speed_ms=1.25, candidates=some, case=CASE, goal=GOAL, left_out=np.zeros(3, bool))


def test_what_was_kept_is_read_again_as_it_was() -> None:
    there = ground_of("a", "b", "c")
    for plan in (solve_exactly(CASE, GOAL), solve_greedily(CASE, GOAL)[0]):
        record = json.loads(json.dumps(to_record(plan, there), allow_nan=False))
        assert record["keys"] == ["b", "c"]
        again = from_record(record, there)
        assert to_record(again, there) == to_record(plan, there)
        assert (again.value, again.proven) == (plan.value, plan.proven)
        # Another candidate in the west moves the numbers, not the plan.
        assert from_record(record, ground_of("c", "a", "b")).sites.tolist() == [0, 2]


def test_a_plan_whose_candidate_is_gone_says_which() -> None:
    record = to_record(solve_exactly(CASE, GOAL), ground_of("a", "b", "c"))
    with pytest.raises(SitingError, match="the candidate c, which is not there any more"):
        from_record(record, ground_of("a", "b", "d"))


@pytest.mark.parametrize("change", [{"value": "much"}, {"ended": "well"}, {"keys": None}, {"rows": []}])
def test_what_is_no_record_of_a_plan_is_refused(change) -> None:
    there = ground_of("a", "b", "c")
    with pytest.raises(SitingError, match="not the record of a plan"):
        from_record({**to_record(solve_exactly(CASE, GOAL), there), **change}, there)
