"""A flood fills no disk, drowns no truth, and tells nobody anything."""

import pytest

from stations.upkeep import counting, reporting
from tests.stations.upkeep.conftest import DAY

LOCKED = [("locked", "", 2)]


@pytest.fixture
def bounds(monkeypatch):
    monkeypatch.setattr(reporting, "MOST_A_DAY", 12)
    monkeypatch.setattr(reporting, "MOST_OF_A_NETWORK", 5)
    monkeypatch.setattr(reporting, "MOST_IN_ANY_CASE", 16)
    monkeypatch.setattr(counting, "MOST_CONFIRMATIONS_A_DAY", 6)


def kept(village, code="S1"):
    return len(village.upkeep.reports(code))


def test_of_one_network_a_few_are_kept_and_all_counted(village, bounds):
    for number in range(8):
        village.report(f"device {number}", net="the same")
    assert kept(village) == 5
    assert village.upkeep.months("S1")[0].reports == 8
    assert village.told() == []


def test_of_all_networks_there_is_a_bound(village, bounds):
    for number in range(15):
        village.report(f"person {number}")
    assert kept(village) == 12
    assert village.told() == [("locked", "", 12)]
    village.report("amy", code="S2")
    assert kept(village, "S2") == 1, "each station has its own"
    village.now += DAY
    village.report("amy", "gone")
    assert kept(village) == 13, "and each day"


def test_a_flood_does_not_drown_what_is_true(village, bounds):
    for number in range(18):
        village.report(f"person {number}", "gone")
    village.report("amy", "locked")
    village.report("bo", "locked")
    assert ("locked", "", 2) in village.told()


def test_nor_is_that_a_way_round_the_bound(village, bounds):
    amenities = sorted(village.upkeep._amenities)
    for number in range(22):
        village.report(f"person {number}", "broken", amenity=amenities[number % len(amenities)])
    assert kept(village) == 16


def test_confirmations_have_a_bound_and_clear_all_the_same(village, bounds):
    for number in range(9):
        village.confirm(f"person {number}")
    assert len(village.rows("sender")) == 6
    village.report("amy")
    village.report("bo")
    assert village.told() == LOCKED
    village.confirm("cy")
    assert village.told() == []
