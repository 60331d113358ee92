"""What a list would do, row by row; and which of its rows are stations that are there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.entering import Fields
from stations.desk.listed import Listed, Said, State
from stations.desk.roll import folded
from stations.errors import ImportRefused
from stations.people.facts import Action
from stations.registry.differences import differences
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.web.deskwords import Told, say_area, say_moment, say_township, tell
from stations.web.errors import wants_json
from stations.web.importing.hall import UNSAID_DATUM, Hall, say_faults, say_where, the_list
from stations.web.params import Args, BadParameter, first, given, one_of, read_page, refuse_unknown
from stations.web.room import lead, number_of, page, sent, text_of
from stations.web.who import Place, allowed, needs
from stations.web.words import say_usual_hours

if TYPE_CHECKING:
    from stations.desk.trying import Tried
    from stations.exchange.preview import RowPreview, Twin

ON_A_PAGE = 50
LONGEST = 100
MOST_DOUBTS = 30
ROW = "row."
DECIDED = "decided"
SHOWS = ("", "new", "changed", "unchanged", "duplicate", DECIDED, "skipped", "refused")
PARAMETERS = frozenset({"show", "q", "page", "said", "lang"})
SAID = frozenset({"decided", "undone", "moved"})
ANSWERS = ("same", "new", "skip")
PINS = {"new": "open", "changed": "changed", "duplicate": "doubt"}


@dataclass(frozen=True, slots=True)
class Alike:
    """A station that a row may be.

    Attributes
    ----------
    name
        Empty where it stands outside of the list's area: what may not be seen is not named.
    value
        What a form sends who says that it is.
    """

    name: str
    code: str
    away: str
    value: str
    row: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as a page says it."""

    number: int
    verdict: str
    named: str
    code: str
    name: str
    facts: tuple[str, ...]
    told: tuple[Told, ...]
    reasons: tuple[str, ...]
    alike: tuple[Alike, ...]
    decided: str
    chosen: str
    there: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows are of one kind, and the address of those."""

    key: str
    name: str
    count: int
    address: str
    here: bool


def row_views(door: Blueprint, hall: Hall) -> None:
    """Hang the page of a list's rows."""

    @door.get("/lists/<int:number>")
    @needs(Action.IMPORT, the_list)
    def rows(number: int) -> Response:
        """What a list would do, or what it did."""
        return show_rows(hall, hall.listed(number))

    @door.post("/lists/<int:number>/decide")
    @needs(Action.IMPORT, the_list)
    def decide(number: int) -> Response:
        """Keep what somebody says of rows that may be stations that are there."""
        listed = hall.listed(number)
        fields = sent({"all", "show", "q", "page"}, also=lambda name: name.startswith(ROW))
        said = said_of(hall, listed, fields)
        if said:
            hall.lists.decide(number, said)
        if wants_json():
            return Response("{}", mimetype="application/json")
        back = {name: text_of(fields, name) for name in ("show", "q") if text_of(fields, name)}
        if number_of(fields, "page") > 1:
            back["page"] = text_of(fields, "page")
        return lead(address_of(number, back, said="decided"))


def said_of(hall: Hall, listed: Listed, fields: Fields) -> dict[int, Said | None]:
    """Read what somebody says of rows, and of all that nobody has decided.

    Raises
    ------
    BadParameter
        Of a row that is not there, or that is not like what it is said to be.
    """
    found = hall.taking.tried(listed)
    rows = {row.number: row for row in found.preview.rows}
    own = {row.number: row.station.code for row in found.preview.proposal.rows}
    said: dict[int, Said | None] = {}
    for name in fields:
        at, text = name.removeprefix(ROW), text_of(fields, name)
        if name.startswith(ROW) and text:
            if not (at.isascii() and at.isdigit() and len(at) <= 9 and int(at) in own):
                raise BadParameter(name, at, "“{field}” is not a row of this list.")
            said[int(at)] = _said(name, text, own[int(at)], rows[int(at)])
    everything = one_of("all", text_of(fields, "all"), ("", *ANSWERS))
    snapshot = hall.room.desk.registry.snapshot()
    for row in found.by_verdict[found.duplicate] if everything else ():
        twin = nearest_known(row, snapshot, listed.area)
        if row.number not in said and (everything != "same" or twin is not None):
            code = twin.code if everything == "same" and twin is not None else ""
            said[row.number] = Said(everything, code, own[row.number])
    return said


