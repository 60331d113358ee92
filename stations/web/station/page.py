"""The station page, `/s/CODE`: everything public of a station, and what those who stand before it may say."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from geodata.lonlat import LonLat
from geodata.memo import Memo
from stations.errors import RegistryError, UnknownStationError
from stations.registry.entries import Action
from stations.registry.snapshot import Snapshot
from stations.station import MAX_CODE, Station, Status
from stations.web.cautions import Cautions
from stations.web.handover import links_to
from stations.web.house import House
from stations.web.params import Args, Known, first, given
from stations.web.station.addresses import FROM_DOOR, address_of
from stations.web.station.linked_data import as_script, linked_data
from stations.web.station.neighbours import Neighbour, neighbours_of
from stations.web.station.telling import Told, tell
from stations.web.station.timetable import Timetable, timetable_of
from stations.web.station.voices import Voices, say_thanks, voices_of
from stations.web.words import Wall
from stations.wording.names import Names
from stations.wording.spoken import language

GONE, NOT_FOUND = 410, 404
KEPT = 256
"""Days of stations that are kept, each some 20 KB: putting them into words takes most of a page's time."""

_PINS = {"open": "open", "closed": "almost", "unknown": "unknown"}
DESCRIBED = 6
"""How many amenities a search engine's line names."""


def station_door(house: House, known: Known, names: Names) -> Blueprint:
    """Make the door."""
    door = Blueprint("station", __name__)
    cautions, kept = Cautions(names), Memo(KEPT)

    @door.get("/s/<code>")
    def show(code: str) -> Response:
        """The page of one station."""
        snapshot = house.snapshot()
        station = snapshot.find(code) if len(code) <= MAX_CODE else None
        if station is None:
            return _absent(code, snapshot, house, names)
        now = datetime.now(known.zone)
        args = given(request.args)
        mode = mode_of(args, known)
        serves = station.status is Status.ACTIVE
        wall = Wall.at(now, known.zone)
        row = snapshot.index(code)
        timetable = timetable_of(station, snapshot.hours(row), now, wall) if serves else None
        address = address_of(house, code, **({"lang": "en"} if language() == "en" else {}))
        day = kept.get(
            (code, int(snapshot.revisions[row]), wall.today, address),
            lambda: day_of(station, timetable, address, house, names),
        )
        told = day.told
        voices = Voices(asked=False)
        if serves:
            voices = voices_of(station, house, snapshot, cautions, now, has_any=bool(told.has()))
        near = neighbours_of(station, mode, now, snapshot, house, names)
        page = render_template(
            "station/show.html",
            station=station,
            told=told,
            facts=day.facts,
            which=day.which,
            times=timetable,
            voices=voices,
            thanks=say_thanks(args),
            at_door=first(args, "from") == FROM_DOOR,
            mode=mode,
            ways=ways_to(station, known, names, mode),
            neighbours=near,
            map_data=map_data(station, told, timetable, near),
            address=address,
            # Who did not choose a language is where the page is for everyone, whatever their browser prefers.
            canonical=address if first(args, "lang") else address_of(house, code),
            addresses={"zh-Hans": address_of(house, code), "en": address_of(house, code, lang="en")},
            shared=address_of(house, code),
            description=day.description,
            linked=day.linked,
        )
        response = make_response(page)
        # What people say has a token of their own in the page.
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return door


@dataclass(frozen=True, slots=True)
class Day:
    """What a page says all day long, in one language: the facts in words, and as they are drawn.

    Attributes
    ----------
    which
        What it has, as buttons.
    linked
        For search engines; empty for a station that is not in use.
    """

    told: Told
    facts: Markup
    which: Markup
    description: str
    linked: Markup


def day_of(station: Station, timetable: Timetable | None, address: str, house: House, names: Names) -> Day:
    """Put a station into words, and draw the part of its page that stays as it is for a day."""
    told = tell(station, house, names)
    facts, which = (
        Markup(render_template(name, station=station, told=told, times=timetable))  # noqa: S704  -- it escapes
        for name in ("station/facts.html", "station/which.html")
    )
    description = describe(station, told, timetable)
    linked = Markup()
    if timetable is not None:
        linked = as_script(linked_data(station, told, names, address, timetable.plain, description))
    return Day(told, facts, which, description, linked)


def mode_of(args: Args, known: Known) -> str:
    """How the person travels, as the address says; on foot where it says nothing that is known."""
    mode = first(args, "mode")
    return mode if mode in known.modes else "walk"


def ways_to(station: Station, known: Known, names: Names, mode: str) -> list[dict[str, Any]]:
    """Give the links to map programs for each travel mode, the one that was asked for first."""
    agent = request.user_agent.string
    modes = sorted((key for key in names.modes if key in known.modes), key=lambda key: key != mode)
    return [
        {"mode": key, "name": names.mode(key), "links": links_to(station.position, station.name, key, agent)}
        for key in modes
    ]


def map_data(station: Station, told: Told, timetable: Timetable | None, near: tuple[Neighbour, ...]) -> dict[str, Any]:
    """Give what the map draws: this station, and the others near it. Positions are WGS-84, longitude first."""
    return {
        "at": _pair(station.position),
        "name": told.name,
        "state": _PINS[timetable.state] if timetable else "almost",
        "others": [
            {
                "at": _pair(other.station.position),
                "name": other.name,
                "state": other.state,
                "address": url_for("station.show", code=other.station.code),
            }
            for other in near
        ],
    }


def _pair(position: LonLat) -> list[float]:
    return [round(position.lon, 6), round(position.lat, 6)]


def describe(station: Station, told: Told, timetable: Timetable | None) -> str:
    """Say in a line what search engines and shared links show under the name."""
    said = [told.kind, station.address or told.township]
    if timetable is not None:
        said.append(timetable.sentence or gettext("Opening hours not known"))
        said.append(gettext(", ").join(offer.name for offer in told.has()[:DESCRIBED]))
    return gettext(". ").join(filter(None, said))


def _absent(code: str, snapshot: Snapshot, house: House, names: Names) -> Response:
    """Answer for a code that no station has: under another case, once there, or never."""
    meant = spelt_otherwise(code, snapshot)
    if meant is not None:
        asked = request.query_string.decode("ascii", "ignore")
        return make_response(redirect(url_for("station.show", code=meant) + (f"?{asked}" if asked else "")))
    last = last_known(code, house)
    status = NOT_FOUND if last is None else GONE
    page = render_template(
        "station/absent.html", code=code[:MAX_CODE], name="" if last is None else names.station(last), status=status
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def spelt_otherwise(code: str, snapshot: Snapshot) -> str | None:
    """Find the station that a code typed by hand means: in full width, in small letters, with blanks around it."""
    if len(code) > MAX_CODE:
        return None
    plain = unicodedata.normalize("NFKC", code).strip()
    return next((one for one in (plain, plain.upper(), plain.lower()) if snapshot.find(one) is not None), None)


def last_known(code: str, house: House) -> Station | None:
    """Give the last record of a station that was removed; None where there never was one, or nobody can say now."""
    if len(code) > MAX_CODE:
        return None
    try:
        history = house.registry.history(code)
    except (UnknownStationError, RegistryError):
        return None
    return history[-1].station if history and history[-1].action is Action.REMOVE else None
