"""One service: its days, how many had it, and its form."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext

from stations.desk.entering import Fields
from stations.errors import StaleStock, StockError, UnknownServiceError
from stations.people.facts import Action
from stations.stock.scope import Scope, Where
from stations.stock.stock import Stock
from stations.web.deskwords import say_day, say_moment, say_month, say_township
from stations.web.house import House
from stations.web.params import given, refuse_unknown
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.stock.offering import offer_form, read_offer, said_of
from stations.web.stock.reading import (
    Cell,
    Faults,
    day_named,
    mark_of,
    month_in,
    new_mark,
    next_month,
    numbers_of,
    said_in,
    weekdays,
    with_args,
)
from stations.web.stock.services import calendar, month_address, shown_of
from stations.web.who import Place, Values, allowed, needs, place_of, the_station

SERVED = "served."


def the_service(house: House, values: Values) -> Place:
    """Where the station is at which the service is held that an address names by ``<int:number>``."""
    if house.stock is None:
        abort(404)
    try:
        entry = house.stock.services.get(int(values["number"]))
    except UnknownServiceError:
        abort(404)
    station = house.snapshot().find(entry.code)
    return Place(entry.township, entry.code) if station is None else place_of(station)


def service_views(door: Blueprint, room: Room, stock: Stock) -> None:
    """Hang the services of a station, and each of them."""

    @door.get("/stations/<code>/services")
    @needs(Action.SEE_PRIVATE, the_station)
    def at_station(code: str) -> Response:
        """The services at one station, and the form for a new one."""
        return show_station(room, stock, code, {}, Faults())

    @door.post("/stations/<code>/services")
    @needs(Action.EDIT, the_station)
    def add_service(code: str) -> Response:
        """Write a new service down."""
        return take_new(room, stock, code)

    @door.get("/services/<int:number>")
    @needs(Action.SEE_PRIVATE, the_service)
    def service(number: int) -> Response:
        """One service: its days, how many had it, and its form."""
        return show_service(room, stock, number, {}, Faults())

    @door.post("/services/<int:number>")
    @needs(Action.EDIT, the_service)
    def change_service(number: int) -> Response:
        """Change a service, end it, or take it up again."""
        return take_change(room, stock, number)

    @door.post("/services/<int:number>/served")
    @needs(Action.RECORD, the_service)
    def served(number: int) -> Response:
        """Write down how many had a service, by day."""
        return take_served(room, stock, number)


def is_field(name: str) -> bool:
    """Whether the form of a service may have a field of that name."""
    return name in {
        "key",
        "name",
        "hours",
        "first",
        "last",
        "price",
        "places",
        "note",
        "mark",
        "seen",
        "do",
        "eligible",
    }


def show_station(room: Room, stock: Stock, code: str, fields: Fields, faults: Faults) -> Response:
    """Show the services at one station, with the form for a new one."""
    station, _ = room.station(code)
    month = room.today.replace(day=1)
    lines = {line.code: line for line in room.desk.roll().lines if line.code == code}
    scope = Scope.of(asker()).narrowed(codes=(code,))
    return page(
        "stock/station_services.html",
        faults.status,
        station=station,
        name=room.names.station(station),
        township=say_township(room.house, station.township),
        shown=shown_of(room, stock, lines, month, scope),
        form=offer_form(fields, None, room.names, room.today),
        faults=faults.said,
        mark=mark_of(fields) or new_mark(),
        may_edit=allowed(Action.EDIT, station),
    )


def show_service(room: Room, stock: Stock, number: int, fields: Fields, faults: Faults) -> Response:
    """Show one service: the calendar of a month, fields for its days, and its form."""
    args = given(request.args)
    refuse_unknown(args, frozenset({"month", "said", "lang"}))
    month, entry = month_in(args, room.today), stock.services.get(number)
    last = next_month(month) - timedelta(days=1)
    station = room.house.snapshot().find(entry.code)
    here = Place(entry.township, entry.code) if station is None else place_of(station)
    served = stock.services.served(number, month, last)
    held = entry.offer.held_on(month, last, room.house.zone) if entry.on else ()
    to_count = sorted(
        {day for day in (*held, *served, room.today) if month <= day <= min(last, room.today)}, reverse=True
    )

    def cell(day: date) -> Cell:
        name = f"{SERVED}{day.isoformat()}"
        stands = "" if day not in served else str(served[day].served)
        typed = text_of(fields, name) if name in fields else stands
        return Cell(name, say_day(day), typed, faults.said.get(name, ""), stands)

    own = "hours" in fields
    return page(
        "stock/service.html",
        faults.status,
        entry=entry,
        station=station,
        name=entry.code if station is None else room.names.station(station),
        township=say_township(room.house, here.township),
        offered=said_of(entry.offer, room.names),
        weeks=calendar(
            month, dict.fromkeys(held, 1), {day: one.served or 0 for day, one in served.items()}, room.today
        ),
        weekdays=weekdays(),
        month=say_month(month),
        earlier=month_address("stock.service", args, month - timedelta(days=1), number=str(number)),
        later=month_address("stock.service", args, next_month(month), number=str(number)),
        cells=[cell(day) for day in to_count],
        total=sum(one.served or 0 for one in served.values()),
        days_counted=len(served),
        form=offer_form(fields if own else {}, entry.offer, room.names, room.today),
        form_faults=faults.said if own else {},
        faults=faults.said,
        open_form=own,
        seen=entry.number,
        seen_count=stock.services.newest(number),
        mark=new_mark(),
        action=with_args("stock.served", {**args, "said": [""]}, number=str(number)),
        may_edit=allowed(Action.EDIT, here) and station is not None,
        may_record=allowed(Action.RECORD, here) and station is not None,
        history=[
            (one, said_of(one.offer, room.names), say_moment(one.at, room.house, room.now))
            for one in stock.services.entries(number)
        ],
        said=said_in(
            args,
            {
                "added": gettext("The service is written down. Count here how many had it, day by day."),
                "changed": gettext("Kept. What it was before stays in the history below."),
                "counted": gettext("Noted."),
            },
        )
        if request.method == "GET"
        else "",
    )


def take_new(room: Room, stock: Stock, code: str) -> Response:
    """Write a new service down."""
    fields, faults = sent(also=is_field), Faults()
    station, _ = room.station(code)
    offer = read_offer(fields, room.names, room.today, faults)
    entry = None
    if offer is not None and not faults:
        try:
            entry = stock.services.put(
                Where(code, station.township), offer, who=asker().login, at=room.now, mark=mark_of(fields)
            )
        except StockError as fault:
            faults.add(fault.field, fault)
    if entry is None:
        return show_station(room, stock, code, fields, faults)
    return lead(url_for("stock.service", number=entry.service, said="added"))


def take_change(room: Room, stock: Stock, number: int) -> Response:
    """Change a service, end it, or take it up again."""
    fields, faults = sent(also=is_field), Faults()
    entry, do = stock.services.get(number), text_of(fields, "do")
    offer = entry.offer if do in {"stop", "resume"} else read_offer(fields, room.names, room.today, faults)
    if offer is not None and not faults:
        try:
            stock.services.put(
                Where(entry.code, the_service(room.house, {"number": number}).township),
                offer,
                who=asker().login,
                at=room.now,
                mark=mark_of(fields),
                service=number,
                seen=number_of(fields, "seen"),
                on=do == "resume" or (entry.on and do != "stop"),
            )
            return lead(url_for("stock.service", number=number, said="changed"))
        except StaleStock as stale:
            faults.add("", stale)
        except StockError as fault:
            faults.add(fault.field, fault)
    return show_service(room, stock, number, fields, faults)


def take_served(room: Room, stock: Stock, number: int) -> Response:
    """Write down how many had a service, by day."""
    fields, faults = sent({"mark", "seen"}, also=lambda name: name.startswith(SERVED)), Faults()
    entry = stock.services.get(number)
    people = numbers_of(fields, SERVED, faults)
    wanted: dict[date, int | None] = {}
    for name in fields:
        if name.startswith(SERVED) and name not in faults.said:
            key = name.removeprefix(SERVED)
            wanted[day_named(name, key)] = people.get(key)
    if not faults:
        try:
            stock.services.count(
                entry,
                wanted,
                today=room.today,
                who=asker().login,
                at=room.now,
                mark=mark_of(fields),
                seen=number_of(fields, "seen"),
            )
        except StaleStock as stale:
            for key in stale.keys:
                faults.add(key, stale)
        except StockError as fault:
            faults.add(fault.field, fault)
    if faults:
        return show_service(room, stock, number, fields, faults)
    return lead(with_args("stock.service", {**given(request.args), "said": ["counted"]}, number=str(number)))
