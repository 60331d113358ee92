"""A report that is killed is there with all that belongs to it, or not at all; what was acknowledged is there."""

import random
import time

from stations.registry.log import Registry
from stations.upkeep.saying import Upkeep

KILLS = 10
FIRST = 5
AT_ONCE = 1000


def look(url):
    """Numbers of those whose report is kept, after seeing that nothing is half done."""
    registry = Registry.open(url, wait_s=20.0)
    try:
        with registry.store.reading() as connection:
            reports = connection.exec_driver_sql("SELECT id, person, counts FROM report ORDER BY id").all()
            senders = connection.exec_driver_sql("SELECT about FROM sender").scalars().all()
        counted = sum(one.reports for one in Upkeep(registry.store).months())
    finally:
        registry.close()
    assert sorted(map(int, senders)) == [row[0] for row in reports]
    assert [row[1] for row in reports] == list(range(1, len(reports) + 1))
    assert {row[2] for row in reports} <= ({1} if len(reports) > 1 else {0})
    return counted


def test_a_report_killed_at_any_moment(tmp_path, nursery, listed, proven):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    nursery.child("import_list", url, str(listed), 1).wait()
    chance = random.Random(2026)
    began = time.perf_counter()
    assert nursery.child("report", url, 0, FIRST).wait()[0][-1] == f"said {FIRST - 1}"
    took = (time.perf_counter() - began) / FIRST
    known = FIRST
    for _ in range(KILLS):
        child = nursery.child("report", url, known, AT_ONCE)
        assert child.hear() == "ready"
        heard = chance.randrange(4)
        for _ in range(heard):
            assert child.hear().startswith("said")
        time.sleep(chance.uniform(0.0, took))
        acknowledged = known + heard + len(child.kill())
        known = look(url)
        assert acknowledged <= known <= acknowledged + 1, "at most the last one could not say so"
    assert FIRST + KILLS / 5 < known < FIRST + KILLS * AT_ONCE, "the kills must fall within the writing"
    assert proven(url).revision > 0
