"""The list of stations: filtered, sorted and paged on the server, so that it works the same with 6 and with 20,000."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext, ngettext

from stations.desk.bulk import What
from stations.desk.entering import told_hours
from stations.desk.roll import Line
from stations.facts import Status
from stations.people.facts import Action
from stations.people.rights import may_somewhere
from stations.upkeep.facts import Aspect
from stations.web.desk.board import OVERDUE, REPORTED
from stations.web.desk.cells import options_of
from stations.web.desk.naming import say_what_of_all
from stations.web.desk.sifting import PARAMETERS, Sifted, address_of, sift
from stations.web.deskwords import say_aspect, say_day, say_township, spoken, townships_of, words
from stations.web.params import Args, first, given, read_page
from stations.web.room import Room, asker, page
from stations.web.who import STAFF, Place, allowed, needs

ON_A_PAGE = 50
FORMS = ("xlsx", "csv", "geojson", "gpkg")
SIGNS = {Status.ACTIVE: 0, Status.PLANNED: 1, Status.RETIRED: 2}
WRONG = 3
"""How the map tells stations apart; what was reported of comes before all else."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and where its head leads: to the list sorted by it, the other way round when it is so already.

    Without an address nothing is sorted by it.
    """

    key: str
    name: str
    address: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the list.

    Attributes
    ----------
    writes
        Whether whoever asks may change it.
    """

    line: Line
    township: str
    status: str
    kind: str
    host: str
    hours: str
    checked: tuple[tuple[str, str, bool], ...]
    reported: bool
    writes: bool


def listing_views(door: Blueprint, room: Room) -> None:
    """Hang the list, and what its map shows."""

    @door.get("/stations")
    @needs(Action.SEE_PRIVATE, STAFF)
    def stations() -> Response:
        """The stations that somebody may see."""
        args = given(request.args)
        sifted = sift(room, args)
        found = sifted.found
        number = read_page(args, len(found), ON_A_PAGE)
        lines = found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
        person = asker()
        writes = may_somewhere(person, Action.EDIT)
        return page(
            "desk/stations.html",
            rows=[row_of(line, room, sifted) for line in lines],
            found=len(found),
            all=len(sifted.mine),
            in_all=ngettext("%(num)s station", "%(num)s stations", len(sifted.mine)),
            first=(number - 1) * ON_A_PAGE + 1,
            last=(number - 1) * ON_A_PAGE + len(lines),
            before=address_of(args, page=number - 1) if number > 1 else "",
            after=address_of(args, page=number + 1) if number * ON_A_PAGE < len(found) else "",
            columns=columns_of(args, sifted),
            asked={name: first(args, name) for name in PARAMETERS},
            holds=sifted.asked,
            offered=offered(sifted.mine, room),
            sifted=sifted.sifted,
            dots=address_of(args, "desk.dots", page=""),
            writes=writes,
            whats=[(what.value, say_what_of_all(what)) for what in What] if writes else [],
            options=options_of(room) if writes else {},
            files=[(form, address_of(args, f"desk.take_{form}", page="")) for form in FORMS]
            if may_somewhere(person, Action.EXPORT_FULL)
            else [],
        )

    @door.get("/dots.json")
    @needs(Action.SEE_PRIVATE, STAFF)
    def dots() -> Response:
        """Where the stations of the list are, column by column."""
        sifted = sift(room, given(request.args), known=PARAMETERS - {"page"})
        found, reported = sifted.found, sifted.reported
        body = {
            "code": [line.code for line in found],
            "name": [line.name for line in found],
            "lon": [line.at[0] for line in found],
            "lat": [line.at[1] for line in found],
            "sign": [WRONG if line.code in reported else SIGNS[line.status] for line in found],
        }
        return Response(orjson.dumps(body), mimetype="application/json")


def row_of(line: Line, room: Room, sifted: Sifted) -> Shown:
    """Put a line into words."""
    said = words()
    checked = []
    for aspect in (Aspect.HOURS, Aspect.AMENITIES, Aspect.POSITION):
        day = line.checked.get(aspect)
        late = line.overdue(aspect, room.today, room.desk.every)
        checked.append((say_aspect(aspect), gettext("never") if day is None else say_day(day), late))
    return Shown(
        line,
        say_township(room.house, line.township),
        said.text("status", line.status.value),
        room.names.kind(line.kind),
        room.names.host(line.host) if line.host else "",
        told_hours(line.hours, spoken()),
        tuple(checked),
        line.code in sifted.reported,
        allowed(Action.EDIT, Place(line.township, line.code)),
    )


def columns_of(args: Args, sifted: Sifted) -> list[Column]:
    """The columns of the list, and how one sorts by those that one can sort by."""
    sieve, said = sifted.sieve, words()
    named = {
        "name": gettext("Station"),
        "township": gettext("Township"),
        "status": said.fields.label("status", spoken()),
        "rule": said.fields.label("hours", spoken()),
        "host": said.fields.label("host", spoken()),
        **{
            aspect.value: gettext("%(what)s checked", what=say_aspect(aspect))
            for aspect in (Aspect.HOURS, Aspect.AMENITIES, Aspect.POSITION)
        },
    }
    columns = []
    for key, name in named.items():
        if key in {"status", "rule", "host"}:
            columns.append(Column(key, name, "", ""))
            continue
        here = sieve.order == key
        turned = f"-{key}" if here and not sieve.falling else key
        standing = ("descending" if sieve.falling else "ascending") if here else ""
        columns.append(Column(key, name, address_of(args, order=turned, page=""), standing))
    return columns


def offered(mine: Sequence[Line], room: Room) -> dict[str, list[tuple[str, str]]]:
    """What the list can be filtered by, of what is in it."""
    said = words()
    kinds = {line.kind for line in mine}
    return {
        "township": townships_of(mine, room.house),
        "status": [(one.value, said.text("status", one.value)) for one in Status],
        "kind": [(key, room.names.kind(key)) for key in room.names.taxonomy.kinds.terms if key in kinds],
        "due": [
            (REPORTED, gettext("something was reported")),
            (OVERDUE, gettext("to be made sure of")),
            *((aspect.value, gettext("overdue: %(what)s", what=say_aspect(aspect))) for aspect in Aspect),
        ],
    }
