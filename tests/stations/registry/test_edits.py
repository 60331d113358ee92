"""Staff edit records: at once where nobody else did meanwhile, and with both versions in hand where somebody did."""

import dataclasses
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stations.errors import HoursError, StaleEdit, UnknownStationError
from stations.registry.log import Action

ROOT = Path(__file__).parents[3]


def test_an_edit_of_what_one_saw(write, edit, registry, make_station):
    seen = write(make_station("A"), make_station("B")).revision
    edited = edit(make_station("B", seats=2), seen)
    assert (edited.changed, edited.added, edited.revision, edited.batch.count) == (("B",), (), 3, 1)
    assert registry.snapshot().station("B").seats == 2
    assert registry.snapshot().revisions.tolist() == [1, 3]


def test_the_revision_of_the_station_counts_not_that_of_the_log(write, edit, make_station):
    write(make_station("A"))
    write(make_station("B"))
    assert edit(make_station("A", seats=1), 1).revision == 3


def test_a_new_station(edit, make_station):
    assert edit(make_station("A"), 0).added == ("A",)


def test_a_stale_edit_gets_both_versions(write, edit, registry, make_station):
    write(make_station("A", seats=1))
    edit(make_station("A", seats=2), 1, who="quicker")
    with pytest.raises(StaleEdit, match="you saw revision 1") as caught:
        edit(make_station("A", seats=3), 1)
    stale = caught.value
    assert (stale.code, stale.seen, stale.now) == ("A", 1, 2)
    assert (stale.base.seats, stale.mine.seats, stale.theirs.seats) == (1, 3, 2)
    assert registry.snapshot().revision == 2
    assert edit(make_station("A", seats=3), stale.now).revision == 3


def test_what_was_added_meanwhile(write, edit, make_station):
    write(make_station("A", seats=1))
    with pytest.raises(StaleEdit) as caught:
        edit(make_station("A", seats=3), 0)
    assert (caught.value.base, caught.value.theirs.seats, caught.value.now) == (None, 1, 1)


def test_what_was_removed_meanwhile(write, edit, registry, make_station, noon):
    write(make_station("A", seats=1))
    registry.remove(["A"], who="tester", at=noon)
    with pytest.raises(StaleEdit) as caught:
        edit(make_station("A", seats=3), 1)
    assert (caught.value.base.seats, caught.value.theirs, caught.value.now) == (1, None, 2)
    assert edit(make_station("A", seats=3), caught.value.now).added == ("A",)


def test_one_that_was_removed_may_come_as_new(write, edit, registry, make_station, noon):
    write(make_station("A"))
    registry.remove(["A"], who="tester", at=noon)
    assert edit(make_station("A"), 0).revision == 3


def test_a_revision_that_never_was(write, edit, make_station):
    write(make_station("A"))
    with pytest.raises(StaleEdit) as caught:
        edit(make_station("A", seats=3), 7)
    assert caught.value.base is None


def test_two_who_want_the_same_are_not_at_odds(write, edit, make_station):
    write(make_station("A"))
    edit(make_station("A", seats=2), 1)
    again = edit(make_station("A", seats=2), 1)
    assert (again.batch, again.unchanged, again.revision) == (None, ("A",), 2)


def test_broken_hours_are_refused(write, edit, registry, make_station):
    write(make_station("A"))
    with pytest.raises(HoursError):
        edit(dataclasses.replace(make_station("A"), hours="whenever"), 1)
    assert registry.snapshot().revision == 1


def test_to_remove_leaves_a_tombstone(write, registry, make_station, noon):
    write(make_station("A", seats=1), make_station("B"), make_station("C"))
    removed = registry.remove(["C", "A", "C"], who="tester", at=noon)
    assert (removed.removed, removed.batch.count, removed.revision) == (("C", "A"), 2, 5)
    assert registry.snapshot().codes == ("B",)
    tombstone = registry.history("A")[-1]
    assert (tombstone.action, tombstone.station.seats, tombstone.batch.what) == (Action.REMOVE, 1, "remove")
    assert write(make_station("A", seats=1)).added == ("A",)
    assert registry.snapshot().codes == ("A", "B")


