"""Townships: which one a position belongs to, from a boundary file, from the extract's relations, or one for all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.boundaries import Boundary, area_ha, in_wgs84, is_township_code, mended, polygons_of, read_boundaries
from geodata.datum import Datum
from geodata.errors import BoundaryError
from geodata.features import AdminArea
from geodata.lonlat import Float, LonLat
from geodata.mapfile import listed
from geodata.placement import check_place, first_holding, inside_any, share_inside

WORTH_TELLING_HA = 0.01
"""Overlaps and gaps under 10 m by 10 m are the rounding of whoever drew them."""

MOST_TOLD = 20
"""So many overlaps, and so many gaps, are told one by one; the rest in one line."""

MOST_STREETS = 0.5
"""Areas of one level make townships when they cover at least this share of the streets."""

DRAWN_TWICE = 0.01
"""An area with no larger share of its own, beside others of its name, is one of them drawn again."""

BEYOND_DEG = 0.01
"""How far the one area for all reaches beyond the streets: over 500 m, the farthest that anything is snapped."""

WHOLE_AREA = "whole area"
"""Name of the one township where none are declared."""

Streets = tuple[Float, Float]


@dataclass(frozen=True, eq=False)
class Townships:
    """Townships as parallel columns, sorted by code, then name.

    Attributes
    ----------
    codes
        9 or 12 digits; "" where not known.
    names
        As declared.
    geometry
        Shapely polygons and multipolygons in degrees WGS-84, valid, rounded to 1e-7.
    notes
        What was mended or is odd, by name, in plain words.
    declared
        False when nobody declared any, and one area stands for all.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    geometry: NDArray[Any]
    notes: tuple[str, ...]
    declared: bool

    @cached_property
    def name_by_code(self) -> Mapping[str, str]:
        """The names of those whose code is known; of several under one code, the first."""
        named = {code: name for code, name in zip(reversed(self.codes), reversed(self.names), strict=True) if code}
        return MappingProxyType(named)

    def township_at(self, position: LonLat) -> int | None:
        """Index of the township of a position; ``None`` outside all."""
        index = int(self.townships_at(np.array([position.lon]), np.array([position.lat]))[0])
        return None if index < 0 else index

    def townships_at(self, lon: Float, lat: Float) -> NDArray[np.int32]:
        """Index of the township of each position.

        Parameters
        ----------
        lon, lat
            Degrees WGS-84, shape [p].

        Returns
        -------
        int32 array, shape [p]
            -1 outside all. A shared border, and an overlap, belong to the lower index.
        """
        return first_holding(self.geometry, lon, lat)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Columns as plain arrays: the polygons as WKB end to end, the texts as one JSON text in UTF-8."""
        wkb = [bytes(text) for text in shapely.to_wkb(self.geometry, output_dimension=2, byte_order=1)]
        texts = {"codes": self.codes, "names": self.names, "notes": self.notes, "declared": self.declared}
        return {
            "wkb": np.frombuffer(b"".join(wkb), dtype=np.uint8),
            "wkb_ends": np.cumsum([len(text) for text in wkb], dtype=np.int64),
            "texts": np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Townships:
        """Take back what `to_arrays` gave."""
        ends = [int(end) for end in arrays["wkb_ends"]]
        wkb = arrays["wkb"].tobytes()
        texts = json.loads(arrays["texts"].tobytes())
        shapes = [shapely.from_wkb(wkb[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
        return cls(
            codes=tuple(texts["codes"]),
            names=tuple(texts["names"]),
            geometry=np.array(shapes, dtype=object),
            notes=tuple(texts["notes"]),
            declared=bool(texts["declared"]),
        )


def read_townships(
    path: Path, datum: Datum, streets_bounds: tuple[float, float, float, float], streets_sample: Streets
) -> Townships:
    """Read townships from a boundary file.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage or Shapefile of polygons with a column of names, in any declared CRS.
    datum
        What its positions refer to.
    streets_bounds
        West, south, east and north of the streets in degrees WGS-84.
    streets_sample
        Longitudes and latitudes on streets, degrees WGS-84, to hold the boundaries against.
        May be empty: then the corners of the bounds stand in.

    Raises
    ------
    BoundaryError
        Unreadable, without names or polygons, in the wrong place, or in another datum.
    """
    boundaries, notes = read_boundaries(path)
    lon, lat = streets_sample
    if not len(lon):
        west, south, east, north = streets_bounds
        lon, lat = np.array([west, east, (west + east) / 2]), np.array([south, north, (south + north) / 2])
    notes += check_place([boundary.geometry for boundary in boundaries], datum, lon, lat)
    sound: list[Boundary] = []
    for boundary in boundaries:
        whole, note = mended(in_wgs84(boundary, datum))
        sound.append(whole)
        notes += [note] if note else []
    return _townships(sound, notes, (lon, lat))


def townships_from_areas(areas: Sequence[AdminArea], admin_level: int | None, streets_sample: Streets) -> Townships:
    """Take townships from the administrative relations of an extract.

    Parameters
    ----------
    areas
        As assembled; those without a geometry are told in the notes.
    admin_level
        Which ``admin_level`` to take. ``None``: the finest (highest number) whose areas cover
        at least half of the streets, or one area for all when none does.
    streets_sample
        Longitudes and latitudes on streets, degrees WGS-84.

    Raises
    ------
    BoundaryError
        The level asked for has no whole area.
    """
    lon, lat = streets_sample
    named = [area for area in areas if area.name or area.code]
    whole = [area for area in named if area.geometry is not None and not polygons_of(area.geometry).is_empty]
    by_level = {
        level: list(group)
        for level, group in groupby(sorted(whole, key=lambda area: -area.admin_level), lambda area: area.admin_level)
    }
    level = _finest_level(by_level, streets_sample) if admin_level is None else admin_level
    notes = [
        f"{area.name or area.code} ({area.ref}, level {area.admin_level}) was left out: {area.fault or 'no outline'}."
        for area in named
        if area.geometry is None and level in {None, area.admin_level}
    ]
    notes = notes[:MOST_TOLD] + ([f"So were {len(notes) - MOST_TOLD} more."] if len(notes) > MOST_TOLD else [])
    if level is None:
        bounds = (lon.min(), lat.min(), lon.max(), lat.max()) if len(lon) else (-180.0, -90.0, 180.0, 90.0)
        return one_area(bounds, notes=notes)
    if level not in by_level:
        raise BoundaryError(
            "The extract has no whole administrative area of level {level}; it has levels {levels}. "
            "Choose one of them, or give a boundary file.",
            level=level,
            levels=listed(f"{known} ({len(by_level[known])})" for known in sorted(by_level)) or "none",
        )
    nameless = sum(area.admin_level == level and not (area.name or area.code) for area in areas)
    if nameless:
        notes.append(f"{nameless} areas of level {level} without a name were left out.")
    boundaries, more = _from_relations(by_level[level], streets_sample)
    return _townships(boundaries, [*notes, *more], streets_sample)


def _finest_level(by_level: Mapping[int, Sequence[AdminArea]], streets_sample: Streets) -> int | None:
    """Return the first level whose areas cover most of the streets, as the levels come."""
    for level, areas in by_level.items():
        shapes = [shapely.make_valid(area.geometry) for area in areas]
        if share_inside(shapes, *streets_sample) >= MOST_STREETS:
            return level
    return None


def _from_relations(areas: Sequence[AdminArea], streets_sample: Streets) -> tuple[list[Boundary], list[str]]:
    """Mend the areas that hold streets; leave out, and tell, the others."""
    boundaries: list[Boundary] = []
    notes: list[str] = []
    away: list[str] = []
    for area in areas:
        code = area.code or ""
        if code and not is_township_code(code):
            notes.append(f"The code {code} of {area.name or code} is not of 9 or 12 digits and was left out.")
            code = ""
        whole, note = mended(Boundary(area.name or code, code, polygons_of(area.geometry)))
        if len(streets_sample[0]) and not inside_any([whole.geometry], *streets_sample).any():
            away.append(whole.name)
            continue
        boundaries.append(whole)
        notes += [note] if note else []
    boundaries = _once(boundaries)
    if not boundaries:
        raise BoundaryError(
            "None of the administrative areas of level {level} holds a street. Give a boundary file, or another level.",
            level=areas[0].admin_level,
        )
    if away:
        notes.append(f"These hold no street of the extract and were left out: {listed(sorted(away))}.")
    return boundaries, notes


def _once(boundaries: Sequence[Boundary]) -> list[Boundary]:
    """Leave out what is drawn twice: a ring that carries the tags of the relation it is part of."""
    kept: list[Boundary] = []
    for boundary in sorted(boundaries, key=lambda b: -b.geometry.area):
        twins = [other.geometry for other in kept if other.name == boundary.name]
        own = shapely.difference(boundary.geometry, shapely.union_all(twins)) if twins else boundary.geometry
        if own.area > DRAWN_TWICE * boundary.geometry.area:
            kept.append(boundary)
    return kept


def one_area(bounds: tuple[float, float, float, float], notes: Sequence[str] = ()) -> Townships:
    """Return one township for everything, where nobody declared any.

    Parameters
    ----------
    bounds
        West, south, east and north of the streets in degrees WGS-84.
    notes
        Why there are none.
    """
    west, south, east, north = (round(float(edge), 7) for edge in bounds)
    shape = shapely.box(west - BEYOND_DEG, south - BEYOND_DEG, east + BEYOND_DEG, north + BEYOND_DEG)
    return Townships(
        codes=("",),
        names=(WHOLE_AREA,),
        geometry=np.array([shapely.normalize(shape)], dtype=object),
        notes=(*notes, "No townships were given or found: everything is one area."),
        declared=False,
    )


def _townships(boundaries: Sequence[Boundary], notes: list[str], streets_sample: Streets) -> Townships:
    """Merge parts, sort, and measure what does not fit together."""
    boundaries, more = _merged(boundaries)
    boundaries = sorted(boundaries, key=lambda b: (b.code, b.name, b.geometry.bounds))
    shapes = np.array([boundary.geometry for boundary in boundaries], dtype=object)
    names = tuple(boundary.name for boundary in boundaries)
    notes = [*notes, *more, *_overlaps(names, shapes), *_gaps(names, shapes)]
    townships = Townships(tuple(b.code for b in boundaries), names, shapes, (), declared=True)
    if len(streets_sample[0]):
        held = np.unique(townships.townships_at(*streets_sample))
        empty = sorted(set(range(len(names))) - set(held.tolist()))
        if empty:
            notes.append(f"These hold no street of the extract: {listed(names[index] for index in empty)}.")
    return Townships(townships.codes, names, shapes, tuple(notes), declared=True)


def _merged(boundaries: Sequence[Boundary]) -> tuple[list[Boundary], list[str]]:
    """Make one of the parts with the same name and code; keep apart, and tell, what only looks the same."""
    notes: list[str] = []
    parts: dict[tuple[str, str], list[Boundary]] = {}
    for boundary in boundaries:
        parts.setdefault((boundary.name, boundary.code), []).append(boundary)
    merged: list[Boundary] = []
    for (name, code), group in parts.items():
        if len(group) == 1 or not code:
            merged += group
            if len(group) > 1:
                notes.append(f"{len(group)} areas are called {name} and have no code to join them by; they stay apart.")
            continue
        union = Boundary(name, code, shapely.union_all([part.geometry for part in group]))
        merged.append(mended(union)[0])
        notes.append(f"{len(group)} parts of {name} ({code}) were joined.")
    owners: dict[str, list[str]] = {}
    for boundary in merged:
        if boundary.code:
            owners.setdefault(boundary.code, []).append(boundary.name)
    notes += [f"The code {code} is shared by {listed(names)}." for code, names in owners.items() if len(names) > 1]
    return merged, notes


def _overlaps(names: Sequence[str], shapes: NDArray[Any]) -> list[str]:
    """Tell which townships lie over each other, and how much, the largest first."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = sorted((int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b)
    told: list[tuple[float, str]] = []
    for a, b in pairs:
        size = area_ha(polygons_of(shapely.intersection(shapes[a], shapes[b])))
        told.append((size, f"{names[a]} and {names[b]} overlap by {size:.2f} ha; it is counted to {names[a]}."))
    return _largest(told, "overlaps")


def _gaps(names: Sequence[str], shapes: NDArray[Any]) -> list[str]:
    """Tell which holes between townships belong to none, and how large they are, the largest first."""
    tree = shapely.STRtree(shapes)
    told: list[tuple[float, str]] = []
    for part in shapely.get_parts(shapely.union_all(shapes)):
        for ring in part.interiors:
            hole: BaseGeometry = shapely.Polygon(ring)
            around = [names[index] for index in sorted(tree.query(hole, predicate="intersects"))]
            size = area_ha(hole)
            told.append((size, f"A gap of {size:.2f} ha belongs to no township; around it: {listed(around)}."))
    return _largest(told, "gaps")


def _largest(told: list[tuple[float, str]], what: str) -> list[str]:
    told = sorted((one for one in told if one[0] >= WORTH_TELLING_HA), key=lambda one: (-one[0], one[1]))
    lines = [text for _, text in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        lines.append(
            f"{len(told) - MOST_TOLD} smaller {what} add up to {sum(ha for ha, _ in told[MOST_TOLD:]):.2f} ha."
        )
    return lines
