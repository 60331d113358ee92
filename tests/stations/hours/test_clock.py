"""The one clock rule: facts worked out by hand, then properties, then every value found in the wild."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import opening_hours
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError
from stations.hours import HORIZON, HOURS_NOT_KNOWN, MAX_BLOCKS, OUT_OF_RANGE, OUT_OF_SEASON, SELF_SERVICE, Hours, State

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN, CLOSED, UNKNOWN = State.OPEN, State.CLOSED, State.UNKNOWN


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def asked(text: str, moment: str, **parts: str) -> tuple[State, datetime | None, str]:
    found = Hours.parse(text, SHANGHAI, **parts).state_at(local(moment))
    return found.state, found.until, found.reason


# 2025-03-01 is a Saturday.
FACTS = [
    ("Mo-Fr 08:00-18:00", "2025-03-03 08:00", OPEN, "2025-03-03 18:00"),
    ("Mo-Fr 08:00-18:00", "2025-03-03 07:59", CLOSED, "2025-03-03 08:00"),
    ("Mo-Fr 08:00-18:00", "2025-03-03 18:00", CLOSED, "2025-03-04 08:00"),
    ("Mo-Fr 08:00-18:00", "2025-03-01 12:00", CLOSED, "2025-03-03 08:00"),
    ("Mo-Fr 08:30-12:00,13:00-17:30", "2025-03-03 12:30", CLOSED, "2025-03-03 13:00"),
    ("22:00-06:00", "2025-03-01 23:00", OPEN, "2025-03-02 06:00"),
    ("22:00-06:00", "2025-03-02 00:00", OPEN, "2025-03-02 06:00"),
    ("22:00-06:00", "2025-03-02 05:59:59", OPEN, "2025-03-02 06:00"),
    ("22:00-06:00", "2025-03-02 06:00", CLOSED, "2025-03-02 22:00"),
    ("Fr 22:00-06:00", "2025-03-01 03:00", OPEN, "2025-03-01 06:00"),
    ("08:00-24:00", "2025-03-01 23:59", OPEN, "2025-03-02 00:00"),
    ("00:00-24:00", "2025-03-01 23:59", OPEN, None),
    ("24/7", "2025-03-01 12:00", OPEN, None),
    ("off", "2025-03-01 12:00", CLOSED, None),
    ("Dec 25 10:00-12:00", "2025-03-01 12:00", CLOSED, None),
    ("Jun-Aug 08:00-22:00; Sep-May 09:00-17:00", "2025-06-01 21:00", OPEN, "2025-06-01 22:00"),
    ("Jun-Aug 08:00-22:00; Sep-May 09:00-17:00", "2025-05-31 21:00", CLOSED, "2025-06-01 08:00"),
    ("2025 Mar 01-2025 Mar 10 off", "2025-03-05 12:00", CLOSED, None),
    ("Mo-Fr 08:00-18:00 || unknown", "2025-03-03 10:00", OPEN, "2025-03-03 18:00"),
    ("Mo-Fr 08:00-18:00 || unknown", "2025-03-03 20:00", UNKNOWN, "2025-03-04 08:00"),
    ("Mo-Fr 08:00-18:00 || 20:00-22:00", "2025-03-01 21:00", OPEN, "2025-03-01 22:00"),
    ("Mo-Fr 08:00-18:00 || unknown; Mo off", "2025-03-03 10:00", CLOSED, "2025-03-04 00:00"),
    ("Fr 22:00-06:00; Sa 10:00-12:00", "2025-03-01 03:00", OPEN, "2025-03-01 06:00"),
    ("Fr 22:00-06:00; Sa off", "2025-03-01 03:00", OPEN, "2025-03-01 06:00"),
    ("Fr 22:00-06:00, Sa off", "2025-03-01 03:00", OPEN, "2025-03-01 06:00"),
    ("Sa off; Fr 22:00-06:00", "2025-03-01 03:00", OPEN, "2025-03-01 06:00"),
    ("22:00-06:00; Mar 01 off", "2025-03-01 03:00", OPEN, "2025-03-01 06:00"),
    ("22:00-06:00; Mar 01 off", "2025-03-01 23:00", CLOSED, "2025-03-02 22:00"),
    ("Fr 22:00-06:00; Sa 00:00-04:00 off", "2025-03-01 03:00", CLOSED, "2025-03-01 04:00"),
    ("Mo-We 17:00-01:00; Th-Su 17:00-03:00", "2025-03-03 02:00", OPEN, "2025-03-03 03:00"),
    ("Mo-We 17:00-01:00; Th-Su 17:00-03:00", "2025-03-04 02:00", CLOSED, "2025-03-04 17:00"),
    ("Fr[1] 22:00-06:00; Sa off", "2025-03-08 03:00", OPEN, "2025-03-08 06:00"),
    ("Fr[1] 22:00-06:00; Sa off", "2025-03-01 03:00", CLOSED, "2025-03-07 22:00"),
    ("Mo-Fr 08:00-18:00; Sa, Su 10:00-12:00", "2025-03-01 13:00", CLOSED, "2025-03-02 10:00"),
]


@pytest.mark.parametrize(("text", "moment", "state", "until"), FACTS)
def test_state_and_next_change(text, moment, state, until):
    assert asked(text, moment) == (state, until and local(until), "")


def test_no_text_is_unknown_and_never_changes():
    assert asked("", "2025-03-01 12:00") == (UNKNOWN, None, HOURS_NOT_KNOWN)
    assert not Hours.parse(" ", SHANGHAI).known


def test_a_comment_is_the_reason():
    assert asked('Mo 08:00-12:00 "ring"', "2025-03-03 09:00")[2] == "ring"
    assert asked('Mo 08:00-12:00 unknown "if it rains"', "2025-03-03 09:00")[::2] == (UNKNOWN, "if it rains")


def test_a_rule_that_is_only_a_comment_is_unknown():
    assert asked('"on appointment"', "2025-03-03 20:00") == (UNKNOWN, None, "on appointment")
    assert asked('Mo-Fr 08:00-18:00 || "on appointment"', "2025-03-03 20:00")[0] is UNKNOWN
    assert asked('Mo-Fr 08:00-18:00 "a; b || c"', "2025-03-03 10:00")[::2] == (OPEN, "a; b || c")


def test_a_comment_that_changes_is_no_change_of_state():
    assert asked('08:00-12:00 "a", 12:00-18:00 "b"', "2025-03-03 09:00") == (OPEN, local("2025-03-03 18:00"), "a")


def test_open_by_staff_or_by_oneself():
    smart = {"text": "08:00-22:00", "self_service": "22:00-06:00"}
    assert asked(**smart, moment="2025-03-03 10:00") == (OPEN, local("2025-03-04 06:00"), "")
    assert asked(**smart, moment="2025-03-03 23:00") == (OPEN, local("2025-03-04 06:00"), SELF_SERVICE)
    assert asked(**smart, moment="2025-03-03 07:00") == (CLOSED, local("2025-03-03 08:00"), "")
    assert asked("08:00-22:00", "2025-03-03 10:00", self_service="21:00-08:30") == (OPEN, None, "")


def test_with_staffed_hours_unknown_it_is_unknown_and_not_closed_outside_self_service():
    assert asked("", "2025-03-03 10:00", self_service="22:00-06:00") == (
        UNKNOWN,
        local("2025-03-03 22:00"),
        HOURS_NOT_KNOWN,
    )


def test_out_of_season_it_is_closed():
    season = {"season": "Jun 01-Sep 30"}
    assert asked("08:00-22:00", "2025-05-27 10:00", **season) == (CLOSED, local("2025-06-01 08:00"), OUT_OF_SEASON)
    assert asked("08:00-22:00", "2025-09-30 21:00", **season)[0] is OPEN
    assert asked("", "2025-10-01 00:00", **season) == (CLOSED, None, OUT_OF_SEASON)
    over_new_year = {"season": "Nov 15-Mar 15"}
    assert asked("08:00-22:00", "2025-01-10 10:00", **over_new_year)[0] is OPEN
    assert asked("08:00-22:00", "2025-03-16 10:00", **over_new_year)[0] is CLOSED


def test_the_rule_is_read_in_the_stations_time_zone():
    hours = Hours.parse("08:00-18:00", SHANGHAI)
    assert hours.state_at(datetime(2025, 3, 3, 1, tzinfo=UTC)).state is OPEN
    assert hours.state_at(datetime(2025, 3, 3, 1, tzinfo=UTC)).until == local("2025-03-03 18:00")
    assert hours.state_at(datetime(2025, 3, 3, 17, tzinfo=UTC)).state is CLOSED


def test_a_datetime_without_a_time_zone_is_no_moment():
    with pytest.raises(ValueError, match="time zone"):
        Hours.parse("24/7", SHANGHAI).state_at(datetime(2025, 3, 3))  # noqa: DTZ001  what is meant


def test_a_clock_change_keeps_the_hours_on_the_wall():
    berlin = ZoneInfo("Europe/Berlin")
    hours = Hours.parse("08:00-18:00", berlin)
    spring = hours.state_at(datetime(2025, 3, 29, 20, tzinfo=berlin))
    assert spring.until == datetime(2025, 3, 30, 8, tzinfo=berlin)
    assert spring.until.astimezone(UTC).hour == 6


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_years_that_the_grammar_does_not_reach_are_unknown(year):
    found = Hours.parse("24/7", SHANGHAI).state_at(datetime(year, 6, 1, tzinfo=SHANGHAI))
    assert (found.state, found.reason) == (UNKNOWN, OUT_OF_RANGE)


@pytest.mark.parametrize(
    ("text", "depends"),
    [("Mo-Fr 08:00-18:00; PH off", True), ("Mo,SH 08:00-10:00", True), ("24/7", False), ('24/7 "not on PH"', False)],
)
def test_whether_holidays_matter(text, depends):
    assert Hours.parse(text, SHANGHAI).depends_on_holidays is depends


@pytest.mark.parametrize(
    ("text", "column"), [("24小时", 1), ("Mo-Fr 25:00", 7), ("Mo - Fr 09:00-18:00", 4), ("周一至周五 08:30-12:00", 1)]
)
def test_a_fault_says_where(text, column):
    with pytest.raises(HoursError) as caught:
        Hours.parse(text, SHANGHAI)
    assert caught.value.values["column"] == column
    assert text in str(caught.value)


def test_a_text_without_end_is_refused():
    with pytest.raises(HoursError, match="too long"):
        Hours.parse("Mo 08:00-09:00; " * 100, SHANGHAI)


def test_equal_by_text_and_time_zone():
    assert Hours.parse(" 24/7 ", SHANGHAI) == Hours.parse("24/7", SHANGHAI)
    assert hash(Hours.parse("24/7", SHANGHAI)) == hash(Hours.parse("24/7", SHANGHAI))
    assert Hours.parse("24/7", SHANGHAI) != Hours.parse("24/7", ZoneInfo("UTC"))
    assert Hours.parse("24/7", SHANGHAI) != Hours.parse("24/7", SHANGHAI, season="Jun 01-Sep 30")


def test_what_is_kept_is_bounded_and_changes_no_answer():
    hours = Hours.parse("Mo-Fr 22:00-06:00", SHANGHAI)
    moments = [local("2025-01-01 23:30") + timedelta(days=3 * step) for step in range(100)]
    first = [hours.state_at(moment) for moment in moments]
    assert len(hours._blocks) <= MAX_BLOCKS
    assert [hours.state_at(moment) for moment in reversed(moments)] == first[::-1]


def test_threads_may_share_a_rule():
    text = "Mo-Fr 08:00-12:00,13:00-18:00; Sa 22:00-06:00"
    shared = Hours.parse(text, SHANGHAI)
    moments = [local("2025-01-01 00:10") + timedelta(hours=7 * step) for step in range(600)]
    expected = [Hours.parse(text, SHANGHAI).state_at(moment) for moment in moments]
    wrong: list[datetime] = []

    def ask(offset):
        order = moments[offset:] + moments[:offset]
        found = {moment: shared.state_at(moment) for moment in order}
        wrong.extend(moment for moment, right in zip(moments, expected, strict=True) if found[moment] != right)

    threads = [threading.Thread(target=ask, args=(90 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


TIMES = st.builds("{:02}:{:02}-{:02}:{:02}".format, *[st.integers(0, 24), st.sampled_from([0, 30])] * 2)
DAYS = st.sampled_from(["", "Mo-Fr ", "Sa,Su ", "Su[1] ", "PH ", "week 1-53/2 ", "Jan-Mar ", "Dec 24-Jan 02 ", "2025 "])
ENDS = st.sampled_from(["", "", " off", ' "ring"', ' unknown "perhaps"', " open"])
RULES = st.builds("{}{}{}".format, DAYS, st.one_of(TIMES, st.lists(TIMES, min_size=1, max_size=3).map(",".join)), ENDS)
TEXTS = st.lists(RULES, min_size=1, max_size=3).flatmap(
    lambda rules: st.sampled_from(["; ", ", ", " || "]).map(lambda between: between.join(rules))
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001  as asked


def read(text: str, **parts: str) -> Hours | None:
    try:
        return Hours.parse(text, SHANGHAI, **parts)
    except HoursError:
        return None


@given(TEXTS, MOMENTS)
def test_the_next_change_is_a_change_and_the_next(text, moment):
    hours = read(text)
    if hours is None:
        return
    now = hours.state_at(moment)
    if now.until is None:
        later = [hours.state_at(moment + HORIZON * part / 40).state for part in range(41)]
        assert set(later) == {now.state}
    else:
        assert moment < now.until <= moment + HORIZON
        assert hours.state_at(now.until).state is not now.state
        between = [hours.state_at(moment + (now.until - moment) * part / 40) for part in range(40)]
        assert {found.state for found in between} == {now.state}
        assert {found.until for found in between} == {now.until}


@given(TEXTS.filter(lambda text: "||" not in text and "PH" not in text), MOMENTS)
def test_rules_of_days_without_nights_say_what_the_library_says(text, moment):
    # The library cuts a night off where another rule holds on the next day, and has no official calendar.
    spans = [span.replace(":", "") for span in re.findall(r"\d\d:\d\d-\d\d:\d\d", text)]
    if any(int(span[5:]) <= int(span[:4]) or int(span[5:]) > 2400 for span in spans):
        return
    hong_kong = ZoneInfo("Asia/Hong_Kong")
    try:
        hours = Hours.parse(text, hong_kong)
    except HoursError:
        return
    library = opening_hours.OpeningHours(text, timezone=hong_kong, auto_country=False, auto_timezone=False)
    state, comment = library.state(moment)
    found = hours.state_at(moment)
    if found.state is not State.CLOSED:
        assert (found.state, found.reason) == (str(state), comment)


@given(TEXTS, TEXTS, MOMENTS)
def test_self_service_never_closes_a_door(staffed, self_service, moment):
    alone, both = read(staffed), read(staffed, self_service=self_service)
    if alone is not None and both is not None and alone.state_at(moment).state is OPEN:
        assert both.state_at(moment).state is OPEN


@given(st.one_of(st.text(max_size=60), st.text('MoTuWeThFrSaSuPHSH0123456789:-,;|"[]+/ offunknweek', max_size=40)))
def test_any_text_is_read_or_refused(text):
    hours = read(text)
    if hours is not None:
        hours.state_at(datetime(2025, 3, 3, 10, tzinfo=SHANGHAI))


def values_in_the_wild(folder: Path) -> list[str]:
    text = (folder / "stations" / "opening_hours_values.tsv").read_bytes().decode()
    return [value for _, value in re.findall(r"(?ms)^(\d+)\t(.*?)\n(?=\d+\t|\Z)", text)]


def test_every_value_in_the_wild_is_read_or_refused_with_its_place(real_data):
    values = values_in_the_wild(real_data)
    assert len(values) == 2406
    moments = [local("2026-02-13 23:30"), local("2027-02-08 10:00")]
    refused = 0
    for value in values:
        try:
            hours = Hours.parse(value, SHANGHAI)
        except HoursError as error:
            refused += 1
            assert str(error.values["column"]).isdecimal()  # noqa: PT017  one of many
            continue
        for moment in moments:
            hours.state_at(moment)
    assert refused == 92


def test_a_warm_question_costs_less_than_5_microseconds():
    hours = Hours.parse("Mo-Fr 08:30-12:00,13:00-17:30; Sa 09:00-12:00", SHANGHAI, self_service="22:00-06:00")
    moment = local("2025-03-03 10:00")
    hours.state_at(moment)
    best = min(timed(hours, moment) for _ in range(20))
    assert best < 5e-6


def timed(hours: Hours, moment: datetime, times: int = 2000) -> float:
    """Seconds of the processor for each question: whatever else the machine does meanwhile is left out."""
    begin = time.thread_time()
    for _ in range(times):
        hours.state_at(moment)
    return (time.thread_time() - begin) / times
