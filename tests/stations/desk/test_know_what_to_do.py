"""The list at the desk, and what needs somebody today."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from geodata.lonlat import LonLat
from stations.desk.roll import Roll, Sieve, lines_for
from stations.desk.today import Share, shared_out, today_of
from stations.people.facts import Grant, Person, Role
from stations.registry.columns import Row
from stations.registry.snapshot import Snapshot
from stations.station import Station, StationReader
from stations.upkeep.facts import Aspect, Caution, Task

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 22)
EVERY = {Aspect.HOURS: 90, Aspect.AMENITIES: 60, Aspect.POSITION: 365}
READER = StationReader()


def station(code: str, **facts: object) -> Station:
    return READER.read_or_raise({"code": code, "name": code, "position": LonLat(116.3, 28.3)} | facts)


STATIONS = [
    station("A1", name="老城驿站", township="360681101", hours_checked="2026-08-24", amenities_checked="2026-11-01",
            position_checked="2026-11-01", custodian="王某"),
    station("A2", name="新城驿站", township="360681102", hours_checked="2026-08-23", amenities_checked="2026-09-22",
            position_checked="2025-11-21"),
    station("A3", name="停用驿站", township="360681102", status="retired"),
    station("B1", name="Ｙ驿站", township="360682101", kind="nursing_room",
            closures=[{"first": "2026-11-01", "last": "2026-11-29"}, {"first": "2026-12-24", "last": "2026-12-26"}]),
    station("C1", name="无处驿站"),
]  # fmt: skip
SNAPSHOT = Snapshot.build(5, STATIONS, ZONE, revisions=[1, 2, 3, 4, 5])
LINES = Roll.of(SNAPSHOT).lines


def person(*grants: Grant) -> Person:
    return Person(1, "li", "李", "zh", grants)


@pytest.mark.parametrize(
    ("grants", "codes"),
    [
        ([Grant(Role.CLERK, "360681")], ["A1", "A2", "A3"]),
        ([Grant(Role.PLANNER, "36")], ["A1", "A2", "A3", "B1"]),
        ([Grant(Role.OFFICER, "360681101"), Grant(Role.CLERK, "360682")], ["A1", "B1"]),
        ([Grant(Role.CUSTODIAN, "360681", frozenset({"A2", "B1"}))], ["A2"]),
        ([Grant(Role.ADMINISTRATOR)], ["A1", "A2", "A3", "B1", "C1"]),
        ([], []),
    ],
)
def test_everybody_sees_their_own(grants, codes) -> None:
    assert [line.code for line in lines_for(LINES, person(*grants))] == codes
    assert not lines_for(LINES, None)


def test_a_list_is_sifted_and_sorted() -> None:
    def found(**asked) -> list[str]:
        return [line.code for line in Sieve(every=EVERY, **asked).of(LINES, TODAY)]

    assert found() == ["A1", "A2", "A3", "B1", "C1"]
    assert found(falling=True)[0] == "C1"
    assert found(words="y 驿站") == ["B1"]
    assert found(words="王某") == ["A1"]
    assert found(township="360681102", status="active") == ["A2"]
    assert found(kind="nursing_room") == ["B1"]
    assert found(due=frozenset({Aspect.HOURS})) == ["A2", "B1", "C1"]
    assert found(order="hours") == ["A3", "B1", "C1", "A2", "A1"]
    assert found(order="name", only=frozenset({"A1", "A2"})) == ["A2", "A1"]


def test_a_check_is_overdue_the_day_after_its_days() -> None:
    assert not LINES[0].overdue(Aspect.HOURS, TODAY, EVERY)  # 90 days ago
    assert LINES[1].overdue(Aspect.HOURS, TODAY, EVERY)  # 91
    assert LINES[1].overdue(Aspect.AMENITIES, TODAY, EVERY)  # 61
    assert LINES[1].overdue(Aspect.POSITION, TODAY, EVERY)  # 366
    assert not LINES[2].overdue(Aspect.HOURS, TODAY, EVERY)  # not in use


def test_today_is_about_ones_own() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    tasks = [Task(code, Caution("locked", "", 2, now), now) for code in ("A1", "B1")]
    mine = lines_for(LINES, person(Grant(Role.CLERK, "360682")))
    needed = today_of(mine, tasks, TODAY, EVERY)
    assert [one.line.code for one in needed.reported] == ["B1"]
    assert [(one.line.code, one.aspects) for one in needed.overdue] == [("B1", tuple(EVERY))]
    assert [one.closure.last for one in needed.ending] == [date(2026, 11, 29)]
    assert today_of((), tasks, TODAY, EVERY).nothing


def test_what_waited_longest_comes_first() -> None:
    needed = today_of(LINES, (), TODAY, EVERY)
    assert [one.line.code for one in needed.overdue] == ["B1", "C1", "A2"]


def test_a_list_follows_the_log_and_reads_only_what_changed() -> None:
    before = Roll.of(SNAPSHOT)
    later = SNAPSHOT.advanced(6, [Row.of(station("A1", name="改名驿站"), 6)], gone=["B1"])
    after = Roll.of(later, before)
    assert [line.code for line in after.lines] == ["A1", "A2", "A3", "C1"]
    assert after.lines[0].name == "改名驿站"
    assert after.lines[1] is before.lines[1]


def test_what_waits_is_told_by_county_or_by_township_within_one() -> None:
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    said = (("A1", "locked"), ("A1", "dirty"), ("B1", "locked"))
    tasks = [Task(code, Caution(kind, "", 1, now), now) for code, kind in said]
    everywhere = shared_out(LINES, today_of(LINES, tasks, TODAY, EVERY))
    assert everywhere == (Share("360681", 2, 1, 1), Share("360682", 1, 1, 1), Share("", 1, 0, 1))
    county = lines_for(LINES, person(Grant(Role.OFFICER, "360681")))
    assert shared_out(county, today_of(county, tasks, TODAY, EVERY)) == (
        Share("360681102", 1, 0, 1),
        Share("360681101", 1, 1, 0),
    )
    assert shared_out(LINES[2:3], today_of(LINES[2:3], tasks, TODAY, EVERY)) == (), "none is in use"
