"""Who said something is known to nobody, and after two days not even to the database."""

import re
from datetime import timedelta

from stations.registry.schema import METADATA
from stations.upkeep.facts import Outcome
from tests.stations.upkeep.conftest import DAY, HOUR

DEVICE, NETWORK = "token-of-amy's-phone", "203.0.113.77"
TABLES = [table.name for table in METADATA.sorted_tables]


def everything(town) -> str:
    return repr({name: town.rows(name) for name in TABLES})


def hashes(town) -> set[str]:
    return set(re.findall(r"[0-9a-f]{64}", repr(town.rows("sender") + town.rows("secret"))))


def say_all(town, who=DEVICE, net=NETWORK):
    town.report(who, net=net, note="closed")
    town.confirm(who, "amenities", net=net)
    town.visit(who, net=net)


def test_no_table_holds_a_device_or_an_address(town):
    say_all(town)
    assert "closed" in everything(town), "what was said is there"
    assert DEVICE not in everything(town)
    assert NETWORK not in everything(town)


def test_hashes_live_for_two_days_and_go_with_their_key(town):
    say_all(town)
    first = hashes(town)
    assert len(first) == 3, "of the device, of the network, and the key"
    town.now += DAY
    say_all(town)
    both = hashes(town)
    assert len(both - first) == 3, "the next day has another key"
    assert first <= both
    town.now += DAY
    say_all(town)
    assert not hashes(town) & first
    assert not any(old in everything(town) for old in first)
    assert len(hashes(town)) == 6
    assert len(town.upkeep.reports("S1")) == 3, "what was said stays"


def test_they_are_forgotten_also_when_nothing_more_is_said(town):
    say_all(town)
    town.upkeep.forget(town.now + DAY)
    assert hashes(town)
    key = town.upkeep.secret()
    town.upkeep.forget(town.now + 2 * DAY)
    assert hashes(town) == {key.hex()}
    assert town.rows("sender") == []


def test_the_file_itself_forgets(village, tmp_path):
    say_all(village)
    written = (tmp_path / "village.db").read_bytes()
    old = hashes(village)
    assert all(one.encode() in written for one in old)
    village.upkeep.forget(village.now + 2 * DAY)
    written = (tmp_path / "village.db").read_bytes()
    assert not any(one.encode() in written for one in old)


def test_a_sender_is_known_over_midnight(village):
    village.now = village.now.replace(hour=15, minute=50)  # 23:50 in Shanghai
    village.report("amy")
    village.now += timedelta(minutes=20)
    village.report("amy")
    village.report("amy's other phone", net="net of amy")
    assert village.told() == []
    village.report("bo")
    assert village.told() == [("locked", "", 2)]


def test_whoever_is_forgotten_may_be_anyone(village):
    """Both found it on the same day, and one of them sends it five days later."""
    village.report("amy", ago=HOUR)
    village.now += 5 * DAY
    village.report("bo", ago=5 * DAY + HOUR)
    assert village.told() == []
    assert {one.person for one in village.upkeep.reports("S1")} == {1}


def test_a_clock_that_ran_ahead_leaves_nothing_behind(village):
    now = village.now
    village.now += 30 * DAY
    say_all(village)
    village.now = now
    village.upkeep.forget(now)
    assert village.rows("sender") == []
    assert hashes(village) == set()


def test_the_key_for_cookies_is_made_once_and_shared(town):
    key = town.upkeep.secret()
    assert len(key) == 32
    assert town.worker().secret() == key
    assert town.upkeep.secret() == key


def test_moments_are_kept_to_the_minute(village):
    village.now += timedelta(seconds=42)
    village.report("amy")
    village.confirm("amy", "position")
    assert ":42" not in everything(village)


def test_the_same_device_and_network_do_not_look_alike(village):
    village.visit("the same", net="the same")
    assert len(hashes(village)) == 3


def test_what_was_said_twice_is_told_apart_without_telling_who(village):
    assert village.visit("amy") is Outcome.TAKEN
    assert village.visit("amy") is Outcome.KNOWN
    assert len(village.rows("sender")) == 1
