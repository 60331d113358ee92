"""Opening hours told in Chinese and English, and read again from both."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError
from stations.hours import Hours
from stations.hours.rules import parts_of, written
from stations.phrases.reading import read_hours
from stations.phrases.sentences import in_words, sentence
from stations.station import Closure
from tests.stations.phrases.test_reading import PHRASES

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = [datetime(2026, 2, 5, tzinfo=SHANGHAI) + timedelta(minutes=193 * step) for step in range(180)]

TOLD = [
    (
        "Mo-Tu,Th 09:00-12:00; Fr-Sa 10:00-22:00",
        "周一、周二、周四 09:00–12:00；周五、周六 10:00–22:00",
        "Monday, Tuesday and Thursday 09:00–12:00; Friday and Saturday 10:00–22:00",
    ),
    ("", "开放时间不详", "Hours not known"),
    ("24/7", "全天24小时", "Open 24 hours"),
    (
        "Mo-Fr 08:30-12:00,13:00-17:30; PH off",
        "周一至周五 08:30–12:00、13:00–17:30；法定节假日休息",
        "Monday to Friday 08:30–12:00 and 13:00–17:30; closed on public holidays",
    ),
    (
        "Mo-Fr 08:30-17:30; PH off; Sa,Su 09:00-16:00",
        "工作日 08:30–17:30；周末 09:00–16:00",
        "Official workdays 08:30–17:30; Saturday and Sunday 09:00–16:00",
    ),
    (
        "Mo-Sa 08:30-17:30; PH off; Su 09:00-12:00",
        "周一至周六（法定节假日除外） 08:30–17:30；周日 09:00–12:00",
        "Monday to Saturday except public holidays 08:30–17:30; Sunday 09:00–12:00",
    ),
    ("Mo-Fr unknown; PH off", "工作日开放，时间不详", "Open on official workdays, times not known"),
    ("22:00-02:00", "每天 22:00–次日02:00", "Every day 22:00–02:00 next day"),
    (
        "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30",
        "5月至9月每天 08:00–18:00；10月至次年4月每天 08:30–17:30",
        "May to September: every day 08:00–18:00; October to April: every day 08:30–17:30",
    ),
    (
        "08:00-18:00; 2026 Feb 14-20 off",
        "每天 08:00–18:00；2026年2月14日至20日休息",
        "Every day 08:00–18:00; closed 14 to 20 February 2026",
    ),
    ("PH off; Mo-Fr 09:00-17:00", "法定节假日休息；但周一至周五 09:00–17:00", None),
    ("Mo-Fr 08:00-12:00, Fr 14:00-16:00", "周一至周五 08:00–12:00；另周五 14:00–16:00", None),
    ('Mo 08:00-12:00 || "按铃"', "周一 08:00–12:00；其余时间不详（“按铃”）", None),
    ("08:00-12:00 unknown", "每天 08:00–12:00 可能开放", "Perhaps open every day 08:00–12:00"),
    ("Mo[1] 09:00-12:00; Tu off", "规则“Mo[1] 09:00-12:00”；周二休息", None),
    ("Mo-Fr 09:00-17:00; off", "周一至周五 09:00–17:00；但每天休息", None),
    ("Mo || Tu; We off", "规则“Mo || Tu; We closed”", None),
]


@pytest.mark.parametrize(("rule", "zh", "en"), TOLD)
def test_a_rule_is_told_in_both_languages(rule, zh, en):
    assert sentence(rule, "zh") == zh
    assert en is None or sentence(rule, "en") == en


def test_all_of_a_stations_hours_are_told():
    hours = Hours.parse(
        "08:00-22:00",
        SHANGHAI,
        self_service="22:00-08:00",
        season="Mar-Dec",
        closures=(Closure(first=date(2026, 2, 14), last=date(2026, 2, 20), reason="装修"),),
    )
    assert sentence(hours, "zh") == (
        "每天 08:00–22:00；自助 22:00–次日08:00（无人值守）；仅3月至12月开放；暂停开放：2026年2月14日至20日 装修"
    )
    assert sentence(hours, "en") == (
        "Every day 08:00–22:00; self-service 22:00–08:00 next day (unstaffed); only March to December; "
        "closed for now 14 to 20 February 2026: 装修"
    )
    assert sentence(Hours.parse("", SHANGHAI, self_service="Mo 22:00-24:00"), "zh") == (
        "开放时间不详；自助（无人值守）：周一 22:00–24:00"
    )


@pytest.mark.parametrize("phrase", [phrase for phrase, _ in PHRASES])
def test_phrase_to_rule_to_phrase_is_stable(phrase):
    rule = read_hours(phrase)
    told = sentence(rule, "zh")
    assert in_words(rule)
    assert read_hours(told) == rule
    assert sentence(read_hours(told), "zh") == told
    assert read_hours(sentence(rule, "en")) == rule


def same(rule: str, other: str) -> bool:
    """Whether two texts are one rule: the same text, or the same answers over the weeks around a Spring Festival."""
    if rule == other:
        return True
    one, two = (Hours.parse(text, SHANGHAI) for text in (rule, other))
    return all(one.state_at(moment).state is two.state_at(moment).state for moment in MOMENTS)


TIMES = st.builds("{:02}:{:02}-{:02}:{:02}".format, *[st.integers(0, 23), st.sampled_from([0, 30])] * 2)
DAYS = "Mo-Fr |Sa |Sa-Su |Su,PH |PH |Mo-Su |Mo,We,Fr |Fr-Mo |Tu-Su,PH |Sa,PH |".split("|")
DATES = "May-Sep |Oct-Apr |Feb |Oct 1-Oct 7 |Nov 15-Mar 15 |2026 Feb 14-2026 Feb 20 |Mar,Jun ||||".split("|")
ENDS = st.sampled_from(["", "", "", " off", " unknown", ' "按铃"', ' unknown "不定休"'])
RULES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(DATES),
    st.sampled_from(DAYS),
    st.one_of(st.just(""), st.lists(TIMES, min_size=1, max_size=2).map(",".join)),
    ENDS,
)
TEXTS = st.lists(st.tuples(RULES, st.sampled_from(["; ", "; ", ", ", " || "])), min_size=1, max_size=4).map(
    lambda rules: "".join(rule + joint for rule, joint in rules[:-1]) + rules[-1][0]
)


@given(TEXTS)
def test_every_rule_is_read_again_from_its_sentence(text):
    try:
        rule = written(parts_of(text))
    except HoursError:
        return
    told = sentence(rule, "zh")
    again = read_hours(told)
    assert same(rule, again), (rule, told, again)
    assert read_hours(sentence(again, "zh")) == again, "what a rule closes for nothing is told once, and no more"
    english = sentence(rule, "en")
    assert same(rule, read_hours(english)), (rule, english)


def test_values_in_the_wild_are_told_in_words_and_read_again(real_data: Path):
    text = (real_data / "stations" / "opening_hours_values.tsv").read_bytes().decode()
    values = [value for _, value in re.findall(r"(?ms)^(\d+)\t(.*?)\n(?=\d+\t|\Z)", text)]
    told = worded = again = 0
    # Every third is enough to hold the share; each takes milliseconds.
    for value in values[::3]:
        try:
            rule = read_hours(value)
        except HoursError:
            continue
        told += 1
        worded += in_words(rule)
        again += all(same(rule, read_hours(sentence(rule, language))) for language in ("zh", "en"))
    assert told > 760
    assert again == told
    assert worded / told > 0.98


@pytest.mark.parametrize(
    "rule", ["Mo closed || 09:00-17:00", "09:00-17:00; Su closed || Mo-Su 10:00-12:00", "PH closed"]
)
def test_a_sentence_never_says_closed_of_days_that_the_rule_opens_nor_open_of_a_door_that_never_does(rule):
    # By the grammar a fallback opens what was closed before it, and a rule that only closes is never open.
    assert sentence(rule, "zh") == f"规则“{rule}”"
    assert read_hours(sentence(rule, "zh")) == rule
