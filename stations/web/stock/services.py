"""Services: breakfasts and the like, with a calendar of the month and its totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, request
from flask_babel import format_decimal, gettext, ngettext

from stations.desk.roll import Line, Sieve, lines_for
from stations.handouts.tables import Column, Kind, Table
from stations.people.facts import Action
from stations.stock.offers import Entry, totals
from stations.stock.scope import Scope
from stations.stock.stock import Stock
from stations.web.deskwords import say_month, say_township, townships_of
from stations.web.params import first, given, refuse_unknown
from stations.web.room import Room, asker, page
from stations.web.stock.offering import Offered, said_of
from stations.web.stock.reading import (
    month_in,
    next_month,
    township_in,
    weekdays,
    with_args,
)
from stations.web.stock.sheets import as_workbook
from stations.web.who import STAFF, Place, allowed, needs

PARAMETERS = frozenset({"month", "township", "lang"})

FOUND = 30
"""Stations that a search for one shows at most."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar.

    Attributes
    ----------
    held
        How many services are held on it.
    served
        How many people had them, as far as was counted; None where nothing was.
    """

    day: date
    here: bool
    today: bool
    held: int
    served: int | None
    said: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A service in a list."""

    entry: Entry
    station: str
    township: str
    offered: Offered
    days: int
    counted: int
    served: int
    running: bool


def services_views(door: Blueprint, room: Room, stock: Stock) -> None:
    """Hang the list of services and their calendar."""

    @door.get("/services")
    @needs(Action.SEE_PRIVATE, STAFF)
    def services() -> Response:
        """All services, with the calendar of a month."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        month, inside = month_in(args, room.today), township_in(args)
        lines = {line.code: line for line in lines_for(room.desk.roll().lines, asker())}
        scope = Scope.of(asker()).narrowed(inside=inside)
        shown = shown_of(room, stock, lines, month, scope)
        held, served = days_of(shown, stock, month, scope)
        return page(
            "stock/services.html",
            shown=[one for one in shown if one.running],
            ended=[one for one in shown if not one.running],
            weeks=calendar(month, held, served, room.today),
            weekdays=weekdays(),
            month=say_month(month),
            earlier=month_address("stock.services", args, month - timedelta(days=1)),
            later=month_address("stock.services", args, next_month(month)),
            headline=headline(shown),
            township=inside,
            offered=townships_of(lines.values(), room.house),
            month_asked=first(args, "month"),
            sheet=with_args("stock.services_sheet", args),
            may_add=any(allowed(Action.EDIT, Place(line.township, line.code)) for line in lines.values()),
        )

    @door.get("/services.xlsx")
    @needs(Action.SEE_PRIVATE, STAFF)
    def services_sheet() -> Response:
        """The services of a month, and how many had them by day, as a workbook."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        month, inside = month_in(args, room.today), township_in(args)
        lines = {line.code: line for line in lines_for(room.desk.roll().lines, asker())}
        scope = Scope.of(asker()).narrowed(inside=inside)
        tables = sheets_of(shown_of(room, stock, lines, month, scope), stock, month, scope)
        about = [(gettext("Month"), say_month(month))]
        return as_workbook(tables, "services", gettext("Services"), room, about, month.isoformat()[:7])

    @door.get("/services/new")
    @needs(Action.EDIT, STAFF)
    def choose_station() -> Response:
        """Choose the station at which a service is to be held."""
        args = given(request.args)
        refuse_unknown(args, frozenset({"q", "lang"}))
        mine = lines_for(room.desk.roll().lines, asker(), Action.EDIT)
        words = first(args, "q")[:200]
        found = Sieve(words=words).of(mine, room.today) if words or len(mine) <= FOUND else []
        return page(
            "stock/choose_station.html",
            q=words,
            found=[(line, say_township(room.house, line.township)) for line in found[:FOUND]],
            more=len(found) > FOUND,
            looked=bool(words),
        )


def month_address(endpoint: str, args: Mapping[str, Sequence[str]], day: date, **values: str) -> str:
    """The address of the same in the month of a day."""
    return with_args(endpoint, {**args, "month": [f"{day.year}-{day.month:02}"], "said": [""]}, **values)


