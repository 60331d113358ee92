"""What people paste to say where they are: two numbers in either order, degrees and minutes, links of map services."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from geodata.datum import Datum
from geodata.errors import PositionError
from geodata.lonlat import read_position
from geodata.maplinks import Pasted, decimals_of, find_links, read_link

__all__ = ["LONGEST", "Pasted", "read_pasted"]

LONGEST = 1000
"""Characters that are looked at: the longest links that map sites write have some 600."""

_NUMBER = r"[-+]?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_BARE = re.compile(rf"[\s(\[{{<]*({_NUMBER})[\s,;/|]+({_NUMBER})[\s)\]}}>,;.]*")
_IN_WORDS = re.compile(r"(?<![\w.])([-+]?[0-9]{1,3}\.[0-9]{3,20})[\s,;/]{1,4}([-+]?[0-9]{1,3}\.[0-9]{3,20})(?![\w.])")
_LATITUDE = re.compile(rf"(?:纬度|\blat(?:itude)?)\W{{0,4}}({_NUMBER})(?![\w.])", re.IGNORECASE)
_LONGITUDE = re.compile(rf"(?:经度|\b(?:lng|lon(?:g(?:itude)?)?))\W{{0,4}}({_NUMBER})(?![\w.])", re.IGNORECASE)
_WECHAT = re.compile(rf"<location[^>]{{0,200}}?\bx=\"({_NUMBER})\"[^>]{{0,200}}?\by=\"({_NUMBER})\"")
_ANGLE = (
    r"(?P<degrees>[-+]?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s*(?:(?P<sign>°)\s*"
    r"(?:(?P<minutes>[0-9]{1,2}(?:\.[0-9]{1,20})?)\s*'\s*(?:(?P<seconds>[0-9]{1,2}(?:\.[0-9]{1,20})?)\s*\")?)?)?"
)
_QUARTER_FIRST = re.compile(rf"(?P<quarter>[NSEW])\s*{_ANGLE}", re.IGNORECASE)
_QUARTER_LAST = re.compile(rf"{_ANGLE}\s*(?P<quarter>[NSEW])?", re.IGNORECASE)
_SIGNS = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "º": "°", "、": ",", "，": ",", "；": ";"}
)
_WORDS = (("北纬", "N"), ("南纬", "S"), ("东经", "E"), ("西经", "W"), ("度", "°"), ("分", "'"), ("秒", '"'))
_COMPASS = re.compile(r"[°NSEWnsew]")


def read_pasted(text: str) -> Pasted | None:
    """Read a position from what was pasted; ``None`` where it holds none and so may be a name.

    Bare numbers are longitude first unless only the other order is possible or
    usual, as in `read_position`.

    Raises
    ------
    PositionError
        It was meant as a position, and cannot be one: a link that does not hold
        any, or numbers that are not on Earth.
    """
    text = text[:LONGEST].strip()
    links = find_links(text)
    for link in links:
        pasted = read_link(link)
        if pasted is not None:
            pasted.position()
            return pasted
    words = text
    for link in links:
        words = words.replace(link, " ")
    # The sign of a second must not become two of a minute, as compatibility would have it.
    plain = unicodedata.normalize("NFKC", words.translate(_SIGNS)).translate(_SIGNS).strip()
    pasted = _in_words(plain)
    if pasted is not None:
        pasted.position()
        return pasted
    if links:
        raise PositionError(
            "The link “{link}” holds no position; short links do not. Open it and paste the numbers or the long "
            "address that it leads to, or type the name of the place.",
            link=links[0][:60],
        )
    if any(letter.isdigit() for letter in plain) and not any(letter.isalpha() for letter in plain):
        read_position(plain)
        raise PositionError(
            "“{text}” is not a position. Paste longitude and latitude in degrees, like 116.32, 28.29.", text=text[:80]
        )
    return None


def _in_words(plain: str) -> Pasted | None:
    if found := _BARE.fullmatch(plain):
        return _bare(*found.groups())
    if found := _WECHAT.search(plain):
        return Pasted(float(found[2]), float(found[1]), Datum.GCJ02, decimals=decimals_of(found[1]))
    lat, lon = _LATITUDE.search(plain), _LONGITUDE.search(plain)
    if lat and lon:
        return Pasted(float(lon[1]), float(lat[1]), None, decimals=max(decimals_of(lon[1]), decimals_of(lat[1])))
    if pasted := _angles(plain):
        return pasted
    if found := _IN_WORDS.search(plain):
        return _bare(*found.groups())
    return None


def _bare(first: str, second: str) -> Pasted:
    """Two numbers; which is which is for `read_position` to say."""
    at = read_position(f"{first}, {second}")
    return Pasted(at.lon, at.lat, None, decimals=max(decimals_of(first), decimals_of(second)))


def _angles(plain: str) -> Pasted | None:
    """Read two angles with a degree sign or a quarter of the compass: as a rule from a GPS, so WGS-84."""
    for word, sign in _WORDS:
        plain = plain.replace(word, sign)
    if not _COMPASS.search(plain):
        return None
    style = _QUARTER_FIRST if plain[0].isalpha() else _QUARTER_LAST
    angles = [_Angle.of(found) for found in style.finditer(plain)]
    if len(angles) != 2 or not all(one.marked for one in angles) or re.search(r"\w", style.sub("", plain)):
        return None
    first, second = angles
    decimals = max(first.decimals, second.decimals)
    axes = first.axis + second.axis
    if axes == "":
        at = read_position(f"{first.degrees:.9f}, {second.degrees:.9f}")
        return Pasted(at.lon, at.lat, None, Datum.WGS84, decimals)
    if axes == "yx":
        first, second = second, first
    return Pasted(first.degrees, second.degrees, None, Datum.WGS84, decimals) if axes in {"xy", "yx"} else None


class _Angle(NamedTuple):
    """An angle in degrees, the axis that its quarter of the compass names, and how finely it is given."""

    degrees: float
    axis: str
    decimals: int
    marked: bool

    @classmethod
    def of(cls, found: re.Match[str]) -> _Angle:
        whole, sign, minutes, seconds = found["degrees"], found["sign"], found["minutes"], found["seconds"]
        quarter = (found["quarter"] or "").upper()
        value = abs(float(whole)) + float(minutes or 0) / 60.0 + float(seconds or 0) / 3600.0
        if whole.startswith("-") != (quarter in {"S", "W"}):
            value = -value
        decimals = 4 if seconds else 2 + decimals_of(minutes) if minutes else decimals_of(whole)
        axis = {"N": "y", "S": "y", "E": "x", "W": "x"}.get(quarter, "")
        return cls(value, axis, decimals, bool(sign or quarter))
