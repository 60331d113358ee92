"""Where the person is: a position sent along, a position pasted, or the name of a place."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import PositionError
from geodata.features import Place
from geodata.lonlat import LonLat, read_position
from stations.web.house import House
from stations.web.params import Args, BadParameter, first, read_origin

LONGEST = 200
OFFERED = 5
"""How many places of a name are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A position, and the words that led to it.

    Attributes
    ----------
    position
        WGS-84.
    text
        What the person typed; empty when the position came along with the address.
    name
        The place taken; empty where it was a position.
    others
        Other places that may have been meant.
    """

    position: LonLat
    text: str = ""
    name: str = ""
    others: tuple[Place, ...] = ()


def read_where(args: Args, house: House) -> Whereabouts | None:
    """Read where the person is; ``None`` when the address does not say, so that nothing was asked yet.

    What was typed counts before ``lon`` and ``lat``: they may be left over from the question before.

    Raises
    ------
    BadParameter
        Not a position, and no place known by that name.
    """
    text = first(args, "where").strip()
    if text:
        return _find(text[:LONGEST], house)
    if first(args, "lon") or first(args, "lat"):
        return Whereabouts(read_origin(args))
    if "where" in args:
        raise BadParameter("where", "", "Say where you are: press the button, type a place, or tap the map.")
    return None


def _find(text: str, house: House) -> Whereabouts:
    try:
        return Whereabouts(read_position(text), text)
    except PositionError as fault:
        if any(letter.isdigit() for letter in text) and not any(letter.isalpha() for letter in text):
            raise BadParameter("where", text, fault.template, **fault.values) from None
    places = [] if house.atlas is None else house.atlas.gazetteer.find(text, OFFERED)
    if not places:
        raise BadParameter(
            "where",
            text,
            "No place called “{value}” is known here. Type the name of a place, or paste a longitude and a latitude.",
        )
    taken, *others = places
    return Whereabouts(taken.position, text, taken.name, tuple(others))