def shown_of(room: Room, stock: Stock, lines: Mapping[str, Line], month: date, scope: Scope) -> list[Shown]:
    """The services at some stations, with what became of them in a month; by station."""
    last = next_month(month) - timedelta(days=1)
    entries = [entry for entry in stock.services.of(scope) if entry.code in lines]
    counted = totals(entries, stock.services.served_in(scope, month, last))
    shown = []
    for entry in entries:
        line = lines[entry.code]
        days = entry.offer.held_on(month, last, room.house.zone) if entry.on else ()
        ended = entry.offer.last is not None and entry.offer.last < room.today
        shown.append(
            Shown(
                entry,
                line.name,
                say_township(room.house, line.township),
                said_of(entry.offer, room.names),
                len(days),
                *counted[entry.service],
                entry.on and not ended,
            )
        )
    return sorted(shown, key=lambda one: (one.entry.code, one.entry.service))


def days_of(shown: Sequence[Shown], stock: Stock, month: date, scope: Scope) -> tuple[dict[date, int], dict[date, int]]:
    """How many services are held on each day of a month, and how many people had them, by day."""
    last = next_month(month) - timedelta(days=1)
    held: dict[date, int] = {}
    for one in shown:
        if one.entry.on:
            for day in one.entry.offer.held_on(month, last, stock.services.timezone):
                held[day] = held.get(day, 0) + 1
    served: dict[date, int] = {}
    for count in stock.services.served_in(scope, month, last):
        served[count.day] = served.get(count.day, 0) + (count.served or 0)
    return held, served


def calendar(month: date, held: Mapping[date, int], served: Mapping[date, int], today: date) -> list[list[Day]]:
    """The weeks of a month, Monday first, with the days of other months that fill them up."""
    weeks, day = [], month - timedelta(days=month.weekday())
    while day < next_month(month):
        weeks.append([_day(day + timedelta(days=number), month, held, served, today) for number in range(7)])
        day += timedelta(days=7)
    return weeks


def headline(shown: Sequence[Shown]) -> list[str]:
    """The figures that one reads first."""
    running = sum(one.running for one in shown)
    served = sum(one.served for one in shown)
    return [
        ngettext("%(num)s service is running", "%(num)s services are running", running),
        gettext("meals and services counted in the month: %(number)s", number=format_decimal(served, format="#,##0")),
    ]


def sheets_of(shown: Sequence[Shown], stock: Stock, month: date, scope: Scope) -> list[Table]:
    """The services of a month as tables: in all, and by day."""
    last = next_month(month) - timedelta(days=1)
    by_service = {one.entry.service: one for one in shown}
    whose = [
        Column("township", gettext("Township")),
        Column("station", gettext("Station")),
        Column("code", gettext("Code")),
        Column("service", gettext("Service")),
    ]
    return [
        Table(
            "services",
            gettext("Services"),
            [
                *whose,
                Column("when", gettext("When")),
                Column("whom", gettext("For whom")),
                Column("price", gettext("Price")),
                Column("places", gettext("Places a day"), Kind.COUNT),
                Column("held", gettext("Days held"), Kind.COUNT),
                Column("counted", gettext("Days counted"), Kind.COUNT),
                Column("served", gettext("Meals or people"), Kind.COUNT),
            ],
            [
                (
                    one.township,
                    one.station,
                    one.entry.code,
                    one.offered.name,
                    one.offered.when,
                    one.offered.whom,
                    one.offered.price,
                    one.entry.offer.places,
                    one.days,
                    one.counted,
                    one.served,
                )
                for one in shown
            ],
        ),
        Table(
            "days",
            gettext("By day"),
            [Column("day", gettext("Day")), *whose, Column("served", gettext("Meals or people"), Kind.COUNT)],
            [
                (count.day.isoformat(), one.township, one.station, one.entry.code, one.offered.name, count.served)
                for count in stock.services.served_in(scope, month, last)
                if (one := by_service.get(count.service)) is not None
            ],
        ),
    ]


def _day(day: date, month: date, held: Mapping[date, int], served: Mapping[date, int], today: date) -> Day:
    here = (day.year, day.month) == (month.year, month.month)
    count, people = held.get(day, 0) if here else 0, served.get(day) if here else None
    told = [ngettext("%(num)s service", "%(num)s services", count)] if count else []
    if people is not None:
        told.append(gettext("counted: %(number)s", number=format_decimal(people, format="#,##0")))
    return Day(day, here, day == today, count, people, gettext(", ").join(told))
