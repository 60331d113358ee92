"""Many rules at once: the same answers as each rule by itself, and what is kept stays bounded."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError
from stations.hours import OUT_OF_RANGE, STATE_CODES, Hours, State
from stations.hours.table import ASKED_BEFORE, MAX_DAYS, RuleTable
from stations.station import Closure

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")

RULES = (
    Hours.parse("", SHANGHAI),
    Hours.parse("24/7", SHANGHAI),
    Hours.parse("Mo-Fr 08:00-18:00; PH off", SHANGHAI),
    Hours.parse("Mo-Fr 08:00-18:00; Sa,Su,PH 10:00-16:00", SHANGHAI, self_service="18:00-02:00"),
    Hours.parse("Mo-Th 17:00-01:00; Fr-Su 17:00-04:00; PH off", SHANGHAI),
    Hours.parse('Mo-Fr 08:00-18:00 || "ring"', SHANGHAI, season="Nov 15-Mar 15"),
    Hours.parse("Mo-Fr 08:00-12:00 unknown", SHANGHAI),
    Hours.parse("24/7", SHANGHAI, closures=(Closure(first=date(2026, 2, 16), last=date(2026, 2, 20)),)),
    Hours.parse("Mo-Fr 08:00-18:00; SH off", SHANGHAI),
    Hours.parse("", SHANGHAI, self_service="PH 08:00-18:00"),
    Hours.parse("Mo-Sa 22:00-05:00; Su off", BERLIN),
    Hours.parse("Mo-Fr 01:00-03:30", BERLIN),
)
TABLE = RuleTable(RULES)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def one_by_one(rules, moment):
    return [STATE_CODES[rule.state_at(moment).state] for rule in rules]


MOMENTS = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  as asked
    st.datetimes(datetime(2026, 2, 12), datetime(2026, 3, 2), timezones=st.just(UTC)),  # noqa: DTZ001  as asked
    st.datetimes(datetime(2026, 12, 28), datetime(2027, 1, 4), timezones=st.just(UTC)),  # noqa: DTZ001  as asked
)


@given(MOMENTS)
def test_every_rule_says_what_it_says_by_itself(moment):
    fresh = RuleTable(RULES)
    expected = one_by_one(RULES, moment)
    for _ in range(ASKED_BEFORE + 1):  # one by one, then worked out for the day
        assert fresh.states_at(moment).tolist() == expected
    assert TABLE.states_at(moment).tolist() == expected


@given(MOMENTS, st.lists(st.timedeltas(timedelta(0), timedelta(days=12)), min_size=1, max_size=20))
def test_many_moments_in_any_order_are_each_moment(moment, later):
    moments = [moment + wait for wait in later]
    states = TABLE.states_through(moments)
    assert states.shape == (len(moments), len(RULES))
    assert states.tolist() == [one_by_one(RULES, each) for each in moments]


def test_every_hour_of_the_week_of_spring_festival_2026():
    moments = [local("2026-02-13 00:00") + timedelta(hours=step) for step in range(24 * 12)]
    assert TABLE.states_through(moments).tolist() == [one_by_one(RULES, moment) for moment in moments]


@pytest.mark.parametrize("night", ["2025-03-29 20:00", "2025-10-25 20:00"])
def test_a_night_of_a_clock_change(night):
    moments = [datetime.fromisoformat(night).replace(tzinfo=UTC) + timedelta(minutes=15 * step) for step in range(40)]
    table = RuleTable(RULES)
    expected = [one_by_one(RULES, moment) for moment in moments]
    assert [table.states_at(moment).tolist() for moment in moments] == expected
    assert table.states_through(moments).tolist() == expected


def test_int8_and_one_column_a_rule():
    states = TABLE.states_at(local("2026-02-17 10:00"))
    assert states.dtype == np.int8
    assert states.tolist()[:5] == [0, 1, 2, 1, 2]
    assert RuleTable([]).states_at(local("2026-02-17 10:00")).shape == (0,)
    assert RuleTable([]).states_through([local("2026-02-17 10:00")] * 3).shape == (3, 0)
    assert TABLE.states_through([]).shape == (0, len(RULES))


def test_years_that_the_grammar_does_not_reach_are_unknown():
    moments = [datetime(1850, 1, 1, tzinfo=UTC), local("2026-03-03 10:00"), datetime(9999, 1, 1, tzinfo=UTC)]
    assert RULES[1].state_at(moments[0]).reason == OUT_OF_RANGE
    assert TABLE.states_through(moments)[:, 1].tolist() == [0, 1, 0]
    assert not TABLE.states_at(moments[2]).any()


def test_a_datetime_without_a_time_zone_is_no_moment():
    naive = datetime(2026, 3, 3)  # noqa: DTZ001  what is meant
    with pytest.raises(ValueError, match="time zone"):
        TABLE.states_at(naive)
    with pytest.raises(ValueError, match="time zone"):
        TABLE.states_through([naive])


def test_what_is_kept_is_bounded():
    table = RuleTable(RULES)
    for day in range(3 * MAX_DAYS):
        for hour in range(ASKED_BEFORE + 1):
            table.states_at(local("2026-03-01 08:00") + timedelta(days=day, hours=hour))
    assert len(table._days) <= MAX_DAYS
    assert len(table._asked) <= MAX_DAYS


def values_in_the_wild(folder: Path) -> list[str]:
    text = (folder / "stations" / "opening_hours_values.tsv").read_bytes().decode()
    return [value for _, value in re.findall(r"(?ms)^(\d+)\t(.*?)\n(?=\d+\t|\Z)", text)]


def read(value: str) -> Hours | None:
    try:
        return Hours.parse(value, SHANGHAI)
    except HoursError:
        return None


@pytest.fixture(scope="module")
def wild(real_data) -> list[Hours]:
    return [hours for value in values_in_the_wild(real_data) if (hours := read(value))]


def test_every_value_in_the_wild_says_the_same_in_the_table(wild):
    assert len(wild) == 2314
    table = RuleTable(wild)
    for day in ("2025-09-28", "2026-02-14", "2026-02-17", "2026-04-15", "2027-02-13"):
        moments = [local(f"{day} {time}") for time in ("00:30", "03:10", "11:59", "23:45")]
        together = table.states_through(moments)
        for moment, states in zip(moments, together, strict=True):
            assert table.states_at(moment).tolist() == states.tolist()
        some = np.random.default_rng(len(day) + int(day[-2:])).integers(0, len(wild), 120)
        for moment, states in zip(moments, together, strict=True):
            assert states[some].tolist() == one_by_one([wild[number] for number in some], moment)


def test_no_value_in_the_wild_crashes_in_four_years(wild):
    table = RuleTable(wild)
    moments = [local("2024-01-01 00:30") + timedelta(hours=1709 * step) for step in range(20)]
    assert moments[-1].year == 2027
    for moment in moments:
        states = table.states_at(moment)
        assert states.shape == (len(wild),)
        assert 0 < np.count_nonzero(states == STATE_CODES[State.OPEN]) < len(wild)