def _said(name: str, text: str, own: str, row: RowPreview) -> Said | None:
    answer, _, code = text.partition(":")
    if answer == "again":
        return None
    one_of(name, answer, ANSWERS)
    if answer == "same" and code not in {twin.code for twin in row.twins}:
        raise BadParameter(
            name, code, "Row {row} is not like station “{value}” any more. Look at it again.", row=row.number
        )
    return Said(answer, code if answer == "same" else "", own)


def nearest_known(row: RowPreview, snapshot: Snapshot, area: str) -> Twin | None:
    """The likeliest of the stations that a row may be, of those that a list of this area may change."""
    return next((twin for twin in row.twins if _of_area(twin, snapshot, area)), None)


def _of_area(twin: Twin, snapshot: Snapshot, area: str) -> bool:
    if twin.row is not None:
        return True
    station = snapshot.find(twin.code)
    return station is not None and station.township.startswith(area)


def show_rows(hall: Hall, listed: Listed, status: int = 200, fault: str = "", said: str = "") -> Response:
    """Show what a list would do; of one that was taken in, what it did."""
    args = given(request.args) if request.method == "GET" else {}
    asked = read_asked(args)
    said = said or (asked["said"] if asked["said"] in SAID else "")
    house, now = hall.room.house, hall.room.now
    common: dict[str, Any] = {
        "listed": listed,
        "area": say_area(house, listed.area),
        "came": say_moment(listed.at, house, now),
        "settled": say_moment(listed.settled, house, now) if listed.settled else "",
        "fault": fault,
        "said": said,
        "undone": listed.state is State.UNDONE,
    }
    try:
        found = hall.taking.tried(listed)
    except ImportRefused as refused:
        return page("importing/unread.html", max(status, 200), step="rows", faults=say_faults(refused), **common)
    if not listed.waits:
        return page(
            "importing/taken.html",
            status,
            step="taken",
            counts=[(say_verdict(key), count) for key, count in listed.counts.items()],
            refused=len(found.by_verdict[found.refused]),
            may_undo=allowed(Action.UNDO, Place(listed.area)),
            **common,
        )
    rows = sifted(found, listed, asked)
    number = read_page(args, len(rows), ON_A_PAGE)
    on_page = rows[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    snapshot = hall.room.desk.registry.snapshot()
    link = {name: asked[name] for name in ("show", "q") if asked[name]}
    return page(
        "importing/rows.html",
        status,
        step="rows",
        found=found,
        tallies=tallies(found, listed, asked),
        rows=[row_of(hall, row, listed, snapshot) for row in on_page],
        count=len(rows),
        first=(number - 1) * ON_A_PAGE + 1,
        last=(number - 1) * ON_A_PAGE + len(on_page),
        before=address_of(listed.number, link, page=number - 1) if number > 1 else "",
        after=address_of(listed.number, link, page=number + 1) if number * ON_A_PAGE < len(rows) else "",
        asked=asked,
        page_number=number,
        all_rows=address_of(listed.number, {}),
        undecided=found.undecided,
        to_decide=address_of(listed.number, {"show": "duplicate"}),
        whole=[say_where(one) for one in found.whole],
        datum_unsaid=any(one.template == UNSAID_DATUM for one in found.preview.proposal.doubts),
        doubts=[say_where(one) for one in found.preview.proposal.doubts[:MOST_DOUBTS]],
        kept_columns=found.preview.proposal.kept,
        map_data=map_of(on_page, snapshot, listed.area),
        **common,
    )


def read_asked(args: Args) -> Mapping[str, str]:
    """Read which rows are meant.

    Raises
    ------
    BadParameter
        A parameter that does not exist, or a value that it cannot have.
    """
    refuse_unknown(args, PARAMETERS)
    one_of("show", first(args, "show"), SHOWS)
    return {name: first(args, name)[:LONGEST] for name in PARAMETERS}


def sifted(found: Tried, listed: Listed, asked: Mapping[str, str]) -> Sequence[RowPreview]:
    """Those rows that are meant."""
    show = asked["show"]
    if show == DECIDED:
        rows: Sequence[RowPreview] = [row for row in found.preview.rows if row.number in standing(found, listed)]
    else:
        rows = found.by_verdict[found.verdict(show)] if show else found.preview.rows
    wanted = folded(asked["q"]).split()
    if wanted:
        rows = [row for row in rows if all(word in folded(f"{row.number} {row.code} {row.name}") for word in wanted)]
    return rows


def standing(found: Tried, listed: Listed) -> frozenset[int]:
    """Rows of which somebody said something that holds."""
    return frozenset(listed.decided) - found.dropped


def tallies(found: Tried, listed: Listed, asked: Mapping[str, str]) -> list[Tally]:
    """How many rows are of each kind; kinds that there are none of are left out."""
    counts = {
        "": len(found.preview.rows),
        **{str(verdict): len(rows) for verdict, rows in found.by_verdict.items()},
        DECIDED: len(standing(found, listed)),
    }
    return [
        Tally(key, say_verdict(key), counts[key], address_of(listed.number, {"show": key}), key == asked["show"])
        for key in SHOWS
        if counts[key] or key == asked["show"]
    ]


def address_of(number: int, asked: Mapping[str, str], **more: object) -> str:
    """The address of some rows of a list."""
    query = urlencode({name: value for name, value in {**asked, **more}.items() if value not in {"", None}})
    return url_for("importing.rows", number=number) + (f"?{query}" if query else "")


def say_verdict(key: str) -> str:
    """Say what becomes of rows."""
    return {
        "": gettext("All rows"),
        "new": gettext("New"),
        "changed": gettext("Changed"),
        "unchanged": gettext("As they are"),
        "duplicate": gettext("Perhaps there already"),
        DECIDED: gettext("Decided"),
        "skipped": gettext("Left out"),
        "refused": gettext("Refused"),
    }[key]


def row_of(hall: Hall, row: RowPreview, listed: Listed, snapshot: Snapshot) -> Row:
    """Put a row into words."""
    said = listed.decided.get(row.number)
    changed = row.verdict.value == "changed"
    told = tell(differences(row.before, row.after)) if changed else ()
    return Row(
        row.number,
        row.verdict.value,
        say_verdict(row.verdict.value),
        row.code,
        row.name,
        facts_of(hall, row.after) if row.after is not None and not changed else (),
        told,
        tuple(say_where(replace(fault, row=None)) for fault in row.faults),
        tuple(alike_of(twin, snapshot, listed.area) for twin in row.twins),
        say_decided(said, row) if said is not None else "",
        "" if said is None else f"same:{said.code}" if said.answer == "same" else said.answer,
        row.before is not None,
    )


def facts_of(hall: Hall, station: Station) -> tuple[str, ...]:
    """The first things that one wants to know of a station."""
    where = say_township(hall.room.house, station.township) if station.township else ""
    return tuple(filter(None, (where, station.address, say_usual_hours(station))))


def say_decided(said: Said, row: RowPreview) -> str:
    """Say what somebody said of a row."""
    if said.answer == "same":
        return gettext("Decided: it is %(code)s.", code=said.code)
    if said.answer == "new":
        return gettext("Decided: it is another station.")
    return gettext("Decided: it is left out.") if row.verdict.value == "skipped" else ""


def alike_of(twin: Twin, snapshot: Snapshot, area: str) -> Alike:
    """Name a station that a row may be."""
    ours = _of_area(twin, snapshot, area)
    return Alike(
        twin.name if ours else "",
        twin.code if ours else "",
        gettext("%(metres)s m away", metres=f"{twin.metres:,.0f}"),
        f"same:{twin.code}" if ours else "",
        twin.row or 0,
    )


def map_of(rows: Sequence[RowPreview], snapshot: Snapshot, area: str) -> list[dict[str, Any]]:
    """Where rows are, for a map: each with its number, where its station was if that moves, and what is like it."""
    found = []
    for row in rows:
        if row.after is None:
            continue
        moved = row.before is not None and row.before.position != row.after.position
        found.append(
            {
                "row": row.number,
                "name": row.name,
                "kind": PINS.get(row.verdict.value, "dot"),
                "at": _pair(row.after),
                "was": _pair(row.before) if moved and row.before is not None else None,
                "like": [
                    {"name": twin.name, "at": _pair(snapshot.station(twin.code))}
                    for twin in row.twins
                    if twin.row is None and _of_area(twin, snapshot, area)
                ],
            }
        )
    return found


def _pair(station: Station) -> list[float]:
    return [round(station.position.lon, 6), round(station.position.lat, 6)]
