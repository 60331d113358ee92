"""Hours that a week says, row by row: each weekday, and public holidays. Written as rules, and known again in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from stations.errors import HoursError
from stations.hours.rules import WEEKDAYS, Part, parts_of
from stations.phrases.clauses import WEEK, Clause, Days, osm_text
from stations.phrases.spans import MIDNIGHT, osm_span

Times = tuple[tuple[int, int], ...]
"""Spans of one day in minutes after its midnight, by rising start; past 1440 on the next day."""

ALL_DAY: Times = ((0, MIDNIGHT),)
CLOSED: Times = ()
MOST_SPANS = 2
"""So many spans a day are in a week; hours with more are more than that."""

_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Weekly:
    """A week.

    Attributes
    ----------
    days
        Seven, from Monday on.
    holidays
        On public holidays; None for as on any other day.
    """

    days: tuple[Times, ...]
    holidays: Times | None = None

    @property
    def plain(self) -> Weekly:
        """The same week, with nothing said of holidays that holds on every day."""
        return replace(self, holidays=None) if {*self.days} == {self.holidays} else self

    @property
    def osm(self) -> str:
        """Its rules in OSM grammar, days with the same spans together in the order of the week."""
        week = self.plain
        alike: dict[Times, set[int]] = {}
        for day, times in enumerate(week.days):
            alike.setdefault(times, set()).add(day)
        clauses = [_clause(None if days == WEEK else Days(frozenset(days)), times) for times, days in alike.items()]
        if week.holidays is not None:
            clauses.append(_clause(Days(holidays=True), week.holidays))
        return osm_text(clauses)


def weekly_of(text: str) -> Weekly | None:
    """Know a week in hours in OSM grammar.

    Returns
    -------
    Weekly or None
        None where nothing is known, and where more is said than a week: dates,
        remarks, school holidays, times by the sun, more than two spans a day.
    """
    try:
        parts = parts_of(text) if text.strip() else ()
    except HoursError:
        return None
    if not parts:
        return None
    days: list[Times] = [CLOSED] * 7
    holidays: Times | None = None
    for part in parts:
        times, chosen = _times(part), _days(part)
        if times is None or chosen is None or part.joined not in {"", ";"}:
            return None
        if holidays is not None and chosen.weekdays and not chosen.holidays:
            return None  # on a holiday the later rule holds, on its weekdays only
        for day in chosen.weekdays:
            days[day] = times
        if part.days and chosen.holidays:
            holidays = times
        elif not part.days:
            holidays = None
    return Weekly(tuple(days), holidays).plain


def _clause(days: Days | None, times: Times) -> Clause:
    spans = () if times in (ALL_DAY, CLOSED) else tuple(osm_span(begin, end) for begin, end in times)
    return Clause(days=days, spans=spans, state="open" if times else "closed")


def _days(part: Part) -> Days | None:
    """The days of a rule, every one where it names none; None where it names others."""
    if part.dates or part.within:
        return None
    if not part.days:
        return Days(WEEK, holidays=True)
    found = Days()
    for day in part.days:
        first, _, last = day.partition("-")
        if day == "PH":
            found |= Days(holidays=True)
        elif first in WEEKDAYS and (last or first) in WEEKDAYS:
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            found |= Days(frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1)))
        else:
            return None
    return found


def _times(part: Part) -> Times | None:
    """The spans of a rule; None where a week has no such."""
    if part.comment or part.modifier not in {"open", "closed"}:
        return None
    if part.modifier == "closed":
        return None if part.times else CLOSED
    if not part.times:
        return ALL_DAY
    found = []
    for text in part.times:
        match = _SPAN.fullmatch(text)
        if match is None:
            return None
        begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        found.append((begin, end if end > begin else end + MIDNIGHT))
    times = tuple(sorted(found))
    fit = len(times) <= MOST_SPANS and all(begin < MIDNIGHT and end - begin < MIDNIGHT for begin, end in times)
    return times if times == ALL_DAY or (fit and not overlap(times)) else None


def overlap(times: Times) -> bool:
    """Whether of spans by rising start one begins before another has ended."""
    return any(one[1] > other[0] for one, other in pairwise(times))
