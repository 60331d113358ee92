"""Which station one goes to next on a round: the nearest, or the one that waited longest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from flask import Blueprint, Response, request
from flask_babel import gettext

from geodata.lonlat import metres_per_degree
from stations.desk.roll import Line, folded, lines_for
from stations.people.facts import Action
from stations.registry.snapshot import Snapshot
from stations.web.deskwords import say_day, say_township, townships_of
from stations.web.params import Args, BadParameter, first, given, refuse_unknown
from stations.web.room import asker, page
from stations.web.rounds.place import Office
from stations.web.rounds.sheet import checklist_of
from stations.web.rounds.telling import word
from stations.web.who import STAFF, needs

PARAMETERS = frozenset({"lon", "lat", "q", "township", "list", "lang"})
SHOWN = 30
"""Stations that are offered at once: more than anybody visits in a day."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A station that one could go to."""

    line: Line
    township: str
    last: str
    due: bool
    away: str


def choosing_views(door: Blueprint, office: Office) -> None:
    """Hang the choice of the next station."""
    room, rounds = office.room, office.rounds

    @door.get("/next")
    @needs(Action.INSPECT, STAFF)
    def choose() -> Response:
        """Stations to inspect, the nearest first, or those that waited longest."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        here, township = position_of(args), first(args, "township")
        checklist = checklist_of(office, first(args, "list"))
        wanted, mine = folded(first(args, "q")[:200]).split(), serving(office)
        last, snapshot = rounds.last_days(), room.desk.registry.snapshot()
        found = [
            line
            for line in mine
            if line.township.startswith(township[:12]) and all(one in line.words for one in wanted)
        ]
        away = metres_to(snapshot, found, here)
        order = sorted(
            range(len(found)),
            key=lambda row: (away[row] if here else 0.0, last.get(found[row].code, date.min), found[row].code),
        )
        choices = []
        for row in order[:SHOWN]:
            line, day = found[row], last.get(found[row].code)
            choices.append(
                Choice(
                    line,
                    say_township(room.house, line.township),
                    gettext("never inspected") if day is None else gettext("last %(day)s", day=say_day(day)),
                    rounds.due(day, room.today),
                    say_away(away[row]) if here else "",
                )
            )
        return page(
            "rounds/next.html",
            choices=choices,
            found=len(found),
            here=here,
            asked={name: first(args, name) for name in PARAMETERS},
            townships=townships_of(mine, room.house),
            checklist=checklist,
            lists=[(one.key, word(one)) for one in rounds.checklists.values()],
            who=asker().login,
            due=sum(rounds.due(last.get(line.code), room.today) for line in mine),
            all=len(mine),
        )


def serving(office: Office) -> list[Line]:
    """The stations in use that whoever asks may inspect."""
    return [line for line in lines_for(office.room.desk.roll().lines, asker(), Action.INSPECT) if line.serves]


def position_of(args: Args) -> tuple[float, float] | None:
    """Where whoever asks is: longitude and latitude, WGS-84; None where that is not said.

    Raises
    ------
    BadParameter
        No numbers, or no place on earth.
    """
    found = []
    for name, most in (("lon", 180.0), ("lat", 90.0)):
        text = first(args, name)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not abs(number) <= most:
            raise BadParameter(name, text, "“{field}” is “{value}”, which is not in decimal degrees.")
        found.append(number)
    return found[0], found[1]


def metres_to(snapshot: Snapshot, lines: list[Line], here: tuple[float, float] | None) -> list[float]:
    """How far stations are in a straight line, in metres; 0 where nobody says from where."""
    if here is None or not lines:
        return [0.0] * len(lines)
    rows = np.array([snapshot.index(line.code) for line in lines])
    lon_m, lat_m = metres_per_degree(here[1])
    east, north = (snapshot.lon[rows] - here[0]) * lon_m, (snapshot.lat[rows] - here[1]) * lat_m
    return [float(one) for one in np.hypot(east, north)]


def say_away(metres: float) -> str:
    """Say how far something is in a straight line."""
    if metres < 995:
        return gettext("%(metres)s m away", metres=f"{max(10, round(metres, -1)):.0f}")
    return gettext("%(km)s km away", km=f"{metres / 1000:.1f}" if metres < 9950 else f"{metres / 1000:,.0f}")
