"""Two people change one record: nothing that either did is lost, and what both changed is put before a person."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.lonlat import LonLat
from stations.desk.merging import merge
from stations.facts import AmenityState, Closure
from stations.station import Station, StationReader

READER = StationReader()
BASE = READER.read_or_raise(
    {
        "code": "A1",
        "name": "近处驿站",
        "position": LonLat(116.3, 28.3),
        "township": "360681101",
        "hours": "Mo-Su 08:00-18:00",
        "amenities": {"water": "yes", "microwave": "no"},
        "closures": [{"first": "2026-12-01", "last": "2026-12-03"}],
        "phone": "0793-1",
    }
)


def changed(**facts: object) -> Station:
    return dataclasses.replace(BASE, **facts)


def with_amenities(**states: str) -> Station:
    return changed(amenities=dict(BASE.amenities) | {key: AmenityState(state) for key, state in states.items()})


def test_each_keeps_what_only_they_changed() -> None:
    merged = merge(BASE, changed(phone="0793-2"), changed(hours="24/7"))
    assert (merged.station.phone, merged.station.hours) == ("0793-2", "24/7")
    assert not merged.conflicts
    assert [one.field for one in merged.theirs] == ["hours"]


def test_two_tick_different_amenities() -> None:
    merged = merge(BASE, with_amenities(fridge="yes"), with_amenities(microwave="yes"))
    assert merged.station.amenities == {"water": "yes", "microwave": "yes", "fridge": "yes"}
    assert not merged.conflicts


def test_one_takes_away_what_the_other_leaves() -> None:
    merged = merge(BASE, with_amenities(water="unknown"), changed(phone="0793-2"))
    assert "water" not in merged.station.amenities
    assert merge(BASE, changed(closures=()), changed(phone="0793-2")).station.closures == ()


def test_where_both_changed_the_same_mine_stands_until_theirs_is_chosen() -> None:
    mine, theirs = changed(phone="0793-2"), changed(phone="0793-3")
    merged = merge(BASE, mine, theirs)
    assert [(one.key, one.mine.after, one.theirs.after) for one in merged.conflicts] == [("phone", "0793-2", "0793-3")]
    assert merged.station.phone == "0793-2"
    assert merge(BASE, mine, theirs, {"phone"}).station.phone == "0793-3"


def test_a_conflict_about_an_amenity_is_about_that_one() -> None:
    mine, theirs = with_amenities(microwave="yes", fridge="yes"), with_amenities(microwave="nearby", fan="yes")
    merged = merge(BASE, mine, theirs, {"amenities:microwave"})
    assert [one.key for one in merged.conflicts] == ["amenities:microwave"]
    assert merged.station.amenities == {"water": "yes", "microwave": "nearby", "fridge": "yes", "fan": "yes"}


def test_a_place_goes_with_its_township() -> None:
    moved = changed(position=LonLat(116.4, 28.3), township="360681102")
    assert merge(BASE, changed(phone="1"), moved).station.township == "360681102"
    elsewhere = changed(position=LonLat(116.2, 28.3), township="360681103")
    merged = merge(BASE, moved, elsewhere)
    assert [one.key for one in merged.conflicts] == ["position"]
    assert merge(BASE, moved, elsewhere, {"position"}).station.township == "360681103"


def test_of_two_checks_the_later_counts() -> None:
    early, late = changed(hours_checked=date(2026, 11, 1)), changed(hours_checked=date(2026, 11, 20))
    for mine, theirs in ((early, late), (late, early)):
        merged = merge(BASE, mine, theirs)
        assert merged.station.hours_checked == date(2026, 11, 20)
        assert not merged.conflicts


def test_both_close_it_on_other_days() -> None:
    mine = changed(closures=(*BASE.closures, Closure(first=date(2027, 1, 1), last=date(2027, 1, 1))))
    theirs = changed(closures=(Closure(first=date(2027, 2, 1), last=date(2027, 2, 3)),))
    merged = merge(BASE, mine, theirs)
    assert [one.first for one in merged.station.closures] == [date(2027, 1, 1), date(2027, 2, 1)]


EDITS = st.fixed_dictionaries(
    {},
    optional={
        "phone": st.sampled_from(["", "1", "2"]),
        "hours": st.sampled_from(["", "24/7", "Mo-Su 08:00-18:00"]),
        "amenities": st.dictionaries(st.sampled_from(["water", "fridge"]), st.sampled_from(["yes", "no", "nearby"])),
        "season_from": st.just("06-01"),
        "season_to": st.sampled_from(["09-01", "09-30"]),
        "dates": st.sampled_from(["Sa[1]", "Jun-Sep"]),
        "seats": st.sampled_from([None, 3]),
    },
)


def edited(facts: dict[str, object]) -> Station:
    facts = dict(facts)
    if ("season_from" in facts) != ("season_to" in facts):
        facts.pop("season_from", None)
        facts.pop("season_to", None)
    if "dates" in facts:
        facts |= {"season_from": "", "season_to": ""}
    made = READER.read({one.name: getattr(BASE, one.name) for one in dataclasses.fields(Station)} | facts)
    assert isinstance(made, Station)
    return made


@given(EDITS)
def test_who_is_alone_gets_what_they_want(facts) -> None:
    mine = edited(facts)
    assert merge(BASE, mine, BASE).station == mine
    assert merge(BASE, BASE, mine).station == mine
    assert merge(BASE, mine, mine).station == mine
    assert not merge(BASE, mine, mine).conflicts


@given(EDITS, EDITS)
def test_nothing_of_theirs_is_lost_but_what_is_told(mine, theirs) -> None:
    merged = merge(BASE, edited(mine), edited(theirs))
    taken = merge(BASE, edited(mine), edited(theirs), {one.key for one in merged.conflicts})
    theirs_first = merge(BASE, edited(theirs), edited(mine))
    assert taken.station == theirs_first.station
    assert {one.key for one in merged.conflicts} == {one.key for one in theirs_first.conflicts}


@pytest.mark.parametrize("field", [one.name for one in dataclasses.fields(Station) if one.name != "code"])
def test_no_fact_is_forgotten(field) -> None:
    """Whatever the other changed alone arrives, whichever fact it is."""
    values = {
        "name": "别处", "position": LonLat(116.5, 28.5), "name_en": "N", "kind": "nursing_room", "host": "bank",
        "host_name": "行", "source_datum": "gcj02", "address": "路", "township": "360681102",
        "township_declared": "东", "built_by": "union", "hours": "24/7", "self_service_hours": "24/7",
        "season_from": "06-01", "season_to": "09-01", "dates": "Sa[1]", "closures": (), "access": ("app",),
        "eligible": ("drivers",),
        "amenities": {"fridge": AmenityState.YES}, "amenity_notes": {"water": "热"}, "services": (), "photos": (),
        "note": "注", "seats": 4, "area_m2": 9.0, "phone": "5", "custodian": "某", "status": "retired",
        "position_checked": date(2026, 1, 1), "hours_checked": date(2026, 1, 1),
        "amenities_checked": date(2026, 1, 1), "extra": {"列": "值"},
    }  # fmt: skip
    theirs = changed(**{field: values[field]})
    if field in {"season_from", "season_to"}:
        theirs = changed(season_from="06-01", season_to="09-01")
    if field == "dates":
        theirs = changed(season_from="", season_to="", dates="Sa[1]")
    merged = merge(BASE, BASE, theirs).station
    assert getattr(merged, field) == getattr(theirs, field)
