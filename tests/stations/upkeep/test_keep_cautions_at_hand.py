"""Cautions are asked for with every answer: at hand at once, whatever the database does."""

import sqlite3
import threading
from contextlib import closing, contextmanager, suppress

import psycopg
import pytest

from stations.errors import RegistryError, RegistryLockedError
from stations.upkeep.saying import NO_CAUTIONS
from tests.stations.upkeep.conftest import HOUR, Town


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def looks(village, monkeypatch):
    """How often a worker looked at the database, and its clock."""
    clock = Clock()
    worker = village.worker(clock=clock)
    made = []
    look = worker._standing._look

    def counted():
        made.append(clock.now)
        look()

    monkeypatch.setattr(worker._standing, "_look", counted)
    return worker, clock, made


def test_it_looks_four_times_a_second_at_most(village, looks):
    worker, clock, made = looks
    snapshot = village.snapshot
    for step in range(1000):
        clock.now = step / 1000
        assert worker.cautions(snapshot, village.now) is NO_CAUTIONS
    assert len(made) == 4


def test_others_words_show_within_half_a_second_and_ones_own_at_once(village, looks):
    worker, clock, _ = looks
    assert village.cautions(by=worker) == ()
    village.report("amy")
    village.report("bo")
    assert village.cautions(by=worker) == ()
    clock.now += 0.5
    assert len(village.cautions(by=worker)) == 1
    village.report("amy", "gone", by=worker)
    village.report("bo", "gone", by=worker)
    assert len(village.cautions(by=worker)) == 2


class Meanwhile:
    """A store in which somebody writes just when another thread has read it."""

    def __init__(self, store, write) -> None:
        self.store, self.name, self.writes = store, store.name, [write]

    @contextmanager
    def reading(self):
        with self.store.reading() as connection:
            yield connection
        while self.writes:
            self.writes.pop()()


def test_ones_own_words_show_at_once_though_somebody_looked_meanwhile(village, looks, monkeypatch):
    worker, _, _ = looks
    village.report("amy")
    meanwhile = Meanwhile(village.registry.store, lambda: village.report("bo", by=worker))
    monkeypatch.setattr(worker._standing, "_store", meanwhile)
    assert village.cautions(by=worker) == ()
    assert len(village.cautions(by=worker)) == 1


def test_what_did_not_change_is_the_same_object(village, looks):
    worker, clock, _ = looks
    village.report("amy")
    village.report("bo")
    first = worker.cautions(village.snapshot, village.now)
    clock.now += 1
    village.report("cy", "gone")  # alone: tells nobody anything
    village.visit("cy")
    assert worker.cautions(village.snapshot, village.now + HOUR) is first


def test_only_stations_that_changed_are_read(village, looks, monkeypatch):
    worker, clock, _ = looks
    for code in ("S1", "S2"):
        village.report("amy", code=code)
        village.report("bo", code=code)
    worker.cautions(village.snapshot, village.now)
    before = worker._standing.held
    village.confirm("cy", code="S2")
    clock.now += 1
    assert set(worker.cautions(village.snapshot, village.now)) == {"S1"}
    assert worker._standing.held["S1"] is before["S1"]


def test_while_the_database_cannot_be_read_the_last_cautions_are_told(village, looks, tmp_path, caplog):
    worker, clock, made = looks
    village.report("amy")
    village.report("bo")
    village.confirm("cy", "position")
    snapshot = village.snapshot
    told = worker.cautions(snapshot, village.now)
    assert told
    file = tmp_path / "village.db"
    hidden = file.rename(tmp_path / "away.db")
    for _ in range(5):
        clock.now += 0.5
        assert worker.cautions(snapshot, village.now) == told
    assert len(made) < 5, "it is asked less often then"
    assert len(caplog.records) == 1
    assert worker.confirmed("S1", snapshot) == {}
    assert worker.visits("S1").total == 0
    worker.forget(village.now)
    with pytest.raises(RegistryError):
        village.report("cy", by=worker)
    hidden.rename(file)
    clock.now += 2
    village.confirm("cy")
    clock.now += 2
    assert worker.cautions(snapshot, village.now) == {}
    assert worker.confirmed("S1", snapshot)


def test_a_worker_that_never_could_read_tells_nothing(village, tmp_path):
    worker = village.worker()
    snapshot = village.snapshot
    (tmp_path / "village.db").rename(tmp_path / "away.db")
    assert worker.cautions(snapshot, village.now) == {}


def test_a_server_that_is_away(opened, make_station, postgres_registry, postgres_url):
    town = Town(opened(postgres_registry, wait_s=1), make_station)
    town.report("amy")
    town.report("bo")
    told = town.cautions()
    with town.registry.store.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar()
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        snapshot = town.registry._latest.held
        assert town.upkeep.cautions(snapshot, town.now)["S1"] == told
        with pytest.raises(RegistryError):
            town.upkeep.looked("S1", "locked", who="clerk", now=town.now)
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert town.cautions() == told


def test_whoever_finds_the_database_busy_is_told_soon_and_nothing_is_half_done(village, tmp_path):
    village.report("amy")
    with closing(sqlite3.connect(tmp_path / "village.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryLockedError):
            village.report("bo")
        assert village.told() == [], "reading goes on"
        other.execute("ROLLBACK")
    village.report("bo")
    assert village.told() == [("locked", "", 2)]
    assert village.upkeep.months("S1")[0].reports == 2


def test_a_report_that_dies_on_the_way_is_all_or_nothing(town, monkeypatch):
    """Whatever fails between its first and its last row."""
    town.report("amy")
    rows = {name: town.rows(name) for name in ("report", "sender", "day_count", "upkeep_head")}

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("stations.upkeep.saying.count", die)
    with pytest.raises(KeyboardInterrupt):
        town.report("bo")
    monkeypatch.undo()
    assert {name: town.rows(name) for name in rows} == rows
    assert town.told() == []
    town.report("bo")
    assert town.told() == [("locked", "", 2)]


def test_many_at_once_are_all_taken_once(town):
    outcomes = []

    def until_taken(say):
        for _ in range(100):
            with suppress(RegistryLockedError):  # whoever is asked to send it again does
                return say()
        raise AssertionError

    def say(number):
        outcomes.append(until_taken(lambda: town.report(f"person {number % 4}")))
        until_taken(lambda: town.visit(f"person {number % 4}"))

    threads = [threading.Thread(target=say, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["known"] * 4 + ["taken"] * 4
    assert town.told() == [("locked", "", 4)]
    assert town.upkeep.visits("S1").total == 4


def test_staff_edit_while_others_report(village):
    before = village.snapshot.revision
    village.report("amy")
    assert village.write("S1", note="one") == before + 1
    village.report("bo")
    assert village.write("S2", note="two") == before + 2
