"""The shelf of one station: counted on a phone in a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.entering import Fields
from stations.errors import StaleStock, StockError
from stations.people.facts import Action
from stations.stock.levels import Held, Kind, Moved
from stations.stock.scope import Where
from stations.stock.stock import Stock
from stations.web.deskwords import say_day, say_moment, say_township
from stations.web.params import given, refuse_unknown
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.stock.reading import (
    Faults,
    chosen,
    day_of,
    mark_of,
    new_mark,
    numbers_of,
    said_in,
)
from stations.web.stock.telling import say_kind
from stations.web.supplied import say_amount, say_item, say_unit, short_of
from stations.web.who import allowed, needs, the_station

AMOUNT, EXPIRES, TARGET, LOW = "amount.", "expires.", "target.", "low."
"""How the fields begin that there is one of for each thing."""

TARGETS = "targets"

WAYS = (*(kind.value for kind in Kind), TARGETS)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing on a shelf, with what its fields hold."""

    held: Held
    name: str
    unit: str
    there: str
    last: str
    wants: str
    urgent: bool
    amount: str
    expires: str
    target: str
    low: str
    dated: bool
    faults: Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    """What a form of the shelf holds that could not be taken."""

    fields: Fields
    faults: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    mark: str = ""


def shelf_views(door: Blueprint, room: Room, stock: Stock) -> None:
    """Hang the shelf of a station."""

    @door.get("/stations/<code>/supplies")
    @needs(Action.SEE_PRIVATE, the_station)
    def shelf(code: str) -> Response:
        """What a station holds, and the form to count it."""
        args = given(request.args)
        refuse_unknown(args, frozenset({"do", "said", "lang"}))
        return show_shelf(room, stock, code, chosen(args, "do", WAYS), Typed({}))

    @door.post("/stations/<code>/supplies")
    @needs(Action.RECORD, the_station)
    def move(code: str) -> Response:
        """Write down what was counted, brought or taken away."""
        return take_moved(room, stock, code)

    @door.post("/stations/<code>/supplies/targets")
    @needs(Action.EDIT, the_station)
    def set_targets(code: str) -> Response:
        """Say how much of each thing this station shall hold."""
        return take_targets(room, stock, code)


def of_a_thing(name: str) -> bool:
    """Whether a form may have a field of that name for one of the things."""
    return name.startswith((AMOUNT, EXPIRES, TARGET, LOW)) and len(name) <= 80


def moved_of(fields: Fields, stock: Stock, faults: Faults) -> list[Moved]:
    """Read what was entered of each thing; what was left empty was not counted."""
    amounts = numbers_of(fields, AMOUNT, faults)
    moved = []
    for key in stock.supplies.items:
        expires = day_of(fields, EXPIRES + key, faults) if stock.supplies.items[key].expires else None
        if key in amounts:
            moved.append(Moved(key, amounts.pop(key), expires))
    moved += [Moved(key, amount) for key, amount in amounts.items()]  # refused, with their names
    return moved


def show_shelf(room: Room, stock: Stock, code: str, way: str, typed: Typed) -> Response:
    """Show what a station holds, with the form that was asked for."""
    station, _ = room.station(code)
    held, seen = stock.supplies.shelf(code)
    may_record, may_set = allowed(Action.RECORD, station), allowed(Action.EDIT, station)
    if (way == TARGETS and not may_set) or not may_record:
        way = Kind.COUNT.value
    rows = [row_of(one, typed, room.today, way) for one in held]
    own = way == TARGETS
    said = {
        Kind.COUNT.value: gettext("Counted. The list for the next round follows from it."),
        Kind.BROUGHT.value: gettext("Noted what was brought."),
        Kind.TAKEN.value: gettext("Noted what was taken away."),
        "known": gettext("This had arrived already; it counts once."),
        TARGETS: gettext("Kept. The list for the next round follows from it."),
    }
    return page(
        "stock/shelf.html",
        typed.status,
        station=station,
        name=room.names.station(station),
        township=say_township(room.house, station.township),
        rows=[row for row in rows if (own or row.held.target or row.held.level) and (row.held.item or not own)],
        way=way,
        ways=ways_of(may_set=may_set),
        may_record=may_record,
        seen=seen,
        mark=typed.mark or new_mark(),
        today=room.today.isoformat(),
        day=text_of(typed.fields, "day") or room.today.isoformat(),
        note=text_of(typed.fields, "note"),
        faults=typed.faults,
        stale=typed.status == 409,
        book=[
            (
                one,
                say_item(one.moved.item, stock.supplies.items.get(one.moved.item)),
                say_kind(one.kind),
                say_amount(one.moved.amount, stock.supplies.items.get(one.moved.item)),
                "" if one.moved.expires is None else say_day(one.moved.expires),
                say_day(one.day),
                say_moment(one.at, room.house, room.now),
            )
            for one in stock.supplies.book(code)
        ],
        said=said_in(given(request.args), said) if request.method == "GET" else "",
    )


