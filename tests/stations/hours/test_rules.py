"""Texts parted into their rules, and put together again."""

import re
from pathlib import Path

import opening_hours
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError
from stations.hours.rules import Part, alternatives, parts_of, written


def test_a_rule_in_all_its_parts():
    assert parts_of('Mo off; 2026 Feb 16-20 week 8 Mo-Fr,PH 08:00-12:00,14:00+ unknown "ring; twice"') == (
        Part(days=("Mo",), modifier="closed"),
        Part(
            joined=";",
            dates="2026 Feb 16-2026 Feb 20 week08",
            days=("Mo-Fr", "PH"),
            times=("08:00-12:00", "14:00+"),
            modifier="unknown",
            comment="ring; twice",
        ),
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("24/7", (Part(),)),
        ("off", (Part(modifier="closed"),)),
        ("Jan-Mar Su[-1]", (Part(dates="Jan-Mar", days=("Su[-1]",)),)),
        ("Jan 5-Mar Su[-1]", (Part(dates="Jan 5-Mar Su[-1]"),)),
        ("PH +2 days,Mo 10:00-11:00", (Part(days=("PH +2 days", "Mo"), times=("10:00-11:00",)),)),
        ("SH Mo-Fr 09:00-20:00", (Part(days=("SH", "Mo-Fr"), within=True, times=("09:00-20:00",)),)),
        ("SH,Mo-Fr 09:00-20:00", (Part(days=("SH", "Mo-Fr"), times=("09:00-20:00",)),)),
        ("Mo 08:00-12:00, Sa off", (Part(days=("Mo",), times=("08:00-12:00",)),
                                    Part(joined=",", days=("Sa",), modifier="closed"))),
        ("Mo, Tu,Su,  PH 08:00-12:00", (Part(days=("Mo", "Tu", "Su", "PH"), times=("08:00-12:00",)),)),
        ('"on appointment"', (Part(modifier="unknown", comment="on appointment"),)),
        ('open "on appointment"', (Part(comment="on appointment"),)),
        ('Mo "Sa, Su || PH"', (Part(days=("Mo",), comment="Sa, Su || PH"),)),
        ("sunrise-(sunset+01:00)", (Part(times=("sunrise-(sunset+01:00)",)),)),
    ],
)  # fmt: skip
def test_parts(text, parts):
    assert parts_of(text) == parts


def test_fallbacks_hold_one_after_another_and_what_follows_overrides_all():
    texts = [written(parts) for parts in alternatives(parts_of("Mo 08:00-12:00 || unknown; PH off || Tu"))]
    assert texts == ["Mo 08:00-12:00; PH closed", "24/7 unknown; PH closed", "Tu"]


@pytest.mark.parametrize(
    ("text", "column"), [("", 1), ("周一", 1), ("Mo 25:00-26:00", 4), ("Mo, Tu 8-12", 8), ("Mo \ud800", 4)]
)
def test_what_is_not_in_the_grammar_is_refused_with_its_place(text, column):
    with pytest.raises(HoursError) as caught:
        parts_of(text)
    assert caught.value.values["column"] == column


TIMES = st.sampled_from(["08:00-12:00", "22:00-06:00", "10:00+", "sunrise-sunset", "10:00-26:00", "10:00-16:00/30"])
DATES = st.sampled_from(["", "2026 ", "Jan-Mar ", "Dec 24-Jan 02 ", "week 1-53/2 ", "easter -2 days ", "Jan Su[1] "])
DAYS = st.sampled_from(["", "Mo-Fr ", "Sa,Su ", "Sa, Su ", "PH ", "PH -1 day ", "SH Mo ", "Mo,Su[1,-1] ", "Fr-Mo,PH "])
ENDS = st.sampled_from(["", " off", " unknown", ' "Mo; Sa, Su || PH"', ' open "x"'])
RULES = st.builds("{}{}{}{}".format, DATES, DAYS, st.lists(TIMES, min_size=1, max_size=3).map(",".join), ENDS)
TEXTS = st.lists(st.tuples(st.sampled_from(["; ", ", ", " || "]), RULES), min_size=1, max_size=4).map(
    lambda rules: "".join(joined + rule for joined, rule in rules)[2:].removeprefix("| ").strip()
)


@given(TEXTS)
def test_a_text_put_together_again_is_the_same_text(text):
    try:
        parts = parts_of(text)
    except HoursError:
        # Refused because the library refuses it, and for no other reason.
        with pytest.raises(SyntaxError):
            opening_hours.OpeningHours(text)
        return
    assert parts_of(written(parts)) == parts


def values_in_the_wild(folder: Path) -> list[str]:
    text = (folder / "stations" / "opening_hours_values.tsv").read_bytes().decode()
    return [value for _, value in re.findall(r"(?ms)^(\d+)\t(.*?)\n(?=\d+\t|\Z)", text)]


def test_every_value_in_the_wild_is_parted_or_refused_with_its_place(real_data):
    values = values_in_the_wild(real_data)
    assert len(values) == 2406
    refused = []
    for value in values:
        try:
            parts = parts_of(value)
        except HoursError as error:
            refused.append(error.values["column"])
            continue
        assert parts_of(written(parts)) == parts
    assert len(refused) == 92
    assert all(isinstance(column, int) and column > 0 for column in refused)
