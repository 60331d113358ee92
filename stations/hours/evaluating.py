"""One text evaluated under the official calendar: which rules hold on a date, and what they say of its hours.

Stretches of ordinary days are the library's. It knows no official days, though,
and cuts a night off at midnight where another rule holds on the next day. So on
other days, and for texts with such nights, the weekdays, holidays and dates of
each rule are matched here, and the rules that are left of a date make its day:
read by the library once, and used again for every date that is left the same.

A night belongs to the day it began on: ``Mo-Fr 22:00-06:00; Sa off`` is open on
Saturday at 3, and closed on Monday at 3.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

import opening_hours

from stations.hours.days import ONE_DAY, Facts, Wants
from stations.hours.matching import Library, Matcher, minutes_past_midnight, offset_of
from stations.hours.rules import WEEKDAYS, Part, alternatives, is_plainly_spelled, parts_of, read, read_parts, written
from stations.hours.states import Said, Span, State, at, first_not_closed, starts_of

MAX_DAYS = 64
"""Days of different rules that each alternative keeps."""

_STATES = {
    opening_hours.State.OPEN: Said(State.OPEN),
    opening_hours.State.CLOSED: Said(State.CLOSED),
    opening_hours.State.UNKNOWN: Said(State.UNKNOWN),
}
_RANK = {State.OPEN: 0, State.UNKNOWN: 1, State.CLOSED: 2}
_CLOSED = _STATES[opening_hours.State.CLOSED]

_A_MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001  a clock on the wall
_A_SECOND = timedelta(seconds=1)
_DAY_S = 86400.0
_WEEKDAY = re.compile("|".join(WEEKDAYS), re.IGNORECASE)
_OVERRIDES = re.compile("[;|]|off|closed", re.IGNORECASE)
_NEAR_HOLIDAY = re.compile(r"[PS]H\s*[+-]")

Kinds = Mapping[date, Facts]
"""What dates are; a date that is not in it is its ordinary weekday."""

ORDINARY: Kinds = {}


class Rule:
    """One text in OSM grammar, in a time zone.

    Raises
    ------
    HoursError
        A text that is not in the grammar. Its values tell where.
    """

    def __init__(self, text: str, timezone: ZoneInfo) -> None:
        self.text = text
        self.timezone = timezone
        self._library = read(text) if is_plainly_spelled(text) else None
        spelled = str(self._library) if self._library else written(self.parts)
        self._night_min = _night_min(spelled)
        self.passes_midnight = self._night_min > 0
        """Whether a day may reach into the next."""
        self.whole = None if self.passes_midnight and _OVERRIDES.search(text) else self._library
        """The text as the library reads it, where that is all there is to ordinary days."""

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The rules of the text."""
        return parts_of(self.text)

    @cached_property
    def names_holidays(self) -> bool:
        """Whether it names public or school holidays."""
        return bool(self.wants.offsets or self.wants.school)

    @cached_property
    def wants(self) -> Wants:
        """What it asks of the calendar."""
        if self.whole is None or _NEAR_HOLIDAY.search(self.text):
            days = [day for part in self.parts for day in part.days]
            return Wants(
                any(day[1] != "H" for day in days),
                frozenset(offset_of(day) for day in days if day.startswith("PH")),
                any(day.startswith("SH") for day in days),
            )
        offsets = frozenset({0} if "PH" in self.text else ())
        return Wants(bool(_WEEKDAY.search(self.text)), offsets, "SH" in self.text)

    def said_at(self, wall: datetime) -> Said:
        """What the text says on an ordinary day, by the clock on the wall: a datetime without a time zone."""
        if self.whole is not None:
            return _said(*self.whole.state(wall))
        if self._library is not None and wall.hour * 60 + wall.minute >= self._night_min:
            return _said(*self._library.state(wall))  # all nights are over, and the library is right about the day
        return first_not_closed([side.said_at(wall) for side in self._sides])

    def spans(self, first: float, last: float, kinds: Kinds | None = None) -> list[Span]:
        """What the text says between two moments, in seconds since 1970; on ordinary days where no kinds are given."""
        if kinds is None and self.whole is not None:
            return _spans_of(self.whole, first, last, self.timezone)
        many = [side.spans(first, last, kinds or ORDINARY) for side in self._sides]
        if len(many) == 1:
            return many[0]
        return [Span(start, first_not_closed([at(spans, start) for spans in many])) for start in starts_of(many)]

    @cached_property
    def _sides(self) -> tuple[_Side, ...]:
        return tuple(_Side(parts, self.timezone) for parts in alternatives(self.parts))


