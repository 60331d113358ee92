"""Search as one types: stations, places, townships, streets and landmarks by any part of their names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.atlas import Atlas
from geodata.gazetteer import NearbyName
from geodata.landmarks import PREMISES, STREET, TOWNSHIP, Landmarks
from geodata.lonlat import METRES_PER_DEGREE, Float, LonLat
from geodata.names import NONE
from geodata.typed import Typed
from stations.questions.stationnames import Shelf, names_of
from stations.registry.snapshot import Snapshot

MOST_MATCHES = 20
STATION_WEIGHT = 4
"""Among what fits as well a station comes after places and before streets."""

WELL = 6
"""A name that fits so well was meant: a part of it as typed, and nothing cut short in it but a word's beginning."""

WHOLE = 1
"""A name that fits so well is the whole of what was typed."""

SPARE = 4
"""So many times more streets are looked at than are told, since some will look the same."""

Keys = NDArray[np.uint64]
Rows = NDArray[np.int64]


class Kind(StrEnum):
    """What was found."""

    PLACE = "place"
    STREET = "street"
    PREMISES = "premises"
    STATION = "station"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What somebody typed.

    Attributes
    ----------
    near
        Where they are, if that is known: among equals the nearer comes first.
    limit
        1 to 20 answers.
    """

    text: str
    near: LonLat | None = None
    limit: int = 8


@dataclass(frozen=True, slots=True)
class Match:
    """Something whose name fits.

    Attributes
    ----------
    what
        For a place the value of ``place=*`` or ``township``; for premises their host kind; for a station its kind.
    name_en
        In English, where known.
    township, near, address
        What tells it from others of its name; empty or None where not known.
    code
        Of a station; else empty.
    grade
        How well the name fits, as `geodata.names.NameIndex.grades` says: 0 is best.
    """

    kind: Kind
    what: str
    name: str
    name_en: str
    position: LonLat
    township: str = ""
    near: NearbyName | None = None
    address: str = ""
    code: str = ""
    grade: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is called just as was typed, whether in full or by initials."""
        return self.grade <= WHOLE

    @property
    def is_meant(self) -> bool:
        """Whether it can be taken for what was meant, without asking anyone else."""
        return self.grade <= WELL


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What fits, the best first.

    Attributes
    ----------
    digest
        Of the atlas; None where there is none.
    """

    query: SearchQuery
    matches: tuple[Match, ...]
    revision: int
    digest: str | None


class _Hit(NamedTuple):
    """A match to be, in the order in which they are told."""

    key: int
    code: str
    number: int


def search(query: SearchQuery, snapshot: Snapshot, atlas: Atlas | None) -> SearchAnswer:
    """Find what somebody may mean.

    Names that fit wholly come before those that begin so, and those before names that
    hold it; then what stands for more ground; then the nearer to the person, or, where
    they are not known, the larger by its people; then the shorter name. Streets of one
    name in one place are one answer.

    Parameters
    ----------
    query
        Text of any length: what counts of it is bounded (`geodata.typed.LONGEST_TYPED`).
    snapshot, atlas
        What is searched; only active stations are found.
    """
    typed = Typed.read(query.text[:1000])
    limit = min(max(query.limit, 1), MOST_MATCHES)
    digest = None if atlas is None else atlas.digest
    if not typed.letters:
        return SearchAnswer(query, (), snapshot.revision, digest)
    names = names_of(snapshot)
    hits = _of_shelf(names.base, names.stands, typed, query.near, limit)
    if names.fresh is not None:
        hits += _of_shelf(names.fresh, None, typed, query.near, limit)
    landmarks = None if atlas is None else Landmarks.of(atlas)
    if landmarks is not None:
        hits += _of_landmarks(landmarks, typed, query.near, limit * SPARE)
    matches: list[Match] = []
    told: set[tuple[object, ...]] = set()
    for hit in sorted(hits):
        grade = hit.key >> 48
        if hit.code:
            matches.append(_station(snapshot, hit.code, atlas, grade))
        elif landmarks is not None:
            match = _landmark(landmarks, hit.number, grade)
            looks = (match.kind, match.name, match.township, None if match.near is None else match.near.name)
            if match.kind is Kind.STREET and looks in told:
                continue
            told.add(looks)
            matches.append(match)
        if len(matches) == limit:
            break
    return SearchAnswer(query, tuple(matches), snapshot.revision, digest)


def _of_shelf(
    shelf: Shelf, stands: NDArray[np.bool_] | None, typed: Typed, near: LonLat | None, limit: int
) -> list[_Hit]:
    """The best of some stations."""
    grades = shelf.index.grades(typed)
    if stands is not None:
        grades[~stands] = NONE
    rows = _foremost(grades, limit)
    far = np.zeros(rows.size, np.uint64) if near is None else _away(shelf.lon[rows], shelf.lat[rows], near)
    keys = _keys(grades[rows], np.full(rows.size, STATION_WEIGHT), far, shelf.lengths[rows])
    return [_Hit(key, shelf.codes[row], 0) for key, row in _least(keys, rows, limit)]


def _of_landmarks(landmarks: Landmarks, typed: Typed, near: LonLat | None, limit: int) -> list[_Hit]:
    """The best of what has a name on the ground."""
    grades = landmarks.index.grades(typed)
    rows = _foremost(grades, limit)
    if near is None:
        far = (2**24 - 1 - np.minimum(landmarks.sizes[rows], 2**24 - 1)).astype(np.uint64)
    else:
        far = _away(landmarks.lon[rows], landmarks.lat[rows], near)
    keys = _keys(grades[rows], landmarks.weights[rows], far, landmarks.lengths[rows])
    return [_Hit(key, "", row) for key, row in _least(keys, rows, limit)]


def _foremost(grades: NDArray[np.uint8], limit: int) -> Rows:
    """Rows of those grades that the best can be among: as few of the better grades as hold enough."""
    counts = np.cumsum(np.bincount(grades, minlength=NONE + 1)[:NONE])
    enough = int(np.searchsorted(counts, limit))
    return np.flatnonzero(grades <= min(enough, NONE - 1))


def _keys(grades: NDArray[np.uint8], weights: NDArray[Any], far: Keys, lengths: NDArray[np.uint8]) -> Keys:
    """One number for each that is less for what is told first: grade, weight, metres or people, length of the name."""
    key = grades.astype(np.uint64)
    for part, bits in ((weights, 8), (far, 32), (lengths, 8)):
        key = (key << np.uint64(bits)) | part.astype(np.uint64)
    return key


def _least(keys: Keys, rows: Rows, limit: int) -> list[tuple[int, int]]:
    """The least keys with their rows; of equal ones the first."""
    order = np.argsort(keys, kind="stable")[:limit]
    return list(zip(keys[order].tolist(), rows[order].tolist(), strict=True))


def _away(lon: Float, lat: Float, near: LonLat) -> Keys:
    """Whole metres to a position, on the plane that touches the Earth there: good enough to tell near from far."""
    east = (lon - near.lon + 180.0) % 360.0 - 180.0
    metres = METRES_PER_DEGREE * np.hypot(east * math.cos(math.radians(near.lat)), lat - near.lat)
    return metres.astype(np.uint64)


def _station(snapshot: Snapshot, code: str, atlas: Atlas | None, grade: int) -> Match:
    station = snapshot.station(code)
    township = "" if atlas is None else atlas.townships.name_by_code.get(station.township, "")
    return Match(
        Kind.STATION,
        station.kind,
        station.name,
        station.name_en,
        station.position,
        township=township,
        address=station.address,
        code=code,
        grade=grade,
    )


def _landmark(landmarks: Landmarks, number: int, grade: int) -> Match:
    one = landmarks.all[number]
    kind = {STREET: Kind.STREET, PREMISES: Kind.PREMISES}.get(one.kind, Kind.PLACE)
    return Match(
        kind,
        TOWNSHIP if one.kind == TOWNSHIP else one.what,
        one.name,
        one.name_en,
        one.position,
        township=landmarks.townships[number],
        near=landmarks.near[number],
        grade=grade,
    )
