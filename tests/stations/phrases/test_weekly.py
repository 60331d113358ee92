"""Hours said by the week: written as rules and as a phrase, and known again in them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stations.desk.entering import told_hours
from stations.hours import Hours
from stations.phrases import read_hours
from stations.phrases.week import week
from stations.phrases.weekly import ALL_DAY, CLOSED, Weekly, overlap, weekly_of

MIDNIGHT = 1440
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
"""Of a week without a holiday."""

OFFICE = ((510, 720), (780, 1050))


@st.composite
def spans(draw):
    begin = draw(st.integers(0, MIDNIGHT - 1))
    return begin, draw(st.integers(begin + 1, begin + MIDNIGHT - 1))


TIMES = st.one_of(
    st.sampled_from([CLOSED, ALL_DAY, OFFICE, ((1320, 1800),)]),
    st.lists(spans(), min_size=1, max_size=2)
    .map(lambda found: tuple(sorted(found)))
    .filter(lambda times: not overlap(times) and times != ALL_DAY),
)
WEEKS = st.builds(Weekly, st.tuples(*[TIMES] * 7), st.none() | TIMES)


@given(WEEKS, st.sampled_from(["zh", "en"]))
@settings(max_examples=150)
def test_what_is_written_is_read_as_the_same_week(said: Weekly, language) -> None:
    phrase = told_hours(said.osm, language)
    assert weekly_of(read_hours(phrase)) == said.plain
    assert read_hours(phrase) == read_hours(said.osm)
    assert language == "en" or "Mo" not in phrase, "it is said in words"


@given(WEEKS)
@settings(max_examples=60)
def test_the_clock_keeps_the_same_week(said: Weekly) -> None:
    wanted = set()
    for number in range(-1, 7):
        for begin, end in said.days[number]:
            wanted |= {number * MIDNIGHT + minute for minute in range(begin, end)}
    kept = set()
    for number, day in enumerate(week(Hours.parse(said.osm, SHANGHAI), MONDAY, "en")):
        for span in day.spans:
            begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (span.start, span.end))
            kept |= {number * MIDNIGHT + minute for minute in range(begin, end + MIDNIGHT * span.next_day)}
    whole = range(7 * MIDNIGHT)
    assert kept & {*whole} == wanted & {*whole}


def test_days_with_the_same_hours_are_said_together() -> None:
    said = Weekly((*[OFFICE] * 5, ((540, 720),), CLOSED), CLOSED)
    assert said.osm == "Mo-Fr 08:30-12:00,13:00-17:30; Sa 09:00-12:00; Su closed; PH closed"
    phrase = "周一至周五 08:30–12:00、13:00–17:30；周六 09:00–12:00；周日休息；法定节假日休息"
    assert told_hours(said.osm, "zh") == phrase


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Mo-Fr 08:30-17:30", "Mo-Fr 08:30-17:30; Sa-Su closed"),
        ("08:00-12:00; Sa 13:00-15:00", "Mo-Fr,Su 08:00-12:00; Sa 13:00-15:00"),
        ("PH closed; 08:00-24:00", "08:00-24:00"),
        ("Mo-Su,PH 08:00-20:00", "08:00-20:00"),
        ("Fr-Mo 22:00-06:00", "Mo,Fr-Su 22:00-06:00; Tu-Th closed"),
        ("24/7", "24/7"),
        ("24/7 closed", "24/7 closed"),
    ],
)
def test_a_week_is_known_in_rules(text: str, same: str) -> None:
    found = weekly_of(text)
    assert found is not None
    assert found.osm == same


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24/7 unknown; Mo closed",
        "Jun-Aug 08:00-20:00",
        "Sa[1] 09:00-12:00",
        "SH 09:00-12:00",
        "sunrise-sunset",
        "08:00+",
        "08:00-09:00,10:00-11:00,12:00-13:00",
        'Mo-Fr 08:00-12:00 "by phone"',
        "Mo-Fr 08:00-18:00; 12:00-13:00 closed",
        "Mo-Fr 08:00-12:00, Mo 14:00-16:00",
        "08:00-12:00 || 14:00-16:00",
        "Mo-Fr 08:00-12:00; PH closed; Sa 09:00-12:00",
        "week01-10 Mo 08:00-12:00",
        "Mo 12",
    ],
)
def test_what_is_more_than_a_week_is_left_as_it_is(text: str) -> None:
    assert weekly_of(text) is None
