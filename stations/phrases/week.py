"""Seven days of a station's hours, day by day: what a table on a door would say."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from stations.calendar import HOLIDAY_NAMES, DayKind, calendar_of
from stations.hours.clock import EARLIEST, LATEST, Hours
from stations.hours.states import (
    CLOSED_FOR_NOW,
    HOURS_NOT_KNOWN,
    NOT_ANNOUNCED,
    OUT_OF_RANGE,
    OUT_OF_SEASON,
    SCHOOL_HOLIDAYS,
    SELF_SERVICE,
    State,
)
from stations.phrases.sentences import Language
from stations.phrases.tokens import DAYS

_MORNING_ENDS = time(12)
"""A night that ends by then is told with the day it began on; what lasts longer is cut at midnight."""

_CHINESE_REASONS = {
    HOURS_NOT_KNOWN: "开放时间不详",
    OUT_OF_SEASON: "不在服务日期",
    CLOSED_FOR_NOW: "暂停开放",
    SELF_SERVICE: "自助",
    OUT_OF_RANGE: "该年份没有开放时间",
    SCHOOL_HOLIDAYS: "学校假期不详",
}
_ENGLISH_REASONS = {OUT_OF_SEASON: "not one of its days"}
_YEAR_NOT_ANNOUNCED = re.compile(re.escape(NOT_ANNOUNCED).replace(r"\{year\}", r"(\d+)"))


class Way(StrEnum):
    """How a door stands in a span of a day."""

    OPEN = "open"
    SELF_SERVICE = "self-service"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A part of a day in which a station is not closed.

    Attributes
    ----------
    start, end
        Local times like ``08:00``; the end of a day is ``24:00``.
    next_day
        Whether the end is on the next day.
    way
        Open with staff, open without, or not known. Self-service hours whose
        rule has a comment count as open, with the comment as the reason.
    reason
        As `stations.hours.StateAt` gives it.
    """

    start: str
    end: str
    next_day: bool
    way: Way
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day.

    Attributes
    ----------
    date
        The day.
    weekday
        Its name in the language asked for.
    kind
        What the day officially is.
    holiday
        Name of the holiday that it is, or is a make-up workday for; empty for neither.
    spans
        When a station is not closed, by rising start; empty when it is closed all day.
    note
        Holiday, make-up workday, closure, season, or why it is not known; empty when there is nothing to say.
    """

    date: date
    weekday: str
    kind: DayKind
    holiday: str
    spans: tuple[DaySpan, ...]
    note: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: datetime
    end: datetime
    state: State
    reason: str


def week(hours: Hours, monday: date, language: Language) -> tuple[WeekDay, ...]:
    """The seven days of a station's hours from a day on, as `Hours.state_at` answers for them.

    Parameters
    ----------
    hours
        The station's hours.
    monday
        The first day; any day of the week.
    language
        "zh" or "en", for names and notes.
    """
    official = calendar_of(hours.timezone)
    stretches = list(_stretches(hours, monday))
    found = []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        spans = tuple(_spans_of(stretches, day, hours, first=not offset))
        kind, key = official.kind_of(day), official.name_of(day)
        name = getattr(HOLIDAY_NAMES[key], language) if key in HOLIDAY_NAMES else key
        notes = [_day_note(kind, name, day, language, asked=hours.depends_on_holidays)]
        # What a reason says of the whole day goes into its note; a span's own reason stays with the span.
        notes += [reason_in_words(reason, language) for reason in _reasons(stretches, day, hours)]
        weekday = f"周{DAYS[day.weekday()]}" if language == "zh" else calendar.day_name[day.weekday()]
        joint = "；" if language == "zh" else "; "
        found.append(WeekDay(day, weekday, kind, name, spans, joint.join(dict.fromkeys(filter(None, notes)))))
    return tuple(found)


def span_in_words(span: DaySpan, language: Language) -> str:
    """A span as words: ``22:00–次日02:00 自助``, ``22:00–02:00 next day, self-service``."""
    chinese = language == "zh"
    end = (f"次日{span.end}" if chinese else f"{span.end} next day") if span.next_day else span.end
    words = {Way.SELF_SERVICE: ("自助", "self-service"), Way.UNKNOWN: ("不详", "not known"), Way.OPEN: ("", "")}
    way = words[span.way][not chinese]
    # That a year is not announced stands in the note of the day.
    told = span.reason in {"", SELF_SERVICE, HOURS_NOT_KNOWN} or _YEAR_NOT_ANNOUNCED.fullmatch(span.reason)
    reason = "" if told else reason_in_words(span.reason, language)
    said = f"{span.start}–{end}"
    if chinese:
        return " ".join(filter(None, (said, way))) + (f"（{reason}）" if reason else "")
    return ", ".join(filter(None, (said, way))) + (f" ({reason})" if reason else "")


def reason_in_words(reason: str, language: Language) -> str:
    """A reason of `Hours.state_at` in a language; comments and reasons that staff wrote stay as they are."""
    if language == "en":
        return _ENGLISH_REASONS.get(reason, reason)
    announced = _YEAR_NOT_ANNOUNCED.fullmatch(reason)
    return f"{announced[1]}年放假安排尚未公布" if announced else _CHINESE_REASONS.get(reason, reason)


def _day_note(kind: DayKind, name: str, day: date, language: Language, *, asked: bool) -> str:
    if kind is DayKind.PUBLIC_HOLIDAY:
        return name
    if kind is DayKind.MAKE_UP_WORKDAY:
        return f"{name}调休上班" if language == "zh" else f"make-up workday for {name}"
    if kind is DayKind.NOT_ANNOUNCED and asked:
        return reason_in_words(NOT_ANNOUNCED.format(year=day.year), language)
    return ""


def _stretches(hours: Hours, monday: date) -> Iterator[_Stretch]:
    """What holds from the first midnight to noon after the last, cut where the state or its reason changes."""
    first = _midnight(monday, hours)
    last = datetime.combine(monday + timedelta(days=7), _MORNING_ENDS, hours.timezone)
    begin, end = first.timestamp(), last.timestamp()
    if begin < EARLIEST or end >= LATEST:
        moments = [begin]
    else:
        moments = sorted(
            {begin, *(span.start for span in hours.together.spans(begin, end) if begin <= span.start < end)}
        )
    held: _Stretch | None = None
    for moment, following in zip(moments, [*moments[1:], end], strict=True):
        start, stop = (datetime.fromtimestamp(seconds, hours.timezone) for seconds in (moment, following))
        answer = hours.state_at(start)
        if held is not None and (held.state, held.reason) == (answer.state, answer.reason):
            held = _Stretch(held.start, stop, held.state, held.reason)
            continue
        if held is not None:
            yield held
        held = _Stretch(start, stop, answer.state, answer.reason)
    if held is not None:
        yield held


def _midnight(day: date, hours: Hours) -> datetime:
    return datetime.combine(day, time(), hours.timezone)


def _spans_of(stretches: list[_Stretch], day: date, hours: Hours, *, first: bool) -> Iterator[DaySpan]:
    begin, end = _midnight(day, hours), _midnight(day + timedelta(days=1), hours)
    for stretch in stretches:
        if stretch.state is State.CLOSED or stretch.end <= begin or stretch.start >= end:
            continue
        if stretch.start < begin and not first and _is_night(stretch):
            continue  # told with the day before
        start, stop = max(stretch.start, begin), min(stretch.end, end)
        over = stretch.end > end and stretch.start >= begin and _is_night(stretch)
        if over:
            stop = stretch.end
        yield DaySpan(
            f"{start:%H:%M}",
            "24:00" if stop == end else f"{stop:%H:%M}",
            over,
            _way(stretch),
            stretch.reason,
        )


def _is_night(stretch: _Stretch) -> bool:
    """Whether a stretch runs over one midnight only, and ends by noon."""
    next_day = stretch.start.date() + timedelta(days=1)
    ends = (stretch.end.date(), stretch.end.time())
    begins_later = stretch.start.time() > time()
    return begins_later and ends[0] == next_day and time() < ends[1] < _MORNING_ENDS


def _way(stretch: _Stretch) -> Way:
    if stretch.state is State.UNKNOWN:
        return Way.UNKNOWN
    return Way.SELF_SERVICE if stretch.reason == SELF_SERVICE else Way.OPEN


def _reasons(stretches: list[_Stretch], day: date, hours: Hours) -> list[str]:
    """Why it is closed or not known on a day, where anything is said."""
    begin, end = _midnight(day, hours), _midnight(day + timedelta(days=1), hours)
    return [
        stretch.reason
        for stretch in stretches
        if stretch.state is not State.OPEN and stretch.reason and stretch.start < end and stretch.end > begin
    ]
