"""The forms into which staff enter what a counter or a paper list says, and the visits of one station."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from stations.desk.entering import Fields
from stations.desk.roll import Line, Sieve, lines_for
from stations.errors import StaleStock, StockError
from stations.people.facts import Action
from stations.stock.scope import Scope, Where
from stations.stock.stock import Stock
from stations.stock.visits import ENTERED, Entered, Source
from stations.web.deskwords import say_day, say_moment, say_township, townships_of
from stations.web.params import Args, first, given, read_page, refuse_unknown
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.stock.charts import charts_of, columns_of
from stations.web.stock.reading import (
    Cell,
    Faults,
    chosen,
    day_in,
    day_named,
    mark_of,
    new_mark,
    numbers_of,
    said_in,
    township_in,
    with_args,
)
from stations.web.stock.visits import before_of, headline, read_time
from stations.web.who import STAFF, allowed, needs, the_station

ROWS_ON_A_PAGE = 40

WEEK = 7

PEOPLE = "people."


def entering_views(door: Blueprint, room: Room, stock: Stock) -> None:
    """Hang the forms."""

    @door.get("/visits/enter")
    @needs(Action.RECORD, STAFF)
    def enter_visits() -> Response:
        """A form with a field for each of one's stations, for one day."""
        return show_entering(room, stock, given(request.args), {}, Faults())

    @door.post("/visits/enter")
    @needs(Action.RECORD, STAFF)
    def take_visits() -> Response:
        """Write down how many came to several stations on one day."""
        return take_many(room, stock)

    @door.get("/stations/<code>/visits")
    @needs(Action.SEE_PRIVATE, the_station)
    def came(code: str) -> Response:
        """How many came to one station, and the form to enter it."""
        return show_station(room, stock, code, {}, Faults())

    @door.post("/stations/<code>/visits")
    @needs(Action.RECORD, the_station)
    def take_came(code: str) -> Response:
        """Write down how many came to one station, on the days of a week."""
        return take_week(room, stock, code)


def write(
    room: Room,
    stock: Stock,
    fields: Fields,
    entered: Sequence[Entered],
    faults: Faults,
    name_of: Callable[[Entered], str],
) -> None:
    """Write what was entered; what cannot be is added to the faults, by the fields of the form."""
    names = {f"{one.source.value}.{one.day.isoformat()}.{one.place.code}": name_of(one) for one in entered}
    try:
        stock.visits.enter(
            entered,
            today=room.today,
            who=asker().login,
            at=room.now,
            mark=mark_of(fields),
            seen=number_of(fields, "seen"),
        )
    except StaleStock as stale:
        for key in stale.keys:
            faults.add(names.get(key, ""), stale)
    except StockError as fault:
        faults.add(names.get(fault.field, ""), fault)


def source_in(args: Args) -> Source:
    """How one knows what is entered."""
    return Source(chosen(args, "source", tuple(one.value for one in ENTERED)))


def say_source(source: Source) -> str:
    """Say how one knows."""
    return {
        Source.DOOR: gettext("Door counter"),
        Source.PAPER: gettext("Paper list"),
        Source.SAID: gettext("Said so themselves"),
    }[source]


def lines_to_record(room: Room) -> dict[str, Line]:
    """The stations of which whoever asks may record something, by code."""
    return {line.code: line for line in lines_for(room.desk.roll().lines, asker(), Action.RECORD)}


def show_entering(room: Room, stock: Stock, args: Args, fields: Fields, faults: Faults) -> Response:
    """Show the form for many stations and one day."""
    refuse_unknown(args, frozenset({"day", "source", "township", "q", "page", "said", "lang"}))
    day, source, inside = day_in(args, "day", room.today), source_in(args), township_in(args)
    mine = lines_for(room.desk.roll().lines, asker(), Action.RECORD)
    found = [line for line in Sieve(words=first(args, "q")[:200], township=inside).of(mine, room.today) if line.serves]
    number = read_page(args, len(found), ROWS_ON_A_PAGE)
    here = found[(number - 1) * ROWS_ON_A_PAGE : number * ROWS_ON_A_PAGE]
    scope = Scope.of(asker(), Action.RECORD).narrowed(inside=inside)
    stands = stock.visits.entered_on(scope, day, source)
    cells = [
        (
            line,
            say_township(room.house, line.township),
            Cell(
                PEOPLE + line.code,
                line.name,
                text_of(fields, PEOPLE + line.code) if PEOPLE + line.code in fields else _shown(stands.get(line.code)),
                faults.said.get(PEOPLE + line.code, ""),
                _shown(stands.get(line.code)),
            ),
        )
        for line in here
    ]
    turned = {**args, "said": [""]}
    return page(
        "stock/enter_visits.html",
        faults.status,
        cells=cells,
        day=day.isoformat(),
        day_said=say_day(day),
        today=room.today.isoformat(),
        source=source.value,
        sources=[(one.value, say_source(one)) for one in ENTERED],
        q=first(args, "q"),
        township=inside,
        offered=townships_of(mine, room.house),
        action=with_args("stock.enter_visits", turned),
        seen=stock.visits.newest(),
        mark=new_mark(),
        faults=faults.said,
        before=with_args("stock.enter_visits", {**turned, "page": [str(number - 1)]}) if number > 1 else "",
        after=with_args("stock.enter_visits", {**turned, "page": [str(number + 1)]})
        if number * ROWS_ON_A_PAGE < len(found)
        else "",
        said=said_in(args, {"entered": gettext("Noted. What was corrected stays in the history of the station.")})
        if request.method == "GET"
        else "",
    )