class _Day(NamedTuple):
    """What some rules say of a date, in seconds since its midnight; and of the night after it, empty when closed."""

    hours: tuple[tuple[float, Said], ...]
    night: tuple[tuple[float, Said], ...] = ()


_CLOSED_DAY = _Day(((0.0, _CLOSED),))


class _Side:
    """Rules without fallbacks."""

    def __init__(self, parts: tuple[Part, ...], timezone: ZoneInfo) -> None:
        self.parts = parts
        self.timezone = timezone
        self.matchers = tuple(Matcher.of(part) for part in parts)
        self.weekly = all(matcher.dates is None and not matcher.numbered for matcher in self.matchers)
        self._ending = [place for place, part in enumerate(parts) if part.modifier == "closed" and part.times]
        self._days: dict[tuple[int, ...], _Day] = {}
        self._by_kind: dict[tuple[Facts, Facts | None], _Day] = {}

    def said_at(self, wall: datetime) -> Said:
        today = wall.date()
        hours = self._laid_over(self._day(today, ORDINARY), self._day(today - ONE_DAY, ORDINARY))
        since = (wall - datetime.combine(today, time())).total_seconds()
        return hours[bisect_right(hours, since, key=_offset) - 1][1]

    def spans(self, first: float, last: float, kinds: Kinds) -> list[Span]:
        begin, end = (datetime.fromtimestamp(seconds, self.timezone) for seconds in (first, last))
        steady = begin.utcoffset() == end.utcoffset()
        day, before = begin.date(), self._day(begin.date() - ONE_DAY, kinds)
        midnight = datetime.combine(day, time())
        since = first - (begin.replace(tzinfo=None) - midnight).total_seconds()
        spans: list[Span] = []
        while day <= end.date():
            today = self._day(day, kinds)
            for offset, said in self._laid_over(today, before):
                start = (
                    since + offset if steady else _seconds(midnight + timedelta(seconds=offset), first, self.timezone)
                )
                if start <= first or not spans:
                    spans = [Span(first, said)]
                elif start < last and said != spans[-1].said:
                    spans.append(Span(start, said))
            day, before, since, midnight = day + ONE_DAY, today, since + _DAY_S, midnight + ONE_DAY
        return spans if steady else _in_order(spans)

    def _laid_over(self, day: _Day, before: _Day) -> tuple[tuple[float, Said], ...]:
        """A day and the night before it: open when either is."""
        if not before.night:
            return day.hours
        layers = [[Span(*one) for one in layer] for layer in (day.hours, before.night)]
        return tuple((start, _last_to_close([at(layer, start) for layer in layers])) for start in starts_of(layers))

    def _day(self, day: date, kinds: Kinds) -> _Day:
        """The day that the rules make of a date."""
        if not self.weekly:
            return self._made(day, kinds)
        key = (_kind(day, kinds), _kind(day + ONE_DAY, kinds) if self._ending else None)
        found = self._by_kind.get(key)
        if found is None:
            if len(self._by_kind) >= MAX_DAYS:
                self._by_kind.clear()
            found = self._by_kind[key] = self._made(day, kinds)
        return found

    def _made(self, day: date, kinds: Kinds) -> _Day:
        holding: list[int] = []
        for place, part in enumerate(self.parts):
            if not self._holds(place, day, kinds):
                continue
            # A rule overrides those before it, unless it adds hours, or takes some away.
            if part.joined != "," if part.modifier != "closed" else not part.times:
                holding = []
            holding.append(place)
        if not holding:
            return _CLOSED_DAY
        # Hours that are expressly closed on the next day end the night.
        ending = [place for place in self._ending if self._holds(place, day + ONE_DAY, kinds)]
        key = (*holding, -1, *ending)
        found = self._days.get(key)
        if found is None:
            if len(self._days) >= MAX_DAYS:
                self._days.clear()
            found = self._days[key] = _read_day(
                [self.parts[place] for place in holding], [self.parts[place] for place in ending]
            )
        return found

    def _holds(self, place: int, day: date, kinds: Kinds) -> bool:
        matcher = self.matchers[place]
        return matcher.takes(day, _kind(day, kinds)) and matcher.dated(day)


