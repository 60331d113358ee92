"""Who knows the planners' key may save and accept; it was set, or follows from the registry's secret."""

import re

import pytest

from stations.errors import SettingsError
from stations.scenarios import PlanningKey
from stations.settings import Settings
from stations.upkeep.saying import Upkeep

GIVEN = "Tausend-Raststellen-2026!"


def test_a_key_that_was_set_is_the_one(desk):
    key = desk.worker(key=GIVEN).key
    assert (key.key(), key.is_set) == (GIVEN, True)
    assert key.fits(GIVEN)
    assert key.fits(f" {GIVEN}\n"), "as it may be pasted"
    for other in ("", GIVEN.lower(), GIVEN[:-1], GIVEN + "x", "\udcff", "驿站" * 20):
        assert not key.fits(other)


def test_otherwise_it_follows_from_the_registry_and_is_the_same_for_all_workers(office):
    key = office.plans.key
    assert re.fullmatch(r"([a-z2-7]{5}-){5}[a-z2-7]{5}", key.key())
    assert not key.is_set
    assert office.worker().key.key() == key.key()
    assert key.fits(key.key().upper().replace("-", " ")), "as it is read out and typed"
    assert not key.fits(key.key()[:-1])
    assert not key.fits("")


def test_it_tells_nothing_of_the_secret(desk):
    secret = Upkeep(desk.registry.store).secret()
    assert secret.hex()[:10] not in desk.plans.key.key()
    assert PlanningKey("", lambda: b"another").key() != desk.plans.key.key()


@pytest.mark.parametrize(
    "weak", ["hunter2", "a" * 40, "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "planen planen planen "]
)
def test_a_weak_key_is_refused_at_the_start_and_not_shown(weak):
    with pytest.raises(SettingsError, match=r"YIZHAN_PLANNING_KEY is “…”.*(easily guessed|shorter than)") as caught:
        Settings.from_environment({"YIZHAN_PLANNING_KEY": weak})
    assert weak not in str(caught.value)


def test_a_good_one_is_taken():
    for good in (GIVEN, "6f1d3c8a9be24470a1c5d2e8f7b3096c", ""):
        assert Settings.from_environment({"YIZHAN_PLANNING_KEY": good}).planning_key.get_secret_value() == good
