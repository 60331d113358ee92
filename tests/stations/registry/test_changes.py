"""Programs that keep a copy follow the log: every entry once, in order, tombstones too."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import UnknownRevisionError
from stations.registry.log import Action


def test_from_the_beginning(write, registry, make_station, noon):
    write(make_station("A", seats=1), make_station("B"))
    write(make_station("A", seats=2))
    registry.remove(["B"], who="tester", at=noon)
    page = registry.changes(0)
    assert (page.since, page.upto, page.head) == (0, 4, 4)
    assert [(entry.revision, entry.action, entry.code, entry.station.seats) for entry in page.entries] == [
        (1, Action.PUT, "A", 1),
        (2, Action.PUT, "B", None),
        (3, Action.PUT, "A", 2),
        (4, Action.REMOVE, "B", None),
    ]
    assert [entry.batch.id for entry in page.entries] == [1, 1, 2, 3]


def test_since_the_head_there_is_nothing(write, registry, make_station):
    write(make_station("A"))
    page = registry.changes(1)
    assert (page.entries, page.upto, page.head) == ((), 1, 1)


def test_an_empty_log(registry):
    assert registry.changes(0).upto == 0


@pytest.mark.parametrize("since", [2, -1])
def test_a_revision_beyond_the_head_says_what_may_have_happened(write, registry, make_station, since):
    write(make_station("A"))
    with pytest.raises(UnknownRevisionError, match="restored from an older backup"):
        registry.changes(since)


@given(limit=st.integers(1, 9))
def test_pages_leave_no_gap(limit, follower):
    assert follower(limit) == list(range(1, 8))


@pytest.fixture(scope="module")
def follower(tmp_path_factory):
    """Reads the log of seven entries to its end in pages."""
    from datetime import UTC, datetime

    from geodata.lonlat import LonLat
    from stations.registry.log import Registry
    from stations.station import Station

    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('log') / 'r.db'}")
    stations = [Station(code=f"S{number}", name="s", position=LonLat(1, 1)) for number in range(7)]
    registry.append(stations, what="edit", who="tester", at=datetime.now(UTC))

    def follow(limit):
        since, seen = 0, []
        while True:
            page = registry.changes(since, limit=limit)
            assert len(page.entries) <= limit
            seen += [entry.revision for entry in page.entries]
            if page.upto == page.head:
                return seen
            since = page.upto

    yield follow
    registry.close()


def test_a_copy_kept_by_the_feed_stays_true_while_others_write(write, registry, open_registry, make_station, noon):
    """Followed page by page from another connection, in the middle of it all."""
    reader, patient = open_registry(), open_registry()
    copy, since = {}, 0
    done = threading.Event()

    def work():
        try:
            for number in range(30):
                changed = make_station(f"S{number % 7}", seats=number), make_station(f"T{number % 3}", note=f"{number}")
                write(*changed, to=patient)
                if number % 5 == 4:
                    patient.remove([f"S{number % 7}"], who="tester", at=noon)
        finally:
            done.set()

    writer = threading.Thread(target=work)
    writer.start()
    while True:
        finished = done.is_set()
        page = reader.changes(since, limit=4)
        assert [entry.revision for entry in page.entries] == list(range(since + 1, page.upto + 1))
        for entry in page.entries:
            copy[entry.code] = entry.station if entry.action is Action.PUT else None
        since = page.upto
        if finished and since == page.head:
            break
    writer.join()
    assert {code: station for code, station in copy.items() if station} == {
        station.code: station for station in registry.snapshot().stations
    }
