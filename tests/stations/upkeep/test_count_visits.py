"""A visit is one tap: a device once a day a station, counted for good, and nobody's."""

from datetime import UTC, date, datetime, timedelta

from stations.upkeep import counting
from stations.upkeep.facts import Counts, Outcome, Visits
from tests.stations.upkeep.conftest import DAY, HOUR

FRIDAY = date(2026, 11, 20)


def test_a_device_once_a_day_a_station(town):
    assert town.visit("amy") is Outcome.TAKEN
    assert town.visit("amy", net="elsewhere") is Outcome.KNOWN
    assert town.visit("amy", "S2") is Outcome.TAKEN
    assert town.visit("bo", net="net of amy") is Outcome.TAKEN, "two phones behind one address are two visits"
    town.now += DAY
    assert town.visit("amy") is Outcome.TAKEN
    visits = town.upkeep.visits("S1")
    assert visits == Visits(3, {FRIDAY + timedelta(days=1): 1, FRIDAY: 2})
    assert list(visits.by_day) == [FRIDAY + timedelta(days=1), FRIDAY], "the newest first"
    assert town.upkeep.visits("S9") == Visits(0)


def test_a_day_begins_at_midnight_by_the_clock_of_the_stations(village):
    village.now = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    village.visit("amy")
    village.now += timedelta(minutes=2)
    assert village.visit("amy") is Outcome.TAKEN
    assert village.upkeep.visits("S1").by_day == {FRIDAY: 1, FRIDAY + timedelta(days=1): 1}


def test_a_visit_that_was_sent_later_counts_for_its_day(village):
    village.visit("amy")
    village.now += DAY
    assert village.visit("amy", found=village.now - DAY) is Outcome.KNOWN
    assert village.visit("bo", found=village.now - DAY) is Outcome.TAKEN
    assert village.visit("bo", found=village.now - DAY - HOUR) is Outcome.KNOWN
    assert village.upkeep.visits("S1").by_day == {FRIDAY: 2}


def test_a_script_behind_one_network_is_bounded(village, monkeypatch):
    monkeypatch.setattr(counting, "MOST_VISITS_OF_A_NETWORK", 5)
    monkeypatch.setattr(counting, "MOST_VISITS_A_DAY", 8)
    for number in range(7):
        assert village.visit(f"device {number}", net="the same") is Outcome.TAKEN
    assert village.upkeep.visits("S1").total == 5
    for number in range(7):
        village.visit(f"person {number}")
    assert village.upkeep.visits("S1").total == 8
    assert len(village.rows("sender")) == 8


def test_by_station_and_month(town):
    town.visit("amy")
    town.visit("bo")
    town.report("amy")
    town.report("amy", "gone", code="S2")
    town.confirm("cy")
    town.now += 14 * DAY
    town.visit("amy")
    november, december = date(2026, 11, 1), date(2026, 12, 1)
    of_first = (Counts("S1", december, 1, 0, 0), Counts("S1", november, 2, 1, 1))
    assert town.upkeep.months() == (*of_first, Counts("S2", november, 0, 1, 0))
    assert town.upkeep.months("S1") == of_first
    assert town.upkeep.months("S9") == ()
