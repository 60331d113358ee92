"""Two who do not know each other find the same thing wrong within a day: then people are told, until somebody looks."""

from datetime import timedelta

import pytest

from stations.errors import SayingError
from stations.upkeep.facts import Outcome
from tests.stations.upkeep.conftest import DAY, HOUR, NOON

LOCKED = [("locked", "", 2)]


def test_one_report_tells_nobody(town):
    assert town.report("amy") is Outcome.TAKEN
    assert town.told() == []
    assert town.tasks() == ()
    assert [one.kind for one in town.upkeep.reports("S1")] == ["locked"], "but the staff can see it"


def test_two_reports_tell_everybody_and_the_staff(town):
    town.report("amy", ago=2 * HOUR, note="no one\nanswers ")
    town.report("bo", ago=HOUR)
    assert town.told() == LOCKED
    (caution,) = town.cautions()
    assert caution.last == NOON - HOUR
    (task,) = town.tasks()
    assert (task.code, task.caution, task.first, task.shown) == ("S1", caution, NOON - 2 * HOUR, True)
    assert task.notes == ("no one answers",)
    assert town.told("S2") == []


def test_what_other_workers_wrote_shows(town):
    other = town.worker()
    assert town.cautions(by=other) == ()
    town.report("amy")
    town.report("bo")
    assert [one.people for one in town.cautions(by=other)] == [2]
    town.confirm("cy")
    assert town.cautions(by=other) == ()


def test_a_report_is_known_once_a_day(town):
    assert town.report("amy", ago=HOUR) is Outcome.TAKEN
    assert town.report("amy") is Outcome.KNOWN
    assert town.report("amy", net="another") is Outcome.KNOWN, "the device says who it is, wherever it goes"
    assert town.report("amy", "gone") is Outcome.TAKEN
    assert town.report("amy", code="S2") is Outcome.TAKEN
    assert len(town.upkeep.reports("S1")) == 2
    town.now += DAY
    assert town.report("amy") is Outcome.TAKEN
    assert town.told() == [], "and the next day it is still one person"


def test_one_network_is_one_person_however_many_devices_it_invents(town):
    for number in range(6):
        assert town.report(f"device {number}", net="the same") is Outcome.TAKEN
    assert town.told() == []
    assert town.report("bo") is Outcome.TAKEN
    assert town.told() == LOCKED


def test_one_device_is_one_person_whatever_network_it_is_in(village):
    village.report("amy", ago=20 * HOUR, net="home")
    village.report("amy", net="work")
    assert village.told() == []


def test_a_device_that_came_by_two_networks_joins_them(village):
    """Otherwise one phone with a new cookie at each end would be two people."""
    village.report("amy", net="home", ago=20 * HOUR)
    village.report("amy", net="work")
    village.report("amy's second cookie", net="work")
    assert village.told() == []
    village.report("bo")
    assert village.told() == LOCKED


def test_different_things_do_not_add_up(village):
    village.report("amy", "locked")
    village.report("bo", "gone")
    village.report("amy", "broken", amenity="microwave")
    village.report("bo", "broken", amenity="water")
    assert village.told() == []
    village.report("cy", "broken", amenity="water")
    village.report("cy", "gone")
    assert village.told() == [("gone", "", 2), ("broken", "water", 2)], "in the order of the kinds"


@pytest.mark.parametrize(("apart", "told"), [(24 * HOUR, LOCKED), (24 * HOUR + timedelta(minutes=1), [])])
def test_within_a_day_means_of_being_found(village, apart, told):
    village.report("amy", ago=apart)
    village.report("bo")
    assert village.told() == told


def test_a_report_that_was_kept_on_a_phone_counts_for_when_it_was_found(village):
    village.report("amy", ago=2 * DAY)
    village.report("bo", ago=2 * DAY + 3 * HOUR)
    assert village.told() == LOCKED


def test_reports_beyond_a_pair_carry_it_on_and_are_counted_by_the_day(village):
    village.report("amy")
    village.report("bo")
    village.report("cy")
    assert village.told() == [("locked", "", 3)]
    village.now += 5 * DAY
    village.report("di")
    assert village.cautions()[0].last == NOON + 5 * DAY, "one alone is enough while people are told already"
    assert village.told() == [("locked", "", 3)], "never more than said so within a day"


def test_people_are_told_for_as_long_as_such_things_last(village):
    for kind, facts in (("locked", {}), ("gone", {}), ("used_up", {"amenity": "water"})):
        village.report("amy", kind, **facts)
        village.report("bo", kind, **facts)
    assert {kind for kind, _, _ in village.told()} == {"locked", "gone", "used_up"}
    village.now = NOON + 3 * DAY
    assert {kind for kind, _, _ in village.told()} == {"locked", "gone"}
    village.now = NOON + 7 * DAY - HOUR
    assert {kind for kind, _, _ in village.told()} == {"locked", "gone"}
    village.now = NOON + 7 * DAY
    assert {kind for kind, _, _ in village.told()} == {"gone"}
    village.now = NOON + 300 * DAY
    assert {kind for kind, _, _ in village.told()} == {"gone"}
    assert {task.caution.kind: task.shown for task in village.tasks()} == {
        "locked": False,
        "gone": True,
        "used_up": False,
    }
    village.now = NOON
    assert {kind for kind, _, _ in village.told()} == {"locked", "gone", "used_up"}, "whichever moment is asked for"


