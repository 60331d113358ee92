"""Sums of visits are those of what was counted, whatever was entered, corrected and taken back, and in which order."""

import dataclasses
from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from stations.registry.schema import DAY_COUNT, VISIT_COUNT, VISIT_MONTH
from stations.registry.verifying import repair, verify
from stations.registry.visitmonths import counted, differing
from stations.stock.scope import Scope, Where
from stations.stock.sums import Came, in_all
from stations.stock.visits import ENTERED, Entered, Source
from stations.upkeep.facts import Sender
from stations.upkeep.saying import Upkeep
from tests.stations.stock.conftest import EAST, NOON, ON_BOTH, PLACES, TODAY, WEST

DAYS = [TODAY - timedelta(days=number) for number in (0, 1, 18, 19, 20, 21, 50, 51, 330)]
"""This month and others, the ends of months and of a year among them."""

ENTRIES = st.tuples(
    st.sampled_from(PLACES),
    st.sampled_from(DAYS),
    st.sampled_from([*ENTERED, Source.SAID]),
    st.one_of(st.none(), st.integers(0, 40), st.just(100_000)),
)
TIMES = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(sorted)


def plain(entries):
    """How many came by place, township and day, added up as one would by hand."""
    known: dict[tuple[str, str, date], dict[Source, int | None]] = {}
    for place, day, source, people in entries:
        of_day = known.setdefault((*place, day), {})
        if source is Source.SAID:
            of_day[source] = (of_day.get(source) or 0) + 1
        else:
            of_day[source] = people
    found = {}
    for key, of_day in known.items():
        stands = {source: people for source, people in of_day.items() if people is not None}
        if stands:
            found[key] = Came(max(stands.values()), *(stands.get(source, 0) for source in Source))
    return found


def added(known, key, first, last):
    sums: dict[object, list[Came]] = {}
    for (code, township, day), came in known.items():
        if first <= day <= last:
            sums.setdefault(key(code, township, day), []).append(came)
    return {name: in_all(several) for name, several in sums.items()}


@ON_BOTH
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENTRIES, max_size=25), TIMES, st.sampled_from(DAYS))
def test_sums_are_those_one_would_reckon_by_hand(stock, registry, entries, time, earlier) -> None:
    with registry.store.writing() as connection:
        for table in (DAY_COUNT, VISIT_COUNT, VISIT_MONTH):
            connection.execute(table.delete())
    upkeep = Upkeep(registry.store)
    for number, (place, day, source, people) in enumerate(entries):
        if source is Source.SAID:
            moment = NOON + (day - TODAY)
            upkeep.visit(place[0], sender=Sender(f"device{number}", f"network{number}"), now=moment)
        else:
            one = Entered(Where(*place), day, source, people)
            stock.visits.enter([one], today=TODAY, who="zhang", at=NOON, mark="", seen=10**9)
    known = plain(entries)
    first, last = time
    sums = stock.visits.sums(Scope(), first, last, earlier=earlier)
    assert sums.by_station == added(known, lambda code, _, __: code, first, last)
    begin = min(first, earlier)
    assert sums.by_township_and_day == added(known, lambda _, township, day: (township, day), begin, last)
    assert stock.visits.by_day(Scope(), first, last) == added(known, lambda _, __, day: day, first, last)
    each = [(code, day, came) for (code, _, day), came in sorted(known.items()) if first <= day <= last]
    by_month = sorted(each, key=lambda row: (row[1].isoformat()[:7], row[0], row[1]))
    assert list(stock.visits.each(Scope(), first, last)) == by_month
    assert stock.visits.days_known(Scope(), first, last) == len(each)
    assert verify(registry.store).differences == ()
    repair(registry.store)
    assert stock.visits.sums(Scope(), first, last, earlier=earlier) == sums


@pytest.fixture
def counted_once(stock):
    came = [Entered(Where("A1", WEST), TODAY - timedelta(days=number), Source.DOOR, 5) for number in range(3)]
    stock.visits.enter(came, today=TODAY, who="zhang", at=NOON, mark="", seen=0)
    return stock


def test_visits_go_with_a_station_that_moved(counted_once, registry) -> None:
    row = registry.snapshot().index("A1")
    moved = dataclasses.replace(registry.snapshot().stations[row], township=EAST)
    registry.append([moved], what="edit", who="li", at=NOON)
    sums = counted_once.visits.sums(Scope(), TODAY, TODAY)
    assert sums.by_township_and_day == {(EAST, TODAY): Came(5, 0, 5, 0)}


@pytest.mark.parametrize("harm", [
    VISIT_MONTH.delete(),
    VISIT_MONTH.update().values(days=b"\1" * 372),
    VISIT_COUNT.update().values(people=6),
    VISIT_MONTH.insert().values(code="B1", month="2026-10", days=b"\1" * 372),
])  # fmt: skip
def test_sums_that_are_not_what_was_counted_are_found_and_made_again(counted_once, registry, harm) -> None:
    with registry.store.writing() as connection:
        connection.execute(harm)
    proof = verify(registry.store)
    assert proof.differences
    assert proof.log_is_whole
    assert repair(registry.store).differences == ()
    assert set(counted_once.visits.sums(Scope(), TODAY, TODAY).by_station) == {"A1"}


def test_a_row_of_which_all_was_taken_back_is_as_good_as_none(counted_once, registry) -> None:
    back = [Entered(Where("A1", WEST), TODAY - timedelta(days=number), Source.DOOR, None) for number in range(3)]
    counted_once.visits.enter(back, today=TODAY, who="zhang", at=NOON, mark="", seen=10**9)
    assert counted_once.visits.by_day(Scope(), date(2026, 11, 1), TODAY) == {}
    with registry.store.reading() as connection:
        assert connection.execute(sa.select(VISIT_MONTH.c.code)).scalars().all() == ["A1"]
        assert [differing(connection, codes) for codes in counted(connection)] == [()]
