"""One change made to many stations, a batch taken back, and a station that is new."""

from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from geodata.lonlat import LonLat
from stations.desk.adding import free_code, look_alikes
from stations.desk.bulk import FIELDS, What, plan_of, read_wish, write_plan
from stations.desk.roll import Roll
from stations.errors import EntryError, HoursError, UnknownBatchError
from stations.facts import MAX_CLOSURES, Closure, Status
from stations.registry.snapshot import Snapshot
from stations.station import StationReader
from stations.taxonomy import Taxonomy
from stations.upkeep.facts import Aspect
from tests.stations.desk.conftest import NOON

TODAY = date(2026, 11, 20)
READ = StationReader().read_or_raise
WORDS = Taxonomy.load()
FACTS = {"position": LonLat(116.3, 28.3), "township": "360681101"}


def wish(what, **fields):
    return read_wish(What(what), {name: [text] for name, text in fields.items()}, WORDS, TODAY)


def plan(desk, wanted, **more):
    return plan_of(desk.registry.snapshot(), desk.roll().lines, wanted, may=lambda _: True, **more)


@pytest.mark.parametrize(
    ("what", "fields", "fact", "value"),
    [
        ("status", {"status": "planned"}, "status", Status.PLANNED),
        ("hours", {"hours": "每天 8:00-20:00"}, "hours", "08:00-20:00"),
        ("amenity", {"amenity": "water", "state": "yes"}, "amenities", {"water": "yes"}),
        ("closure", {"first": "2027-02-05", "reason": "春节"}, "closures",
         (Closure(first=date(2027, 2, 5), last=date(2027, 2, 5), reason="春节"),)),
        ("custodian", {"custodian": "李某"}, "custodian", "李某"),
        ("note", {"note": "一\r\n二"}, "note", "一\n二"),
        ("host", {"host": ""}, "host", ""),
        ("checked", {"aspect": "hours"}, "hours_checked", TODAY),
    ],
)  # fmt: skip
def test_what_is_wished_becomes_of_a_record_and_of_nothing_else(what, fields, fact, value) -> None:
    before = READ({"code": "A", "name": "A", "host": "bank"} | FACTS)
    after = wish(what, **fields).onto(before)
    assert getattr(after, fact) == value
    assert replace(after, **{fact: getattr(before, fact)}) == before
    assert READ({one.name: getattr(after, one.name) for one in fields_of(after)}) == after, "as the log gives it back"


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("status", {"status": "shut"}),
        ("status", {"status": ""}),
        ("amenity", {"amenity": "gold", "state": "yes"}),
        ("amenity", {"amenity": "water", "state": "perhaps"}),
        ("closure", {"first": ""}),
        ("closure", {"first": "2027-02-30"}),
        ("closure", {"first": "2027-02-05", "last": "2027-02-01"}),
        ("closure", {"first": "1800-01-01"}),
        ("custodian", {"custodian": "李\x00某"}),
        ("note", {"note": "长" * 2001}),
        ("checked", {"aspect": "weather"}),
    ],
)
def test_what_no_record_can_have_is_refused_in_words(what, fields) -> None:
    with pytest.raises(EntryError):
        wish(what, **fields)


def test_hours_that_nobody_understands_are_refused() -> None:
    with pytest.raises(HoursError):
        wish("hours", hours="后天")


def test_each_thing_that_can_be_changed_has_its_fields() -> None:
    assert set(FIELDS) == set(What)


def test_a_plan_tells_what_changes_what_is_so_already_and_what_is_left_out(desk) -> None:
    desk.write(replace(desk.registry.snapshot().station("A2"), phone="1"), seen=2, who="clerk", at=NOON)
    made = plan_of(
        desk.registry.snapshot(),
        desk.roll().lines,
        wish("phone", phone="1"),
        may=lambda line: True,
    )
    assert [one.code for one in made.turned] == ["A1"]
    assert [line.code for line in made.same] == ["A2"]
    made = plan(desk, wish("phone", phone="2"), reported={"A1": {Aspect.HOURS}})
    assert [one.line.code for one in made.left_out] == ["A1"]
    made = plan_of(desk.registry.snapshot(), desk.roll().lines, wish("phone", phone="2"), may=lambda line: False)
    assert made.turned == ()
    assert len(made.left_out) == 2


def test_a_day_of_checking_settles_nothing_and_is_refused_only_for_what_was_reported_itself(desk) -> None:
    sure = read_wish(What.CHECKED, {"aspect": ["hours", "position"]}, Taxonomy.load(), NOON.date())
    made = plan(desk, sure, reported={"A1": {Aspect.AMENITIES}, "A2": {Aspect.AMENITIES, Aspect.HOURS}})
    assert [one.code for one in made.turned] == ["A1"]
    assert [one.line.code for one in made.left_out] == ["A2"]


