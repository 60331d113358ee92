"""What was true when, who said so, and in what two records differ."""

from datetime import UTC, datetime, timedelta

import pytest

from stations.errors import UnknownRevisionError, UnknownStationError
from stations.registry.log import Action

HOUR = timedelta(hours=1)


def test_the_history_of_a_station(write, registry, make_station, noon):
    write(make_station("A", seats=1), source="list.csv", digest="abc")
    write(make_station("B"))
    write(make_station("A", seats=2, status="retired"), who="someone")
    registry.remove(["A"], who="keeper", at=noon + HOUR)
    first, second, third = registry.history("A")
    assert (first.revision, first.action, first.code, first.station.seats) == (1, Action.PUT, "A", 1)
    assert (first.batch.source, first.batch.digest, first.batch.at) == ("list.csv", "abc", noon)
    assert (second.revision, second.action, second.batch.who) == (3, Action.PUT, "someone")
    assert (third.revision, third.action, third.station.seats) == (4, Action.REMOVE, 2)
    assert third.batch.at == noon + HOUR


def test_a_retired_station_stays_a_record(write, registry, make_station):
    write(make_station("A", status="retired"))
    assert registry.snapshot().codes == ("A",)
    assert not registry.snapshot().active.any()


def test_no_history_of_what_was_never_there(registry):
    with pytest.raises(UnknownStationError, match="Z9"):
        registry.history("Z9")


def test_batches_newest_first(write, registry, make_station):
    write(make_station("A"), what="import", source="list.csv")
    write(make_station("A"), make_station("B"))
    write(make_station("C"))
    assert [(batch.id, batch.what, batch.count) for batch in registry.batches()] == [
        (3, "edit", 1),
        (2, "edit", 1),
        (1, "import", 1),
    ]
    assert [batch.id for batch in registry.batches(1)] == [3]


@pytest.fixture
def years(write, registry, make_station, noon):
    """A at noon, B added an hour later, A changed after two, B removed after three, B back after four."""
    write(make_station("A", seats=1), at=noon)
    write(make_station("B"), at=noon + HOUR)
    write(make_station("A", seats=2), make_station("C"), at=noon + 2 * HOUR)
    registry.remove(["B"], who="tester", at=noon + 3 * HOUR)
    write(make_station("B", seats=9), at=noon + 4 * HOUR)
    return registry


@pytest.mark.parametrize(
    ("hours", "stood"),
    [
        (-0.1, {}),
        (0, {"A": 1}),
        (0.9, {"A": 1}),
        (1, {"A": 1, "B": None}),
        (2.5, {"A": 2, "B": None, "C": None}),
        (3, {"A": 2, "C": None}),
        (4, {"A": 2, "B": 9, "C": None}),
        (400, {"A": 2, "B": 9, "C": None}),
    ],
)
def test_the_stations_as_they_were_at_a_moment(years, noon, hours, stood):
    past = years.as_of(noon + hours * HOUR)
    assert {station.code: station.seats for station in past.stations} == stood


def test_the_stations_as_of_a_revision(years):
    """Within a batch, new stations stand before changed ones."""
    assert ["".join(years.as_of(revision).codes) for revision in range(7)] == ["", "A", "AB", "ABC", "ABC", "AC", "ABC"]
    past = years.as_of(4)
    assert (past.revision, past.revisions.tolist(), past.stations[0].seats) == (4, [4, 2, 3], 2)
    assert years.as_of(3).stations[0].seats == 1
    assert years.as_of(6) is years.snapshot()


def test_the_past_does_not_disturb_the_present(years):
    years.as_of(1)
    assert years.snapshot().codes == ("A", "B", "C")


def test_a_moment_without_an_offset_is_one_of_the_stations(years, noon):
    """Noon in UTC is eight in the evening in Shanghai."""
    assert years.as_of(datetime(2025, 3, 1, 20)).codes == ("A",)  # noqa: DTZ001  without an offset is the point
    assert years.as_of(datetime(2025, 3, 1, 19, 59)).codes == ()  # noqa: DTZ001
    assert noon == datetime(2025, 3, 1, 12, tzinfo=UTC)


def test_a_clock_that_was_put_back_breaks_no_past(write, registry, make_station, noon):
    write(make_station("A"), at=noon + HOUR)
    write(make_station("B"), at=noon)
    assert registry.as_of(noon).codes == ("A", "B")


@pytest.mark.parametrize("revision", [7, -1])
def test_a_revision_that_is_not_there(years, revision):
    with pytest.raises(UnknownRevisionError, match="from 0 to 6"):
        years.as_of(revision)


def test_no_transaction_stays_open(years, write, make_station):
    """So that nobody who writes waits for somebody who reads the past."""
    rows = years.entries()
    next(rows)
    assert write(make_station("Z")).revision == 7
    assert [row.revision for row in rows] == [2, 3, 4, 5, 6]
