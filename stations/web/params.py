"""What a person asked, read from the address into a typed query, or a clear refusal.

Written by hand, without a schema library: these few lines run in a handful of
microseconds, and `/api/nearest` is asked more often than all else together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from geodata.errors import PositionError
from geodata.lonlat import LonLat
from stations.errors import StationsError
from stations.questions.nearest import NearestQuery

Args = Mapping[str, Sequence[str]]
"""The parameters of an address, each with all its values: `given` makes it."""

MOST_MINUTES = 120.0
MOST_STATIONS = 50
NEAREST_PARAMETERS = frozenset({"lon", "lat", "mode", "minutes", "at", "amenity", "who", "limit", "path", "lang"})
SEVERAL = frozenset(
    {
        *("amenity", "who", "add", "move", "close", "hours"),
        *("host", "point", "force", "forbid", "cost", "moment", "wish", "plan"),
    }
)
"""Parameters that may be given more than once."""


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OFFSET_WITH_SPACE = re.compile(r"(.*T.*) ([0-9]{2}:?[0-9]{2})")
_FLAGS: Mapping[str, bool] = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


class BadParameter(StationsError, ValueError):  # noqa: N818  -- it is the parameter that is bad
    """A value in the address that cannot be what was meant.

    Parameters
    ----------
    field
        Which parameter.
    value
        What was given; cut at 80 characters.
    template, values
        As in `StationsError`; ``field`` and ``value`` may be used in the template.
    """

    def __init__(self, field: str, value: str, template: str, /, **values: object) -> None:
        self.field = field[:80]
        self.value = value[:80]
        super().__init__(template, **{"field": self.field, "value": self.value, **values})


@dataclass(frozen=True, slots=True)
class Known:
    """What a question may name in this house: the travel modes, the amenities, whose clock is meant, who may ask.

    Attributes
    ----------
    who
        What a person may be, each with itself and every wider word for it.
    weights
        By what coverage may be counted.
    host_kinds
        Kinds of premises that there are words for.
    premises
        How many the atlas has of each kind.
    """

    modes: frozenset[str]
    amenities: frozenset[str]
    zone: ZoneInfo
    who: Mapping[str, frozenset[str]] = field(default_factory=dict)
    weights: frozenset[str] = frozenset()
    host_kinds: frozenset[str] = frozenset()
    premises: Mapping[str, int] = field(default_factory=dict)


def given(args: MultiDict[str, str]) -> Args:
    """Take a request's parameters as a plain dict: asking werkzeug's for one that is not there costs microseconds."""
    return args.to_dict(flat=False)


def first(args: Args, field: str, default: str = "") -> str:
    """Give a parameter's first value."""
    values = args.get(field)
    return values[0] if values else default


def read_nearest(args: Args, known: Known, now: datetime, origin: LonLat | None = None) -> NearestQuery:
    """Read the question for the nearest stations.

    Parameters
    ----------
    args
        The parameters of the address.
    known
        What may be named.
    now
        The moment meant when ``at`` is not given.
    origin
        Where the person is, when already known from something else than ``lon`` and ``lat``.

    Raises
    ------
    BadParameter
        A value that cannot be used; it says which, and what would do.
    """
    at = first(args, "at")
    return NearestQuery(
        origin=origin or read_origin(args),
        mode=read_mode(args, known),
        minutes=read_minutes(args),
        at=read_moment(at, known.zone) if at else now,
        amenities=read_amenities(args, known),
        who=read_who(args, known),
        limit=read_limit(args),
        path=read_flag(args, "path"),
    )


def refuse_unknown(args: Args, parameters: frozenset[str], several: frozenset[str] = SEVERAL) -> None:
    """Refuse a parameter that does not exist, for a misspelt one would quietly give another answer."""
    if strange := args.keys() - parameters:
        name = min(strange)
        raise BadParameter(
            name,
            first(args, name),
            "There is no parameter “{field}”. Known are: {known}.",
            known=", ".join(sorted(parameters)),
        )
    refuse_repeated(args, several)


def refuse_repeated(args: Args, several: frozenset[str] = SEVERAL) -> None:
    """Refuse a parameter given twice, for it cannot be known which was meant, unless it may be several."""
    for name, values in args.items():
        if len(values) > 1 and name not in several:
            raise BadParameter(name, values[1], "“{field}” is given more than once. Give it once.")


def read_origin(args: Args) -> LonLat:
    """Read ``lon`` and ``lat``, degrees WGS-84."""
    lon, lat = number(args, "lon"), number(args, "lat")
    try:
        return LonLat(lon, lat)
    except PositionError as fault:
        field = "lat" if -180.0 <= lon <= 180.0 else "lon"
        raise BadParameter(field, first(args, field), fault.template, **fault.values) from None


def read_mode(args: Args, known: Known) -> str:
    """Read ``mode``; on foot when not given."""
    mode = first(args, "mode") or "walk"
    if mode not in known.modes:
        raise BadParameter(
            "mode", mode, "There is no travel mode “{value}”. Known are: {known}.", known=", ".join(sorted(known.modes))
        )
    return mode


