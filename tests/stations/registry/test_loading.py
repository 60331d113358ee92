"""Snapshots read from the database: from nothing or brought up to date, on either store the same."""

import dataclasses
import random

import pytest

from geodata.lonlat import LonLat
from stations.registry import loading
from stations.registry.loading import advance, load
from stations.registry.snapshot import Snapshot
from tests.stations.registry.test_snapshot import assert_same

CODES = ["驿站1", "Z", "a", "B", "é", "a-1", "𠀀", "￥", "b"]


@pytest.fixture
def read(registry, shanghai):
    """Read the stations from nothing, or bring a snapshot up to date."""

    def read(known=None):
        with registry.store.reading() as connection:
            return load(connection, shanghai) if known is None else advance(connection, known)

    return read


def test_what_was_written_is_read(read, write, make_station):
    station = make_station("A", hours="Mo-Fr 08:00-18:00", amenities={"water": "yes"}, name="伊河路驿站")
    write(make_station("B", status="planned"), station)
    snapshot = read()
    assert snapshot.revision == 2
    assert snapshot.codes == ("A", "B")
    assert snapshot.revisions.tolist() == [2, 1]
    assert snapshot.find("A") == station
    assert snapshot.record_of("A") == station.to_json().encode()
    assert snapshot.hours(0).text == station.hours
    assert snapshot.has("water").tolist() == [True, False]
    assert snapshot.active.tolist() == [True, False]


def test_an_empty_registry_is_read(read, shanghai):
    assert_same(read(), Snapshot.build(0, (), shanghai))


def test_codes_are_in_the_same_order_on_every_store(read, write, make_station):
    write(*map(make_station, CODES))
    assert list(read().codes) == sorted(CODES)


def test_nothing_written_gives_the_same_snapshot(read, write, make_station):
    write(make_station("A"))
    known = read()
    assert read(known) is known


@pytest.mark.parametrize("many", [0, loading.MANY])
def test_brought_up_to_date_or_read_anew_is_the_same(
    registry, read, write, noon, make_station, shanghai, monkeypatch, many
):
    monkeypatch.setattr(loading, "MANY", many)
    monkeypatch.setattr(loading, "ROWS_AT_ONCE", 3)
    dice = random.Random(7)
    known = Snapshot.build(0, (), shanghai)
    for step in range(8):
        stations = [
            make_station(
                code,
                name=f"驿站 {step}",
                hours=dice.choice(["", "24/7", f"Mo-Fr 08:00-{10 + step}:00"]),
                position=LonLat(116 + dice.randrange(3) / 7, 28),
                amenities={dice.choice(["water", "aed", "wifi"]): "yes"},
            )
            for code in dice.sample(CODES, 4)
        ]
        write(*stations)
        gone = dice.sample(sorted(registry.snapshot().codes), 2)
        registry.remove(gone, who="tester", at=noon)
        if dice.random() < 0.5:  # taken out and put back between two looks
            write(make_station(gone[0], name="又开"))
        known = read(known)
        assert_same(known, read())
        assert_same(known, registry.snapshot())


def test_an_older_registry_put_in_place_is_read_anew(read, write, make_station, shanghai):
    write(make_station("A"))
    later = Snapshot.build(9, [make_station("Z")], shanghai)
    assert_same(read(later), read())


def test_hours_of_another_grammar_are_unknown(read, write, registry, make_station, noon):
    write(make_station("A", seats=4))
    with registry.store.writing() as connection:
        connection.exec_driver_sql('UPDATE station SET hours_key = \'["whenever","","",[]]\' WHERE code = \'A\'')
    snapshot = read()
    assert not snapshot.hours(0).known
    assert snapshot.stations[0].seats == 4


def test_an_edit_shares_the_rules_of_the_registry(registry, write, make_station):
    write(*[make_station(f"S{n}", hours="24/7") for n in range(5)])
    before = registry.snapshot()
    write(dataclasses.replace(before.station("S3"), name="新名"))
    after = registry.snapshot()
    assert after.rules is before.rules
    assert after.positions_digest == before.positions_digest
    assert after.station("S3").name == "新名"