def test_what_is_not_there_cannot_be_removed(write, registry, make_station, noon):
    write(make_station("A"))
    with pytest.raises(UnknownStationError, match="Z9"):
        registry.remove(["A", "Z9"], who="tester", at=noon)
    assert registry.snapshot().codes == ("A",)


# An office full of editors: each takes one seat more than it saw, of whichever station it is told.
OFFICE = """
import dataclasses, sys, threading
from datetime import UTC, datetime
from stations.errors import StaleEdit
from stations.registry.log import Registry

url, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
registry = Registry.open(url, wait_s=300)
snapshot = registry.snapshot()
print("ready", flush=True)
sys.stdin.readline()

def edit(number):
    row = number % len(snapshot)
    station = snapshot.stations[row]
    wanted = dataclasses.replace(station, seats=station.seats + 1, note=str(number))
    try:
        written = registry.edit(wanted, seen=int(snapshot.revisions[row]), who="editor", at=datetime.now(UTC))
        said = f"applied {number} {written.revision}"
    except StaleEdit as stale:
        said = f"stale {number} {stale.now}"
    sys.stdout.write(said + "\\n")

threads = [threading.Thread(target=edit, args=(number,)) for number in range(first, last)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

EDITORS, PROCESSES, STATIONS = 200, 2, 50


def test_two_hundred_editors_at_once(write, registry, database, make_station):
    """Four to a station: one of each is applied, once; the others learn that they came too late."""
    write(*(make_station(f"S{number:02}", seats=0) for number in range(STATIONS)))
    each = EDITORS // PROCESSES
    offices = [
        subprocess.Popen(
            [sys.executable, "-c", OFFICE, database, str(office * each), str((office + 1) * each)],
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for office in range(PROCESSES)
    ]
    for office in offices:
        assert office.stdout is not None
        assert office.stdout.readline() == "ready\n"
    # All are let go before any is listened to.
    for office in offices:
        assert office.stdin is not None
        office.stdin.write("go\n")
        office.stdin.flush()
    said = []
    for office in offices:
        out, _ = office.communicate(timeout=300)
        said += [line.split() for line in out.splitlines()]
        assert office.returncode == 0
    outcomes = {int(number): (what, int(revision)) for what, number, revision in said}
    assert len(outcomes) == EDITORS
    applied = {number: revision for number, (what, revision) in outcomes.items() if what == "applied"}
    assert len(applied) == STATIONS
    assert {number % STATIONS for number in applied} == set(range(STATIONS))
    assert sorted(applied.values()) == list(range(STATIONS + 1, 2 * STATIONS + 1))
    assert [row.revision for row in registry.entries()] == list(range(1, 2 * STATIONS + 1))
    for number, revision in applied.items():
        entry = registry.history(f"S{number % STATIONS:02}")[-1]
        assert (entry.revision, entry.station.note, entry.station.seats) == (revision, str(number), 1)
    for number, (what, revision) in outcomes.items():
        assert what == "applied" or applied[other_of(number, applied)] == revision


def other_of(number, applied):
    """Who was quicker at the same station."""
    return next(quicker for quicker in applied if quicker % STATIONS == number % STATIONS)


def test_threads_that_edit_the_same_record_take_turns(write, registry, open_registry, make_station, noon):
    """Each goes on until its own edit is in: nothing is lost, nothing is done twice."""
    patient = open_registry(wait_s=60)
    write(make_station("A", seats=0))

    def one_more(name):
        while True:
            snapshot = patient.snapshot()
            station = snapshot.stations[0]
            wanted = dataclasses.replace(station, seats=station.seats + 1, note=name)
            try:
                patient.edit(wanted, seen=int(snapshot.revisions[0]), who="editor", at=noon)
            except StaleEdit:
                continue
            return

    threads = [threading.Thread(target=one_more, args=(f"editor {number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert registry.snapshot().revision == 13
    assert patient.snapshot().stations[0].seats == 12
