"""The log: only added to, all or nothing, and seen by every reader in time."""

import dataclasses
import os
import sqlite3
import threading
import timeit
from contextlib import closing
from pathlib import Path

import pytest

from stations.errors import HoursError, RegistryError, RegistryLockedError, UnknownStationError
from stations.registry.log import CHECK_EVERY_S, Action, Registry


@pytest.fixture
def write(registry, noon):
    """Write records the way the desk would."""

    def put(*stations, to=registry, **facts):
        return to.append(stations, **{"what": "edit", "who": "tester", "at": noon} | facts)

    return put


@pytest.fixture
def file(database):
    return Path(database.removeprefix("sqlite:///"))


def test_a_new_registry_is_empty(registry):
    assert registry.snapshot().revision == 0
    assert registry.snapshot().stations == ()


def test_one_revision_an_entry_one_batch_a_write(write, registry, make_station):
    first = write(make_station("A"), make_station("B"))
    second = write(make_station("C"))
    assert (first.batch.id, first.batch.count, first.revision) == (1, 2, 2)
    assert (second.batch.id, second.revision) == (2, 3)
    assert registry.snapshot().codes == ("A", "B", "C")
    assert registry.snapshot().revision == 3


def test_what_is_as_it_was_adds_nothing(write, make_station):
    write(make_station("A"), make_station("B"))
    again = write(make_station("A"), make_station("B"))
    assert (again.batch, again.unchanged, again.revision) == (None, ("A", "B"), 2)
    part = write(make_station("A"), make_station("B", seats=3))
    assert (part.batch.count, part.changed, part.unchanged, part.revision) == (1, ("B",), ("A",), 3)


def test_the_history_of_a_station(write, registry, make_station, noon):
    write(make_station("A", seats=1), source="list.csv", digest="abc")
    write(make_station("A", seats=2, status="retired"), who="someone")
    first, second = registry.history("A")
    assert (first.revision, first.action, first.station.seats) == (1, Action.PUT, 1)
    assert (first.batch.source, first.batch.digest, first.batch.at) == ("list.csv", "abc", noon)
    assert (second.revision, second.action, second.batch.who) == (2, Action.RETIRE, "someone")
    assert not registry.snapshot().active.any()


def test_no_history_of_what_was_never_there(registry):
    with pytest.raises(UnknownStationError, match="Z9"):
        registry.history("Z9")


def test_a_change_sees_the_stations_as_they_are(write, registry, make_station, noon):
    write(make_station("A", seats=1))

    def one_more(snapshot):
        return [dataclasses.replace(station, seats=station.seats + 1) for station in snapshot.stations]

    registry.write(one_more, what="edit", who="tester", at=noon)
    assert registry.snapshot().stations[0].seats == 2


def test_a_code_given_twice_writes_nothing(write, registry, make_station):
    with pytest.raises(RegistryError, match="twice"):
        write(make_station("A"), make_station("B"), make_station("A", seats=2))
    assert registry.snapshot().revision == 0


def test_broken_hours_write_nothing(write, registry, make_station):
    with pytest.raises(HoursError):
        write(make_station("A"), make_station("B", hours="24小时"))
    assert registry.snapshot().revision == 0


