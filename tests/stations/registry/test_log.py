"""The log: only added to, all or nothing, and seen by every reader in time."""

import dataclasses
import sqlite3
import subprocess
import sys
import threading
import time
import timeit
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError, RegistryError, RegistryLockedError
from stations.registry.columns import amenities_key
from stations.registry.latest import CHECK_EVERY_S
from stations.registry.placing import Put, station_row
from stations.station import AmenityState

ROOT = Path(__file__).parents[3]


def at_once(*calls):
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_new_registry_is_empty(registry):
    assert registry.snapshot().revision == 0
    assert len(registry.snapshot()) == 0


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


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entry",
        "UPDATE entry SET code = 'B'",
        "INSERT INTO entry SELECT revision, 'B', action, record, batch FROM entry",
    ],
)
def test_the_log_cannot_be_rewritten(write, registry, make_station, statement):
    write(make_station("A"))
    with pytest.raises(sa.exc.DBAPIError), registry.store.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert [entry.code for entry in registry.entries()] == ["A"]


def test_the_log_cannot_be_replaced_in_a_file(write, registry, make_station):
    write(make_station("A"))
    if registry.store.on_server:
        statement, says = "TRUNCATE entry", "only ever added to"
    else:
        statement, says = "INSERT OR REPLACE INTO entry SELECT revision, 'B', action, record, batch FROM entry", "rise"
    with pytest.raises(sa.exc.DBAPIError, match=says), registry.store.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_what_stands_is_in_a_table_of_its_own(write, registry, make_station):
    """A program of another kind reads the stations without knowing of the log."""
    write(make_station("A"), make_station("B", status="retired", kind="nursing_room", amenities={"water": "yes"}))
    write(make_station("A", hours="24/7", host="bank"))
    with registry.store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT code, revision, status, name, kind, host, township, lon, lat, hours_key, amenities, record "
            "FROM station ORDER BY code"
        ).all()
    assert [tuple(row) for row in rows] == [
        station_row(station, revision, station.to_json())
        for station, revision in ((registry.snapshot().station("A"), 3), (registry.snapshot().station("B"), 2))
    ]
    assert rows[0][9:11] == ('["24/7","","",[]]', "")
    assert rows[1][2:11] == ("retired", "驿站 B", "nursing_room", "", "", 116.3, 28.3, '["","","",[]]', "water=yes")


@given(data=st.data())
def test_a_put_writes_amenities_as_their_key(make_station, data):
    states = data.draw(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(list(AmenityState))))
    station = make_station("A", amenities=states)
    assert Put.of(station) == Put.of(station, station.to_json())
    assert Put.of(station).amenities == amenities_key(station)


def test_the_editor_sees_an_edit_at_once(write, registry, make_station):
    registry.snapshot()
    for seats in range(20):
        write(make_station("A", seats=seats))
        assert registry.snapshot().stations[0].seats == seats


def test_others_see_an_edit_when_they_look_next(open_registry, write, make_station):
    now = [0.0]
    other = open_registry(clock=lambda: now[0])
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


def test_editors_at_the_same_time_lose_nothing(open_registry, make_station, noon):
    registries = [open_registry(wait_s=60) for _ in range(4)]
    registries[0].append([make_station("A", seats=0)], what="edit", who="tester", at=noon)

    def one_more(snapshot):
        return [dataclasses.replace(snapshot.stations[0], seats=snapshot.stations[0].seats + 1)]

    def edit(registry):
        for _ in range(5):
            registry.write(one_more, what="edit", who="tester", at=noon)

    at_once(*(partial(edit, registry) for registry in registries * 2))
    assert open_registry().snapshot().stations[0].seats == 40
    assert [entry.revision for entry in registries[0].history("A")] == list(range(1, 42))


def test_a_registry_opened_by_several_at_once_is_made_once(opened, in_file):
    registries = []
    at_once(*[lambda: registries.append(opened(in_file))] * 8)
    assert [registry.snapshot().revision for registry in registries] == [0] * 8


def test_an_older_file_in_its_place_is_read_anew(opened, in_file, file, noon, make_station):
    now = [0.0]
    writer, other = opened(in_file), opened(in_file, clock=lambda: now[0])
    writer.append([make_station("A")], what="edit", who="tester", at=noon)
    backup = file.read_bytes()
    writer.append([make_station("A", seats=5), make_station("B")], what="edit", who="tester", at=noon)
    now[0] += 1
    assert other.snapshot().revision == 3
    file.write_bytes(backup)
    now[0] += 1
    assert other.snapshot().codes == ("A",)
    assert other.snapshot().stations[0].seats is None


# Another process on the same registry edits a station each time it is told to.
EDITOR = """
import sys
from datetime import UTC, datetime
from geodata.lonlat import LonLat
from stations.registry.log import Registry
from stations.station import Station

registry = Registry.open(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    station = Station(code="A", name="A", position=LonLat(116.3, 28.3), seats=int(line))
    registry.append([station], what="edit", who="other", at=datetime.now(UTC))
    print("written", flush=True)
"""


def test_another_process_sees_an_edit_within_a_second(registry, database):
    with subprocess.Popen(
        [sys.executable, "-c", EDITOR, database], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as editor:
        assert editor.stdin is not None
        assert editor.stdout is not None
        assert editor.stdout.readline() == "ready\n"
        for seats in range(1, 4):
            editor.stdin.write(f"{seats}\n")
            editor.stdin.flush()
            assert editor.stdout.readline() == "written\n"
            written = time.monotonic()
            while not len(registry.snapshot()) or registry.snapshot().stations[0].seats != seats:
                assert time.monotonic() - written < 20.0
                time.sleep(0.01)
        editor.stdin.close()


def test_readers_are_served_what_they_had_while_the_file_is_locked(opened, in_file, file, noon, make_station):
    now = [0.0]
    reader = opened(in_file, clock=lambda: now[0], wait_s=0.1)
    opened(in_file).append([make_station("A")], what="edit", who="tester", at=noon)
    now[0] += 1
    assert reader.snapshot().codes == ("A",)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        now[0] += 1
        assert reader.snapshot().codes == ("A",)
        other.execute("ROLLBACK")


def test_a_writer_waits_for_another_and_then_gives_up(registry, open_registry, write, make_station):
    write(make_station("A"))
    with open_registry().store.writing(), pytest.raises(RegistryLockedError, match="locked"):
        write(make_station("B"))
    assert registry.snapshot().codes == ("A",)
    write(make_station("B"))
    assert registry.snapshot().codes == ("A", "B")


def test_threads_of_one_process_wait_in_turn(registry, make_station, noon):
    """And whoever waits too long is told, before anything is asked of the database."""
    with registry._writing(), pytest.raises(RegistryLockedError):
        registry.append([make_station("A")], what="edit", who="tester", at=noon)


def test_a_large_batch(registry, write, make_station):
    """More than goes to the database at a time."""
    stations = [make_station(f"S{number:05}", seats=number % 7) for number in range(10_050)]
    assert write(*stations).revision == 10_050
    assert [row.revision for row in registry.entries()] == list(range(1, 10_051))
    assert write(*stations).batch is None
    assert write(*(dataclasses.replace(station, seats=9) for station in stations[:60])).changed == tuple(
        station.code for station in stations[:60]
    )
    assert registry.snapshot().stations[59].seats == 9
    assert registry.snapshot().revisions.tolist() == [*range(10_051, 10_111), *range(61, 10_051)]
