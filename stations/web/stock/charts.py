"""Columns of a chart as plain numbers, drawn by the server: nothing has to be loaded to see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_decimal, gettext, ngettext

from stations.stock.sums import Came
from stations.web.deskwords import say_day, say_month

BY_DAY, BY_WEEK, BY_MONTH = "day", "week", "month"
DAYS_BY_DAY, DAYS_BY_WEEK = 62, 371
"""Up to so many days are drawn day by day, and up to so many by the week; longer times by the month."""

LEFT, TOP, FOOT = 48.0, 10.0, 24.0
SIZES = (("wide", 1040.0, 240.0, 84.0), ("narrow", 360.0, 200.0, 56.0))
"""A chart for a desk and one for a phone: kind, width, height, and how far apart names may stand at least."""


@dataclass(frozen=True, slots=True)
class Column:
    """How many came in a stretch of days.

    Attributes
    ----------
    days
        How many days of it are in the time asked for.
    """

    first: date
    last: date
    name: str
    brief: str
    came: Came

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, in the units of its chart, and what it says."""

    x: float
    y: float
    width: float
    height: float
    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on an axis, and where."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of columns."""

    kind: str
    width: float
    height: float
    left: float
    bars: tuple[Bar, ...]
    ticks: tuple[Mark, ...]
    marks: tuple[Mark, ...]


def by_of(first: date, last: date) -> str:
    """By what a time is drawn where nobody says."""
    days = (last - first).days + 1
    return BY_DAY if days <= DAYS_BY_DAY else BY_WEEK if days <= DAYS_BY_WEEK else BY_MONTH


def columns_of(came: Mapping[date, Came], first: date, last: date, by: str) -> list[Column]:
    """Add the days of a time up by day, week or month; days of which nothing is known are none."""
    columns = []
    begin = first
    while begin <= last:
        end = min(last, _end_of(begin, by))
        days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
        known = [came[day] for day in days if day in came]
        total = Came(
            sum(one.people for one in known),
            sum(one.said for one in known),
            sum(one.door for one in known),
            sum(one.paper for one in known),
        )
        columns.append(Column(begin, end, _name(begin, end, by), _brief(begin, by), total))
        begin = end + timedelta(days=1)
    return columns


def charts_of(columns: Sequence[Column]) -> tuple[Chart, ...]:
    """Draw columns, once for wide screens and once for phones."""
    most = max((column.came.people for column in columns), default=0)
    step = _step(most)
    top = max(step, -(-most // step) * step)
    charts = []
    for kind, width, height, apart in SIZES:
        depth, room = height - TOP - FOOT, (width - LEFT) / max(len(columns), 1)
        every = max(1, -(-int(apart) // max(int(room), 1)))
        bars, marks = [], []
        for number, column in enumerate(columns):
            x, tall = LEFT + number * room, depth * column.came.people / top
            thick = min(max(room * 0.78, 1.0), 64.0)
            said = ngettext("%(num)s visit", "%(num)s visits", column.came.people)
            text = gettext("%(what)s: %(said)s", what=column.name, said=said)
            at = x + (room - thick) / 2
            bars.append(Bar(_r(at), _r(TOP + depth - tall), _r(thick), _r(tall), text, _weekend(column)))
            if number % every == 0:
                marks.append(Mark(_r(min(x + room / 2, width - 18)), column.brief))
        ticks = [
            Mark(_r(TOP + depth * (1 - value / top)), str(format_decimal(value, format="#,##0")))
            for value in range(0, top + 1, step)
        ]
        charts.append(Chart(kind, width, height, LEFT, tuple(bars), tuple(ticks), tuple(marks)))
    return tuple(charts)


def _end_of(begin: date, by: str) -> date:
    if by == BY_DAY:
        return begin
    if by == BY_WEEK:
        return begin + timedelta(days=6 - begin.weekday())
    return (begin.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _name(begin: date, end: date, by: str) -> str:
    if by == BY_MONTH:
        return say_month(begin)
    if begin == end:
        return say_day(begin)
    return gettext("%(first)s to %(last)s", first=say_day(begin), last=say_day(end))


def _brief(begin: date, by: str) -> str:
    return f"{begin.year}-{begin.month:02}" if by == BY_MONTH else f"{begin.month}-{begin.day}"


def _weekend(column: Column) -> bool:
    return column.days == 1 and column.first.weekday() >= 5


def _step(most: int) -> int:
    """A round number of which some four make up the most."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= size * factor * 4:
                return size * factor
        size *= 10


def _r(number: float) -> float:
    return round(number, 1)
