"""A plan as a line of text says the same when it is read again, and what is no plan is told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import ScenarioError
from stations.scenarios import StoredPlan, mark_of

NUMBERS = st.floats(allow_nan=False)
PLANS = st.builds(
    StoredPlan,
    keys=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4).map(tuple),
    value=NUMBERS,
    bound=NUMBERS,
    ended=st.sampled_from(["", "proven", "time", "cancelled"]),
    seconds=st.floats(0, 1e6),
    rows=st.integers(0, 2**40),
    merged=st.integers(0, 2**40),
    dominated=st.integers(0, 2**40),
    guarantee=st.none() | st.floats(0, 1),
)


@given(PLANS)
def test_any_plan_comes_back_as_it_was(plan):
    assert StoredPlan.from_json(plan.to_json()) == plan


def test_a_bound_that_is_not_there_yet():
    assert StoredPlan.from_json(StoredPlan((), 0.0, math.inf, "time", 1.0).to_json()).bound == math.inf


def test_a_record_of_another_module_is_read():
    record = {"keys": ("a",), "value": 1, "bound": 2, "ended": "", "seconds": 0.5, "guarantee": 0.63, "more": 1}
    assert StoredPlan.from_record(record) == StoredPlan(("a",), 1.0, 2.0, "", 0.5, guarantee=0.63)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 3}', "{", '{"keys": [], "value": "x"}'])
def test_a_damaged_text_is_told(text):
    with pytest.raises(ScenarioError, match="damaged"):
        StoredPlan.from_json(text)


def test_equal_questions_have_one_mark():
    asked = {"aim": ["most"], "host": ["bank", "post"], "at": [""], "lang": ["en"]}
    mark = mark_of(asked, 7, "d")
    assert len(mark) == 32
    assert mark == mark_of({"lang": ["zh"], "host": ("bank", "post"), "aim": ["most"], "plan": ["x"]}, 7, "d")
    others = [
        mark_of(asked, 8, "d"),
        mark_of(asked, 7, "e"),
        mark_of(asked | {"sites": ["6"]}, 7, "d"),
        mark_of(asked | {"host": ["bankpost"]}, 7, "d"),
        mark_of({"aim": ["most", "host"], "host": ["bank", "post"]}, 7, "d"),
    ]
    assert len({mark, *others}) == 6


def test_points_are_numbered_by_their_order_so_it_counts():
    assert mark_of({"point": ["1,1", "2,2"]}, 7, "d") != mark_of({"point": ["2,2", "1,1"]}, 7, "d")