def ways_of(*, may_set: bool) -> list[tuple[str, str]]:
    """What can be done with a shelf."""
    ways = [
        (Kind.COUNT.value, gettext("Count")),
        (Kind.BROUGHT.value, gettext("Brought")),
        (Kind.TAKEN.value, gettext("Taken away")),
    ]
    return [*ways, (TARGETS, gettext("Targets"))] if may_set else ways


def row_of(held: Held, typed: Typed, today: date, way: str) -> Row:
    """Put a thing on the shelf into words, with what was typed of it."""
    short = short_of(held, today)
    level = held.level
    until = "" if level is None or level.expires is None else level.expires.isoformat()
    names = [prefix + held.key for prefix in (AMOUNT, EXPIRES, TARGET, LOW)]
    untouched = ["", until if way == Kind.COUNT.value else "", str(held.target), str(held.low)]
    amount, expires, target, low = (
        text_of(typed.fields, name) if name in typed.fields else before
        for name, before in zip(names, untouched, strict=True)
    )
    last = ""
    if level is not None and level.counted is not None:
        last = gettext("counted %(day)s", day=say_day(level.counted))
    return Row(
        held,
        short.name,
        say_unit(held.item),
        gettext("not known") if level is None else say_amount(level.there, held.item),
        last,
        short.said,
        short.urgent,
        amount,
        expires,
        target,
        low,
        held.item is not None and held.item.expires,
        {name.partition(".")[0]: typed.faults[name] for name in names if name in typed.faults},
    )


def take_moved(room: Room, stock: Stock, code: str) -> Response:
    """Write down what was counted, brought or taken away."""
    fields = sent({"do", "mark", "seen", "day", "note"}, also=of_a_thing)
    way = text_of(fields, "do")
    kind = Kind(way) if way in set(Kind) else Kind.COUNT
    faults = Faults()
    moved = moved_of(fields, stock, faults)
    day = day_of(fields, "day", faults) or room.today
    if faults:
        return show_shelf(room, stock, code, kind.value, Typed(fields, faults.said, 422, mark_of(fields)))
    stands, _ = room.station(code)
    try:
        written = stock.supplies.enter(
            Where(code, stands.township),
            kind,
            moved,
            day=day,
            today=room.today,
            who=asker().login,
            at=room.now,
            mark=mark_of(fields),
            seen=number_of(fields, "seen"),
            note=text_of(fields, "note"),
        )
    except StaleStock as stale:
        for key in stale.keys:
            faults.add(AMOUNT + key, stale)
        return show_shelf(room, stock, code, kind.value, Typed(fields, faults.said, 409, mark_of(fields)))
    except StockError as fault:
        faults.add(fault.field, fault)
        return show_shelf(room, stock, code, kind.value, Typed(fields, faults.said, 422, mark_of(fields)))
    return lead(url_for("stock.shelf", code=code, said=kind.value if written else "known"))


def take_targets(room: Room, stock: Stock, code: str) -> Response:
    """Say how much of each thing this station shall hold."""
    fields = sent(also=of_a_thing)
    faults = Faults()
    targets, lows = numbers_of(fields, TARGET, faults), numbers_of(fields, LOW, faults)
    for name in fields:
        if name.startswith((TARGET, LOW)) and not text_of(fields, name).strip():
            faults.add(name, StockError("Write a number; 0 where the station is not to hold it."))
    for key in targets.keys() & lows.keys():
        if lows[key] >= targets[key] > 0:
            faults.add(LOW + key, StockError("Fewer than the target, or it would always be too few."))
    stands, _ = room.station(code)
    try:
        if not faults:
            both = {key: (targets[key], lows[key]) for key in targets if key in lows}
            stock.supplies.set_targets(Where(code, stands.township), both, who=asker().login, at=room.now)
    except StockError as fault:
        faults.add(fault.field, fault)
    if faults:
        return show_shelf(room, stock, code, TARGETS, Typed(fields, faults.said, 422))
    return lead(url_for("stock.shelf", code=code, said=TARGETS))