def test_a_station_with_as_many_closures_as_can_be_is_left_out(desk) -> None:
    full = tuple(
        Closure(first=date(2027, 1, 1).replace(month=1 + n // 28, day=1 + n % 28), last=date(2027, 3, 1), reason="")
        for n in range(MAX_CLOSURES)
    )
    desk.write(replace(desk.registry.snapshot().station("A2"), closures=full), seen=2, who="clerk", at=NOON)
    made = plan(desk, wish("closure", first="2028-01-01"))
    assert [one.code for one in made.turned] == ["A1"]
    assert str(MAX_CLOSURES) in str(made.left_out[0].why)


def test_a_plan_is_written_as_one_batch_and_taken_back_as_one(desk) -> None:
    written = write_plan(desk.registry, plan(desk, wish("phone", phone="12345")), who="clerk", at=NOON)
    assert written.batch is not None
    assert (written.batch.what, written.batch.count) == ("bulk phone", 2)
    assert {one.phone for one in desk.registry.snapshot().stations} == {"12345"}
    desk.registry.undo(written.batch.id, who="clerk", at=NOON)
    assert {one.phone for one in desk.registry.snapshot().stations} == {""}
    assert desk.batches.taken_back([written.batch.id]) == {written.batch.id: written.batch.id + 1}


def test_nothing_of_a_plan_is_written_where_somebody_was_quicker(desk) -> None:
    made = plan(desk, wish("note", note="一"))
    desk.write(replace(desk.registry.snapshot().station("A2"), phone="1"), seen=2, who="other", at=NOON)
    with pytest.raises(EntryError, match="A2"):
        write_plan(desk.registry, made, who="clerk", at=NOON)
    assert {one.note for one in desk.registry.snapshot().stations} == {""}
    desk.registry.remove(["A1"], who="other", at=NOON)
    with pytest.raises(EntryError, match="A1"):
        write_plan(desk.registry, made, who="clerk", at=NOON)


def test_a_plan_has_another_mark_when_anything_of_it_is_otherwise(desk) -> None:
    first = plan(desk, wish("note", note="一"))
    assert plan(desk, wish("note", note="一")).mark == first.mark
    assert plan(desk, wish("note", note="二")).mark != first.mark
    desk.write(replace(desk.registry.snapshot().station("A2"), phone="1"), seen=2, who="other", at=NOON)
    assert plan(desk, wish("note", note="一")).mark != first.mark


# Batches


def test_batches_are_told_to_whose_stations_they_touched(desk) -> None:
    east = READ({"code": "B1", "name": "B1", "position": LonLat(116.3, 28.3), "township": "360682101"})
    desk.registry.append([east], what="import", who="import", at=NOON)
    batches = desk.batches

    def told(areas, codes=()):
        return [(one.batch.id, one.mine) for one in batches.latest(areas, codes, limit=9)[0]]

    assert told(("",)) == [(2, 1), (1, 2)]
    assert told(("360681",)) == [(1, 2)]
    assert told(("360682",)) == [(2, 1)]
    assert told((), ("A2",)) == [(1, 1)]
    assert told(()) == []
    assert told(("3607",)) == []
    desk.registry.remove(["B1"], who="officer", at=NOON)
    assert told(("360682",)) == [(3, 1), (2, 1)]
    page, more = batches.latest(("",), (), limit=2)
    assert [one.batch.id for one in page] == [3, 2]
    assert [one.batch.id for one in batches.latest(("",), (), limit=2, before=more)[0]] == [1]


def test_what_a_batch_did_to_a_station_is_told(desk) -> None:
    before = desk.registry.snapshot().station("A1")
    desk.write(replace(before, phone="1"), seen=1, who="clerk", at=NOON)
    (step,) = desk.batches.steps(2, ["A1", "A2"])
    assert (step.before, step.after) == (before, replace(before, phone="1"))
    (added,) = desk.batches.steps(1, ["A1"])
    assert (added.before, added.after) == (None, before)
    desk.registry.remove(["A1"], who="clerk", at=NOON)
    (gone,) = desk.batches.steps(3, ["A1"])
    assert gone.after is None
    assert desk.batches.townships(3) == {"A1": "360681101"}
    with pytest.raises(UnknownBatchError):
        desk.batches.townships(99)
    with pytest.raises(UnknownBatchError):
        desk.batches.batch(99)


def test_a_batch_knows_where_its_stations_are_and_where_they_were(desk) -> None:
    before = desk.registry.snapshot().station("A1")
    desk.write(replace(before, township="360682101"), seen=1, who="clerk", at=NOON)
    assert desk.batches.townships(2) == {"A1": "360682101"}
    assert desk.batches.townships_before(2) == {"A1": "360681101"}
    assert desk.batches.townships_before(1) == {}


# A station that is new


def test_a_code_goes_on_where_those_of_its_township_end() -> None:
    codes = ["360681101-001", "360681101-041", "360681102-099", "360681101-x", "360681101-0000001"]
    assert free_code(codes, "360681101") == "360681101-042"
    assert free_code(codes, "360681101203") == "360681101-042"
    assert free_code([], "") == "S-001"


def test_a_station_that_stands_there_already_is_found() -> None:
    def at(code, name, lon):
        return READ({"code": code, "name": name, "position": LonLat(lon, 28.3)})

    known = [at("A1", "中山路户外劳动者驿站", 116.3), at("A2", "中山路户外劳动者驿站", 116.4)]
    snapshot = Snapshot.build(1, known, ZoneInfo("Asia/Shanghai"))
    found = look_alikes(at("N", "中山路驿站", 116.3003), snapshot)
    assert [one.twin for one in found] == ["A1"]
    assert 25 < found[0].metres < 35
    assert look_alikes(at("N", "光明小学门卫", 116.3003), snapshot) == ()


def test_the_list_knows_where_stations_are_and_what_is_typed_in_its_cells() -> None:
    station = READ({"code": "A", "name": "A", "phone": "1", "hours": "24/7"} | FACTS)
    (line,) = Roll.of(Snapshot.build(1, [station], ZoneInfo("Asia/Shanghai"))).lines
    assert (line.phone, line.hours, line.at) == ("1", "24/7", (116.3, 28.3))


def test_a_station_that_was_moved_since_the_list_was_read_is_not_changed(desk) -> None:
    lines = desk.roll().lines
    there = desk.registry.snapshot().station(lines[0].code)
    desk.registry.append([replace(there, township="360682101")], what="edit", who="test", at=NOON)
    made = plan_of(desk.registry.snapshot(), lines, wish("phone", phone="2"), may=lambda _: True)
    assert there.code not in {one.code for one in made.turned}
    assert len(made.turned) == len(lines) - 1
