"""A station for search engines: a schema.org ``CivicStructure`` as JSON-LD.

Hours are given for the seven days to come, with the dates between which they
hold, since a rule with official holidays has no weekly form. Days that are
holidays, make-up workdays or closures stand under ``specialOpeningHoursSpecification``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from markupsafe import Markup

from stations.calendar import DayKind
from stations.phrases.week import Way, WeekDay
from stations.questions.nearest import EVERYONE
from stations.station import AmenityState, Closure, Station
from stations.web.station.telling import Told
from stations.wording.names import Names

SCHEMA = "https://schema.org"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPECIAL = frozenset({DayKind.PUBLIC_HOLIDAY, DayKind.MAKE_UP_WORKDAY})

_VALUES = {AmenityState.YES: True, AmenityState.NO: False, AmenityState.NEARBY: "nearby"}

Json = dict[str, Any]
Spans = tuple[tuple[str, str], ...]

MIDNIGHT = "24:00"
SHUT = ("00:00", "00:00")
"""How search engines are told of a day on which nothing opens; 00:00 to 23:59 is all day."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day with its opening and closing times, None where any part is not known; and whether it is a special one."""

    date: date
    spans: Spans | None
    special: bool


def linked_data(
    station: Station, told: Told, names: Names, address: str, week: Sequence[WeekDay], description: str = ""
) -> Json:
    """Describe a station.

    Parameters
    ----------
    told
        The station in words.
    address
        Of its page, absolute.
    week
        The seven days to come, as `stations.phrases.week.week` gives it; empty where no hours are known.
    description
        In a sentence or two.
    """
    closures = [one for one in sorted(station.closures) if one.last >= week[0].date] if week else []
    days = list(_days(week, closures))
    known: Json = {
        "@context": SCHEMA,
        "@type": "CivicStructure",
        "@id": address,
        "url": address,
        "identifier": station.code,
        "name": told.name,
        "alternateName": told.other_name,
        "description": description,
        "geo": {"@type": "GeoCoordinates", "latitude": station.position.lat, "longitude": station.position.lon},
        "address": _address(station, told),
        "telephone": told.phones[0].text if told.phones else "",
        "publicAccess": EVERYONE in station.eligible if station.eligible else None,
        "openingHoursSpecification": _usual(days),
        "specialOpeningHoursSpecification": _special(days, closures),
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": names.amenity(key), "value": _VALUES[state]}
            for key, state in sorted(station.amenities.items(), key=lambda one: names.order(one[0]))
            if state in _VALUES
        ],
    }
    return {name: value for name, value in known.items() if value is not None and value not in ("", [], {})}


def as_script(data: Json) -> Markup:
    """Write a description so that it may stand inside ``<script>``: nothing in it can end the element."""
    text = orjson.dumps(data).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  -- what HTML could read in it was just written otherwise


def _address(station: Station, told: Told) -> Json:
    parts = {"streetAddress": station.address, "addressLocality": told.township}
    given = {name: text for name, text in parts.items() if text}
    return {"@type": "PostalAddress", **given} if given else {}


def _usual(days: Sequence[_Day]) -> list[Json]:
    """The days of the week that are like any other, those with the same spans together."""
    by_spans: dict[Spans, list[str]] = {}
    for day in days:
        if day.spans is not None and not day.special:
            by_spans.setdefault(day.spans, []).append(f"{SCHEMA}/{WEEKDAYS[day.date.weekday()]}")
    return [
        {"dayOfWeek": weekdays, **_dated(span, days[0].date, days[-1].date)}
        for spans, weekdays in by_spans.items()
        for span in spans
    ]


def _special(days: Sequence[_Day], closures: Sequence[Closure]) -> list[Json]:
    """Closures to come, and the week's holidays and make-up workdays."""
    found = [_dated(SHUT, closure.first, closure.last) for closure in closures]
    for day in days:
        if day.special and day.spans is not None and not any(one.first <= day.date <= one.last for one in closures):
            found += [_dated(span, day.date, day.date) for span in day.spans]
    return found


def _dated(span: tuple[str, str], first: date, last: date) -> Json:
    return {
        "@type": "OpeningHoursSpecification",
        "opens": span[0],
        "closes": "23:59" if span[1] == MIDNIGHT else span[1],
        "validFrom": first.isoformat(),
        "validThrough": last.isoformat(),
    }


def _days(week: Sequence[WeekDay], closures: Sequence[Closure]) -> Iterator[_Day]:
    """Cut the nights of a week at midnight, and join what touches: with staff and without is open all the same."""
    carried: tuple[str, Way] | None = None
    for day in week:
        spans = [] if carried is None else [("00:00", *carried)]
        carried = None
        for span in day.spans:
            if span.next_day:
                carried = span.end, span.way
            spans.append((span.start, MIDNIGHT if span.next_day else span.end, span.way))
        shut = any(closure.first <= day.date <= closure.last for closure in closures)
        unknown = any(way is Way.UNKNOWN for _, _, way in spans)
        joined = None if unknown else tuple(_joined(spans)) or (SHUT,)
        yield _Day(day.date, joined, special=shut or day.kind in SPECIAL)


def _joined(spans: Sequence[tuple[str, str, Way]]) -> Iterator[tuple[str, str]]:
    opens = closes = ""
    for start, end, _ in spans:
        if opens and start != closes:
            yield opens, closes
            opens = ""
        opens, closes = opens or start, end
    if opens:
        yield opens, closes
