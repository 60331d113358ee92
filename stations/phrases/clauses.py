"""One statement about opening hours, and which of two statements holds where both speak of a day.

In OpenStreetMap's grammar the later rule holds. In Chinese, as in any language,
the one that speaks of fewer days holds, wherever it stands: ``周一闭馆，9:00-17:00``
is closed on Mondays. `in_order` puts statements so that the grammar says the same;
`outranks` and `clashes` are also how a sentence knows where it must say “但”.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

WEEK = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKEND = WEEK - WEEKDAYS
_DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_LEAP_YEAR = 2024
_YEAR_DAYS = frozenset(range(1, 367))


class Precision(IntEnum):
    """How narrowly the dates of a statement are given."""

    ALWAYS = 0
    MONTHS = 1
    DATES = 2


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a month. `year` is 0 for every year, `day` 0 for the whole month, `month` 0 for the whole year."""

    year: int
    month: int
    day: int

    @property
    def possible(self) -> bool:
        """Whether there is such a day, in a leap year if not in every one."""
        if not self.month:
            return not self.day and 1900 < self.year < 9999
        year = self.year or _LEAP_YEAR
        in_range = 1 <= self.month <= 12 and 1900 < year < 9999
        return in_range and 0 <= self.day <= calendar.monthrange(year, self.month)[1]

    def first(self) -> Day:
        """The first day of it."""
        return Day(self.year, self.month or 1, self.day or 1)

    def last(self) -> Day:
        """The last day of it; 29 February in every year."""
        month = self.month or 12
        return Day(self.year, month, self.day or calendar.monthrange(self.year or _LEAP_YEAR, month)[1])

    @property
    def osm(self) -> str:
        """As OpenStreetMap writes it."""
        month = calendar.month_abbr[self.month] if self.month else ""
        return " ".join(filter(None, (str(self.year or ""), month, str(self.day or ""))))


@dataclass(frozen=True, slots=True)
class Dates:
    """Days from one to another, both included; past the new year where the second is the earlier."""

    first: Day
    last: Day

    @property
    def osm(self) -> str:
        """As OpenStreetMap writes it."""
        if self.first == self.last and not (self.first.year and self.first.month and not self.first.day):
            return self.first.osm
        if self.first.year and not self.first.day:
            return f"{self.first.first().osm}-{self.last.last().osm}"
        return f"{self.first.osm}-{self.last.osm}"

    @property
    def precision(self) -> Precision:
        """Whether single days or whole months are meant."""
        return Precision.DATES if self.first.day or self.first.year else Precision.MONTHS

    def days_of_year(self) -> frozenset[int]:
        """Which days of a leap year it covers, whatever the year, from 1."""
        first, last = (_day_of_year(day) for day in (self.first.first(), self.last.last()))
        if self.last.year - self.first.year > (first > last):
            return _YEAR_DAYS
        return frozenset(range(first, last + 1)) if first <= last else _YEAR_DAYS - frozenset(range(last + 1, first))


def _day_of_year(day: Day) -> int:
    return day.day + sum(calendar.monthrange(_LEAP_YEAR, month)[1] for month in range(1, day.month))


def rest_of_year(dates: Iterable[Dates]) -> Dates | None:
    """The other part of the year, where that is one stretch."""
    spans = list(dates)
    if len(spans) != 1 or spans[0].first.year or spans[0].days_of_year() == _YEAR_DAYS:
        return None
    first, last = spans[0].first, spans[0].last
    if not first.day:
        return Dates(Day(0, last.month % 12 + 1, 0), Day(0, (first.month - 2) % 12 + 1, 0))
    return Dates(_stepped(last, 1), _stepped(first, -1))


def _stepped(day: Day, step: int) -> Day:
    moved = day.day + step
    if moved < 1:
        return Day(0, (day.month - 2) % 12 + 1, 0).last()
    if moved > day.last().day and moved > Day(0, day.month, 0).last().day:
        return Day(0, day.month % 12 + 1, 1)
    return Day(0, day.month, moved)


@dataclass(frozen=True, slots=True)
class Days:
    """Weekdays from 0 for Monday, public holidays, or both."""

    weekdays: frozenset[int] = frozenset()
    holidays: bool = False

    def __or__(self, other: Days) -> Days:
        return Days(self.weekdays | other.weekdays, self.holidays or other.holidays)

    @property
    def osm(self) -> str:
        """As OpenStreetMap writes it: ``Mo-Fr,PH``."""
        runs = [[_DAY_NAMES[run[0]], _DAY_NAMES[run[-1]]] for run in runs_of(self.weekdays)]
        names = [first if first == last else f"{first}-{last}" for first, last in runs]
        return ",".join(names + ["PH"] * self.holidays)


