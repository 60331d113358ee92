"""Stations on given dates alone: each question counts them on those dates, and does without them on others."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.hours import State, next_day, serves_on
from stations.questions.coverage import CoverageQuery, SetHours, coverage, double15, serve, week
from stations.questions.coverage.reasons import Reason
from stations.questions.nearest import NearestQuery, find_nearest
from stations.questions.siting import Candidate, CandidateQuery, SitingQuery, ground
from stations.registry.snapshot import Row
from tests.geodata.grids import at
from tests.stations.questions.town import SHANGHAI, snapshot_of, station, town_of

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
STALL = station("STALL", 500, hours="08:00-20:00", dates="2027 Jan 28-2027 Feb 1")
MONTHLY = station("MONTHLY", 2500, hours="09:00-16:00", dates="Sa[1]")
SUMMER = station("SUMMER", 3500, hours="24/7", season_from="06-01", season_to="09-30")
HOUSE = station("HOUSE", 5000, hours="24/7")
ALL = [HOUSE, MONTHLY, STALL, SUMMER]
SNAPSHOT = snapshot_of(ALL)


def codes(found) -> list[str]:
    return [one.station.code for one in found]


def near(day: str, clock: str = "12:00", **asked):
    when = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)
    return find_nearest(NearestQuery(at(500, 0), when, minutes=100, **asked), SNAPSHOT, town_of(ROAD))


def test_a_stall_is_found_on_its_days_and_nowhere_on_others() -> None:
    assert codes(near("2027-01-30").stations) == ["STALL", "HOUSE"]
    for day in ("2026-11-22", "2027-02-02", "2028-01-30"):
        answer = near(day)
        assert codes(answer.stations) == ["HOUSE"]
        assert not answer.almost
        assert not answer.later


def test_on_its_own_day_a_shut_stall_is_named_with_the_reason() -> None:
    assert codes(near("2027-01-30", "21:00").almost) == ["STALL"]
    assert codes(near("2027-02-01", "19:59").stations)[0] == "STALL"
    # Just out of its last day it is not there at all, but who sets out before midnight is told that it closes.
    assert codes(near("2027-02-02", "00:01").almost) == []


def test_the_evening_before_its_first_day_it_opens_later() -> None:
    alone = snapshot_of([STALL])
    when = datetime(2027, 1, 27, 21, tzinfo=SHANGHAI)
    answer = find_nearest(NearestQuery(at(500, 0), when), alone, town_of(ROAD))
    assert codes(answer.later) == ["STALL"]
    assert answer.later[0].changes_at == datetime(2027, 1, 28, 8, tzinfo=SHANGHAI)


DAYS = st.dates(date(2026, 12, 1), date(2027, 10, 31))


@settings(max_examples=40)
@given(DAYS, st.integers(0, 23))
def test_what_is_found_is_there_on_that_day(day, hour) -> None:
    moment = datetime.combine(day, time(hour), SHANGHAI)
    answer = find_nearest(NearestQuery(at(2000, 0), moment, minutes=100), SNAPSHOT, town_of(ROAD))
    there = {one.code for one in ALL if serves_on(SNAPSHOT.hours(SNAPSHOT.index(one.code)), day)}
    assert set(codes((*answer.stations, *answer.almost))) <= there
    assert {code for code, served in zip(SNAPSHOT.codes, SNAPSHOT.serving_on(day), strict=True) if served} == there
    # What is not there on this day may be told as opening soon, on the next.
    for one in answer.later:
        if one.station.code not in there:
            assert next_day(SNAPSHOT.hours(SNAPSHOT.index(one.station.code)), day) == day + timedelta(days=1)


@settings(max_examples=40)
@given(DAYS, st.integers(0, 23))
def test_coverage_at_a_moment_is_that_of_the_stations_that_are_open_then(day, hour) -> None:
    moment = datetime.combine(day, time(hour), SHANGHAI)
    served = serve(CoverageQuery(at=moment, minutes=5), SNAPSHOT, town_of(ROAD))
    opened = [one for one in ALL if SNAPSHOT.hours(SNAPSHOT.index(one.code)).state_at(moment).state is State.OPEN]
    assert [code for code, counts in zip(served.codes, served.counts, strict=True) if counts] == codes_of(opened)
    plain = snapshot_of([station(one.code, _east(one)) for one in opened])
    assert served.by_group(served.covered) == pytest.approx(_covered(plain), abs=1e-6)


def codes_of(stations) -> list[str]:
    return sorted(one.code for one in stations)


def _east(one) -> float:
    return {"STALL": 500.0, "MONTHLY": 2500.0, "SUMMER": 3500.0, "HOUSE": 5000.0}[one.code]


def _covered(snapshot):
    served = serve(CoverageQuery(minutes=5), snapshot, town_of(ROAD))
    return served.by_group(served.covered)


def test_without_a_moment_only_what_is_there_all_year_counts() -> None:
    answer = coverage(CoverageQuery(minutes=5), SNAPSHOT, town_of(ROAD))
    assert (answer.total.stations, answer.dated) == (1, 3)
    assert answer.total.covered == coverage(CoverageQuery(minutes=5), snapshot_of([HOUSE]), town_of(ROAD)).total.covered
    reasons = {reason for gap in answer.gaps for reason, _ in gap.why}
    assert reasons == {Reason.DATES, Reason.DISTANCE}
    at_noon = datetime(2027, 1, 30, 12, tzinfo=SHANGHAI)
    assert coverage(CoverageQuery(minutes=5, at=at_noon), SNAPSHOT, town_of(ROAD)).dated == 0
    assert double15(SNAPSHOT, town_of(ROAD)).total.stations == 1


def test_siting_builds_on_what_is_there_all_year_or_at_the_moment_asked() -> None:
    def kept(moment):
        query = SitingQuery(
            candidates=CandidateQuery(given=(Candidate("c0", at(1500, 0)),)),
            coverage=CoverageQuery(minutes=5, at=moment),
            sites=1,
        )
        return int(ground(query, SNAPSHOT, town_of(ROAD)).case.periods[0][0][:4].sum())

    assert kept(None) == 1
    assert kept(datetime(2027, 1, 30, 12, tzinfo=SHANGHAI)) == 2
    assert kept(datetime(2027, 8, 7, 12, tzinfo=SHANGHAI)) == 3


def test_the_clock_of_a_week_has_what_is_there_in_that_week() -> None:
    served = serve(CoverageQuery(minutes=5), SNAPSHOT, town_of(ROAD))
    stalls = week(served, date(2027, 1, 28))  # Monday the 25th; the stall comes on Thursday
    assert stalls.open_stations.reshape(7, 24)[:, 12].tolist() == [1, 1, 1, 2, 2, 2, 2]
    after = week(served, date(2027, 2, 1))  # one more day of the stall, and the first Saturday
    assert after.open_stations.reshape(7, 24)[:, 12].tolist() == [2, 1, 1, 1, 1, 2, 1]
    summer = week(served, date(2027, 7, 12))
    assert summer.open_stations.tolist() == [2] * 168
    assert np.all(summer.shares > after.shares[0] + 0.05)


def test_a_stall_supposed_open_around_the_clock_is_there_all_year() -> None:
    query = CoverageQuery(minutes=5, changes=(SetHours("STALL", "24/7"),))
    answer = coverage(query, SNAPSHOT, town_of(ROAD))
    assert (answer.total.stations, answer.dated) == (2, 2)


def test_a_later_snapshot_knows_new_dates() -> None:
    moved = station("STALL", 500, hours="08:00-20:00", dates="2027 Mar 1-2027 Mar 5")
    later = SNAPSHOT.advanced(8, [Row.of(moved, 8)])
    assert SNAPSHOT.serving_on(date(2027, 1, 30))[SNAPSHOT.index("STALL")]
    assert not later.serving_on(date(2027, 1, 30))[later.index("STALL")]
    assert later.serving_on(date(2027, 3, 1))[later.index("STALL")]
    everywhere = later.advanced(9, [Row.of(station("STALL", 500, hours="24/7"), 9)])
    assert everywhere.dated.tolist() == [False, True, False, True]
