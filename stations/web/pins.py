"""The stations on a planner's map: those in service, those tried out, and those tried without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from geodata.lonlat import LonLat
from stations.questions.coverage.whatif import Add, Change, Close, Move, SetHours
from stations.registry.snapshot import Snapshot
from stations.web.words import say_usual_hours
from stations.wording.names import Names


def position_of(at: LonLat) -> list[float]:
    """A position as pages write it."""
    return [round(at.lon, 6), round(at.lat, 6)]


def station_name(code: str, name: str) -> str:
    """A station's name; one that is tried out without a name has only its code."""
    return gettext("New station %(number)s", number=code[1:]) if code.startswith("+") and name == code else name


def stations_on(
    changes: Sequence[Change], snapshot: Snapshot, standing: Sequence[str], registered: Snapshot, names: Names
) -> list[dict[str, Any]]:
    """The stations of a map.

    Parameters
    ----------
    changes
        What is supposed.
    snapshot
        As supposed.
    standing
        How each of its stations in service counts: ``counts``, ``perhaps``, ``not``.
    registered
        The stations as the registry has them.
    """
    tried = changes_by_code(changes)
    said = []
    for row, state in zip(snapshot.active_rows.tolist(), standing, strict=True):
        code = snapshot.codes[row]
        station = snapshot.stations[row]
        one: dict[str, Any] = {
            "code": code,
            "name": station_name(code, names.station(station)),
            "at": [round(float(snapshot.lon[row]), 6), round(float(snapshot.lat[row]), 6)],
            "state": state,
            "hours": say_usual_hours(station) or gettext("opening hours not known"),
        }
        if code in tried:
            one["tried"] = tried[code]
            before = registered.find(code)
            if before is not None and before.position != station.position:
                one["was"] = position_of(before.position)
        said.append(one)
    for change in changes:
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
