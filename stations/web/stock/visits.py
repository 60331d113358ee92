"""Visits: how many came, at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from flask import Blueprint, Response, request, url_for
from flask_babel import format_decimal, gettext, ngettext

from stations.desk.roll import lines_for
from stations.people.facts import Action
from stations.stock.scope import Scope
from stations.stock.stock import Stock
from stations.stock.sums import Came, in_all
from stations.web.deskwords import say_day, say_township, townships_of
from stations.web.params import Args, BadParameter, given, refuse_unknown
from stations.web.room import Room, asker, page
from stations.web.stock.charts import BY_DAY, BY_MONTH, BY_WEEK, by_of, charts_of, columns_of
from stations.web.stock.reading import (
    LONGEST_TIME,
    chosen,
    day_in,
    township_in,
    with_args,
)
from stations.web.stock.sheets import as_workbook, each_csv, visit_tables
from stations.web.who import STAFF, Place, allowed, needs

PARAMETERS = frozenset({"first", "last", "by", "township", "lang"})

DAYS_BEFORE = 30

SHOWN = 20
"""Stations of a ranking; all are in the workbook."""

MOST_ROWS = 1_000_000
"""Rows of stations and days that a file may have; spreadsheet programs show 1,048,576. A month of 20,000 stations."""


@dataclass(frozen=True, slots=True)
class Time:
    """Some days, both ends included, and by what they are drawn."""

    first: date
    last: date
    by: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A township or a station, and how many came."""

    name: str
    address: str
    came: Came


