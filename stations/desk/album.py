"""The photos of a station's record: added, told what they show, put in order, taken out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stations.errors import PhotoError
from stations.facts import MAX_NAME, MAX_PHOTOS, Photo
from stations.station import Station, StationReader


@dataclass(frozen=True, slots=True)
class Row:
    """A photo as a form has it; `gone` where it shall not be shown any more."""

    file: str
    caption: str
    gone: bool = False


def with_photos(station: Station, photos: Iterable[Photo]) -> Station:
    """The record with photos more at its end; those that it has already stay as they are.

    Raises
    ------
    PhotoError
        There would be too many.
    """
    there = {one.file for one in station.photos}
    new = [one for one in {one.file: one for one in photos}.values() if one.file not in there]
    if len(there) + len(new) > MAX_PHOTOS:
        raise PhotoError(
            "A station shows {most} photos at most, and it has {count}. Take some out first.",
            most=MAX_PHOTOS,
            count=len(there),
        )
    return dataclasses.replace(station, photos=(*station.photos, *new)) if new else station


def arranged(station: Station, rows: Sequence[Row], reader: StationReader) -> Station:
    """The record with its photos as a form has them; those that the form did not have come after them.

    Raises
    ------
    PhotoError
        A caption that cannot be kept.
    """
    there = {one.file: one for one in station.photos}
    asked = {row.file: row for row in rows if row.file in there}
    photos = [
        dataclasses.replace(there[name], caption=caption_of(row.caption)) for name, row in asked.items() if not row.gone
    ]
    photos += [one for one in station.photos if one.file not in asked]
    facts = {one.name: getattr(station, one.name) for one in dataclasses.fields(Station)}
    made = reader.read(facts | {"photos": tuple(photos)})
    if not isinstance(made, Station):
        raise PhotoError("This caption cannot be kept as it is. Write it without signs that nobody can see.")
    return made


def caption_of(text: str) -> str:
    """Give a caption as it is kept, in one line.

    Raises
    ------
    PhotoError
        It is too long.
    """
    words = " ".join(text.split())
    if len(words) > MAX_NAME:
        raise PhotoError("That has {length} characters. Say it in {most}.", length=len(words), most=MAX_NAME)
    return words


def moved(rows: Sequence[Row], file: str, by: int) -> list[Row]:
    """The rows with one of them further up or down; as they are where it cannot go there."""
    found = list(rows)
    at = next((number for number, row in enumerate(found) if row.file == file), None)
    if at is not None and 0 <= at + by < len(found):
        found.insert(at + by, found.pop(at))
    return found
