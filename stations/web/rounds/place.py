"""Where an inspection or a task belongs: where its station is now. And the staff who may be given a task there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, url_for

from stations.errors import UnknownRoundError, UnknownStationError
from stations.fields import Fields
from stations.people.facts import Action
from stations.people.rights import may
from stations.photos.keeping import Photos
from stations.rounds.rounds import Rounds
from stations.web.deskwords import say_who
from stations.web.house import House
from stations.web.room import Room
from stations.web.who import Place, Values, place_of

NEAREST_DAYS = timedelta(days=370)
"""So far ahead a task may be due."""


@dataclass(frozen=True)
class Office:
    """What the views of inspections share."""

    room: Room
    rounds: Rounds
    photos: Photos
    fields: Fields

    @property
    def house(self) -> House:
        """What the doors stand in front of."""
        return self.room.house


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo as it is shown: its name, its address, and that of its thumbnail."""

    name: str
    address: str
    small: str


def place_now(house: House, code: str, township: str) -> Place:
    """Where a station is; where it was, if it is not in the list any more."""
    try:
        return place_of(house.snapshot().station(code))
    except UnknownStationError:
        return Place(township, code)


def the_inspection(house: House, values: Values) -> Place:
    """Where the inspection belongs that an address names by its number; nowhere while it is a draft."""
    try:
        found = _rounds(house).get(int(values["inspection"]))
    except UnknownRoundError:
        abort(404)
    if found.sent is None:
        abort(404)
    return place_now(house, found.code, found.township)


def the_task(house: House, values: Values) -> Place:
    """Where the task belongs that an address names by its number."""
    try:
        found = _rounds(house).tasks.get(int(values["task"]))
    except UnknownRoundError:
        abort(404)
    return place_now(house, found.code, found.township)


def name_of(house: House, code: str) -> str:
    """What a station is called; its code where it is not in the list any more."""
    try:
        return house.snapshot().station(code).name
    except UnknownStationError:
        return code


def staff_at(house: House, place: Place) -> list[tuple[str, str]]:
    """Who may put something right there: log-in names, and what they are called."""
    everybody = () if house.people is None else house.people.all()
    return [
        (one.login, say_who(one.login))
        for one in everybody
        if may(one, Action.RECORD, township=place.township, code=place.code)
    ]


def shot_of(name: str) -> Shot:
    """A kept photo, to be seen with one's own right."""
    return Shot(name, url_for("album.photo", name=name), url_for("album.small_photo", name=name))


def due_of(text: str, today: date) -> date | None:
    """Read the day by which something is to be done; None where none is given.

    Raises
    ------
    ValueError
        It is no day, is past, or lies more than a year ahead.
    """
    if not text.strip():
        return None
    day = date.fromisoformat(text.strip())
    if not today <= day <= today + NEAREST_DAYS:
        raise ValueError(text)
    return day


def _rounds(house: House) -> Rounds:
    if house.rounds is None:
        abort(404)
    return house.rounds
