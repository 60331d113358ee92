"""Somebody finds it right again: that is counted, and takes a caution away unless they raised it themselves."""

import pytest

from stations.errors import SayingError
from stations.upkeep.facts import Aspect, Outcome
from tests.stations.upkeep.conftest import DAY, HOUR, NOON

HOURS = Aspect.HOURS


def confirmed(town, code="S1"):
    return {aspect.value: one.times for aspect, one in town.upkeep.confirmed(code, town.snapshot).items()}


def test_it_is_counted_by_aspect_a_person_once_a_day(town):
    assert town.confirm("amy") is Outcome.TAKEN
    assert town.confirm("amy") is Outcome.KNOWN
    assert town.confirm("amy", "position") is Outcome.TAKEN
    assert town.confirm("bo") is Outcome.TAKEN
    assert confirmed(town) == {"position": 1, "hours": 2}
    town.now += DAY
    assert town.confirm("amy") is Outcome.TAKEN
    assert confirmed(town) == {"position": 1, "hours": 3}
    assert town.upkeep.confirmed("S1", town.snapshot)[HOURS].last == NOON + DAY
    assert confirmed(town, "S2") == {}


def test_one_network_is_one_person(village):
    for number in range(6):
        assert village.confirm(f"device {number}", net="the same") is Outcome.TAKEN
    assert confirmed(village) == {"hours": 1}


def test_what_was_said_of_an_older_record_does_not_count(town):
    town.confirm("amy")
    town.confirm("bo", "amenities")
    town.write("S1", note="new")
    assert confirmed(town) == {}
    town.confirm("cy")
    assert confirmed(town) == {"hours": 1}


@pytest.mark.parametrize(
    ("kind", "facts", "aspect"),
    [
        ("locked", {}, "hours"),
        ("gone", {}, "position"),
        ("wrong_place", {}, "position"),
        ("hard_to_find", {"note": "where?"}, "position"),
        ("broken", {"amenity": "water"}, "amenities"),
        ("used_up", {"amenity": "medicine"}, "amenities"),
    ],
)
def test_each_kind_is_cleared_by_its_aspect_alone(village, kind, facts, aspect):
    village.report("amy", kind, **facts)
    village.report("bo", kind, **facts)
    for other in {"position", "hours", "amenities"} - {aspect}:
        village.confirm("cy", other)
    assert village.told()
    village.confirm("di", aspect)
    assert village.told() == []
    assert village.tasks() == ()


def test_whoever_reported_it_does_not_clear_it(town):
    town.report("amy", ago=HOUR)
    town.report("bo", ago=HOUR)
    assert town.confirm("bo", net="elsewhere") is Outcome.TAKEN
    assert town.told() == [("locked", "", 2)]
    town.now += DAY
    town.confirm("amy")
    assert town.told(), "and is known the day after"
    town.confirm("cy")
    assert town.told() == []


def test_a_day_on_which_one_has_confirmed_already_is_no_hindrance(village):
    village.confirm("cy")
    village.now += 2 * HOUR
    village.report("amy")
    village.report("bo")
    village.now += HOUR
    assert village.confirm("cy") is Outcome.TAKEN
    assert village.told() == []
    assert confirmed(village) == {"hours": 1}


def test_a_confirmation_of_before_the_last_report_clears_nothing(village):
    village.report("amy", ago=3 * HOUR)
    village.report("bo", ago=HOUR)
    village.confirm("cy", found=village.now - 2 * HOUR)
    assert village.told() == [("locked", "", 2)]


def test_a_report_of_before_the_confirmation_that_comes_late_counts_no_more(village):
    village.report("amy", ago=2 * HOUR)
    village.confirm("cy", found=village.now - HOUR)
    village.report("bo", ago=2 * HOUR)
    village.report("di", ago=2 * HOUR)
    assert village.told() == []


def test_afterwards_it_takes_two_new_reports_and_the_same_people_may_make_them(village):
    village.report("amy", ago=2 * HOUR)
    village.report("bo", ago=2 * HOUR)
    village.confirm("cy", found=village.now - HOUR)
    assert village.report("amy") is Outcome.TAKEN
    assert village.told() == []
    assert village.report("bo") is Outcome.TAKEN
    assert village.told() == [("locked", "", 2)]


@pytest.mark.parametrize("aspect", ["", "everything"])
def test_nothing_else_can_be_confirmed(village, aspect):
    with pytest.raises(SayingError, match="Known are: position, hours, amenities"):
        village.confirm("amy", aspect)
