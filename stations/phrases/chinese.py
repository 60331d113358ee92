"""Statements about opening hours in Chinese, as `stations.phrases.reading` reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from stations.errors import HoursError
from stations.phrases.clauses import Clause, Dates, Day, Days, runs_of
from stations.phrases.occasions import Occasion
from stations.phrases.telling import Telling, quoted
from stations.phrases.tokens import DAYS, tokens_of

NOT_KNOWN = "开放时间不详"
_EVENTS = {"sunrise": "日出", "sunset": "日落", "dawn": "黎明", "dusk": "黄昏"}
_WEEKEND = frozenset((5, 6))
_NUMERALS = "零一二三四五"


def told(tellings: Sequence[Telling]) -> str:
    """A whole sentence; that the hours are not known, where nothing is given."""
    if not tellings:
        return NOT_KNOWN
    said = [_statement(one, first=not at) for at, one in enumerate(tellings)]
    return "；".join(said)


def self_service(tellings: Sequence[Telling]) -> str:
    """The hours in which one gets in without staff."""
    one = tellings[0].clause
    if len(tellings) == 1 and one.spans and one.days is None and not one.dates and one.state == "open":
        return f"自助 {_times(one)}（无人值守）"
    return f"自助（无人值守）：{told(tellings)}"


def season(dates: Sequence[Occasion] | None, tellings: Sequence[Telling]) -> str:
    """The dates outside which a station is closed, as parts where words can say them, else as rules."""
    if dates is not None:
        return f"仅{'，以及'.join(map(_occasion, dates))}开放"
    return f"开放季节：{told(tellings)}"


def closure(first: date, last: date, reason: str) -> str:
    """Days on which a station is closed whatever its hours."""
    ends = [Day(day.year, day.month, day.day) for day in (first, last)]
    return f"暂停开放：{_range(Dates(*ends))} {reason}".rstrip()


def joined(said: Sequence[str]) -> str:
    """Several statements as one sentence."""
    return "；".join(said)


def days_of(days: Days) -> str:
    """Names of days: 周一至周五、法定节假日."""
    if days.weekdays == _WEEKEND:
        names = ["周末"]
    else:
        runs = [[f"周{DAYS[day]}" for day in run] for run in runs_of(days.weekdays)]
        names = [name for run in runs for name in ([f"{run[0]}至{run[-1]}"] if len(run) > 2 else run)]
    return "、".join(names + ["法定节假日"] * days.holidays)


def span(text: str) -> str:
    """One span of a rule: ``22:00-02:00`` is 22:00–次日02:00."""
    if text.endswith("+"):
        return f"{_EVENTS.get(text[:-1], text[:-1])}起"
    begin, end = text.split("-")
    if begin in _EVENTS or end in _EVENTS:
        return f"{_EVENTS.get(begin, begin)}–{_EVENTS.get(end, end)}"
    if end == "00:00" and begin != "00:00":
        end = "24:00"
    if end > "24:00":
        return f"{begin}–次日{int(end[:2]) - 24:02}{end[2:]}"
    return f"{begin}–{end}" if end > begin else f"{begin}–次日{end}"


def _statement(one: Telling, *, first: bool) -> str:
    clause = one.clause
    lead = {",": "另", "||": "其余时间"}.get(clause.joint, "但" if clause.firm else "") if not first else ""
    if clause.verbatim:
        return f"{lead}规则{quoted(clause.verbatim)}"
    named = _named(one)
    if clause.bars:
        return lead + _closed(clause, named or ("" if first else "每天"))
    if clause.state == "unknown" and not clause.spans:
        return lead + _unknown(clause, named, otherwise=lead == "其余时间")
    said = _times(clause) or ("全天" if named else "全天24小时")
    if clause.days is None and not one.not_on_holidays and (clause.spans or clause.dates):
        named += "每天"
    ending = {"closed": " 休息", "unknown": " 可能开放"}.get(clause.state, "")
    return f"{lead}{named}{' ' if named else ''}{said}{ending}{_remark(clause)}"


def _named(one: Telling) -> str:
    """The dates and days of a statement; empty for all of them."""
    clause = one.clause
    dates = dates_of(clause.dates)
    if one.of_workdays:
        return f"{dates}工作日"
    days = days_of(clause.days) if clause.days is not None else ""
    if one.not_on_holidays:
        return f"{dates}{days or '每天'}（法定节假日除外）"
    return dates + days


def _closed(clause: Clause, named: str) -> str:
    if _is_word(clause.comment, "paused"):
        return f"{named}{clause.comment}"
    return f"{named}{'休息' if named else '不开放'}{_remark(clause)}"


def _unknown(clause: Clause, named: str, *, otherwise: bool) -> str:
    every = "每天" if named and clause.days is None and not named.endswith("）") else ""
    if _is_word(clause.comment, "unknown"):
        return f"{named}{every} {clause.comment}".lstrip()
    if not named:
        return f"{'不详' if otherwise else NOT_KNOWN}{_remark(clause)}"
    return f"{named}{every}开放，时间不详{_remark(clause)}"


def _is_word(comment: str, kind: str) -> bool:
    """Whether a comment is one word that stands for itself."""
    if not comment:
        return False
    try:
        tokens = tokens_of(comment)
    except HoursError:
        return False
    whole = len(tokens) == 1 and tokens[0].kind == kind and tokens[0].text == comment
    return whole and (kind == "paused" or bool(tokens[0].value))


def _remark(clause: Clause) -> str:
    return f"（“{clause.comment}”）" if clause.comment else ""


def _times(clause: Clause) -> str:
    return "、".join(map(span, clause.spans))


def dates_of(dates: Sequence[Dates]) -> str:
    """Dates of a statement: 5月至9月、12月1日."""
    return "、".join(map(_range, dates))


def _range(dates: Dates) -> str:
    first, last = dates.first, dates.last
    if first == last:
        return _day(first)
    if first.year:
        if last.year != first.year:
            return f"{_day(first)}至{_day(last)}"
        last = Day(0, last.month, last.day)
        if last.month == first.month:
            return f"{_day(first)}至{last.day}日"
        return f"{_day(first)}至{_day(last)}"
    if (last.month, last.day) < (first.month, first.day):
        return f"{_day(first)}至次年{_day(last)}"
    return f"{_day(first)}至{last.day}日" if last.month == first.month and last.day else f"{_day(first)}至{_day(last)}"


def _day(day: Day) -> str:
    year = f"{day.year}年" if day.year else ""
    month = f"{day.month}月" if day.month else ""
    return f"{year}{month}{day.day}日" if day.day else f"{year}{month}"


def occasions(several: Sequence[Occasion]) -> str:
    """Dates on which a station serves: 6月1日至9月30日；每月第一个周六."""
    return "；".join(map(_occasion, several))


def _occasion(one: Occasion) -> str:
    dates = dates_of(one.dates)
    if one.monthly:
        return f"{dates}每月{'、'.join(f'{day}日' for day in one.monthly)}"
    if one.days is None:
        return dates
    if one.nths:
        counted = "、".join(_nth(number) for number in one.nths)
        return f"{dates}每月{counted}{'、'.join(f'周{DAYS[day]}' for day in sorted(one.days.weekdays))}"
    days = days_of(one.days)
    return f"{dates}每{days}" if days.startswith("周") and "至" not in days else dates + days


def _nth(number: int) -> str:
    if number == -1:
        return "最后一个"
    return f"{'倒数' if number < 0 else ''}第{_NUMERALS[abs(number)]}个"
