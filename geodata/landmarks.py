"""Everything on the ground that has a name and can be searched for: places, townships, streets, premises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.atlas import Atlas
from geodata.features import Place
from geodata.gazetteer import Gazetteer, NearbyName
from geodata.lonlat import EARTH_RADIUS_M, Float, LonLat
from geodata.names import Field, NameIndex

PLACE, TOWNSHIP, STREET, PREMISES = "place", "township", "street", "premises"

SAME_STREET_M = 1_500.0
"""Pieces of one name that lie this near to each other, in a chain, are one street: blocks are shorter."""

SAME_PREMISES_M = 150.0
"""A bank that is mapped as a node and as a building is one bank."""

WEIGHT = {
    "municipality": 0,
    "city": 0,
    "county": 0,
    "district": 0,
    "borough": 1,
    "town": 1,
    TOWNSHIP: 1,
    "suburb": 2,
    "village": 3,
    "quarter": 3,
    "neighbourhood": 3,
    "island": 3,
    "square": 4,
    "hamlet": 5,
    STREET: 5,
    PREMISES: 6,
}
"""How much ground a kind of place stands for, the most first: what one means as a rule by a name that several have."""

OTHER_WEIGHT = 7


class Landmark(NamedTuple):
    """Something that has a name.

    Attributes
    ----------
    kind
        `PLACE`, `TOWNSHIP`, `STREET` or `PREMISES`.
    what
        The value of ``place=*``, or the key of the premises' host kind; empty for the others.
    names
        Others that it has.
    size
        People; 0 where not known.
    """

    kind: str
    what: str
    name: str
    name_en: str
    names: tuple[str, ...]
    position: LonLat
    size: int = 0


@dataclass(frozen=True, eq=False)
class Landmarks:
    """What has a name in an atlas, and where.

    Attributes
    ----------
    lon, lat
        Degrees WGS-84, float64 [n].
    townships
        Name of the township of each; empty where none was declared.
    near
        The settlement that each lies by; None for settlements themselves, and where there is none.
    """

    all: tuple[Landmark, ...]
    lon: Float
    lat: Float
    townships: tuple[str, ...]
    near: tuple[NearbyName | None, ...]

    @classmethod
    def of(cls, atlas: Atlas) -> Landmarks:
        """Everything named in an atlas; made once, and kept with it."""
        return atlas.memo.get("landmarks", lambda: cls._gathered(atlas))

    @classmethod
    def _gathered(cls, atlas: Atlas) -> Landmarks:
        places = [_of_place(place) for place in atlas.gazetteer.places]
        streets = _together([one for one in places if one.kind == STREET], SAME_STREET_M)
        premises = _together(list(_premises(atlas)), SAME_PREMISES_M)
        places = [one for one in places if one.kind == PLACE]
        lon, lat = _coordinates(places)
        within = atlas.townships.townships_at(lon, lat) if atlas.townships.declared else np.full(lon.size, -1)
        here = {(int(at), one.name) for at, one in zip(within, places, strict=True)}
        townships = [
            one
            for at, one in enumerate(_townships(atlas) if atlas.townships.declared else ())
            if one.name and (at, one.name) not in here
        ]
        everything = tuple(places + townships + streets + premises)
        lon, lat = _coordinates(everything)
        names = atlas.townships.names
        within = atlas.townships.townships_at(lon, lat) if atlas.townships.declared else np.full(lon.size, -1)
        settlements = Gazetteer([one for one in atlas.gazetteer.places if one.kind != STREET])
        near = settlements.names_near(lon, lat)
        return cls(
            everything,
            lon,
            lat,
            tuple(
                "" if at < 0 or one.kind == TOWNSHIP else names[at] for at, one in zip(within, everything, strict=True)
            ),
            tuple(None if one.kind in {PLACE, TOWNSHIP} else name for one, name in zip(everything, near, strict=True)),
        )

    @cached_property
    def index(self) -> NameIndex:
        """All names, to be searched; a landmark's number is its owner's."""
        texts: list[str] = []
        owner: list[int] = []
        field: list[int] = []

        def put(number: int, kind: Field, some: Iterable[str]) -> None:
            for text in dict.fromkeys(some):
                if text:
                    texts.append(" ".join(text.split()))
                    owner.append(number)
                    field.append(kind)

        for number, (one, township, near) in enumerate(zip(self.all, self.townships, self.near, strict=True)):
            put(number, Field.NAME, [one.name])
            put(number, Field.OTHER_NAME, (name for name in one.names if name != one.name))
            put(number, Field.CONTEXT, [township] if near is None else [township, near.name, near.name_en])
        return NameIndex.build(texts, owner, field, len(self.all))

    @cached_property
    def weights(self) -> NDArray[np.uint8]:
        """uint8 [n]: of each kind of place, as `WEIGHT` says."""
        return np.array(
            [WEIGHT.get(one.what or one.kind, WEIGHT.get(one.kind, OTHER_WEIGHT)) for one in self.all], np.uint8
        )

    @cached_property
    def lengths(self) -> NDArray[np.uint8]:
        """uint8 [n]: characters of each name, 255 at most."""
        return np.array([min(len(one.name), 255) for one in self.all], np.uint8)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """int64 [n]: people."""
        return np.array([one.size for one in self.all], np.int64)


def _of_place(place: Place) -> Landmark:
    kind = STREET if place.kind == "street" else PLACE
    return Landmark(
        kind,
        "" if kind == STREET else place.kind,
        place.name,
        place.names.get("name:en", ""),
        tuple(place.names.values()),
        place.position,
        place.population or 0,
    )


def _premises(atlas: Atlas) -> Iterable[Landmark]:
    for one in atlas.premises:
        if one.name:
            yield Landmark(PREMISES, one.host, one.name, "", (), one.position)


def _townships(atlas: Atlas) -> list[Landmark]:
    """The townships, each where its people are: at the demand point nearest to the middle of them."""
    demand, townships = atlas.demand, atlas.townships
    found = []
    for number, (name, shape) in enumerate(zip(townships.names, townships.geometry, strict=True)):
        point = shape.representative_point()
        lon, lat = float(point.x), float(point.y)
        inside = np.flatnonzero(demand.township == number)
        weight = demand.weight[inside]
        if weight.sum() > 0.0:
            middle = np.average(demand.lon[inside], weights=weight), np.average(demand.lat[inside], weights=weight)
            away = np.hypot(
                (demand.lon[inside] - middle[0]) * np.cos(np.radians(middle[1])), demand.lat[inside] - middle[1]
            )
            nearest = inside[int(np.argmin(away))]
            lon, lat = float(demand.lon[nearest]), float(demand.lat[nearest])
        found.append(Landmark(TOWNSHIP, "", name, "", (), LonLat(lon, lat)))
    return found


def _together(pieces: Sequence[Landmark], within_m: float) -> list[Landmark]:
    """Make one of the pieces of one name that hang together; it stands at the piece nearest to their middle."""
    if not pieces:
        return []
    numbers: dict[tuple[str, str], int] = {}
    name = np.array([numbers.setdefault((one.name, one.what), len(numbers)) for one in pieces], np.float64)
    lon, lat = (np.radians(degrees) for degrees in _coordinates(pieces))
    ball = EARTH_RADIUS_M * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    # Names are set apart in a fourth direction, so that one search holds each name against itself alone.
    pairs = cKDTree(np.column_stack([ball, name * within_m * 2.0])).query_pairs(within_m, output_type="ndarray")
    size = len(pieces)
    hang = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, label = connected_components(hang, directed=False)
    counts = np.bincount(label, minlength=count)
    middle = np.column_stack([np.bincount(label, ball[:, axis], count) / counts for axis in range(3)])
    away = np.linalg.norm(ball - middle[label], axis=1)
    order = np.lexsort((np.arange(size), away, label))
    firsts = order[np.concatenate(([0], np.cumsum(counts)[:-1]))]
    return [pieces[at] for at in sorted(firsts.tolist())]


def _coordinates(some: Sequence[Landmark]) -> tuple[Float, Float]:
    return (
        np.array([one.position.lon for one in some], np.float64),
        np.array([one.position.lat for one in some], np.float64),
    )
