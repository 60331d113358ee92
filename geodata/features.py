"""What an extract names: places, premises that could host a station, and administrative areas.

Plain values, so that what reads them from a file and what builds townships or
the gazetteer from them need not know each other. All positions are WGS-84.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from geodata.lonlat import LonLat


@dataclass(frozen=True)
class Place:
    """A named place.

    Attributes
    ----------
    name
        As the extract has it, in the local language.
    kind
        The value of ``place=*``: ``city``, ``town``, ``village``, ``hamlet``, ``suburb``,
        ``quarter``, ``neighbourhood``, ``locality``; other words (``premises``, ``street``)
        for named things that stand in where no place is mapped.
    position
        Where it is.
    population
        People, as tagged; ``None`` when not said.
    names
        Its other names by tag: ``name:en``, ``name:zh``, ``alt_name``.
    """

    name: str
    kind: str
    position: LonLat
    population: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Premises:
    """Premises that could host a station.

    Attributes
    ----------
    name
        As the extract has it; empty when it has none.
    host
        The key of the host kind.
    position
        The node, or the middle of the outline.
    opening_hours
        The text of the tag; ``None`` when not said.
    ref
        The element: ``n123`` for a node, ``w123`` for a way.
    """

    name: str
    host: str
    position: LonLat
    opening_hours: str | None
    ref: str


@dataclass(frozen=True)
class AdminArea:
    """An administrative boundary relation as it came together.

    Attributes
    ----------
    name
        As the extract has it; empty when it has none.
    admin_level
        The value of ``admin_level=*``.
    code
        An official code from the tags; ``None`` when not said.
    geometry
        Polygon or multipolygon; ``None`` when the ring does not close.
    fault
        Why there is no geometry, or what is odd about it; ``None`` when nothing is.
    ref
        The element: ``r123``.
    """

    name: str
    admin_level: int
    code: str | None
    geometry: BaseGeometry | None
    fault: str | None
    ref: str
