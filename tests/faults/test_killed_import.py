"""An import that is killed leaves all of it or nothing, loses nothing that was acknowledged, and hinders no one."""

import random
import time
from itertools import count
from pathlib import Path

import pytest

from stations.registry.latest import Latest
from stations.registry.stores import open_store
from tests.faults.conftest import ROWS
from tests.faults.deeds import SHANGHAI

KILLS = 200
PROVEN_EVERY = 25


class Killer:
    """Begins imports into one registry, kills them, and looks at what is left."""

    def __init__(self, nursery, url, listed, proven):
        self.nursery, self.url, self.listed, self.proven = nursery, url, listed, proven
        self.acknowledged = 0
        self.seats = count(1)
        self.chance = random.Random(2025)
        self.took = self.measure()
        self.store = open_store(url, 20.0)

    def begin(self, **how):
        return self.nursery.child("import_list", self.url, str(self.listed), next(self.seats), **how)

    def measure(self):
        """Seconds from the beginning of an import to its end, and from its first write to its end."""
        took = []
        for _ in range(3):
            child = self.begin()
            assert child.hear() == "ready"
            begun = time.perf_counter()
            assert child.hear() == "writing"
            writing = time.perf_counter()
            self.acknowledge([child.hear()])
            child.wait()
            took.append((time.perf_counter() - begun, time.perf_counter() - writing))
        return [min(whole for whole, _ in took), min(writing for _, writing in took)]

    def acknowledge(self, lines):
        """Take in what an import told; gives whether it was done."""
        for line in lines:
            if line != "writing":
                word, revision = line.split()
                assert word == "written", line
                self.acknowledged = max(self.acknowledged, int(revision))
        return any(line.startswith("written") for line in lines)

    def kill_once(self, *, writing):
        """Kill an import at a random moment, of all of it or of its writing; gives whether it was done by then."""
        child = self.begin()
        assert child.hear() == "ready"
        if writing:
            assert child.hear() == "writing"
        time.sleep(self.chance.uniform(0.0, self.took[writing]))
        done = self.acknowledge(child.kill())
        # A machine is now fast and now slow: the moments follow it, so that one in five falls behind the end.
        self.took[writing] *= 0.8 if done else 1.05
        return done

    def look(self):
        """What a reader finds: all of a list or nothing of it, and nothing missing that was acknowledged."""
        snapshot = Latest(self.store, SHANGHAI, time.monotonic).get()
        assert snapshot.revision % ROWS == 0
        assert snapshot.revision >= self.acknowledged
        assert len(snapshot) == ROWS
        assert len({station.seats for station in snapshot.stations}) == 1
        return snapshot.revision

    def kill_many(self, kills):
        """Give how many imports were done when they were killed, and how many were done and could not say so."""
        done = unsaid = 0
        for number in range(kills):
            done += self.kill_once(writing=number % 2 == 0)
            head = self.look()
            unsaid += head > self.acknowledged
            self.acknowledged = head
            if number % PROVEN_EVERY == 0:
                self.proven(self.url)
        return done, unsaid

    def import_in_peace(self):
        before = self.look()
        child = self.begin()
        lines, _ = child.wait()
        assert lines == ["ready", "writing", f"written {before + ROWS}"]
        assert self.proven(self.url).revision == before + ROWS


@pytest.fixture
def killer_of(nursery, listed, proven):
    """Make a killer of imports into a registry."""
    made = []

    def make(url):
        made.append(Killer(nursery, url, listed, proven))
        return made[-1]

    yield make
    for killer in made:
        killer.store.close()


def test_an_import_killed_200_times_on_sqlite(tmp_path, killer_of):
    killer = killer_of(f"sqlite:///{tmp_path / 'registry.db'}")
    done, _ = killer.kill_many(KILLS)
    assert KILLS * 0.02 < done < KILLS * 0.9, "the kills must fall before and after the end"
    killer.import_in_peace()


@pytest.mark.postgres
def test_an_import_killed_200_times_on_postgresql(databases, killer_of):
    killer = killer_of(databases.new())
    done, _ = killer.kill_many(KILLS)
    assert KILLS * 0.02 < done < KILLS * 0.9, "the kills must fall before and after the end"
    killer.import_in_peace()


def test_a_registry_killed_in_the_making_is_made_by_the_next(tmp_path, nursery, listed, proven):
    chance = random.Random(2026)
    for number in range(10):
        url = f"sqlite:///{tmp_path / f'registry-{number}.db'}"
        child = nursery.child("look", url)
        time.sleep(chance.uniform(0.0, 0.03))
        child.kill()
        lines, _ = nursery.child("import_list", url, str(listed), 1).wait()
        assert lines[-1] == f"written {ROWS}"
        assert len(proven(url)) == ROWS


def test_killed_by_its_first_byte_too_many_anywhere(tmp_path, killer_of):
    """At every half page that an import writes: to the journal first, and then, with the journal lying there, the file.

    The system kills whoever writes a file beyond a size, in the middle of that very write.
    """
    path = tmp_path / "registry.db"
    killer = killer_of(f"sqlite:///{path}")
    size = path.stat().st_size
    journals = ends = 0
    for largest in [*range(0, 20_480, 1024), *range(size - 2048, size + 40_960, 2048)]:
        before = killer.look()
        lines, ended_by = killer.begin(largest_file=largest, dies=True).wait()
        assert killer.acknowledge(lines[1:]) == (ended_by == 0), lines
        journals += journal_holds_pages(path)
        ends += ended_by != 0
        assert killer.look() == before + (0 if ended_by else ROWS)
    assert ends > 20
    assert journals > 10
    killer.import_in_peace()


def journal_holds_pages(path: Path) -> bool:
    journal = Path(f"{path}-journal")
    return journal.exists() and journal.stat().st_size > 512


def test_a_killed_backup_leaves_the_one_before(tmp_path, nursery, listed, proven):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    nursery.child("import_list", url, str(listed), 1, 20).wait()
    kept = tmp_path / "kept.gz"
    lines, _ = nursery.child("copy", url, str(kept)).wait()
    assert lines == ["ready", f"kept {20 * ROWS}"]
    chance = random.Random(2027)
    for _ in range(8):
        child = nursery.child("copy", url, str(kept))
        child.hear()
        time.sleep(chance.uniform(0.0, 0.06))
        child.kill()
        number = len(list(tmp_path.glob("restored-*")))
        lines, _ = nursery.child("bring_back", f"sqlite:///{tmp_path / f'restored-{number}.db'}", str(kept)).wait()
        assert lines[-1] == f"restored {20 * ROWS}"


def test_a_killed_restore_leaves_an_empty_place(tmp_path, nursery, listed, proven):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    nursery.child("import_list", url, str(listed), 1, 10).wait()
    nursery.child("copy", url, str(tmp_path / "kept.gz")).wait()
    chance = random.Random(2028)
    whole = 0
    for number in range(10):
        other = f"sqlite:///{tmp_path / f'restored-{number}.db'}"
        child = nursery.child("bring_back", other, str(tmp_path / "kept.gz"))
        child.hear()
        time.sleep(chance.uniform(0.0, 0.15))
        child.kill()
        revision = proven(other).revision
        assert revision in {0, 10 * ROWS}
        whole += revision > 0
        if not revision:
            lines, _ = nursery.child("bring_back", other, str(tmp_path / "kept.gz")).wait()
            assert lines[-1] == f"restored {10 * ROWS}"
    assert whole < 10
