"""What the script of the page is told: the stations, the gaps and the townships, as figures and as words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from geodata.lonlat import LonLat
from stations.handouts.colours import COVERAGE_CLASSES
from stations.handouts.shapes import figures_of
from stations.questions.coverage.serving import Served
from stations.questions.coverage.whatif import Add, Change, Close, Move, SetHours
from stations.registry.snapshot import Snapshot
from stations.web.coarse import DECIMALS
from stations.web.planning.reading import GapLine, Line, Reading, station_name
from stations.web.words import say_usual_hours
from stations.wording.names import Names


def position_of(at: LonLat) -> list[float]:
    """A position as pages write it."""
    return [round(at.lon, 6), round(at.lat, 6)]


def stations_on(served: Served, registered: Snapshot, names: Names) -> list[dict[str, Any]]:
    """The stations of a map: those in service, those tried out, and those tried without.

    Parameters
    ----------
    registered
        The stations as the registry has them.
    """
    snapshot = served.snapshot
    tried = changes_by_code(served.query.changes)
    rows = snapshot.active_rows.tolist()
    said = []
    for row, counts, perhaps in zip(rows, served.counts.tolist(), served.perhaps.tolist(), strict=True):
        code = snapshot.codes[row]
        one: dict[str, Any] = {
            "code": code,
            "name": "",
            "at": [round(float(snapshot.lon[row]), 6), round(float(snapshot.lat[row]), 6)],
            "state": "counts" if counts else "perhaps" if perhaps else "not",
        }
        station = snapshot.stations[row]
        one["name"] = station_name(code, names.station(station))
        one["hours"] = say_usual_hours(station) or gettext("opening hours not known")
        if code in tried:
            one["tried"] = tried[code]
            before = registered.find(code)
            if before is not None and before.position != station.position:
                one["was"] = position_of(before.position)
        said.append(one)
    for change in served.query.changes:
        closed = registered.find(change.code) if isinstance(change, Close) else None
        if closed is not None:
            said.append(
                {
                    "code": closed.code,
                    "name": names.station(closed),
                    "at": position_of(closed.position),
                    "state": "not",
                    "hours": gettext("closed to try it out"),
                    "tried": "closed",
                }
            )
    return said


def states_of(served: Served) -> dict[str, str]:
    """How each station counts, by its code: what follows a drag."""
    codes = served.codes
    pairs = zip(codes, served.counts.tolist(), served.perhaps.tolist(), strict=True)
    return {code: "counts" if counts else "perhaps" if perhaps else "not" for code, counts, perhaps in pairs}


def changes_by_code(changes: Sequence[Change]) -> dict[str, str]:
    """What is tried with each station, in a word; stations that are added have codes by their place."""
    tried: dict[str, str] = {}
    added = 0
    for change in changes:
        match change:
            case Add():
                added += 1
                tried[f"+{added}"] = "added"
            case Move(code, _):
                tried[code] = "moved"
            case SetHours(code, _):
                tried.setdefault(code, "hours")
            case Close(code):
                tried[code] = "closed"
    return tried


def gaps_on(lines: Sequence[GapLine]) -> list[dict[str, Any]]:
    """The gaps of a map; the area of a ring is as the demand in it."""
    most = max((line.gap.demand for line in lines), default=1.0)
    return [
        {
            "rank": line.rank,
            "name": line.name,
            "at": position_of(line.gap.position),
            "demand": line.demand,
            "township": line.gap.township,
            "radius": round(4.0 + 12.0 * math.sqrt(line.gap.demand / most), 1),
        }
        for line in lines
    ]


def towns_on(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The townships of a map and of a table."""
    return [town_of(line) for line in lines]


def town_of(line: Line) -> dict[str, Any]:
    """A township, or the total, as numbers and as the table says them."""
    row = line.row
    return {
        "at": line.at,
        **figures_of(row),
        "name": line.name,
        "said": {
            "stations": str(row.stations),
            "covered": line.covered,
            "covered_twice": line.covered_twice,
            "circle": line.circle,
            "uncovered": line.uncovered,
        },
    }


def words() -> dict[str, str]:
    """What the script says on the map."""
    return {
        "try": gettext("Try a station here"),
        "move": gettext("Move it"),
        "close": gettext("Try without it"),
        "hours": gettext("Other hours"),
        "hoursField": gettext("Hours, like 08:00-22:00 or 24/7"),
        "set": gettext("Try these hours"),
        "back": gettext("As it was"),
        "remove": gettext("Take it away"),
        "page": gettext("Its page"),
        "covered": gettext("Covered"),
        "uncovered": gettext("Uncovered"),
        "gap": gettext("Gap"),
        "counts": gettext("counts"),
        "perhaps": gettext("hours not known: does not count"),
        "not": gettext("does not count"),
        "moveSays": gettext("Move the map until the cross is where it should stand, or tap the place."),
    }


def data_of(
    reading: Reading, served: Served, registered: Snapshot, names: Names, addresses: Mapping[str, object]
) -> dict[str, Any]:
    """Everything the script of the page is told."""
    return {
        **addresses,
        "classes": [bound for bound, _ in COVERAGE_CLASSES[:-1]],
        "decimals": DECIMALS,
        "towns": towns_on(reading.lines),
        "gaps": gaps_on(reading.gaps),
        "stations": stations_on(served, registered, names),
        "words": words(),
    }
