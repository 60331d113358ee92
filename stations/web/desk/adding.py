"""A station that is new, and one that serves no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from typing import Any

import orjson
from flask import Blueprint, Response, url_for
from flask_babel import gettext

from geodata.lonlat import LonLat
from stations.desk.adding import RESERVED, free_code, look_alikes
from stations.desk.entering import DATES, Entered, Fields
from stations.errors import EntryError, HoursError, StaleEdit, StationsError
from stations.exchange.duplicates import Duplicate
from stations.facts import Status
from stations.people.facts import Action
from stations.station import Station
from stations.web.desk import weekly
from stations.web.desk.fields import sheet_of
from stations.web.desk.hours import meant
from stations.web.desk.places import FOUND, NOT_LOOKED, SEARCH, Looked, asks_for_a_place, look_up, with_place
from stations.web.deskwords import say_township, spoken, words
from stations.web.errors import say
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.who import STAFF, Place, allowed, needs, place_of, the_station

ASKED = (
    "name",
    "code",
    "place",
    "datum",
    "lon",
    "lat",
    "address",
    "status",
    "kind",
    "host",
    "host_name",
    "phone",
    "hours",
    DATES,
)
"""What is asked of a new station; all else can be said in its form afterwards."""

SURE = "sure"
TRIES = 5
"""So often another number is tried, where somebody else has just taken one."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A station that stands there already and may be the same.

    Attributes
    ----------
    address
        Of its page: at the desk where one may see it there, and else the public one.
    """

    name: str
    code: str
    address: str
    line: str
    metres: str


def adding_views(door: Blueprint, room: Room) -> None:
    """Hang the form of a new station, and the button that retires one."""

    @door.get("/stations/new")
    @needs(Action.EDIT, STAFF)
    def new() -> Response:
        """An empty form."""
        return show(room, {"status": ["active"], "kind": ["rest_station"]})

    @door.post("/stations/new")
    @needs(Action.EDIT, STAFF)
    def add() -> Response:
        """Put a new station in place; or ask again, where it may stand there already."""
        fields = with_place(sent({*ASKED, SEARCH, FOUND, SURE, "do"}, also=weekly.is_field))
        if grid := weekly.grid_pressed(fields):
            fields, wrong = weekly.pressed(fields, grid)
            return show(room, fields, faults=wrong, status=422 if wrong else 200)
        if asks_for_a_place(fields, {}):
            return show(room, fields, looked=look_up(room, fields, None))
        entered = read(room, fields)
        faults = {**entered.faults, **weekly.left(fields)}
        if faults:
            return show(room, fields, faults=faults, status=422)
        beside = shown_to(room, look_alikes(entered.station, room.desk.registry.snapshot()))
        if beside and text_of(fields, SURE) != mark_of(beside):
            return show(room, fields, beside=beside, sure=mark_of(beside), status=409)
        return written(room, fields, entered.station)

    @door.post("/stations/new/look")
    @needs(Action.EDIT, STAFF)
    def look_at_new() -> Response:
        """Say what is meant by the hours of a new station so far; nothing is written."""
        fields = sent({*ASKED, SEARCH, FOUND, SURE, "do"}, also=weekly.is_field)
        grid, wrong = weekly.grid_pressed(fields), dict[str, StationsError]()
        if grid:
            fields, wrong = weekly.pressed(fields, grid)
        entered = hours_read(room, fields)
        body = {
            "faults": {name: say(fault) for name, fault in {**entered.faults, **wrong}.items()},
            "phrase": text_of(fields, grid.field) if grid and not wrong else None,
            **weekly.to_json(fields),
            "hours": meant(entered.station, room.house.zone, room.today).to_json(),
        }
        answer = Response(orjson.dumps(body), mimetype="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @door.post("/stations/<code>/retire")
    @needs(Action.EDIT, the_station)
    def retire(code: str) -> Response:
        """Say that a station serves no more; its record and its history stay."""
        fields = sent({"seen"})
        stands, revision = room.station(code)
        if number_of(fields, "seen") != revision:
            return lead(url_for("desk.station", code=code, said="moved"))
        retired = replace(stands, status=Status.RETIRED)
        try:
            room.desk.write(retired, seen=revision, who=asker().login, at=room.now, what="retired")
        except StaleEdit:
            return lead(url_for("desk.station", code=code, said="moved"))
        return lead(url_for("desk.station", code=code, said="retired"))


def read(room: Room, fields: Fields) -> Entered:
    """Read the form of a new station.

    A code that was not given is given; a place outside of the areas that one may write in is a fault.
    """
    given = {
        name: values for name, values in fields.items() if name not in {"lon", "lat"} or text_of(fields, name).strip()
    }
    base = Station(code="new", name="", position=LonLat(0.0, 0.0))
    entered = room.form.read(given, base, spoken(), room.today)
    faults: dict[str, StationsError] = dict(entered.faults)
    if not text_of(fields, "name").strip():
        faults["name"] = EntryError("A station needs a name.")
    placed = {"place", "lon"} & faults.keys()
    if not placed and not text_of(fields, "place").strip() and not {"lon", "lat"} <= given.keys():
        faults["place"] = EntryError("Say where it stands: tap the map, paste a position, or look for the address.")
    if faults:
        return Entered(base, faults)
    station = entered.station
    if not allowed(Action.EDIT, Place(station.township)):
        where = "place" if text_of(fields, "place").strip() else "lon"
        fault = EntryError(
            "This place lies in {township}, where you may change nothing. Ask who may to add it.",
            township=say_township(room.house, station.township),
        )
        return Entered(base, {where: fault})
    return with_code(room, station, text_of(fields, "code").strip())


def hours_read(room: Room, fields: Fields) -> Entered:
    """Read when it is open alone, hours and dates, while the rest is still being typed."""
    base = Station(code="new", name="new", position=LonLat(0.0, 0.0))
    return room.form.read({name: fields.get(name, [""]) for name in ("hours", DATES)}, base, spoken(), room.today)


def with_code(room: Room, station: Station, code: str) -> Entered:
    """Give a new station its code; not that of one of somebody else's that is gone, as all that is known of it is."""
    taken = room.desk.registry.snapshot().codes
    own = bool(code)
    code = code or free_code(taken, station.township)
    while not own and was_elsewhere(room, code):
        code = free_code([code], station.township)
    facts = {one.name: getattr(station, one.name) for one in dataclass_fields(Station)}
    made = room.form.reader.read(facts | {"code": code})
    if code in RESERVED or not isinstance(made, Station):
        fault = EntryError(
            "“{code}” cannot be a code. Use letters, digits and hyphens, up to 64, or leave it empty.", code=code[:80]
        )
        return Entered(station, {"code": fault})
    if code in taken or was_elsewhere(room, code):
        fault = EntryError("There is a station {code} already. Give another code, or leave it empty.", code=code)
        return Entered(station, {"code": fault})
    return Entered(made, {})


