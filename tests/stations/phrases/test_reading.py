"""What staff write about opening hours, and the rule that is read from it."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import HoursError, TaxonomyError
from stations.hours.rules import parts_of, written
from stations.phrases.reading import read_hours
from stations.phrases.words import FILE, HoursWords, hours_words

DAYS_AND_TIMES = [
    ("周一至周五 08:30-12:00,13:00-17:30", "Mo-Fr 08:30-12:00,13:00-17:30"),
    ("24小时", "24/7"),
    ("全天", "24/7"),
    ("全天开放", "24/7"),
    ("24小时开放", "24/7"),
    ("7×24小时", "24/7"),
    ("24h", "24/7"),
    ("早8点到晚10点", "08:00-22:00"),
    ("早8晚10", "08:00-22:00"),
    ("朝九晚五", "09:00-17:00"),
    ("早8:00晚10:00", "08:00-22:00"),
    ("上午8:30-12:00 下午14:30-18:00", "08:30-12:00,14:30-18:00"),
    ("上午8:30-12:00 下午2:30-6:00", "08:30-12:00,14:30-18:00"),
    ("上午9点～11点半，下午2点～5点", "09:00-11:30,14:00-17:00"),
    ("早上八点半至中午十二点", "08:30-12:00"),
    ("8时30分至17时30分", "08:30-17:30"),
    ("8点一刻至17点", "08:15-17:00"),
    ("中午12点到2点", "12:00-14:00"),
    ("周五晚10点到凌晨2点", "Fr 22:00-02:00"),
    ("夜间22:00-6:00", "22:00-06:00"),
    ("22:00-次日2:00", "22:00-02:00"),
    ("8:00-次日2:00", "08:00-02:00"),
    ("6:00-0:00", "06:00-24:00"),
    ("8:00起", "08:00+"),
    ("日出至日落", "sunrise-sunset"),
    ("周一至周日 8:00—20:00", "Mo-Su 08:00-20:00"),
    ("每天8:00-20:00", "08:00-20:00"),
    ("每日８：００～２０：００", "08:00-20:00"),
    ("８：００－－１８：００", "08:00-18:00"),
    ("8.30-17.30", "08:30-17:30"),
    ("8-17点", "08:00-17:00"),
    ("0830-1730", "08:30-17:30"),
    ("周一至周五0800至1200、1400至1730", "Mo-Fr 08:00-12:00,14:00-17:30"),
    ("8:30-17:30，中午不休", "08:30-17:30"),
    ("中午不休息，8:30-17:30", "08:30-17:30"),
    (
        "周一至周五8:30-17:30（午间不休），周末9:00-12:00,13:00-16:00",
        "Mo-Fr 08:30-17:30; Sa-Su 09:00-12:00,13:00-16:00",
    ),
    ("8:00-18:00，国庆节：10月1日至7日休息", "08:00-18:00; Oct 1-Oct 7 closed"),
    ("10月1日至7日（国庆节）休息，其余时间8:00-18:00", "08:00-18:00; Oct 1-Oct 7 closed"),
    ("24小时（需扫码）", '24/7 "需扫码"'),
    ("营业时间内", '24/7 unknown "营业时间内"'),
    ("9am-5pm", "09:00-17:00"),
    ("8:00-12:00/14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("周一至周五 8:30-12:00；14:00-17:30", "Mo-Fr 08:30-12:00,14:00-17:30"),
    ("星期一到星期五 9点到17点", "Mo-Fr 09:00-17:00"),
    ("礼拜一至五 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("每周一、三、五 9:00-12:00", "Mo,We,Fr 09:00-12:00"),
    ("周六日9:00-16:00", "Sa-Su 09:00-16:00"),
    ("双休日9:00-16:00", "Sa-Su 09:00-16:00"),
    ("周五至周一 9:00-16:00", "Mo,Fr-Su 09:00-16:00"),
    ("营业时间：周一至周五：9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("8:30-17:30 周一至周五", "Mo-Fr 08:30-17:30"),
    ("9:00-17:00（周一至周五）", "Mo-Fr 09:00-17:00"),
    ("周一至周五\n8:30-17:30\n周末\n9:00-16:00", "Mo-Fr 08:30-17:30; Sa-Su 09:00-16:00"),
    ("周一至周五8:30-17:30、周六9:00-12:00", "Mo-Fr 08:30-17:30; Sa 09:00-12:00"),
    ("周一至周五全天，周末8:00-20:00", "Mo-Fr; Sa-Su 08:00-20:00"),
]

HOLIDAYS_AND_REST = [
    ("周一至周五8:30-17:30，节假日除外", "Mo-Fr 08:30-17:30; PH closed"),
    ("周一至周五（节假日除外）8:30-17:00", "Mo-Fr 08:30-17:00; PH closed"),
    ("8:30-17:30（节假日除外）", "08:30-17:30; PH closed"),
    ("周一至周五 9:00-17:00 法定节假日休息", "Mo-Fr 09:00-17:00; PH closed"),
    ("每天不含节假日8:00-18:00", "08:00-18:00; PH closed"),
    ("8:00-18:00 周末休息", "08:00-18:00; Sa-Su closed"),
    ("9:00-17:00，周一闭馆", "09:00-17:00; Mo closed"),
    ("除周一外每天9:00-17:00", "09:00-17:00; Mo closed"),
    ("闭馆日：周一；9:00-17:00", "09:00-17:00; Mo closed"),
    ("工作日8:30-17:30", "Mo-Fr 08:30-17:30; PH closed"),
    ("工作日8:30-17:30，周末9:00-16:00", "Mo-Fr 08:30-17:30; PH closed; Sa-Su 09:00-16:00"),
    ("工作日8:30-17:30，周末及节假日9:00-16:00", "Mo-Fr 08:30-17:30; Sa-Su,PH 09:00-16:00"),
    ("周一至周日8:00-20:00，节假日正常开放", "Mo-Su 08:00-20:00"),
    ("8:00-20:00，全年无休", "08:00-20:00"),
    ("周一至周五8:00-18:00，午休12:00-14:00", "Mo-Fr 08:00-18:00; Mo-Fr 12:00-14:00 closed"),
    ("周一至周五 9:00-17:00，其他时间休息", "Mo-Fr 09:00-17:00"),
    ("周一至周五 9:00-17:00；其余时间不详", "Mo-Fr 09:00-17:00 || 24/7 unknown"),
    ("周一闭馆", "24/7 unknown; Mo closed"),
    ("法定节假日休息", "24/7 unknown; PH closed"),
    ("10月1日-10月7日休息", "24/7 unknown; Oct 1-Oct 7 closed"),
    ("每天8:00-18:00，10月1日至7日休息", "08:00-18:00; Oct 1-Oct 7 closed"),
    ("2026年2月14日至20日休息", "24/7 unknown; 2026 Feb 14-2026 Feb 20 closed"),
    ("暂停开放", '24/7 closed "暂停开放"'),
]

SEASONS = [
    ("夏季8:00-18:00 冬季8:30-17:30", "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30"),
    (
        "夏季（5月1日-9月30日）8:00-18:00，冬季（10月1日-次年4月30日）8:30-17:30",
        "May 1-Sep 30 08:00-18:00; Oct 1-Apr 30 08:30-17:30",
    ),
    ("夏季（6月1日-9月30日）8:00-18:00 冬季8:30-17:30", "Jun 1-Sep 30 08:00-18:00; Oct 1-May 31 08:30-17:30"),
    ("8:00-18:00（夏季），8:30-17:30（冬季）", "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30"),
    ("冬季（11月至次年3月）8:00-17:00", "Nov-Mar 08:00-17:00"),
    ("5-9月8:00-18:00，其他月份8:30-17:00", "May-Sep 08:00-18:00; Oct-Apr 08:30-17:00"),
    ("周一至周五夏季8:00-18:00，冬季8:30-17:30", "May-Sep Mo-Fr 08:00-18:00; Oct-Apr Mo-Fr 08:30-17:30"),
    (
        "夏季周一至周五8:00-18:00，周六9:00-12:00；冬季周一至周五8:30-17:30，周六9:30-12:00",
        "May-Sep Mo-Fr 08:00-18:00; May-Sep Sa 09:00-12:00; Oct-Apr Mo-Fr 08:30-17:30; Oct-Apr Sa 09:30-12:00",
    ),
    ("夏季9:00-17:00，冬季9:00-16:30，周一闭馆", "May-Sep 09:00-17:00; Oct-Apr 09:00-16:30; Mo closed"),
]

UNKNOWN_TIMES = [
    ("工作日开放", "Mo-Fr unknown; PH closed"),
    ("周一至周五", "Mo-Fr unknown"),
    ("全年无休", "Mo-Su unknown"),
    ("每天开放，时间不详", "Mo-Su unknown"),
    ("时间不详", "24/7 unknown"),
    ("不定休", '24/7 unknown "不定休"'),
    ("以现场为准", '24/7 unknown "以现场为准"'),
    ("门店营业时间", '24/7 unknown "门店营业时间"'),
    ("同银行营业时间", '24/7 unknown "同银行营业时间"'),
    ("周一至周五 同银行营业时间", 'Mo-Fr unknown "同银行营业时间"'),
    ("夜间开放", '24/7 unknown "夜间"'),
]

REMARKS = [
    ("8:00-20:00（扫码进入）", '08:00-20:00 "扫码进入"'),
    ("8:00-20:00“按铃”", '08:00-20:00 "按铃"'),
    (
        "周一至周五8:00-20:00；周六9:00-12:00；以现场为准",
        'Mo-Fr 08:00-20:00 "以现场为准"; Sa 09:00-12:00 "以现场为准"',
    ),
]

GRAMMAR = [
    ("", ""),
    (" 24/7 ", "24/7"),
    ("Mo-Fr 8:00-18:00; PH off", "Mo-Fr 08:00-18:00; PH closed"),
    ("Mo-Fr 08:00-18:00 || unknown", "Mo-Fr 08:00-18:00 || 24/7 unknown"),
    ('"on appointment"', '24/7 unknown "on appointment"'),
    ("08:30-05:30", "08:30-05:30"),
    ("Mo-Fr 08：30—12：00；Sa 09：00—12：00", "Mo-Fr 08:30-12:00; Sa 09:00-12:00"),
    ('Mo-Fr 08:00-18:00 "按铃"', 'Mo-Fr 08:00-18:00 "按铃"'),
]

THE_REST = [
    ("周一休息，其余时间9:00-17:00", "09:00-17:00; Mo closed"),
    ("周一休息，其余时间每天9:00-17:00", "09:00-17:00; Mo closed"),
    ("周一休息，其余时间不详", "24/7 unknown; Mo closed"),
    ("周日及法定节假日休息，其余时间8:30-17:30", "08:30-17:30; Su,PH closed"),
    ("2026年2月15日-2月23日休息，其余时间8:00-20:00", "08:00-20:00; 2026 Feb 15-2026 Feb 23 closed"),
    ("周五12:00-18:00，其他时间10:00-22:00", "10:00-22:00; Fr 12:00-18:00"),
    ("工作日8:00-18:00，其余时间10:00-16:00", "Mo-Fr 08:00-18:00; Sa-Su,PH 10:00-16:00"),
    ("周一至周五（节假日除外）8:00-18:00，其余时间10:00-16:00", "Mo-Fr 08:00-18:00; Sa-Su,PH 10:00-16:00"),
    ("夏季8:00-18:00，其余时间8:30-17:30", "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30"),
    ("工作日8:00-18:00，其余时间24小时自助", 'Mo-Fr 08:00-18:00; PH closed || 24/7 "自助"'),
    ("8:00-18:00，其余时间刷卡进入", '08:00-18:00 || 24/7 unknown "刷卡进入"'),
    ("工作日9:00-17:00，非工作日10:00-16:00", "Mo-Fr 09:00-17:00; Sa-Su,PH 10:00-16:00"),
    ("1月1日闭馆，9:00-17:00", "09:00-17:00; Jan 1 closed"),
    ("周一全天闭馆，周二至周日9:00-17:00", "Mo closed; Tu-Su 09:00-17:00"),
    ("每天9:00-17:00（除周一）", "09:00-17:00; Mo closed"),
    ("每天9:00-17:00，除周一", "09:00-17:00; Mo closed"),
    ("24小时(除法定节假日)", "24/7; PH closed"),
    ("周一至周五9:00-17:00；周日休息；其余时间10:00-12:00", "10:00-12:00; Mo-Fr 09:00-17:00; Su closed"),
]

AS_USUAL = [
    ("周一至周日(含节假日) 8:30-17:30", "Mo-Su 08:30-17:30"),
    ("周一至周五（含节假日）8:30-17:30", "Mo-Fr 08:30-17:30"),
    ("周一至周五8:30-17:30（含节假日）", "Mo-Fr 08:30-17:30"),
    ("营业时间：08:30-16:30（周六日照常营业）", "08:30-16:30"),
    ("8:30-17:30（含周末）", "08:30-17:30"),
    ("8:30-17:30(周末不休)", "08:30-17:30"),
    ("周一至周五8:30-17:30，周末照常", "Mo-Su 08:30-17:30"),
    ("工作日8:30-17:30，周末照常开放", "Mo-Su 08:30-17:30; PH closed"),
    ("工作日8:30-17:30，周末及节假日照常", "Mo-Su,PH 08:30-17:30"),
    ("周一至周五8:30-17:30，周末双休", "Mo-Fr 08:30-17:30; Sa-Su closed"),
    ("周末含节假日9:00-17:00", "Sa-Su,PH 09:00-17:00"),
    ("周一至周五8:00-18:00；周末9:00-17:00（含节假日）", "Mo-Fr 08:00-18:00; Sa-Su,PH 09:00-17:00"),
    ("含节假日8:00-18:00", "08:00-18:00"),
    ("节假日照常开放，9:00-16:00", "09:00-16:00"),
    ("工作日正常上班", "Mo-Fr unknown; PH closed"),
    ("周一至周五正常上班，周末休息", "Mo-Fr unknown; Sa-Su closed"),
]

TYPING_HABITS = [
    ("一至五 8:30-17:30", "Mo-Fr 08:30-17:30"),
    ("一到五8:30-17:30，六、日9:30-16:30", "Mo-Fr 08:30-17:30; Sa-Su 09:30-16:30"),
    ("8:00-18:00（一至五）", "Mo-Fr 08:00-18:00"),
    ("周1-周5 8:30-17:30", "Mo-Fr 08:30-17:30"),
    ("８：３０—１１：３０，１３：００—１７：００", "08:30-11:30,13:00-17:00"),
    ("８：３０——１７：３０", "08:30-17:30"),
    ("上午 8:30—11:30 下午 1:30—5:00", "08:30-11:30,13:30-17:00"),
    ("周一至周日｜09:00-21:00", "Mo-Su 09:00-21:00"),
    ("【营业时间】9:00-21:00", "09:00-21:00"),
    ("24H营业", "24/7"),
    ("全天24H开放", "24/7"),
    ("24 小时营业", "24/7"),
    ("7*24", "24/7"),
    ("24小时全天候对外开放", "24/7"),
    ("全周开放 9:00-18:00", "09:00-18:00"),
    ("Mon-Fri 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("Monday to Friday 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周一至周五 Mon-Fri 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("Mon-Fri: 9:00AM-5:00PM; Sat & Sun: 10:00AM-4:00PM", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00"),
    ("Tues, Thurs 9:00-17:00", "Tu,Th 09:00-17:00"),
    ("8am-12am", "08:00-24:00"),
    ("12pm-8pm", "12:00-20:00"),
    ("8:00AM-10:00PM", "08:00-22:00"),
    ("5.30pm-9.30pm", "17:30-21:30"),
    ("旺季（4月-10月）8:30-17:30，淡季（11月-3月）8:30-16:30", "Apr-Oct 08:30-17:30; Nov-Mar 08:30-16:30"),
    ("旺季8:30-17:30，淡季（11月-3月）8:30-16:30", "Apr-Oct 08:30-17:30; Nov-Mar 08:30-16:30"),
    ("白天8:00-18:00，夜间22:00-6:00", "08:00-18:00,22:00-06:00"),
    ("装修中，暂停营业", '24/7 closed "装修中，暂停营业"'),
    ("9:00—17:00，16:30停止入馆，周一闭馆", '09:00-17:00 "16:30停止入馆"; Mo closed'),
    ("9:00-21:30（最晚入场21:00）", '09:00-21:30 "最晚入场21:00"'),
    ("与银行网点营业时间同步", '24/7 unknown "与银行网点营业时间同步"'),
    ("随街道办事处工作时间开放", '24/7 unknown "随街道办事处工作时间开放"'),
]

PHRASES = DAYS_AND_TIMES + HOLIDAYS_AND_REST + SEASONS + UNKNOWN_TIMES + REMARKS + THE_REST + AS_USUAL + TYPING_HABITS


@pytest.mark.parametrize(("phrase", "rule"), PHRASES + GRAMMAR)
def test_a_phrase_is_read_as_a_rule(phrase, rule):
    assert read_hours(phrase) == rule


@pytest.mark.parametrize(
    ("general", "special"),
    [
        ("9:00-17:00", "周一闭馆"),
        ("周一至周五9:00-17:00", "节假日休息"),
        ("周一至周五8:00-18:00", "周末及节假日9:00-17:00"),
        ("每天8:00-20:00", "周六9:00-12:00"),
        ("每天8:00-18:00", "10月1日-10月7日休息"),
        ("夏季每天9:00-17:00；冬季每天9:00-16:30", "周一闭馆"),
    ],
)
def test_what_is_said_of_fewer_days_holds_wherever_it_stands(general, special):
    assert read_hours(f"{special}；{general}") == read_hours(f"{general}；{special}")


def test_but_holds_over_what_stands_before():
    assert read_hours("周一休息；但每天9:00-17:00") == "Mo closed; 09:00-17:00"


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("春节休息", 1, "春节"),
        ("周一至周五 8:00-18:00 看情况", 18, "看情况"),
        ("8:00-18:00，国庆期间休息", 12, "国庆"),
        ("8:00-18:00，五一、10月1日休息", 12, "五一"),
        ("8:00-12:00,14:00-18:00，中午不休", 24, "中午不休"),
        ("中午不休", 1, "中午不休"),
        ("0860-1200", 1, "0860"),
        ("8-5", 1, "8-5"),
        ("8-17", 1, "8-17"),
        ("8点-5点", 1, "8点-5点"),
        (" 8:30-5:30", 2, "8:30-5:30"),
        ("8:00-12:00,2:00-6:00", 1, "8:00-12:00,2:00-6:00"),
        ("5.01-9.30", 1, "5.01-9.30"),
        ("上午14:00-18:00", 1, "上午14:00"),
        ("8:00", 1, "8:00"),
        ("8:75-12:00", 1, "8:75"),
        ("节假日照常开放9:00-16:00", 8, "9:00"),
        ("周末照常开放9:00-16:00", 7, "9:00"),
        ("2-5pm", 1, "2-5pm"),
        ("一至五楼8:00-18:00", 1, "一"),
        ("8:30-17:30 单休", 12, "单"),
        ("双休", 1, "双休"),
        ("旺季8:00-18:00，淡季8:30-17:30", 1, "旺季8:00-18:00"),
        ("6月-9月8:00-18:00，旺季8:00-20:00", 17, "旺季8:00-20:00"),
        ("2月30日休息", 1, "2月30日"),
        ("5月至次年9月休息", 1, "5月至次年9月"),
        ("每天9:00-17:00（周一闭馆，节假日除外）", 22, "除外"),
        ("每月第一个周一休息", 1, "每月第一"),
        ("夏季8:00-18:00，冬季8:30-17:30，周末9:00-16:00", 27, "周末9:00-16:00"),
        ("夏季周一至周五8:00-18:00，冬季8:30-17:30", 19, "冬季8:30-17:30"),
        ("周一至周六8:00-18:00，周六至周日9:00-12:00", 17, "周六至周日9:00-12:00"),
        ("工作日8:00-18:00，节假日正常开放", 15, "节假日正常开放"),
        ("周一至周五8:00-18:00，全年无休", 17, "全年无休"),
        ("周一至周五休息开放", 8, "开放"),
        ("Mo-Fr 25:00", 7, "25:00"),
        ("Mo-Fr 08:00-18:00；周六休息", 1, "Mo"),
        ("：", 1, "："),
        ("周一至周五 8:00-18:00（", 17, "（"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_words(text, column, words):
    with pytest.raises(HoursError) as caught:
        read_hours(text)
    values = caught.value.values
    assert (values["line"], values["column"], values["words"]) == (1, column, words)
    assert str(values["words"]) in str(caught.value)


@pytest.mark.parametrize("text", ["春节休息", "8:00-18:00，国庆放假", "8:00-18:00（除夕、清明休息）"])
def test_days_that_are_others_each_year_are_sent_to_where_they_can_be_entered(text):
    with pytest.raises(HoursError, match=r"not the same each year.*as a closure"):
        read_hours(text)


def test_the_place_counts_lines():
    with pytest.raises(HoursError) as caught:
        read_hours("周一至周五 8:00-18:00\n看情况")
    assert (caught.value.values["line"], caught.value.values["column"]) == (2, 1)


def test_a_text_without_end_is_refused():
    with pytest.raises(HoursError, match="too long"):
        read_hours("周一8:00-9:00；" * 200)


def test_all_hours_of_a_citys_list_are_read(real_data):
    text = (real_data / "stations" / "zhengzhou_82_gb18030.csv").read_text(encoding="gb18030")
    column = [row["开放时间"] for row in csv.DictReader(text.splitlines()) if row["开放时间"]]
    assert len(column) == 22
    for phrase in column:
        assert read_hours(phrase)


WORDS = sorted(hours_words().meaning)
DAYS = "周一 周二 周日 星期六 三 五 10月1日 5月 9月 2026年2月14日 7日".split()
TIMES = "8:00 12:00 8点 10点半 22:00 6:00 8 10".split()
MARKS = [*"：；，、（）“”-—~/\n\"'", "Mo-Fr", "PH off", "08:00-18:00", "看", "。", "  "]
FRAGMENTS = st.sampled_from([*WORDS, *DAYS, *TIMES, *MARKS])
TEXTS = st.one_of(st.lists(FRAGMENTS, max_size=9).map("".join), st.text(max_size=40))


@given(TEXTS)
def test_any_text_is_read_or_refused_with_its_place(text):
    try:
        rule = read_hours(text)
    except HoursError as error:
        values = error.values
    else:
        assert rule == "" or written(parts_of(rule)) == rule
        return
    assert values["column"] in range(1, len(text) + 2)
    assert values["words"]


@given(st.sampled_from([phrase for phrase, _ in PHRASES]), st.sampled_from("看彩虹号哈%#☂ß"), st.integers(0, 60))
def test_nothing_is_left_out(phrase, stranger, at):
    """A character of no meaning is refused wherever it stands, and so is not passed over anywhere."""
    at = min(at, len(phrase))
    try:
        found = read_hours(phrase[:at] + stranger + phrase[at:])
    except HoursError:
        return
    assert stranger in found


def test_the_words_follow_their_schema():
    words = hours_words()
    assert (words.seasons["summer"].first, words.seasons["summer"].last) == (5, 9)
    months = [(season.last - season.first) % 12 + 1 for season in words.seasons.values()]
    assert sum(months) == 12
    assert words.meaning["节假日"] == ("holiday", "")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("first = 5", "first = 13", "less than or equal to 12"),
        ("weekend = [", 'weekend = ["工作日", ', "means both"),
        ("[remarks]", "[remark]", "cannot be used"),
    ],
)
def test_words_that_cannot_be_used_are_refused(old, new, fault):
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    with pytest.raises(TaxonomyError, match=fault):
        HoursWords.of(text.replace(old, new))
