"""One text evaluated: by the library, with weekdays and holidays matched against the official calendar.

The library knows no official days, so it is handed a rewritten text for them.
For a week of dates each rule's weekdays and holidays are matched here, and
written as the plain weekdays on which it holds; all else, from months and weeks
to what overrides what, stays with the library.

A night belongs to the day it began on: ``Mo-Fr 22:00-06:00; Sa off`` is open on
Saturday at 3, and closed on Monday at 3. The library judges the hours after
midnight by the second day, so the days of such a text are evaluated one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import opening_hours

from stations.hours.days import ONE_DAY, Facts, Pattern, Wants
from stations.hours.matching import NEVER, Library, Matcher, minutes_past_midnight, offset_of, on
from stations.hours.rules import WEEKDAYS, Part, alternatives, is_plainly_spelled, parts_of, read, read_parts, written
from stations.hours.states import Said, Span, State, at, first_not_closed, starts_of

MAX_REWRITTEN = 64
"""Rewritten texts that each alternative keeps."""

_STATES = {
    opening_hours.State.OPEN: Said(State.OPEN),
    opening_hours.State.CLOSED: Said(State.CLOSED),
    opening_hours.State.UNKNOWN: Said(State.UNKNOWN),
}
_RANK = {State.OPEN: 0, State.UNKNOWN: 1, State.CLOSED: 2}
_CLOSED = _STATES[opening_hours.State.CLOSED]

_A_SECOND = timedelta(seconds=1)
_WEEKDAY = re.compile("|".join(WEEKDAYS), re.IGNORECASE)
_NEAR_HOLIDAY = re.compile(r"[PS]H\s*[+-]")

Chosen = tuple[tuple[frozenset[int], ...], ...]
"""By alternative and rule the weekdays on which it holds, of at most seven successive dates."""


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
        self.passes_midnight = _may_pass_midnight(spelled)
        """Whether a day may reach into the next."""
        self.whole = None if self.passes_midnight and ";" in text else self._library
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

    def chosen(self, days: Sequence[date], pattern: Pattern) -> Chosen:
        """The weekdays on which each rule holds, of at most seven successive dates that are what a pattern says."""
        return tuple(side.chosen(days, pattern) for side in self._sides)

    def said_at(self, wall: datetime) -> Said:
        """What the text says on an ordinary day, by the clock on the wall: a datetime without a time zone."""
        if self.whole is not None:
            return _said(*self.whole.state(wall))
        return first_not_closed([side.said_at(wall) for side in self._sides])

    def spans(self, first: float, last: float, chosen: Chosen | None = None) -> list[Span]:
        """What the text says between two moments, in seconds since 1970; of ordinary days where nothing is chosen."""
        if chosen is None and self.whole is not None:
            return _spans_of(self.whole, first, last, self.timezone)
        many = [
            side.spans(first, last, None if chosen is None else chosen[number])
            for number, side in enumerate(self._sides)
        ]
        if len(many) == 1:
            return many[0]
        return [Span(start, first_not_closed([at(spans, start) for spans in many])) for start in starts_of(many)]

    @cached_property
    def _sides(self) -> tuple[_Side, ...]:
        return tuple(_Side(parts, self.timezone, self._library) for parts in alternatives(self.parts))


class _Side:
    """Rules without fallbacks."""

    def __init__(self, parts: tuple[Part, ...], timezone: ZoneInfo, plain: Library | None) -> None:
        self.parts = parts
        self.timezone = timezone
        self._plain = plain
        self._read: dict[object, Library] = {}
        self._usual_days: dict[int, Library | None] = {}

    @cached_property
    def matchers(self) -> tuple[Matcher, ...]:
        """When each rule holds."""
        return tuple(Matcher.of(part) for part in self.parts)

    @cached_property
    def plain(self) -> Library:
        """The rules on ordinary days."""
        if self._plain is not None:
            return self._plain
        # The library would take "SH Mo-Fr" for every weekday.
        parts = [replace(part, days=(NEVER,), within=False) if part.within else part for part in self.parts]
        return read_parts(tuple(parts))

    @cached_property
    def night(self) -> timedelta:
        """How long after midnight the evening before may matter, where another rule could override it; or zero."""
        overriding = any(part.joined == ";" or part.modifier == "closed" for part in self.parts[1:])
        first_closes = len(self.parts) > 1 and self.parts[0].modifier == "closed"
        if not (overriding or first_closes):
            return timedelta(0)
        return timedelta(minutes=max(minutes_past_midnight(part) for part in self.parts))

    def chosen(self, days: Sequence[date], pattern: Pattern) -> tuple[frozenset[int], ...]:
        return tuple(
            frozenset(day.weekday() for day, facts in zip(days, pattern, strict=True) if matcher.takes(day, facts))
            for matcher in self.matchers
        )

    def said_at(self, wall: datetime) -> Said:
        if self.night and timedelta(hours=wall.hour, minutes=wall.minute) < self.night:
            today = wall.date()
            return _last_to_close(
                [
                    _CLOSED if library is None else _said(*library.state(wall))
                    for library in (self._day(today, None), self._day(today - ONE_DAY, None))
                ]
            )
        return _said(*self.plain.state(wall))

    def spans(self, first: float, last: float, chosen: tuple[frozenset[int], ...] | None) -> list[Span]:
        if self.night:
            return self._nights(first, last, chosen)
        return _spans_of(self.plain if chosen is None else self._rewritten(chosen), first, last, self.timezone)

    def _rewritten(self, chosen: tuple[frozenset[int], ...]) -> Library:
        parts = [
            part if matcher.every else on(part, days)
            for part, matcher, days in zip(self.parts, self.matchers, chosen, strict=True)
        ]
        return self._kept(chosen, tuple(parts))

    def _nights(self, first: float, last: float, chosen: tuple[frozenset[int], ...] | None) -> list[Span]:
        """What holds between two moments, each day with the night that follows it evaluated by itself."""
        begin, end = (datetime.fromtimestamp(seconds, self.timezone).date() for seconds in (first, last))
        spans: list[Span] = []
        day, before = begin, self._day(begin - ONE_DAY, chosen)
        while day <= end:
            today = self._usual_day(day) if chosen is None else self._day(day, chosen)
            since, until = (
                datetime.combine(midnight, time(), self.timezone).timestamp() for midnight in (day, day + ONE_DAY)
            )
            since, until = max(first, since), min(last, until)
            if since < until:
                layers = [
                    [Span(since, _CLOSED)] if library is None else _spans_of(library, since, until, self.timezone)
                    for library in (today, before)
                ]
                spans += [
                    Span(start, _last_to_close([at(layer, start) for layer in layers])) for start in starts_of(layers)
                ]
            day, before = day + ONE_DAY, today
        return spans

    @cached_property
    def _weekly(self) -> bool:
        """Whether every week is like any other."""
        return all(matcher.dates is None and not matcher.numbered for matcher in self.matchers)

    def _usual_day(self, day: date) -> Library | None:
        if not self._weekly:
            return self._day(day, None)
        weekday = day.weekday()
        if weekday not in self._usual_days:
            self._usual_days[weekday] = self._day(day, None)
        return self._usual_days[weekday]

    def _day(self, day: date, chosen: tuple[frozenset[int], ...] | None) -> Library | None:
        """The rules of one day and of the night after it; None where there are none."""
        holding = [place for place in range(len(self.parts)) if self._holds(place, day, chosen)]
        kept: list[int] = []
        for place in holding:
            part = self.parts[place]
            overrides = part.joined != "," if part.modifier != "closed" else not part.times
            kept = [place] if overrides else [*kept, place]
        # Hours that are expressly closed on the next day do end the night.
        ends = [
            place
            for place, part in enumerate(self.parts)
            if part.modifier == "closed" and part.times and self._holds(place, day + ONE_DAY, chosen)
        ]
        if not kept:
            return None
        weekday = day.weekday()
        key = (weekday, *kept, None, *ends)
        return self._kept(
            key,
            (
                *(on(self.parts[place], frozenset({weekday})) for place in kept),
                *(replace(on(self.parts[place], frozenset({(weekday + 1) % 7})), joined=";") for place in ends),
            ),
        )

    def _holds(self, place: int, day: date, chosen: tuple[frozenset[int], ...] | None) -> bool:
        matcher, weekday = self.matchers[place], day.weekday()
        taken = matcher.takes(day, Facts(weekday)) if chosen is None else weekday in chosen[place]
        return taken and matcher.dated(day)

    def _kept(self, key: object, parts: tuple[Part, ...]) -> Library:
        found = self._read.get(key)
        if found is None:
            found = read_parts(parts)
            if len(self._read) >= MAX_REWRITTEN:
                self._read.clear()
            self._read[key] = found
        return found


def _may_pass_midnight(canonical: str) -> bool:
    times = tuple(word for words in canonical.split() for word in words.rstrip(";").split(","))
    return minutes_past_midnight(Part(times=times)) > 0


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
    # Clocks change in between. Times that they leap over fall on the leap.
    spans: list[Span] = []
    latest = last
    for start, what in reversed(said):
        latest = min(latest, max(first, _seconds(start, first, timezone)))
        spans.append(Span(latest, what))
    return spans[::-1]


def _seconds(wall: datetime, first: float, timezone: ZoneInfo) -> float:
    seconds = wall.replace(tzinfo=timezone).timestamp()
    # An hour that comes twice: the second time, when the first is over.
    return seconds if seconds >= first else wall.replace(tzinfo=timezone, fold=1).timestamp()
