"""Two people changed one record: what each of them changed, put together fact by fact.

What only one of them touched is as that one wants it. Amenities, their notes,
closures and photos are taken one by one, so that two people may tick different ones. Where
both changed the same fact otherwise, mine stands until a person says theirs shall.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from stations.facts import MAX_PHOTOS, AmenityState, Closure, Photo
from stations.registry.differences import Difference, differences
from stations.station import NOTHING, Station

TOGETHER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "position": ("position", "source_datum", "township", "township_declared"),
        "dates": ("dates", "season_from", "season_to"),
    }
)
"""Facts that mean something only together, by the first of them."""

FOLLOWING = frozenset(name for names in TOGETHER.values() for name in names[1:])
LATEST = frozenset({"position_checked", "hours_checked", "amenities_checked"})
"""Of two days on which somebody made sure, the later is true."""

_NAMES = frozenset(one.name for one in dataclasses.fields(Station)) - FOLLOWING - {"code"}
ONE_BY_ONE = frozenset({"amenities", "amenity_notes", "extra"})
_ABSENT: Mapping[str, Any] = MappingProxyType({"amenities": AmenityState.UNKNOWN, "amenity_notes": "", "extra": ""})


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact that both changed, each otherwise.

    Attributes
    ----------
    field, part
        As of a `Difference`: which fact, and which amenity or closure of it.
    mine, theirs
        How it differs from what both saw; None where one of them left nothing of it.
    """

    field: str
    part: str
    mine: Difference
    theirs: Difference

    @property
    def key(self) -> str:
        """What names it in a form."""
        return f"{self.field}:{self.part}" if self.part else _head(self.field)


@dataclass(frozen=True, slots=True)
class Merged:
    """Two edits put together.

    Attributes
    ----------
    station
        With mine in place where both changed the same, unless theirs was asked for.
    conflicts
        What both changed otherwise, whichever was taken.
    theirs
        All that the other changed, for mine to see.
    """

    station: Station
    conflicts: tuple[Conflict, ...]
    theirs: tuple[Difference, ...]


def _head(field: str) -> str:
    """The first of the facts that mean something only together with one; the fact itself where it stands alone."""
    return next((first for first, names in TOGETHER.items() if field in names), field)


def merge(base: Station, mine: Station, theirs: Station, taken: Collection[str] = ()) -> Merged:
    """Put two edits of one record together.

    Parameters
    ----------
    base
        As both saw it.
    mine, theirs
        As I want it, and as it stands by now.
    taken
        Keys of conflicts in which theirs shall stand.
    """
    values: dict[str, Any] = {}
    both: list[str] = []
    for one in dataclasses.fields(Station):
        name = one.name
        if name == "code" or name in FOLLOWING:
            continue
        if name in ONE_BY_ONE:
            merged, met = _parts(name, taken, *(getattr(each, name) for each in (base, mine, theirs)))
            values[name] = MappingProxyType(merged) if merged else NOTHING
            both += met
        elif name == "closures":
            merged, met = _parts(name, taken, *map(_closures, (base, mine, theirs)))
            values[name] = tuple(sorted(merged.values()))
            both += met
        elif name == "photos":
            values[name], met = _photos(taken, base.photos, mine.photos, theirs.photos)
            both += met
        else:
            names = TOGETHER.get(name, (name,))
            chosen, clash = _whole(name, names, base, mine, theirs, taken)
            values |= {each: getattr(chosen, each) for each in names}
            both += [name] if clash else []
    mines, others = _by_key(base, mine), _by_key(base, theirs)
    conflicts = tuple(
        Conflict(mines[key].field, mines[key].part, mines[key], others[key])
        for key in both
        if key in mines and key in others
    )
    return Merged(dataclasses.replace(mine, **values), conflicts, told(base, theirs))


