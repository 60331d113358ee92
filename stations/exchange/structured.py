"""Cells that hold JSON: closures, services, photos and notes as GeoJSON and the answers for programs have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from stations.exchange.cells import CellError
from stations.facts import Closure, Photo, Service

STRUCTURED: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "closures": lambda found: tuple(map(Closure.from_record, found)),
        "services": lambda found: (tuple(map(Service.from_record, found)), ()),
        "photos": lambda found: tuple(map(Photo.from_record, found)),
        "amenity_notes": dict,
    }
)
"""How the JSON of a field is read; services come with the amenities that stand among them, here none."""


def is_structured(text: str) -> bool:
    """Whether a cell of one of these fields holds JSON; nothing that people write in one begins so."""
    return text.startswith(("[{", "{", "[]"))


def read_structured(name: str, text: str) -> Any:
    """Read a cell that holds JSON.

    Raises
    ------
    CellError
        No JSON, or not of this field.
    """
    try:
        return STRUCTURED[name](orjson.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CellError("“{value}” is not what {field} are written as in JSON.", value=text[:80], field=name) from None
