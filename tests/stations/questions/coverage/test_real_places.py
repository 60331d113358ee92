"""Liechtenstein with its hosts, and Porto Alegre with its people: worked through, and held against single searches."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geodata.lonlat import LonLat
from geodata.snapping import Snap
from geodata.travel import metres_between
from stations.questions.coverage import (
    Add,
    Close,
    CoverageQuery,
    Served,
    answer,
    compare,
    double15,
    fairness,
    floating,
    gaps,
    serve,
    sureness,
    week,
    worth,
)
from stations.questions.reach import sites_on
from stations.registry.snapshot import Snapshot
from stations.station import Station, StationReader
from tests.geodata.real import atlas_of_place

VADUZ, SAO_PAULO = ZoneInfo("Europe/Vaduz"), ZoneInfo("America/Sao_Paulo")
TUESDAY_22 = {"at": datetime(2026, 11, 24, 22, tzinfo=VADUZ)}
HOURS = ("24/7", "Mo-Fr 08:00-18:00", "Mo-Su 06:00-22:00", "")


def hosts(path: Path, *, hours: bool = True) -> list[Station]:
    """Premises of the kinds that host stations; their hours where they are told."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    reader = StationReader()
    return [
        reader.read_or_raise(
            {
                "code": f"H{i:03}",
                "name": row["name"] or "?",
                "position": LonLat(float(row["lon"]), float(row["lat"])),
                "hours": row["opening_hours"] if hours else "",
            }
        )
        for i, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def liechtenstein(real_data):
    return atlas_of_place(real_data, "liechtenstein")


@pytest.fixture(scope="module")
def country(real_data):
    return Snapshot.build(3, hosts(real_data / "stations/liechtenstein_hosts.csv"), VADUZ)


@pytest.fixture(scope="module")
def porto_alegre(real_data):
    return atlas_of_place(real_data, "porto_alegre")


@pytest.fixture(scope="module")
def city(porto_alegre):
    """Sixty stations where people live, the same each time; seats are known of three in four."""
    demand, dice, reader = porto_alegre.demand, np.random.default_rng(20261122), StationReader()
    chosen = dice.choice(demand.lon.size, 60, replace=False, p=demand.weight / demand.weight.sum())
    return Snapshot.build(
        5,
        [
            reader.read_or_raise(
                {
                    "code": f"P{i:02}",
                    "name": f"P{i}",
                    "position": LonLat(float(demand.lon[at]), float(demand.lat[at])),
                    "hours": HOURS[i % 4],
                    "seats": int(dice.integers(4, 30)) if i % 4 else None,
                }
            )
            for i, at in enumerate(chosen.tolist())
        ],
        SAO_PAULO,
    )


def asked_alone(served: Served, count: int) -> None:
    """Hold some points against a search from each of them: the other way round, and to all stations."""
    network = served.atlas.network(served.query.mode)
    sites = sites_on(served.snapshot, served.atlas, served.query.mode)
    snaps = served.layer.on[served.query.mode]
    dice = np.random.default_rng(7)
    for point in dice.choice(served.times.size, count, replace=False).tolist():
        if snaps.edge[point] < 0:
            assert served.times[point] == 0
            continue
        snap = Snap(int(snaps.edge[point]), float(snaps.offset_m[point]), float(snaps.off_m[point]))
        ways = np.round(metres_between(network, snap, sites), 2)
        ways[~served.counts] = np.inf
        near = ways[np.isfinite(ways) & (ways <= served.limit_m)]
        assert served.times[point] == near.size
        assert served.nearest_m[point] == pytest.approx(near.min(initial=np.inf), abs=0.02)


def test_liechtenstein_is_covered_by_its_hosts_municipality_by_municipality(liechtenstein, country):
    told = answer(serve(CoverageQuery(), country, liechtenstein))
    total = told.total
    assert [row.name for row in told.rows if row.name] == sorted(row.name for row in told.rows if row.name)
    assert sum(bool(row.name) for row in told.rows) == 11
    assert (total.stations, told.unit) == (68, "metres of street")
    assert total.demand == pytest.approx(1_162_901, abs=1000)
    assert (total.share, total.overlap, total.circle_share) == pytest.approx((0.400, 0.326, 0.567), abs=0.005)
    assert [band / total.demand for band in total.bands] == pytest.approx([0.104, 0.263, 0.400], abs=0.005)
    shares = {row.name: row.share for row in told.rows}
    assert (shares["Planken"], shares["Mauren"]) == (0.0, pytest.approx(0.597, abs=0.01))
    assert sum(row.demand for row in told.rows) == pytest.approx(total.demand)
    assert told.gaps
    assert all(gap.name is not None for gap in told.gaps)


@pytest.mark.parametrize("asked", [{}, {"mode": "ebike"}, {"weight": "area"}, {"minutes": 30.0, "speed_kmh": 3.6}])
def test_points_of_liechtenstein_asked_alone(liechtenstein, country, asked):
    asked_alone(serve(CoverageQuery(**asked), country, liechtenstein), 25)


def test_half_of_its_hosts_cover_no_more_anywhere(liechtenstein, country):
    whole = serve(CoverageQuery(), country, liechtenstein)
    half = serve(CoverageQuery(changes=tuple(Close(code) for code in whole.codes[1::2])), country, liechtenstein)
    found = compare(whole, half)
    assert len(found.ended) == 34
    assert found.total.gained == 0.0
    assert all(row.after <= row.before for row in found.rows)
    named = {one.code: one.only for one in worth(whole)}
    assert found.total.lost >= sum(named[code] for code in found.ended) - 1e-6


def test_its_night_is_a_wide_band(liechtenstein, country):
    """Of 68 hosts 42 tell no hours, and one is open at 22:00 on a Tuesday."""
    told = answer(serve(CoverageQuery(**TUESDAY_22), country, liechtenstein))
    assert (told.total.stations, told.unsure) == (1, 42)
    assert told.total.share == pytest.approx(0.018, abs=0.003)
    found = week(serve(CoverageQuery(), country, liechtenstein), date(2026, 11, 24))
    assert found.holiday is None
    assert found.shares[24 + 22] == pytest.approx(told.total.share)
    assert found.shares_if[24 + 22] == pytest.approx((told.total.covered + told.total.perhaps) / told.total.demand)
    assert found.shares.max() == pytest.approx(0.259, abs=0.005)
    assert {gap.reason for gap in told.gaps} >= {"hours_unknown", "distance"}


def test_the_rhine_and_the_rails_keep_some_out(liechtenstein, country):
    for mode, reason in (("walk", "railway"), ("ebike", "river")):
        found = gaps(serve(CoverageQuery(mode=mode), country, liechtenstein))
        assert reason in {reason for gap in found for reason, _ in gap.why}


def test_porto_alegre_has_its_people(porto_alegre, city):
    """812,935 people live in its 1,227 cells."""
    told = answer(serve(CoverageQuery(), city, porto_alegre))
    total = told.total
    assert (total.demand, told.unit, told.layer) == (pytest.approx(812_935), "people", "people")
    assert (total.share, total.overlap, total.circle_share) == pytest.approx((0.662, 0.327, 0.860), abs=0.005)
    assert total.only_circle == pytest.approx(total.circle - total.covered)
    asked_alone(serve(CoverageQuery(), city, porto_alegre), 25)
    report = double15(city, porto_alegre).total
    assert (report.circle, report.street) == (total.circle, total.covered)
    assert report.street_twice == total.covered_twice


def test_its_seats_and_its_fairness(porto_alegre, city):
    served = serve(CoverageQuery(), city, porto_alegre)
    seats = floating(served)
    assert (seats.known, len(seats.unknown), seats.idle) == (45, 15, 0)
    assert seats.total.seats == pytest.approx(seats.seats)
    assert seats.total.per_thousand == pytest.approx(1000 * seats.seats / 812_935)
    fair = fairness(served)
    assert fair.access.mean == pytest.approx(served.times @ served.weight / 812_935)
    assert fair.access.gini == pytest.approx(0.552, abs=0.005)
    assert fair.theil_within == pytest.approx(fair.access.theil)
    sure = sureness(served).total
    assert sure.speed is not None
    assert sure.share is not None
    assert sure.speed.low < 0.62 < sure.share < 0.78 < sure.speed.high


def test_a_station_in_its_largest_gap_serves_the_people_in_reach_of_it(porto_alegre, city):
    before = serve(CoverageQuery(), city, porto_alegre)
    largest = gaps(before)[0]
    after = serve(CoverageQuery(changes=(Add(largest.position),)), city, porto_alegre)
    found = compare(before, after).total
    assert found.lost == 0.0
    assert 0.2 * largest.demand < found.gained
    (new,) = [one for one in worth(after) if one.code == "+1"]
    assert new.only == pytest.approx(found.gained)