def test_after_that_it_takes_two_again(village):
    village.report("amy")
    village.report("bo")
    village.now += 8 * DAY
    village.report("cy")
    assert village.told() == []
    village.report("di")
    assert village.told() == LOCKED


def test_an_edit_of_the_station_clears(town):
    town.report("amy")
    town.report("bo")
    before = town.snapshot
    town.write("S1", note="the door is round the corner")
    assert town.told() == []
    assert town.tasks() == ()
    assert town.upkeep.cautions(before, town.now), "of the record as it was it is still true"
    town.report("cy")
    assert town.told() == [], "two are needed about the new record"
    town.report("amy")
    assert town.told() == LOCKED, "and whoever spoke of the old one may speak of the new one"


def test_an_edit_of_another_station_clears_nothing(village):
    village.report("amy")
    village.report("bo")
    village.write("S2", note="something else")
    assert village.told() == LOCKED


def test_a_report_of_before_the_edit_that_comes_late_is_not_about_the_record_as_it_is(town):
    town.written = town.now - 2 * HOUR
    town.write("S1", note="new")
    town.report("amy", ago=3 * HOUR)
    town.report("bo", ago=3 * HOUR)
    assert town.told() == []
    assert {one.cleared for one in town.upkeep.reports("S1")} == {town.written}
    town.report("cy", ago=HOUR)
    town.report("di", ago=HOUR)
    assert town.told() == LOCKED


def test_a_station_that_was_removed_is_gone_from_the_list(village):
    village.report("amy")
    village.report("bo")
    village.registry.remove(["S1"], who="staff", at=village.now)
    assert village.upkeep.cautions(village.snapshot, village.now) == {}
    assert village.tasks() == ()


def test_nothing_said_changes_a_revision_or_the_log(village):
    before = village.snapshot
    village.report("amy")
    village.report("bo")
    village.confirm("cy")
    village.visit("di")
    assert village.snapshot is before


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("haunted", {}, "kind"),
        ("", {}, "kind"),
        ("broken", {}, "amenity"),
        ("broken", {"amenity": "dragon"}, "amenity"),
        ("hard_to_find", {}, "note"),
        ("hard_to_find", {"note": " \n\t\u200b"}, "note"),
        ("locked", {"note": "很" * 201}, "note"),
        ("locked", {"ago": 7 * DAY + timedelta(minutes=1)}, "found"),
        ("locked", {"ago": -timedelta(minutes=6)}, "found"),
    ],
)
def test_what_cannot_be_taken_is_refused_whole(village, kind, facts, field):
    with pytest.raises(SayingError) as caught:
        village.report("amy", kind, **facts)
    assert caught.value.field == field
    assert all(village.rows(table) == [] for table in ("report", "sender", "day_count", "secret"))


def test_a_clock_that_is_a_little_fast_is_forgiven(village):
    village.report("amy", ago=-timedelta(minutes=4))
    assert village.upkeep.reports("S1")[0].found == NOON


def test_a_note_is_one_line_of_what_can_be_seen(village):
    village.report("amy", "hard_to_find", note="\u202e 从\r\n侧门\x00\x1b[31m 进👩\u200d🔧 ")
    assert village.upkeep.reports("S1")[0].note == "从 侧门[31m 进👩\u200d🔧"


def test_an_amenity_counts_only_where_the_kind_asks(village):
    village.report("amy", "locked", amenity="water")
    village.report("bo", "locked", amenity="dragon")
    assert village.told() == LOCKED


def test_the_staff_look_and_it_counts_no_more(town):
    town.report("amy", "broken", amenity="water")
    town.report("bo", "broken", amenity="water")
    town.report("bo", "broken", amenity="seats")
    assert town.upkeep.looked("S1", "broken", "water", who="clerk", now=town.now) == 2
    assert town.told() == []
    assert town.tasks() == ()
    seen = {(one.amenity, one.by) for one in town.upkeep.reports("S1")}
    assert seen == {("water", "clerk"), ("seats", "")}
    with pytest.raises(LookupError, match="No report of “broken water” stands for station S1"):
        town.upkeep.looked("S1", "broken", "water", who="clerk", now=town.now)
    town.report("cy", "broken", amenity="water")
    assert town.told() == []


def test_a_year_later_only_what_still_holds_is_kept(village):
    village.report("amy", "gone")
    village.report("bo", "gone")
    village.report("amy", "locked")
    village.report("amy", "locked", code="S2")
    village.now += 400 * DAY
    village.visit("cy")
    assert [one.kind for one in village.upkeep.reports("S1")] == ["gone", "gone"]
    assert village.upkeep.reports("S2") == ()
    assert village.told() == [("gone", "", 2)]