def runs_of(weekdays: Iterable[int]) -> list[list[int]]:
    """Weekdays that follow each other, gathered; the week begins on Monday."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement.

    Attributes
    ----------
    dates
        When in the year; empty for all of it.
    days
        On which days; None for all of them.
    spans
        Times in OSM grammar, like ``08:00-12:00``; empty for the whole day.
    state
        "open", "closed" or "unknown".
    comment
        What else is said.
    joint
        How it follows the one before: ";" (it holds instead), "," (as well) or "||" (where that is closed).
    firm
        Whether it holds over what stands before, however many days that speaks of (“但”).
    verbatim
        The rule in OSM grammar, where it cannot be said in words; then nothing else is given.
    """

    dates: tuple[Dates, ...] = ()
    days: Days | None = None
    spans: tuple[str, ...] = ()
    state: str = "open"
    comment: str = ""
    joint: str = ";"
    firm: bool = False
    verbatim: str = ""

    @property
    def osm(self) -> str:
        """The rule in OSM grammar."""
        if self.verbatim:
            return self.verbatim
        selectors = [",".join(dates.osm for dates in self.dates), self.days.osm if self.days else ""]
        times = ",".join(self.spans)
        if not times and not any(selectors):
            times = "24/7"
        modifier = "" if self.state == "open" else self.state
        comment = f'"{self.comment}"' if self.comment else ""
        return " ".join(filter(None, (*selectors, times, modifier, comment)))

    @property
    def precision(self) -> Precision:
        """How narrowly its dates are given."""
        return max((dates.precision for dates in self.dates), default=Precision.ALWAYS)

    @property
    def bars(self) -> bool:
        """Whether it closes whole days."""
        return self.state == "closed" and not self.spans

    def days_of_year(self) -> frozenset[int]:
        """Which days of a leap year its dates cover."""
        return frozenset().union(*(dates.days_of_year() for dates in self.dates)) if self.dates else _YEAR_DAYS


def _atoms(clause: Clause) -> frozenset[int]:
    """Weekdays, and 7 for a public holiday."""
    if clause.days is None:
        return WEEK | {7}
    return clause.days.weekdays | ({7} if clause.days.holidays else frozenset())


def _names_holidays(clause: Clause) -> bool:
    return clause.days is not None and clause.days.holidays


def same_days(one: Clause, other: Clause) -> bool:
    """Whether two statements speak of the same days."""
    return one.days_of_year() == other.days_of_year() and _atoms(one) == _atoms(other) and _years(one) == _years(other)


def _years(clause: Clause) -> frozenset[tuple[int, int]]:
    return frozenset((dates.first.year, dates.last.year) for dates in clause.dates)


def meets(one: Clause, other: Clause) -> bool:
    """Whether two statements can speak of one day. A holiday may be any weekday; of a verbatim rule nobody knows."""
    if one.verbatim or other.verbatim:
        return False
    first, second = _atoms(one), _atoms(other)
    in_week = bool(first & second) or (7 in first and bool(second)) or (7 in second and bool(first))
    return in_week and bool(one.days_of_year() & other.days_of_year())


def outranks(earlier: Clause, later: Clause) -> bool:
    """Whether of two statements the earlier holds, as it speaks of fewer days."""
    if not meets(earlier, later) or same_days(earlier, later):
        return False
    first, second = _atoms(earlier), _atoms(later)
    fewer_dates = earlier.days_of_year() <= later.days_of_year() and earlier.precision >= later.precision
    if _names_holidays(earlier) and 7 not in second and later.precision < Precision.DATES:
        return fewer_dates or not earlier.dates
    if earlier.bars and not later.bars and not earlier.dates and later.precision < Precision.DATES:
        return first <= second
    return fewer_dates and first <= second


def clashes(earlier: Clause, later: Clause) -> bool:
    """Whether two statements share days and neither speaks of fewer, so that which holds is not said."""
    if not meets(earlier, later) or outranks(earlier, later):
        return False
    if same_days(earlier, later):
        return True
    first, second = _atoms(earlier), _atoms(later)
    if _names_holidays(later) and 7 not in first:
        return False
    return bool(first & second) and not second <= first and later.precision == earlier.precision


def in_order(units: Sequence[tuple[Clause, ...]]) -> list[tuple[Clause, ...]]:
    """Put units so that in each pair the one that should hold stands later.

    A unit is a statement with what belongs to it (its exceptions, what holds as
    well); its first clause decides its place.
    """
    ordered: list[tuple[Clause, ...]] = []
    for unit in units:
        at = len(ordered)
        if not unit[0].firm:
            at = next((place for place, held in enumerate(ordered) if outranks(held[0], unit[0])), at)
        ordered.insert(at, unit)
    return ordered


def only_closes(clauses: Sequence[Clause]) -> bool:
    """Whether all that is said is when it is closed, though not that it always is."""
    return bool(clauses) and all(
        one.state == "closed" and not one.verbatim and bool(one.dates or one.days or one.spans) for one in clauses
    )


def osm_text(clauses: Sequence[Clause]) -> str:
    """The rules of many statements in OSM grammar, in their order."""
    joints = {";": "; ", ",": ", ", "||": " || "}
    return "".join((joints[clause.joint] if number else "") + clause.osm for number, clause in enumerate(clauses))


def without_idle_closures(clauses: Sequence[Clause]) -> list[Clause]:
    """Leave out the closing of all holidays where a later rule says anew what holds on them."""
    kept = []
    for number, clause in enumerate(clauses):
        idle = clause.bars and not clause.comment and clause.days == Days(holidays=True)
        later = clauses[number + 1 :]
        if idle and any(
            other.joint == ";"
            and other.days is not None
            and other.days.holidays
            and not (other.spans and other.state == "closed")
            and other.days_of_year() >= clause.days_of_year()
            and other.precision <= clause.precision
            for other in later
        ):
            continue
        kept.append(clause)
    return [replace(kept[0], joint=";"), *kept[1:]] if kept else []
