"""Posters to print: of one station, `/s/CODE/poster`, and of a whole township, `/posters`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import compress

import orjson
from flask import Blueprint, Response, abort, make_response, render_template, request

from stations.hours import next_day
from stations.registry.snapshot import Snapshot
from stations.station import MAX_CODE, Station
from stations.web.house import House
from stations.web.params import Args, BadParameter, first, given, refuse_unknown
from stations.web.station.addresses import home_of
from stations.web.station.sheets import sheet_of
from stations.wording.names import Names
from stations.wording.spoken import language

SIZES = ("a4", "a5")
POSTER_PARAMETERS = frozenset({"size", "lang"})
POSTERS_PARAMETERS = frozenset({"township", "size", "page", "lang"})
MOST_SHEETS = 100
"""Posters on one page; the next page has the next ones."""

NOWHERE = "none"
"""What ``township`` says for the stations whose township is not known."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The posters of a township: its code, its name where it is known, and how many they are."""

    code: str
    name: str
    count: int


def poster_door(house: House, names: Names) -> Blueprint:
    """Make the doors."""
    door = Blueprint("poster", __name__)

    @door.get("/s/<code>/poster")
    def poster(code: str) -> Response:
        """The poster of one station, A4 or A5."""
        args = given(request.args)
        refuse_unknown(args, POSTER_PARAMETERS)
        size = read_size(args)
        snapshot = house.snapshot()
        station = snapshot.find(code) if len(code) <= MAX_CODE else None
        if station is None:
            abort(404)
        return _printed(snapshot, house, names, [station], size)

    @door.get("/posters")
    def posters() -> Response:
        """The townships, or with one named its posters, one sheet after another."""
        args = given(request.args)
        refuse_unknown(args, POSTERS_PARAMETERS)
        size, page = read_size(args), read_page(args)
        snapshot, today = house.snapshot(), datetime.now(house.zone).date()
        township = first(args, "township")
        if not township:
            bundles = bundles_of(snapshot, house, today)
            return make_response(render_template("station/posters.html", bundles=bundles, size=size, sizes=SIZES))
        rows = rows_in(snapshot, township, today)
        if not rows:
            raise BadParameter("township", township, "No active station is in the township “{value}”.")
        pages = -(-len(rows) // MOST_SHEETS)
        if page > pages:
            raise BadParameter("page", str(page), "There are only {pages} pages.", pages=pages)
        chosen = rows[(page - 1) * MOST_SHEETS : page * MOST_SHEETS]
        return _printed(snapshot, house, names, [snapshot.stations[row] for row in chosen], size, township, page, pages)

    return door


def read_size(args: Args) -> str:
    """Read ``size``; A4 when not given.

    Raises
    ------
    BadParameter
        Another size.
    """
    size = first(args, "size") or SIZES[0]
    if size not in SIZES:
        raise BadParameter("size", size, "There is no size “{value}”. Give a4 or a5.")
    return size


def read_page(args: Args) -> int:
    """Read ``page``; 1 when not given.

    Raises
    ------
    BadParameter
        Not a number of a page.
    """
    text = first(args, "page") or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) >= 1):
        raise BadParameter("page", text, "“{value}” is not the number of a page. Give 1 or more.")
    return int(text)


def rows_in(snapshot: Snapshot, township: str, today: date) -> list[int]:
    """Rows of the active stations whose township code begins so, in the order of their codes."""
    rows = rows_by_township(snapshot, today)
    if township == NOWHERE:
        return list(rows.get("", ()))
    return sorted(row for code, several in rows.items() if code.startswith(township) for row in several)


@lru_cache(maxsize=2)  # the records of a whole country take most of a second to look through
def rows_by_township(snapshot: Snapshot, today: date) -> Mapping[str, Sequence[int]]:
    """Rows of the active stations by township code, empty where it is not known; without stalls whose days are over."""
    found: dict[str, list[int]] = {}
    to_come = [next_day(rule, today) is not None for rule in snapshot.rules]
    for row in compress(snapshot.active_rows.tolist(), [to_come[at] for at in snapshot.rule[snapshot.active_rows]]):
        found.setdefault(orjson.loads(snapshot.records[row]).get("township", ""), []).append(row)
    return found


def bundles_of(snapshot: Snapshot, house: House, today: date) -> Sequence[Bundle]:
    """Count the active stations by township, in the order of the codes; those without one last."""
    rows = rows_by_township(snapshot, today)
    called = {} if house.atlas is None else house.atlas.townships.name_by_code
    return [
        Bundle(code or NOWHERE, called.get(code, ""), len(rows[code]))
        for code in sorted(rows, key=lambda code: (not code, code))
    ]


def _printed(
    snapshot: Snapshot,
    house: House,
    names: Names,
    stations: Sequence[Station],
    size: str,
    township: str = "",
    page: int = 1,
    pages: int = 1,
) -> Response:
    """Answer with sheets; a browser that has them already is told that nothing changed."""
    today, home = datetime.now(house.zone).date(), home_of(house)
    mark = blake2b(f"{snapshot.revision} {today} {language()} {house.digest} {home}".encode(), digest_size=8)
    response = Response(mimetype="text/html")
    response.set_etag(mark.hexdigest())
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    if response.status_code != 304:
        sheets = [sheet_of(station, house, names, today) for station in stations]
        response.set_data(
            render_template(
                "station/sheets.html",
                sheets=sheets,
                size=size,
                sizes=SIZES,
                township=township,
                page=page,
                pages=pages,
                unset=not house.settings.address,
                home=home,
            )
        )
    return response
