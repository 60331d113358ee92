"""Which township a station is in: computed from its position, and held against what a list says.

A list names townships by code or by name, and often the wrong one. The township
of a record is the one its position lies in; what the list said is kept beside it
where it says otherwise, or where there is no boundary to compute from.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geodata.lonlat import Float
from geodata.townships import Townships
from stations.station import Station
from stations.taxonomy import folded

DISAGREES = "The list says {declared}, but the position lies in {township}. Correct whichever is wrong."
"""What is told of a station whose list names another township; `Settled.doubt` fills it."""

TOWNSHIP_DIGITS = 9
"""A code of 12 digits goes on to the village; its first 9 are the township's."""

_CODE = re.compile(r"(\d{9}|\d{12})(?!\d)\s*")
_SUFFIX = re.compile(r"(?:街道办事处|街道办|街道|办事处|民族乡|镇|乡|苏木)$")
_WITHIN = re.compile(r"^.*[省市区县旗州盟](?=..)")


@dataclass(frozen=True, slots=True)
class Place:
    """A township that positions lie in.

    Attributes
    ----------
    code
        Of 9 or 12 digits; empty where the boundaries have none.
    namesake
        Whether another township has this name but for its last word, so that the whole name counts.
    """

    code: str
    name: str
    namesake: bool = False

    def agrees(self, declared: str) -> bool:
        """Whether a code or a name that a list gives means this township."""
        if _CODE.fullmatch(declared):
            return not self.code or declared[:TOWNSHIP_DIGITS] == self.code[:TOWNSHIP_DIGITS]
        if self.namesake:
            return bool(_whole_names(declared) & _whole_names(self.name))
        return bool(_names(declared) & _names(self.name))

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.code else self.name


class Settled(NamedTuple):
    """The township of a station.

    Attributes
    ----------
    township
        Code; as it was where none could be computed.
    declared
        What the list says otherwise, or what could not be held against anything.
    doubt
        What fills `DISAGREES`; None where nothing disagrees.
    """

    township: str
    declared: str
    doubt: dict[str, object] | None = None


def places_at(townships: Townships, lon: Float, lat: Float) -> list[Place | None]:
    """Give the township of each position; None outside all, and where nobody declared any.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, shape [n].
    """
    if not townships.declared or not len(lon):
        return [None] * len(lon)
    bare = Counter(_bare(name) for name in townships.names)
    known = [
        Place(code, name, namesake=bare[_bare(name)] > 1)
        for code, name in zip(townships.codes, townships.names, strict=True)
    ]
    return [known[index] if index >= 0 else None for index in townships.townships_at(lon, lat).tolist()]


def settle(place: Place | None, township: str, declared: str, *, listed: bool) -> Settled:
    """Settle the township of one station.

    Parameters
    ----------
    place
        Where the position lies; None when that is not known.
    township, declared
        As a list gives them, or as the record has them.
    listed
        Whether `township` is what a list says; else it was computed before.
    """
    code = _CODE.match(declared)
    said = [township if listed else "", code[1] if code else "", declared[code.end() :] if code else declared]
    parts = list(dict.fromkeys(part for part in said if part))
    if place is None:
        return Settled(township, " ".join(parts))
    wrong = [part for part in parts if not place.agrees(part)]
    text = " ".join(wrong)
    doubt: dict[str, object] | None = {"declared": text[:80], "township": str(place)} if wrong else None
    return Settled(place.code or township, text, doubt)


def settled(
    stations: Sequence[Station], townships: Townships
) -> tuple[list[Station], list[tuple[Station, dict[str, object]]]]:
    """Settle the townships of records, which have computed ones from before.

    Returns
    -------
    tuple
        The records in the same order, and those whose declared township
        disagrees, each with what fills `DISAGREES`.
    """
    lon = np.array([station.position.lon for station in stations], dtype=np.float64)
    lat = np.array([station.position.lat for station in stations], dtype=np.float64)
    found: list[Station] = []
    doubts: list[tuple[Station, dict[str, object]]] = []
    for station, place in zip(stations, places_at(townships, lon, lat), strict=True):
        there = settle(place, station.township, station.township_declared, listed=False)
        same = (there.township, there.declared) == (station.township, station.township_declared)
        found.append(
            station if same else dataclasses.replace(station, township=there.township, township_declared=there.declared)
        )
        if there.doubt:
            doubts.append((found[-1], there.doubt))
    return found, doubts


def _whole_names(name: str) -> set[str]:
    """Give a name as it is, and without the county before it; offices stand for their streets."""
    plain = re.sub(r"(?:街道办事处|街道办|(?<!街道)办事处)$", "街道", folded(name))
    return {plain, _WITHIN.sub("", plain)}


def _names(name: str) -> set[str]:
    """Give the names that a township may be meant by: with and without the county before it, and the word behind it."""
    wholes = _whole_names(name)
    return wholes | {bare for bare in map(_bare, wholes) if len(bare) > 1}


def _bare(name: str) -> str:
    return _SUFFIX.sub("", folded(name))


def tally(doubts: Iterable[tuple[Station, dict[str, object]]]) -> list[str]:
    """Tell the doubts, one line each."""
    return [f"{station.code}: {DISAGREES.format(**values)}" for station, values in doubts]
