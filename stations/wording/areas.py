"""Provinces, cities and counties by their administrative codes, as the state names them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

FILE = Path(__file__).resolve().parent.parent.parent / "static" / "vendor" / "areas.json"

PLACEHOLDERS = frozenset({"县", "省直辖县", "自治区直辖县级行政区划"})
"""What stands in the place of a city where counties lie right under a province."""


def area_name(code: str) -> str:
    """Name a province (two digits), a city (four), or a county (six) after what it lies in; empty where none is known.

    Townships have codes of nine digits or twelve; an atlas names them.
    """
    names = _names()
    name = names.get(code, "")
    if len(code) != 6:
        return "" if name in PLACEHOLDERS else name
    city = names.get(code[:4], "")
    above = names.get(code[:2], "") if city in PLACEHOLDERS else city
    return above + name if name else ""


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = orjson.loads(FILE.read_bytes())
    return names
