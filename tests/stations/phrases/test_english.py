"""Opening hours as English-speaking staff write them; our own sentences are read again in `test_sentences`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError
from stations.hours.rules import parts_of, written
from stations.phrases.reading import read_hours

PHRASES = [
    ("Mon to Fri 9 am to 5 pm, closed on public holidays", "Mo-Fr 09:00-17:00; PH closed"),
    ("daily 08:00-18:00", "08:00-18:00"),
    ("around the clock", "24/7"),
    ("Open 24 hours a day, 7 days a week", "24/7"),
    ("weekdays 9am-5pm, weekends 10am-4pm", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00"),
    ("Working days 8:30 to 17:30", "Mo-Fr 08:30-17:30; PH closed"),
    ("9 a.m. to 5 p.m. Monday to Friday", "Mo-Fr 09:00-17:00"),
    ("9 am to 5 pm, Monday to Friday", "Mo-Fr 09:00-17:00"),
    ("Mon–Fri: 9:00–17:00. Sat closed.", "Mo-Fr 09:00-17:00; Sa closed"),
    ("Mon to Fri 9 am to noon and 2 pm to 5:30 pm & Sat 9 am to noon", "Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00"),
    ("Monday, Wednesday and Friday 9:00-12:00", "Mo,We,Fr 09:00-12:00"),
    ("Mon to Fri 9:00-17:00, Sat, Sun 10:00-16:00", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00"),
    ("closed Mondays, 9 am to 5 pm", "09:00-17:00; Mo closed"),
    ("closed on Monday, Tuesday to Sunday 9 am to 5 pm", "Mo closed; Tu-Su 09:00-17:00"),
    ("Sat and Sun closed, 9:00-17:00", "09:00-17:00; Sa-Su closed"),
    ("daily except Sundays 8 am to noon", "08:00-12:00; Su closed"),
    ("9:00-17:00 every day including public holidays", "09:00-17:00"),
    ("Open daily from 8:30 to 17:30, lunch break 12:00-13:00", "08:30-17:30; 12:00-13:00 closed"),
    ("every day 22:00 to 2:00 next day", "22:00-02:00"),
    ("June 1 to Sept 30 8:00-20:00, October to May 9:00-17:00", "Jun 1-Sep 30 08:00-20:00; Oct-May 09:00-17:00"),
    ("daily 9 to 17:00; closed 28 January to 3 February 2027", None),
    ("daily 9:00-17:00; closed 28 January to 3 Feb 2027", "09:00-17:00; 2027 Jan 28-2027 Feb 3 closed"),
    ("9:00-17:00; closed December 25, 2026", "09:00-17:00; 2026 Dec 25 closed"),
    ('Mon-Fri 9:00-17:00 "ring the bell"', 'Mo-Fr 09:00-17:00 "ring the bell"'),
    ("from 9 am", "09:00+"),
    ("Monday to Friday", read_hours("周一至周五")),
    ("sunrise to sunset", "sunrise-sunset"),
    ("8 am to midnight", "08:00-24:00"),
    ("opening hours not known", "24/7 unknown"),
]


@pytest.mark.parametrize(("phrase", "rule"), [(phrase, rule) for phrase, rule in PHRASES if rule])
def test_plain_english_is_read(phrase, rule):
    assert read_hours(phrase) == rule
    assert read_hours(phrase.upper()) == rule.replace("ring the bell", "RING THE BELL")


@pytest.mark.parametrize(
    ("phrase", "column"),
    [
        ("closed Monday 9:00-17:00", 15),
        ("closed Monday and Tuesday 9:00-17:00", 27),
        ("Mondays by appointment", 9),
        ("Mon-Fri 9:00-17:00, Saturday", 21),
        ("Mon-Fri 9-5", 1),
        ("Mon to Fri 9 am", 12),
        ("open until 5 pm", 6),
        ("daily 9:00-17:00 tomorrow", 18),
        ("closed 30 February", 8),
        ("otherwise closed", 1),
        ("Mon-Fri 9:00-17:00 but", 1),
        ("every day all day 9:00-17:00", 19),
    ],
)
def test_what_means_two_things_or_is_no_word_is_refused_where_it_stands(phrase, column):
    with pytest.raises(HoursError) as caught:
        read_hours(phrase)
    assert caught.value.values["column"] == column, str(caught.value)
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in str(caught.value.values["words"]))


WORDS = (
    "Monday Tue Sat and Sunday weekdays weekends holidays daily every day closed open except but also otherwise , ; . "
    "( ) : to - from 9 am 5 pm 9:00-17:00 12:00 noon midnight next all day 24 hours May 1 June 2026 lunch break not "
    'known including public "x" rule “Mo” on the'
).split()


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_any_english_is_read_or_refused_with_its_place(text):
    try:
        rule = read_hours(text)
    except HoursError as error:
        column = error.values["column"]
    else:
        assert rule == "" or written(parts_of(rule)) == rule
        return
    assert column in range(1, len(text) + 2)
