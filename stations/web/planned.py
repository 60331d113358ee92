"""What a planner asked, and what is tried out, read from the address into a typed query, or a clear refusal."""

from __future__ import annotations

from geodata.errors import PositionError
from geodata.lonlat import LonLat
from stations.errors import HoursError
from stations.phrases import read_hours
from stations.questions.coverage.query import LEAST_SPEED_KMH, CoverageQuery
from stations.questions.coverage.whatif import MOST_CHANGES, Add, Change, Close, Move, SetHours
from stations.web.params import (
    Args,
    BadParameter,
    Known,
    finite,
    first,
    number,
    read_amenities,
    read_minutes,
    read_mode,
    read_moment,
)

LONGEST_NAME = 60
MOST_SPEED_KMH = 60.0


def read_coverage(args: Args, known: Known) -> CoverageQuery:
    """Read the question for coverage; without ``at`` it is asked without regard to opening hours.

    Raises
    ------
    BadParameter
        A value that cannot be used.
    """
    at = first(args, "at")
    amenities = read_amenities(args, known)
    return CoverageQuery(
        mode=read_mode(args, known),
        minutes=read_minutes(args),
        speed_kmh=read_speed(args),
        at=read_moment(at, known.zone) if at else None,
        amenities=amenities,
        weight=read_weight(args, known),
        changes=read_changes(args, amenities),
    )


def read_weight(args: Args, known: Known) -> str:
    """Read ``weight``, by what coverage is counted; empty when not given."""
    weight = first(args, "weight")
    if weight and weight not in known.weights:
        raise BadParameter(
            "weight",
            weight,
            "Nothing is counted by “{value}” here. Known are: {known}.",
            known=", ".join(sorted(known.weights)),
        )
    return weight


def read_speed(args: Args) -> float | None:
    """Read ``speed``, km/h; None when not given."""
    if not first(args, "speed").strip():
        return None
    speed = number(args, "speed")
    if not LEAST_SPEED_KMH <= speed <= MOST_SPEED_KMH:
        raise BadParameter(
            "speed",
            first(args, "speed"),
            "Nobody goes at “{value}” km/h here. Give {least} to {most}.",
            least=round(LEAST_SPEED_KMH),
            most=round(MOST_SPEED_KMH),
        )
    return speed


def read_changes(args: Args, amenities: frozenset[str] = frozenset()) -> tuple[Change, ...]:
    """Read what is tried out: every ``add``, ``move``, ``close`` and ``hours``, in this order.

    Parameters
    ----------
    amenities
        What stations that are added have.
    """
    asked = {name: [one for one in args.get(name, ()) if one] for name in ("add", "move", "close", "hours")}
    count = sum(map(len, asked.values()))
    if count > MOST_CHANGES:
        raise BadParameter(
            "add" if asked["add"] else "move",
            str(count),
            "{value} changes are too many to try out at once. Give at most {most}, or import the plan as a list.",
            most=MOST_CHANGES,
        )
    return (
        *(_read_add(text, amenities) for text in asked["add"]),
        *(_read_move(text) for text in asked["move"]),
        *(Close(code.strip()) for code in asked["close"]),
        *(_read_set_hours(text) for text in asked["hours"]),
    )


def _read_add(text: str, amenities: frozenset[str]) -> Add:
    lon, _, rest = text.partition(",")
    lat, _, rest = rest.partition(",")
    name, _, hours = rest.partition(";")
    return Add(_position("add", text, lon, lat), name.strip()[:LONGEST_NAME], _hours("add", hours), amenities)


def _read_move(text: str) -> Move:
    code, _, where = text.partition(",")
    lon, _, lat = where.partition(",")
    return Move(code.strip(), _position("move", text, lon, lat))


def _read_set_hours(text: str) -> SetHours:
    code, _, hours = text.partition(";")
    return SetHours(code.strip(), _hours("hours", hours))


def _position(name: str, text: str, lon: str, lat: str) -> LonLat:
    try:
        return LonLat(finite(lon), finite(lat))
    except (ValueError, PositionError):
        raise BadParameter(
            name,
            text,
            "“{value}” holds no position. Give {form}.",
            form="add=116.3200,28.3000" if name == "add" else "move=A1,116.3200,28.3000",
        ) from None


def _hours(name: str, text: str) -> str:
    """Opening hours as staff write them, or in the grammar of OpenStreetMap."""
    try:
        return read_hours(text)
    except HoursError:
        raise BadParameter(
            name, text, "The hours “{value}” are not understood. Write them like 08:00-22:00, or 24/7."
        ) from None
