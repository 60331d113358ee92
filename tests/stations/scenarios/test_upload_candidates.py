"""Uploaded places are kept as long as a plan needs them, and no flood of them fills a disk."""

from datetime import timedelta

import pytest

from stations.errors import ScenarioError, UnknownScenarioError
from stations.scenarios import lists
from tests.stations.scenarios.conftest import DAY, NOON, QUESTION

ROWS = [
    {"lon": "116.3", "lat": "28.3", "name": "供销社", "hours": "", "cost": "2"},
    {"lon": "116.4", "lat": "28.4", "name": "=1+1"},
]


def named(number):
    return [{"lon": "116.3", "lat": "28.3", "name": f"{number}"}]


def test_a_list_is_kept_under_the_name_of_its_content(office):
    name = office.lists.keep(ROWS, NOON)
    assert len(name) == 16
    assert int(name, 16)
    assert [dict(row) for row in office.lists.rows(name)] == [
        {"lon": "116.3", "lat": "28.3", "name": "供销社", "cost": "2"},
        {"lon": "116.4", "lat": "28.4", "name": "=1+1"},
    ]
    again = [dict(reversed(row.items())) for row in ROWS]
    assert office.lists.keep(again, NOON + DAY) == name, "in whatever order its columns stand"
    assert len(office.rows("candidate_row")) == 2
    assert office.lists.keep(ROWS[::-1], NOON) != name, "as places are numbered by their rows"


def test_many_rows_come_back_in_order(office):
    rows = [{"lon": str(number), "lat": "0"} for number in range(1200)]
    assert [row["lon"] for row in office.lists.rows(office.lists.keep(rows, NOON))] == [row["lon"] for row in rows]


def test_what_cannot_be_kept_is_told(desk, monkeypatch):
    monkeypatch.setattr(lists, "MOST_ROWS", 1)
    monkeypatch.setattr(lists, "MOST_CHARACTERS", 50)
    for rows, told in (
        ([], "holds no place"),
        (ROWS, "2 places. Give at most 1"),
        ([{"note": "x" * 50}], "too much in the list"),
    ):
        with pytest.raises(ScenarioError, match=told) as caught:
            desk.lists.keep(rows, NOON)
        assert caught.value.field == "list"
    with pytest.raises(UnknownScenarioError, match=r"There is no list 0123.*kept for 30 days; upload it again"):
        desk.lists.rows("0123")


def test_a_list_that_no_plan_needs_is_forgotten_after_a_month(office):
    spare, needed, again = (office.lists.keep(named(number), NOON) for number in range(3))
    office.save(query=QUESTION | {"list": [needed]})
    office.lists.keep(named(2), NOON + 29 * DAY)
    office.lists.keep(named(3), NOON + 30 * DAY + timedelta(seconds=1))
    with pytest.raises(UnknownScenarioError):
        office.lists.rows(spare)
    assert office.lists.rows(needed)
    assert office.lists.rows(again), "it was uploaded once more meanwhile"


def test_only_so_many_are_kept_that_no_plan_needs(desk, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTS", 3)
    needed = desk.lists.keep(named("needed"), NOON)
    desk.save(query={"list": [needed]})
    names = [desk.lists.keep(named(number), NOON + timedelta(minutes=number)) for number in range(5)]
    assert {row[0] for row in desk.rows("candidate_list")} == {needed, *names[2:]}
    assert len(desk.rows("candidate_row")) == 4
