"""The staff make sure of one thing: what was said of anything else goes on as it was."""

from datetime import date

import pytest

from stations.desk.desk import Desk
from stations.registry.log import Registry
from stations.upkeep.checking import carry_over
from stations.upkeep.facts import Aspect, Outcome
from tests.stations.upkeep.conftest import DAY, HOUR, NOON, Town

EVERY = {Aspect.HOURS: 90, Aspect.AMENITIES: 60, Aspect.POSITION: 365}


def check(town: Town, aspect: str, *, day: int = 20, settles: bool = True) -> None:
    """Somebody of the staff presses a button."""
    Desk(town.registry, EVERY).check(
        "S1",
        Aspect(aspect),
        date(2026, 11, day),
        who="clerk",
        at=town.now,
        settles=settles,
        demand=lambda station: station,
    )


def test_reports_of_anything_else_stand_and_are_as_old_as_they_were(town):
    town.report("amy", "broken", amenity="toilet", ago=HOUR)
    town.report("bo", "broken", amenity="toilet", ago=HOUR)
    before = town.cautions()
    check(town, "hours")
    assert town.registry.history("S1")[-1].batch.what == "checked"
    assert town.cautions() == before
    assert [one.first for one in town.tasks()] == [NOON - HOUR]
    assert town.report("cy", "broken", amenity="toilet") is Outcome.TAKEN
    assert town.told() == [("broken", "toilet", 3)], "who comes after is told with the others"


def test_what_its_aspect_clears_is_cleared_and_known_by_whom(town):
    for who in ("amy", "bo"):
        town.report(who, "locked", ago=HOUR)
        town.report(who, "broken", amenity="toilet", ago=HOUR)
    check(town, "hours")
    assert town.told() == [("broken", "toilet", 2)]
    assert {(one.kind, one.by) for one in town.upkeep.reports("S1") if one.cleared} == {("locked", "clerk")}


def test_a_report_by_one_alone_is_half_of_a_caution_still(village):
    village.report("amy", "broken", amenity="toilet", ago=HOUR)
    check(village, "hours")
    village.report("bo", "broken", amenity="toilet")
    assert village.told() == [("broken", "toilet", 2)]
    village.report("cy", "locked", ago=HOUR)
    check(village, "hours")
    village.report("di", "locked")
    assert village.told() == [("broken", "toilet", 2)], "but not one of what was made sure of since"


def test_one_may_leave_as_it_is_what_was_reported_of_the_same_aspect(village):
    village.report("amy", "broken", amenity="toilet")
    village.report("bo", "broken", amenity="toilet")
    check(village, "amenities", settles=False)
    assert village.snapshot.station("S1").amenities_checked == date(2026, 11, 20)
    assert village.told() == [("broken", "toilet", 2)]


@pytest.mark.parametrize(("aspect", "told"), [("hours", []), ("position", [("locked", "", 2)])])
def test_what_was_found_before_and_is_sent_after_comes_too_late_for_its_own_aspect_alone(village, aspect, told):
    check(village, aspect)
    village.report("amy", "locked", ago=HOUR)
    village.report("bo", "locked", ago=HOUR)
    assert village.told() == told


def test_a_second_check_of_a_day_settles_what_was_reported_in_between(village):
    check(village, "hours")
    village.now += HOUR
    village.report("amy")
    village.report("bo")
    village.now += HOUR
    check(village, "hours")
    assert len(village.registry.history("S1")) == 2
    assert village.told() == []


def test_whoever_says_it_is_right_goes_on_being_counted(village):
    village.confirm("amy", "position")
    village.confirm("amy", "hours")
    check(village, "hours")
    confirmed = village.upkeep.confirmed("S1", village.snapshot)
    assert {aspect.value: one.times for aspect, one in confirmed.items()} == {"position": 1, "hours": 0}


def test_a_report_that_knows_only_the_record_of_before_the_check_counts(village):
    before = village.revision("S1")
    check(village, "position")
    village.report("amy", revision=before)
    village.report("bo", revision=before)
    assert village.told() == [("locked", "", 2)]


def test_an_edit_between_two_checks_settles_all_as_ever(village):
    village.report("amy")
    village.report("bo")
    check(village, "position")
    village.written = village.now
    village.write("S1", note="new")
    village.now += DAY
    check(village, "position", day=21)
    assert village.told() == []
    village.report("cy", ago=DAY + HOUR)
    village.report("di", ago=DAY + HOUR)
    assert village.told() == [], "also for who saw it before that, and sends it only now"


def test_many_checked_at_once_carry_over_and_what_is_edited_does_not(opened, tmp_path, make_station):
    registry: Registry = opened(f"sqlite:///{tmp_path / 'many.db'}", wait_s=0.2)
    town = Town(registry, make_station)
    for code in ("S1", "S2"):
        for who in ("amy", "bo"):
            town.report(who, code=code)
    records = [make_station("S1", position_checked="2026-11-20"), make_station("S2", note="new")]
    registry.write(lambda _: records, what="bulk", who="clerk", at=town.now, also=carry_over)
    assert (town.told("S1"), town.told("S2")) == ([("locked", "", 2)], [])