def test_the_log_cannot_be_rewritten(write, file, make_station):
    write(make_station("A"))
    with closing(sqlite3.connect(file)) as connection:
        for statement in ("DELETE FROM entry", "UPDATE entry SET code = 'B'"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                connection.execute(statement)


def test_the_editor_sees_an_edit_at_once(write, registry, make_station):
    registry.snapshot()
    for seats in range(20):
        write(make_station("A", seats=seats))
        assert registry.snapshot().stations[0].seats == seats


def test_others_see_an_edit_when_they_look_next(database, write, make_station):
    now = [0.0]
    other = Registry.open(database, clock=lambda: now[0])
    assert other.snapshot().revision == 0
    write(make_station("A"))
    now[0] = CHECK_EVERY_S * 0.9
    assert other.snapshot().revision == 0
    now[0] = CHECK_EVERY_S * 1.1
    assert other.snapshot().codes == ("A",)
    assert CHECK_EVERY_S <= 0.5


def test_a_reader_gets_the_same_snapshot_until_something_changes(registry, write, make_station):
    write(make_station("A"))
    assert registry.snapshot() is registry.snapshot()


def test_asking_costs_less_than_30_microseconds(registry, write, make_station):
    write(make_station("A"))
    assert min(timeit.repeat(registry.snapshot, number=2000, repeat=5)) / 2000 < 30e-6


def test_an_older_file_in_its_place_is_read_anew(database, file, write, make_station):
    now = [0.0]
    other = Registry.open(database, clock=lambda: now[0])
    write(make_station("A"))
    backup = file.read_bytes()
    write(make_station("A", seats=5), make_station("B"))
    now[0] += 1
    assert other.snapshot().revision == 3
    file.write_bytes(backup)
    now[0] += 1
    assert other.snapshot().codes == ("A",)
    assert other.snapshot().stations[0].seats is None


def test_editors_at_the_same_time_lose_nothing(database, make_station, noon):
    registries = [Registry.open(database) for _ in range(4)]
    Registry.open(database).append([make_station("A", seats=0)], what="edit", who="tester", at=noon)

    def one_more(snapshot):
        return [dataclasses.replace(snapshot.stations[0], seats=snapshot.stations[0].seats + 1)]

    def edit(registry):
        for _ in range(5):
            registry.write(one_more, what="edit", who="tester", at=noon)

    threads = [threading.Thread(target=edit, args=(registry,)) for registry in registries * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Registry.open(database).snapshot().stations[0].seats == 40
    assert [entry.revision for entry in registries[0].history("A")] == list(range(1, 42))


def test_a_registry_opened_by_several_at_once_is_made_once(database):
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(Registry.open(database))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [registry.snapshot().revision for registry in opened] == [0] * 8


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "not the URL"),
        ("postgresql://someone:secret@host/stations", "SQLite file"),
        ("sqlite://", "SQLite file"),
        ("sqlite:////no/such/folder/registry.db", "no folder"),
    ],
)
def test_a_url_that_cannot_be_opened(url, says):
    with pytest.raises(RegistryError, match=says) as caught:
        Registry.open(url)
    assert "secret" not in str(caught.value)
    assert "/no/such" not in str(caught.value)


def test_a_file_that_is_no_database(file, database):
    file.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(RegistryError, match="not a registry"):
        Registry.open(database)


def test_another_programs_database(file, database):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (title TEXT)")
    with pytest.raises(RegistryError, match="another program"):
        Registry.open(database)


def test_another_versions_schema(registry, file, database):
    registry.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE registry_schema SET version = 99")
    with pytest.raises(RegistryError, match="schema 99"):
        Registry.open(database)


def test_a_truncated_database(write, file, database, make_station):
    write(*(make_station(f"S{number}", note="x" * 500) for number in range(200)))
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(RegistryError, match="damaged"):
        Registry.open(database).snapshot()


def test_a_registry_that_another_program_locks(registry, write, file, make_station):
    write(make_station("A"))
    registry.snapshot()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryLockedError, match="locked"):
            write(make_station("B"))
        assert registry.snapshot().codes == ("A",)
        other.execute("ROLLBACK")
    write(make_station("B"))
    assert registry.snapshot().codes == ("A", "B")


def test_readers_are_served_what_they_had_while_the_file_is_locked(database, file, write, make_station):
    now = [0.0]
    reader = Registry.open(database, clock=lambda: now[0], wait_s=0.1)
    write(make_station("A"))
    now[0] += 1
    assert reader.snapshot().codes == ("A",)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        now[0] += 1
        assert reader.snapshot().codes == ("A",)
        other.execute("ROLLBACK")


def test_durable_by_rollback_journal(registry):
    with registry._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
