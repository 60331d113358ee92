"""Where the person is: a position sent along or pasted, or the name of a place, here or online."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geodata.datum import Datum
from geodata.errors import OnlineSearchError, PositionError
from geodata.lonlat import LonLat, distance_m
from geodata.pasted import LONGEST, Pasted, read_pasted
from stations.questions.search import MOST_MATCHES, SearchQuery, search
from stations.web.finder.found import say_line, say_name
from stations.web.house import House
from stations.web.online import say_service
from stations.web.params import Args, BadParameter, first, read_origin
from stations.wording.spoken import language

if TYPE_CHECKING:
    from geodata.geocode import OnlinePlace

OFFERED = 5
"""How many other places of a name are offered to choose from."""

PICKED_M = 30.0
"""So near to a position that came along, a place is the one that was picked: addresses have four decimals."""

ASKED = (Datum.GCJ02, Datum.WGS84, Datum.BD09)
"""In what order the datums are offered: the likeliest first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that may be meant, with what tells it from others of its name."""

    name: str
    line: str
    position: LonLat


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A position, and the words that led to it.

    Attributes
    ----------
    position
        WGS-84.
    text
        What the person typed; empty when the position came along with the address.
    name, line
        The place taken, and what tells it from others of its name; empty where it was a position.
    others
        Other places that may have been meant.
    datum
        What a pasted position was read as.
    datum_asked
        The datums that it may be in, where that cannot be known; else none.
    datum_said
        Whether the person said which.
    goes_with_text
        Whether ``lon`` and ``lat`` of the address say which place of the name is meant.
    online
        Whether an online service found it.
    service
        That service, as it wants to be named.
    """

    position: LonLat
    text: str = ""
    name: str = ""
    line: str = ""
    others: tuple[Choice, ...] = ()
    datum: Datum = Datum.WGS84
    datum_asked: tuple[Datum, ...] = ()
    datum_said: bool = False
    goes_with_text: bool = False
    online: bool = False
    service: str = ""


def read_where(args: Args, house: House) -> Whereabouts | None:
    """Read where the person is; ``None`` when the address does not say, so that nothing was asked yet.

    What was typed counts before ``lon`` and ``lat``: they may be left over from the question before. Where a place of
    that name is there, though, they say which of several is meant.

    Raises
    ------
    BadParameter
        Not a position, and no place known by that name.
    """
    text = first(args, "where").strip()
    if text:
        return _find(text, args, house)
    if first(args, "lon") or first(args, "lat"):
        return Whereabouts(read_origin(args))
    if "where" in args:
        raise BadParameter("where", "", "Say where you are: press the button, type a place, or tap the map.")
    return None


def _find(text: str, args: Args, house: House) -> Whereabouts:
    said = read_datum(args)
    if len(text) > LONGEST:
        raise BadParameter(
            "where", text, "What was pasted is too long. Give a place or a position in at most {most} characters.",
            most=LONGEST,
        )  # fmt: skip
    try:
        pasted = read_pasted(text)
    except PositionError as fault:
        raise BadParameter("where", text, fault.template, **fault.values) from None
    return _named(text, args, house) if pasted is None else _pasted(text, pasted, said)


def read_datum(args: Args) -> Datum | None:
    """Read ``datum``; None when not given.

    Raises
    ------
    BadParameter
        There is no such datum.
    """
    text = first(args, "datum")
    if not text:
        return None
    try:
        return Datum(text)
    except ValueError:
        raise BadParameter(
            "datum", text, "There is no datum “{value}”. Known are: {known}.", known=", ".join(Datum)
        ) from None


def _pasted(text: str, pasted: Pasted, said: Datum | None) -> Whereabouts:
    doubt = pasted.is_in_doubt
    return Whereabouts(
        pasted.position(said),
        text,
        name=pasted.name,
        datum=pasted.read_as(said),
        datum_asked=ASKED if doubt else (),
        datum_said=doubt and said is not None,
    )


def _named(text: str, args: Args, house: House) -> Whereabouts:
    picked = _picked(args)
    query = SearchQuery(text, picked, OFFERED + 1 if picked is None else MOST_MATCHES)
    matches = search(query, house.snapshot(), house.atlas).matches
    # Beside what is called just so, what merely holds the name was hardly meant.
    told = [match for match in matches if match.is_whole] or list(matches)
    known = [Choice(say_name(match), say_line(match), match.position) for match in told]
    if matches and matches[0].is_meant:
        return _taken(text, known, picked)
    found = _taken_online(text, known, picked, house)
    if found is not None:
        return found
    if not known:
        raise BadParameter(
            "where",
            text,
            "No place called “{value}” is known here. Type the name of a place, or paste a longitude and a latitude.",
        )
    # Found by its address or by initials alone; still better than nothing.
    return _taken(text, known, picked)


def _taken(text: str, choices: list[Choice], picked: LonLat | None) -> Whereabouts:
    """The first of some places, or the one that was picked."""
    at = next((at for at, one in enumerate(choices) if picked and distance_m(one.position, picked) <= PICKED_M), None)
    chosen = choices[at or 0]
    others = tuple(one for one in choices if one is not chosen)[:OFFERED]
    return Whereabouts(chosen.position, text, chosen.name, chosen.line, others, goes_with_text=at is not None)


def _taken_online(text: str, known: list[Choice], picked: LonLat | None, house: House) -> Whereabouts | None:
    """What the online search finds, with what is known here after it; None where it finds nothing."""
    if house.online is None:
        return None
    try:
        found = house.online.find(text, language())
    except OnlineSearchError:
        if known:
            return None
        raise BadParameter(
            "where",
            text,
            "No place called “{value}” is known here, and the online search does not answer just now. "
            "Type the name of another place, or paste a longitude and a latitude.",
        ) from None
    if not found:
        return None
    taken = _taken(text, [*map(_of_online, found), *known], picked)
    is_online = any(one.position == taken.position for one in found)
    return replace(taken, online=is_online, service=say_service(house.settings) if is_online else "")


def _of_online(place: OnlinePlace) -> Choice:
    return Choice(place.name, place.address, place.position)


def _picked(args: Args) -> LonLat | None:
    """The position that came along with a name; None where it is none."""
    try:
        return read_origin(args)
    except BadParameter:
        return None
