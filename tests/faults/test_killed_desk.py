"""A write at the desk that is killed is there whole or not at all, and what was acknowledged is there."""

import random
import time

import pytest

from stations.registry.log import Registry
from tests.faults.desk_writes import KINDS

KILLS = 5
AT_ONCE = 1000


def found(url, kind):
    """The numbers that are there, looked at as the next process would."""
    registry = Registry.open(url, wait_s=20.0)
    try:
        return KINDS[kind](registry).found()
    finally:
        registry.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_of_each_kind_killed_at_any_moment(tmp_path, nursery, listed, proven, kind):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    nursery.child("import_list", url, str(listed), 1).wait()
    chance = random.Random(2026)
    child = nursery.child("at_the_desk", url, kind, 0, 3)
    begun = time.perf_counter()
    assert child.wait()[0] == ["ready", "done 0", "done 1", "done 2"]
    took = (time.perf_counter() - begun) / 3
    known = 3
    for _ in range(KILLS):
        child = nursery.child("at_the_desk", url, kind, known, AT_ONCE)
        assert child.hear() == "ready"
        heard = chance.randrange(3)
        for _ in range(heard):
            assert child.hear().startswith("done")
        time.sleep(chance.uniform(0.0, took))
        acknowledged = known + heard + len(child.kill())
        numbers = found(url, kind)
        assert numbers == list(range(len(numbers)))
        assert acknowledged <= len(numbers) <= acknowledged + 1, "at most the last one could not say so"
        known = len(numbers)
    assert known > 3 + KILLS / 2
    assert proven(url).revision > 0