def _kind(day: date, kinds: Kinds) -> Facts:
    return kinds.get(day) or Facts(day.weekday())


def _read_day(parts: list[Part], ending: list[Part]) -> _Day:
    """Let the library read the times of rules as those of a Monday, and of some as those of its Tuesday."""
    monday = [replace(part, dates="", days=("Mo",), within=False) for part in parts]
    tuesday = [replace(part, joined=";", dates="", days=("Tu",), within=False) for part in ending]
    library = read_parts((*monday, *tuesday))
    hours: list[tuple[float, Said]] = []
    night: list[tuple[float, Said]] = []
    for start, _, state, comment in library.intervals(_A_MONDAY, _A_MONDAY + 2 * ONE_DAY):
        offset, said = (start - _A_MONDAY).total_seconds(), _said(state, comment)
        if offset < _DAY_S:
            hours.append((offset, said))
        else:
            night.append((offset - _DAY_S, said))
    if not night or night[0][0] > 0:
        night.insert(0, (0.0, hours[-1][1]))
    closed = all(said.state is State.CLOSED for _, said in night)
    return _Day(tuple(hours), () if closed else tuple(night))


def _night_min(spelled: str) -> int:
    """How many minutes past midnight a day may reach."""
    times = tuple(word for words in spelled.split() for word in words.rstrip(";").split(","))
    return minutes_past_midnight(Part(times=times))


def _said(state: opening_hours.State, comment: str) -> Said:
    return Said(_STATES[state].state, comment) if comment else _STATES[state]


def _last_to_close(said: list[Said]) -> Said:
    """Of a day and the night before it: open when either is."""
    return min(said, key=lambda one: (_RANK[one.state], not one.reason))


def _spans_of(library: Library, first: float, last: float, timezone: ZoneInfo) -> list[Span]:
    # The library is asked by the clock on the wall: it takes twice as long to reckon with time zones itself.
    begin, end = (datetime.fromtimestamp(seconds, timezone) for seconds in (first, last))
    steady = begin.utcoffset() == end.utcoffset()
    begin, end = begin.replace(tzinfo=None), end.replace(tzinfo=None)
    said = [
        (start, _said(state, comment))
        for start, _, state, comment in library.intervals(begin, max(end, begin + _A_SECOND))
    ]
    if steady:
        return [Span(first + (start - begin).total_seconds(), what) for start, what in said]
    return _in_order([Span(max(first, _seconds(start, first, timezone)), what) for start, what in said])


def _in_order(spans: list[Span]) -> list[Span]:
    """Where clocks leap ahead, let times that they leap over fall on the leap."""
    found: list[Span] = []
    for span in reversed(spans):
        found.append(span._replace(start=min(span.start, found[-1].start)) if found else span)
    return found[::-1]


def _seconds(wall: datetime, first: float, timezone: ZoneInfo) -> float:
    seconds = wall.replace(tzinfo=timezone).timestamp()
    # An hour that comes twice: the second time, when the first is over.
    return seconds if seconds >= first else wall.replace(tzinfo=timezone, fold=1).timestamp()


def _offset(one: tuple[float, Said]) -> float:
    return one[0]