def with_theirs(mine: Station, theirs: Station, keys: Collection[str]) -> Station:
    """Take some facts of a record from another's, by the keys of conflicts; keys of no fact are left out."""
    values: dict[str, Any] = {}
    for name, _, part in (key.partition(":") for key in keys):
        if name in ONE_BY_ONE and part:
            parts = dict(values.get(name, getattr(mine, name)))
            parts.pop(part, None)
            if part in getattr(theirs, name):
                parts[part] = getattr(theirs, name)[part]
            values[name] = MappingProxyType(parts) if parts else NOTHING
        elif name == "closures" and part:
            closures = _closures(mine) if name not in values else {_days(one): one for one in values[name]}
            closures.pop(part, None)
            closures |= {key: one for key, one in _closures(theirs).items() if key == part}
            values[name] = tuple(sorted(closures.values()))
        elif name == "photos" and part:
            values[name] = _with_photo(values.get(name, mine.photos), theirs.photos, part)
        elif name in _NAMES and not part:
            values |= {each: getattr(theirs, each) for each in TOGETHER.get(name, (name,))}
    return dataclasses.replace(mine, **values)


def told(before: Station | None, after: Station | None) -> tuple[Difference, ...]:
    """What differs between two records, without what only follows from a position."""
    return tuple(
        one for one in differences(before, after) if one.field not in {"source_datum", "township", "township_declared"}
    )


def _whole(
    name: str, names: Iterable[str], base: Station, mine: Station, theirs: Station, taken: Collection[str]
) -> tuple[Station, bool]:
    was, wanted, stands = (tuple(getattr(each, one) for one in names) for each in (base, mine, theirs))
    if name in LATEST:
        days = [(getattr(each, name), each) for each in (mine, theirs) if getattr(each, name) is not None]
        return max(days, key=lambda one: one[0])[1] if days else mine, False
    if wanted in (was, stands):
        return theirs, False
    if stands == was:
        return mine, False
    return theirs if name in taken else mine, True


def _parts(
    name: str,
    taken: Collection[str],
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
) -> tuple[dict[str, Any], list[str]]:
    absent = _ABSENT.get(name)
    merged: dict[str, Any] = {}
    met: list[str] = []
    for part in dict.fromkeys([*base, *theirs, *mine]):
        was, wanted, stands = (each.get(part, absent) for each in (base, mine, theirs))
        key = f"{name}:{part}"
        value = wanted
        if wanted in (was, stands):
            value = stands
        elif stands != was:
            met.append(key)
            value = stands if key in taken else wanted
        if value != absent:
            merged[part] = value
    return merged, met


def _photos(
    taken: Collection[str], base: tuple[Photo, ...], mine: tuple[Photo, ...], theirs: tuple[Photo, ...]
) -> tuple[tuple[Photo, ...], list[str]]:
    """Put two lists of photos together, one by one; in my order, if I have changed that, and else in theirs."""
    if mine in (base, theirs):
        return theirs, []
    if theirs == base:
        return mine, []
    was, wanted, stands = ({one.file: one for one in photos} for photos in (base, mine, theirs))
    merged, met = _parts("photos", taken, was, wanted, stands)
    moved = [name for name in wanted if name in was] != [name for name in was if name in wanted]
    order = dict.fromkeys([*wanted, *stands] if moved else [*stands, *wanted])
    return tuple(merged[name] for name in order if name in merged)[:MAX_PHOTOS], met


def _with_photo(photos: tuple[Photo, ...], theirs: tuple[Photo, ...], name: str) -> tuple[Photo, ...]:
    """Have one photo as another has it: with their caption, or not at all."""
    there = {one.file: one for one in theirs}
    if name in there and all(one.file != name for one in photos):
        return (*photos, there[name])[:MAX_PHOTOS]
    return tuple(there[name] if one.file == name else one for one in photos if one.file != name or name in there)


def _closures(station: Station) -> dict[str, Closure]:
    return {_days(one): one for one in station.closures}


def _days(closure: Closure) -> str:
    return f"{closure.first.isoformat()}/{closure.last.isoformat()}"


def _by_key(before: Station, after: Station) -> dict[str, Difference]:
    found: dict[str, Difference] = {}
    for one in differences(before, after):
        name = _head(one.field)
        found.setdefault(f"{name}:{one.part}" if one.part else name, one)
    return found