def read_minutes(args: Args) -> float:
    """Read ``minutes``; 15 when not given."""
    if not first(args, "minutes"):
        return 15.0
    minutes = number(args, "minutes")
    if not 0.0 < minutes <= MOST_MINUTES:
        raise BadParameter(
            "minutes",
            first(args, "minutes"),
            "“{value}” minutes cannot be searched. Give more than 0 and at most {most}.",
            most=round(MOST_MINUTES),
        )
    return minutes


def read_limit(args: Args) -> int:
    """Read ``limit``; 5 when not given."""
    text = first(args, "limit")
    if not text:
        return 5
    limit = counted(text, MOST_STATIONS)
    if limit is None:
        raise BadParameter(
            "limit", text, "“{value}” is not a number of stations. Give 1 to {most}.", most=MOST_STATIONS
        )
    return limit


def counted(text: str, most: int) -> int | None:
    """Read a number of things in plain digits, from 1 to `most`; None where it is no such number."""
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    return int(text) if 1 <= int(text) <= most else None


def read_amenities(args: Args, known: Known) -> frozenset[str]:
    """Read every ``amenity``; each must be one that is known."""
    if "amenity" not in args:
        return frozenset()
    asked = frozenset(filter(None, args["amenity"]))
    if strange := asked - known.amenities:
        raise BadParameter(
            "amenity",
            min(strange),
            "There is no amenity “{value}”. Known are: {known}.",
            known=", ".join(sorted(known.amenities)),
        )
    return asked


def read_who(args: Args, known: Known) -> frozenset[str]:
    """Read every ``who``, what the person is, and give the wider words for it, too."""
    if "who" not in args:
        return frozenset()
    held: set[str] = set()
    for key in filter(None, args["who"]):
        if key not in known.who:
            raise BadParameter(
                "who", key, "There is no group of people “{value}”. Known are: {known}.", known=", ".join(known.who)
            )
        held |= known.who[key]
    return frozenset(held)


def read_flag(args: Args, field: str) -> bool:
    """Read a yes or no; no when not given."""
    text = first(args, field)
    if text not in _FLAGS:
        raise BadParameter(field, text, "“{value}” is neither yes nor no. Give {field}=1 or leave it out.")
    return _FLAGS[text]


def read_moment(text: str, zone: tzinfo, field: str = "at") -> datetime:
    """Read a moment in ISO 8601, as the API and a form's date-and-time field write it.

    Without an offset it is a time of the clock on the wall in `zone`. A plus
    sign that the address turned into a space is put right.
    """
    if broken := _OFFSET_WITH_SPACE.fullmatch(text[:40]):
        text = f"{broken[1]}+{broken[2]}"
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        raise BadParameter(
            field, text, "“{value}” is not a date and time. Write it like 2026-03-01T08:30, or with an offset, +08:00."
        ) from None
    if not 2000 <= moment.year < 2100:
        raise BadParameter(field, text, "The year of “{value}” cannot be asked for. Give one from 2000 to 2099.")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def read_day(text: str, field: str = "on") -> date:
    """Read a day, ``2027-01-28``."""
    try:
        day = date.fromisoformat(text[:40])
    except ValueError:
        raise BadParameter(field, text, "“{value}” is not a day. Write it like 2026-03-01.") from None
    if not 2000 <= day.year < 2100:
        raise BadParameter(field, text, "The year of “{value}” cannot be asked for. Give one from 2000 to 2099.")
    return day


def one_of(field: str, text: str, known: Collection[str]) -> str:
    """Give a word that must be one of some; an empty one among them is not named."""
    if text not in known:
        raise BadParameter(
            field, text, "“{field}” is “{value}”; known are: {known}.", known=", ".join(filter(None, known))[:500]
        )
    return text


def read_page(args: Args, count: int, on_a_page: int) -> int:
    """Read ``page``, from 1; the last where so many things fill fewer pages."""
    text = first(args, "page") or "1"
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise BadParameter("page", text, "“{field}” is “{value}”, which is not a whole number.")
    return max(1, min(int(text), -(-count // on_a_page)))


def read_bbox(text: str) -> tuple[float, float, float, float]:
    """Read ``west,south,east,north``, degrees WGS-84."""
    parts = text.split(",")
    try:
        west, south, east, north = (finite(part) for part in parts)
    except ValueError:
        raise BadParameter(
            "bbox", text, "“{value}” is not a box. Give west,south,east,north in degrees, like 116.2,28.2,116.4,28.4."
        ) from None
    if not (-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0):
        raise BadParameter(
            "bbox",
            text,
            "The box “{value}” is not on Earth or is turned round. West comes before east, south before north.",
        )
    return west, south, east, north


def number(args: Args, field: str) -> float:
    """Read a parameter that must be there, and be a number."""
    text = first(args, field)
    if not text.strip():
        raise BadParameter(field, text, "“{field}” is missing. Give it as a number.")
    try:
        return finite(text)
    except ValueError:
        raise BadParameter(
            field, text, "“{value}” is not a number. Give “{field}” in plain digits, like 15 or 116.32."
        ) from None


def finite(text: str) -> float:
    """A number in plain ASCII digits: `float` alone would also take nan, 1_000 and digits of other scripts."""
    text = text.strip()
    if len(text) > 32 or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)