def visits_views(door: Blueprint, room: Room, stock: Stock) -> None:
    """Hang the page of all visits, and its files."""

    @door.get("/visits")
    @needs(Action.SEE_PRIVATE, STAFF)
    def visits() -> Response:
        """How many came, by day, by township, by station."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        time, inside = read_time(args, room.today), township_in(args)
        scope = Scope.of(asker()).narrowed(inside=inside)
        lines = {line.code: line for line in lines_for(room.desk.roll().lines, asker())}
        by_day, by_township, by_station, before = known_of(stock, scope, time)
        columns = columns_of(by_day, time.first, time.last, time.by)
        best = sorted(by_station.items(), key=lambda item: (-item[1].people, item[0]))[:SHOWN]
        return page(
            "stock/visits.html",
            time=time,
            columns=columns,
            charts=charts_of(columns),
            headline=headline(by_day, before, time, len(by_station)),
            townships=ranked_townships(by_township, args, room),
            stations=[
                Ranked(lines[code].name, url_for("stock.came", code=code), came) for code, came in best if code in lines
            ],
            all_stations=len(by_station),
            presets=presets(args, room.today),
            township=inside,
            offered=townships_of(lines.values(), room.house),
            may_enter=any(allowed(Action.RECORD, Place(line.township, line.code)) for line in lines.values()),
            sheet=with_args("stock.visits_sheet", args),
            rows=with_args("stock.visits_rows", args),
        )

    @door.get("/visits.xlsx")
    @needs(Action.SEE_PRIVATE, STAFF)
    def visits_sheet() -> Response:
        """The same as a workbook."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        time = read_time(args, room.today)
        scope = Scope.of(asker()).narrowed(inside=(inside := township_in(args)))
        mine = lines_for(room.desk.roll().lines, asker())
        lines = {line.code: line for line in mine if line.township.startswith(inside)}
        by_day, by_township, by_station, _ = known_of(stock, scope, time)
        tables = visit_tables(by_day, by_township, by_station, lines, room.house)
        about = [(gettext("Days"), say_time(time))]
        return as_workbook(tables, "visits", gettext("Visits"), room, about, days_of(time))

    @door.get("/visits.csv")
    @needs(Action.SEE_PRIVATE, STAFF)
    def visits_rows() -> Response:
        """How many came to each station on each day, as CSV."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        time = read_time(args, room.today)
        scope = Scope.of(asker()).narrowed(inside=township_in(args))
        lines = {line.code: line for line in lines_for(room.desk.roll().lines, asker())}
        found = stock.visits.days_known(scope, time.first, time.last)
        if found > MOST_ROWS:
            raise BadParameter(
                "first",
                time.first.isoformat(),
                "That would be {count} rows, and a spreadsheet opens {most} at most. Ask for fewer days.",
                count=f"{found:,}",
                most=f"{MOST_ROWS:,}",
            )
        rows = stock.visits.each(scope, time.first, time.last)
        return each_csv(rows, lines, room.house, gettext("Visits"), days_of(time))


def read_time(args: Args, today: date) -> Time:
    """Read which days are asked for; the last thirty where nothing is said.

    Raises
    ------
    BadParameter
        Days that cannot be, or too many.
    """
    last = day_in(args, "last", today)
    begin = day_in(args, "first", last - timedelta(days=DAYS_BEFORE - 1))
    if begin > last or last - begin > LONGEST_TIME:
        raise BadParameter("first", begin.isoformat(), "Take a first day before the last, and at most three years.")
    by = chosen(args, "by", ("", BY_DAY, BY_WEEK, BY_MONTH)) or by_of(begin, last)
    if by == BY_DAY and last - begin > timedelta(days=371):
        by = BY_WEEK
    return Time(begin, last, by)


def before_of(time: Time) -> tuple[date, date]:
    """As many days before."""
    last = time.first - timedelta(days=1)
    return last - (time.last - time.first), last


class Known(NamedTuple):
    """How many came in a time: by day, by township, by station; and by day in as long a time before."""

    by_day: Mapping[date, Came]
    by_township: Mapping[str, Came]
    by_station: Mapping[str, Came]
    before: Mapping[date, Came]


def known_of(stock: Stock, scope: Scope, time: Time) -> Known:
    """Add up how many came, and how many before."""
    sums = stock.visits.sums(scope, time.first, time.last, earlier=before_of(time)[0])
    days = sums.by_day
    by_township: dict[str, list[Came]] = {}
    for (township, day), came in sums.by_township_and_day.items():
        if day >= time.first:
            by_township.setdefault(township, []).append(came)
    return Known(
        {day: came for day, came in days.items() if day >= time.first},
        {township: in_all(several) for township, several in by_township.items()},
        sums.by_station,
        {day: came for day, came in days.items() if day < time.first},
    )


def headline(by_day: Mapping[date, Came], before: Mapping[date, Came], time: Time, stations: int) -> list[str]:
    """The figures that one reads first."""
    total = sum(came.people for came in by_day.values())
    earlier = sum(came.people for came in before.values())
    days = (time.last - time.first).days + 1
    told = [
        gettext("Visits: %(number)s", number=format_decimal(total, format="#,##0")),
        gettext("%(number)s a day", number=format_decimal(total / days, format="#,##0.#")),
        ngettext("at %(num)s station", "at %(num)s stations", stations),
    ]
    if earlier:
        change = round(100 * (total - earlier) / earlier)
        told.append(
            gettext(
                "%(change)s %% against the %(days)s days before", change=f"{change:+,d}".replace("-", "−"), days=days
            )
        )
    return told


def say_time(time: Time) -> str:
    """Say which days."""
    return gettext("%(first)s to %(last)s", first=say_day(time.first), last=say_day(time.last))


def days_of(time: Time) -> str:
    """Which days, for the name of a file."""
    return f"{time.first.isoformat()}_{time.last.isoformat()}"


def ranked_townships(by_township: Mapping[str, Came], args: Args, room: Room) -> list[Ranked]:
    """The townships, those with the most visits first."""
    order = sorted(by_township.items(), key=lambda item: (-item[1].people, item[0]))
    return [
        Ranked(say_township(room.house, code), with_args("stock.visits", {**args, "township": [code]}), came)
        for code, came in order
    ]


def presets(args: Args, today: date) -> list[tuple[str, str, bool]]:
    """Times that one often asks for: name, address, and whether it is the one that is shown."""
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    times = (
        (gettext("7 days"), today - timedelta(days=6), today),
        (gettext("30 days"), today - timedelta(days=29), today),
        (gettext("This month"), month, today),
        (gettext("Last month"), before, month - timedelta(days=1)),
        (gettext("This year"), today.replace(month=1, day=1), today),
    )
    shown = read_time(args, today)
    return [
        (
            name,
            with_args("stock.visits", {**args, "first": [begin.isoformat()], "last": [end.isoformat()], "by": [""]}),
            (shown.first, shown.last) == (begin, end),
        )
        for name, begin, end in times
    ]
