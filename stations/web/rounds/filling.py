"""A sheet as it comes from a form: answers, photos and wishes, each that cannot be used told where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask import request
from werkzeug.datastructures import FileStorage

from stations.desk.entering import Fields
from stations.errors import PhotoError, RoundError, StationsError
from stations.exchange.cells import CellError, read_area, read_count
from stations.rounds.checklists import Checklist, Item
from stations.rounds.facts import MOST_PHOTOS, Answer, State, Wish
from stations.station import Station
from stations.web.room import text_of
from stations.web.rounds.place import Office, due_of

OWN = frozenset({"mark", "checklist", "remark", "do", "found", "who", "drop"})
_MANY = re.compile(r"(?:is|note|number|due|for|photo)\.[a-z0-9_]{1,64}")

LATEST = timedelta(days=60)
"""So long after somebody was there a sheet is dated by the day on which they were."""

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass
class Filled:
    """What a form comes to.

    Attributes
    ----------
    photos
        Names of those that were kept just now, by key of the item.
    faults
        By field.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    photos: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, StationsError] = field(default_factory=dict)


def is_field(name: str) -> bool:
    """Whether a sheet may have a field of that name."""
    return name in OWN or bool(_MANY.fullmatch(name))


def read_sheet(fields: Fields, checklist: Checklist, day: date, staff: Iterable[str]) -> Filled:
    """Read what was answered, and what is to come of it; of what cannot be read the answer stays.

    Parameters
    ----------
    day
        On which somebody was there; before it nothing is to be done.
    staff
        Log-in names of who may be given a task there.
    """
    filled, known = Filled(), frozenset(staff)
    for key, item in checklist.items.items():
        answer = _answer(fields, key, item, filled.faults)
        if not answer.empty:
            filled.answers[key] = answer
        if answer.fault:
            _wish(fields, key, day, known, filled)
    return filled


def keep_photos(office: Office, filled: Filled, station: Station, who: str, at: datetime) -> None:
    """Keep the photos that came with a sheet; one that cannot be used is told of at its item."""
    for name, files in request.files.lists():
        if not name.startswith("photo.") or not is_field(name):
            continue
        for file in files[: MOST_PHOTOS + 1]:  # one too many is told of; drawing hundreds would take minutes
            data = read_file(file)
            try:
                if data:
                    kept = office.photos.keep(
                        data, code=station.code, township=station.township, who=who, at=at, what="inspection"
                    )
                    filled.photos.setdefault(name.removeprefix("photo."), []).append(kept.name)
            except PhotoError as fault:
                filled.faults[name] = fault


def read_file(file: FileStorage) -> bytes:
    """Give what a file holds; nothing where none was chosen."""
    with file.stream:
        return file.read()


def day_of(text: str, office: Office) -> date:
    """The day on which somebody was there: as the phone noted it, or today.

    A moment that cannot be is not used: what was found must not be lost for a phone's clock.
    """
    now = office.room.now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return office.room.today
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if not now - LATEST <= moment <= now + CLOCKS_DIFFER:
        return office.room.today
    return min(moment, now).astimezone(office.house.zone).date()


def _answer(fields: Fields, key: str, item: Item, faults: dict[str, StationsError]) -> Answer:
    text = text_of(fields, f"is.{key}")
    state = State(text) if text in item.answers else None
    number = None
    if item.number and (written := text_of(fields, f"number.{key}").strip()):
        try:
            number = _number(item, written)
        except (CellError, RoundError) as fault:
            faults[f"number.{key}"] = fault
        else:
            state = State.YES
    if item.number and number is None and state is State.YES:
        state = None
    return Answer(state, " ".join(text_of(fields, f"note.{key}").split()), number)


def _number(item: Item, written: str) -> float:
    if item.number == "seats":
        number, most = float(read_count(written)), 10_000
    else:
        number, most = read_area(written), 1_000_000
    if not 0 <= number <= most or (number == 0 and item.number != "seats"):
        raise RoundError("“{value}” cannot be. Count once more.", value=written[:40])
    return number


def _wish(fields: Fields, key: str, day: date, staff: frozenset[str], filled: Filled) -> None:
    text, person = text_of(fields, f"due.{key}"), text_of(fields, f"for.{key}")
    try:
        due = due_of(text, day)
    except ValueError:
        filled.faults[f"due.{key}"] = RoundError(
            "“{value}” is no day from now on and within a year. Choose one, or leave it empty if there is no task.",
            value=text[:40],
        )
        return
    if person and person not in staff:
        filled.faults[f"for.{key}"] = RoundError("Choose somebody who may work at this station.")
        return
    if due is not None:
        filled.wishes.append(Wish(key, due, person))
