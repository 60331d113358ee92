"""Coordinates as people write them in cells: decimal degrees, degrees-minutes-seconds, both in one cell.

What is no degrees at all, such as metres of a map projection, is refused with what it looks like.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from geodata.errors import PositionError
from geodata.lonlat import read_position
from stations.exchange.cells import CellError, read_number

MISSING = "It is empty. Every station needs a longitude and a latitude."
"""What is said of a cell without coordinates."""

AXES = {"lon": "EW", "lat": "NS"}

_PLAIN = re.compile(r"-?\d{1,3}(?:\.(\d*))?")
_SIGNS = str.maketrans(dict.fromkeys("º˚度", "°") | dict.fromkeys("′’‘´`分", "'") | dict.fromkeys("″”“秒", '"'))
_SIDES = {"东经": "E", "西经": "W", "北纬": "N", "南纬": "S", "东": "E", "西": "W", "北": "N", "南": "S"}
_DEGREES = re.compile(
    r"(?P<before>[EWNS])?:?"
    r"(?P<sign>-)?(?P<degrees>\d{1,3}(?:\.\d+)?)(?P<degree>°|:)?"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)[':]?(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\"?)?)?"
    r"(?P<after>[EWNS])?"
)


@dataclass(frozen=True, slots=True)
class Degrees:
    """A coordinate as read.

    Attributes
    ----------
    decimals
        Digits behind the point, as a measure of how exactly it was written down.
    counted
        Whether it was in degrees, minutes and seconds.
    """

    value: float
    decimals: int
    counted: bool = False


def read_degrees(text: str, axis: str) -> Degrees:
    """Read a longitude (``lon``) or latitude (``lat``).

    Raises
    ------
    CellError
        Not a coordinate of that axis. Says what it looks like instead.
    """
    if not text:
        raise CellError(MISSING)
    plain = _PLAIN.fullmatch(text)
    if plain:
        return Degrees(float(text), len(plain[1] or ""))
    counted = _counted(text, axis)
    if counted is not None:
        return counted
    value = read_number(text)
    _refuse_other_units(text, value, axis)
    return Degrees(value, len(unicodedata.normalize("NFKC", text).partition(".")[2]))


def read_pair(text: str) -> tuple[Degrees, Degrees]:
    """Read longitude and latitude from one cell, like ``113.62,34.75``.

    Raises
    ------
    CellError
        Not two coordinates.
    """
    if not text:
        raise CellError(MISSING)
    plain = re.sub(r"^POINT\s*\(|[()\[\]（）【】]", " ", unicodedata.normalize("NFKC", text), flags=re.IGNORECASE)
    parts = re.split(r"[,;，；、\s]+", plain.strip())
    if len(parts) == 2 and not all(map(_PLAIN.fullmatch, parts)):
        try:
            return read_degrees(parts[0], "lon"), read_degrees(parts[1], "lat")
        except CellError:
            return read_degrees(parts[1], "lon"), read_degrees(parts[0], "lat")
    try:
        position = read_position(plain)
    except PositionError as error:
        raise CellError(error.template, **error.values) from None
    found = re.findall(r"\d+(?:\.(\d*))?", plain)
    counted = len(found) > 2
    decimals = max(len(digits) for digits in found)
    return Degrees(position.lon, decimals, counted), Degrees(position.lat, decimals, counted)


def _counted(text: str, axis: str) -> Degrees | None:
    """Read degrees, minutes and seconds, or degrees with their sign or side; None when it is neither."""
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).upper().replace("''", '"')
    for word, side in _SIDES.items():
        plain = plain.replace(word, side)
    found = _DEGREES.fullmatch("".join(plain.split()))
    if found is None or not (found["degree"] or found["before"] or found["after"]):
        return None
    side = found["before"] or found["after"] or ""
    if side and side not in AXES[axis]:
        raise CellError(
            "“{value}” is a {other}, and stands in the column of {axis}s. Are the two columns exchanged?",
            value=text[:80],
            other="latitude" if axis == "lon" else "longitude",
            axis="longitude" if axis == "lon" else "latitude",
        )
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise CellError("“{value}” has 60 or more minutes or seconds. Write it like 116°19'28\".", value=text[:80])
    value = float(found["degrees"]) + minutes / 60 + seconds / 3600
    south_or_west = side in {"S", "W"} or found["sign"] == "-"
    exact = found["seconds"] or found["minutes"]
    decimals = len(found["degrees"].partition(".")[2]) if not exact else 4 if found["seconds"] else 2
    decimals += len((exact or "").partition(".")[2])
    return Degrees(round(-value if south_or_west else value, 9), decimals, bool(exact))


def _refuse_other_units(text: str, value: float, axis: str) -> None:
    """Refuse numbers that are millionths of a degree, or metres of a projection.

    In China a northing is 2 to 6 million metres, an easting half a million with or without
    the number of its zone before it (13 to 45), and so below the millionths of any longitude.
    """
    least, most = (60e6, 180e6) if axis == "lon" else (10e6, 90e6)
    if least <= abs(value) <= most and value.is_integer():
        raise CellError(
            "“{value}” looks like millionths of a degree. Write {degrees}.",
            value=text[:80],
            degrees=value / 1e6,
        )
    if 1000 < abs(value) < float("inf"):
        raise CellError(
            "“{value}” looks like metres of a map projection. Save the list in degrees of longitude and latitude, "
            "or as a GeoPackage that says its reference system.",
            value=text[:80],
        )