def show_station(room: Room, stock: Stock, code: str, fields: Fields, faults: Faults) -> Response:
    """Show the visits of one station, with a form for a week."""
    args = given(request.args)
    refuse_unknown(args, frozenset({"first", "last", "by", "week", "said", "lang"}))
    station, _ = room.station(code)
    time = read_time(args, room.today)
    scope = Scope.of(asker()).narrowed(codes=(code,))
    columns = columns_of(by_day := stock.visits.by_day(scope, time.first, time.last), time.first, time.last, time.by)
    week_ends = min(day_in(args, "week", room.today), room.today)
    days = [week_ends - timedelta(days=number) for number in range(WEEK)]
    notes = stock.visits.notes(code, min(days[-1], time.first), max(days[0], time.last))
    stands = {(one.source, one.day): one.people for one in notes if one.stands}

    def cell(source: Source, day: date) -> Cell:
        name = f"{source.value}.{day.isoformat()}"
        now = _shown(stands.get((source, day)))
        held = text_of(fields, name) if name in fields else now
        return Cell(name, f"{say_source(source)}, {say_day(day)}", held, faults.said.get(name, ""), now)

    said_by_day = stock.visits.by_day(scope, days[-1], days[0])
    return page(
        "stock/station_visits.html",
        faults.status,
        station=station,
        name=room.names.station(station),
        township_name=say_township(room.house, station.township),
        time=time,
        columns=columns,
        charts=charts_of(columns),
        headline=headline(by_day, stock.visits.by_day(scope, *before_of(time)), time, 1)[:2],
        days=[
            (
                say_day(day),
                [cell(source, day) for source in ENTERED],
                said_by_day[day].said if day in said_by_day else 0,
            )
            for day in days
        ],
        sources=[say_source(source) for source in ENTERED],
        earlier=with_args("stock.came", {"week": [(days[-1] - timedelta(days=1)).isoformat()]}, code=code),
        later=with_args("stock.came", {"week": [(days[0] + timedelta(days=WEEK)).isoformat()]}, code=code)
        if days[0] < room.today
        else "",
        action=with_args("stock.take_came", {**args, "said": [""]}, code=code),
        may_record=allowed(Action.RECORD, station),
        seen=stock.visits.newest(),
        mark=new_mark(),
        faults=faults.said,
        notes=[
            (one, say_source(one.source), say_day(one.day), say_moment(one.at, room.house, room.now))
            for one in notes[:60]
        ],
        said=said_in(args, {"entered": gettext("Noted. What was corrected stays below.")})
        if request.method == "GET"
        else "",
    )


def _shown(people: int | None) -> str:
    return "" if people is None else str(people)


def take_many(room: Room, stock: Stock) -> Response:
    """Write down how many came to several stations on one day."""
    args = given(request.args)
    fields = sent({"mark", "seen"}, also=lambda name: name.startswith(PEOPLE))
    day, source, faults = day_in(args, "day", room.today), source_in(args), Faults()
    people = numbers_of(fields, PEOPLE, faults)
    entered, mine = [], lines_to_record(room)
    for name in fields:
        if name.startswith(PEOPLE) and name not in faults.said:
            line = mine.get(name.removeprefix(PEOPLE))
            if line is None:
                abort(404)
            entered.append(Entered(Where(line.code, line.township), day, source, people.get(line.code)))
    if not faults:
        write(room, stock, fields, entered, faults, lambda one: PEOPLE + one.place.code)
    if faults:
        return show_entering(room, stock, args, fields, faults)
    return lead(with_args("stock.enter_visits", {**args, "said": ["entered"]}))


def take_week(room: Room, stock: Stock, code: str) -> Response:
    """Write down how many came to one station, on the days of a week."""
    fields = sent({"mark", "seen"}, also=lambda name: name.startswith(tuple(f"{one.value}." for one in ENTERED)))
    stands, _ = room.station(code)
    faults, entered = Faults(), []
    for source in ENTERED:
        prefix = f"{source.value}."
        people = numbers_of(fields, prefix, faults)
        for name in fields:
            if name.startswith(prefix) and name not in faults.said:
                key = name.removeprefix(prefix)
                entered.append(Entered(Where(code, stands.township), day_named(name, key), source, people.get(key)))
    if not faults:
        write(room, stock, fields, entered, faults, lambda one: f"{one.source.value}.{one.day.isoformat()}")
    if faults:
        return show_station(room, stock, code, fields, faults)
    return lead(with_args("stock.came", {**given(request.args), "said": ["entered"]}, code=code))