def was_elsewhere(room: Room, code: str) -> bool:
    """Whether a station had that code, and was where whoever asks may change nothing."""
    gone = room.desk.batches.gone([code])
    return any(not allowed(Action.EDIT, Place(township, code)) for township in gone.values())


def written(room: Room, fields: Fields, station: Station) -> Response:
    """Write a new station; one that was given a number takes the next where somebody else was quicker."""
    person, own = asker(), bool(text_of(fields, "code").strip())
    for _ in range(TRIES):
        try:
            done = room.desk.write(station, seen=0, who=person.login, at=room.now, what="added")
        except StaleEdit:
            done = None
        except HoursError as wrong:
            return show(room, fields, faults={"hours": wrong}, status=422)
        if done is not None and done.added:
            return lead(url_for("desk.station", code=station.code, said="added"))
        entered = with_code(room, station, text_of(fields, "code").strip() if own else "")
        if entered.faults:
            return show(room, fields, faults=entered.faults, status=422)
        station = entered.station
    fault = EntryError("There is a station {code} already. Give another code, or leave it empty.", code=station.code)
    return show(room, fields, faults={"code": fault}, status=409)


def shown_to(room: Room, alike: tuple[Duplicate, ...]) -> list[Beside]:
    """Those of the stations nearby that whoever asks may know of: their own, and what everybody sees."""
    found = []
    snapshot = room.desk.registry.snapshot()
    for one in alike:
        station = snapshot.find(one.twin)
        if station is None:
            continue
        own = allowed(Action.SEE_PRIVATE, place_of(station))
        if not own and station.status is not Status.ACTIVE:
            continue
        address = url_for("desk.station" if own else "station.show", code=station.code)
        line = station.address or say_township(room.house, station.township)
        found.append(Beside(room.names.station(station), station.code, address, line, f"{one.metres:.0f}"))
    return found


def mark_of(beside: Sequence[Beside]) -> str:
    """What says that somebody has seen these, and no others."""
    return ",".join(sorted(one.code for one in beside))


def show(
    room: Room,
    fields: Fields,
    *,
    faults: Mapping[str, StationsError] | None = None,
    looked: Looked = NOT_LOOKED,
    beside: list[Beside] | None = None,
    sure: str = "",
    status: int = 200,
) -> Response:
    """Show the form."""
    faults = dict(faults or {}) | ({SEARCH: looked.fault} if looked.fault else {})
    sheet = sheet_of(room, Station(code="new", name="", position=LonLat(0.0, 0.0)), fields, faults)
    said = words()
    now = hours_read(room, fields)
    [week] = weekly.shown(fields, faults, [weekly.WEEK])
    return page(
        "desk/new.html",
        status if looked is NOT_LOOKED or looked.fault is None else 422,
        who=asker().login,
        sheet=sheet,
        looked=looked,
        beside=beside or [],
        sure=sure,
        map_data=map_data(fields),
        week=week,
        days=weekly.names(),
        week_ways=weekly.ways(),
        colon=gettext(": "),
        meant=meant(now.station, room.house.zone, room.today) if says_when(now) else None,
        label=lambda name: said.fields.label(name, spoken()),
    )


def says_when(entered: Entered) -> bool:
    """Whether something was typed of when it is open, and can be read."""
    station = entered.station
    return bool(station.hours or station.dates or station.season_from) and not entered.faults


def map_data(fields: Fields) -> dict[str, Any]:
    """Where the pin of the form stands; nowhere while nobody said."""
    try:
        return {"at": [float(text_of(fields, "lon")), float(text_of(fields, "lat"))]}
    except ValueError:
        return {"at": None}
