"""A site of a saved plan becomes a planned station in the registry: the first entry of its record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from geodata.lonlat import LonLat, distances_m
from stations.errors import HoursError, ScenarioError
from stations.hours import Hours
from stations.registry.entries import Written
from stations.registry.log import Change
from stations.registry.snapshot import Snapshot
from stations.scenarios.facts import Scenario
from stations.scenarios.saving import Scenarios
from stations.scenarios.words import by_of, one_line
from stations.station import MAX_NAME, Station, StationReader, Status
from stations.taxonomy import Taxonomy

PLAN, SITE, WHO, TAGGED = "plan", "plan site", "accepted by", "hours as tagged"
"""What a record says of where it comes from, among the columns that are for the staff alone."""

TOWNSHIP_CODE = re.compile(r"\d{9}|\d{12}")

SAME_PLACE_M = 30.0
"""A station so near stands in the same house."""

SAME_NAME_M = 150.0
"""A station of the same name so near is the same."""


class Place(Protocol):
    """A candidate, as far as a station follows from it."""

    @property
    def key(self) -> str:
        """What it is called in the plan."""

    @property
    def position(self) -> LonLat:
        """Where it is, WGS-84."""

    @property
    def name(self) -> str:
        """As people call it; may be empty."""

    @property
    def kind(self) -> str:
        """The key of a kind of host, or that of a bare point."""

    @property
    def hours(self) -> str:
        """When it is open, in OpenStreetMap's grammar; may be empty, or unreadable as it is tagged."""


class Desk(Protocol):
    """A registry that one writes to."""

    def snapshot(self) -> Snapshot:
        """The stations as of now."""

    def write(
        self, change: Change, *, what: str, who: str, at: datetime, source: str = "", digest: str = ""
    ) -> Written:
        """Put records in place as one batch."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of accepting a site.

    Attributes
    ----------
    code, name
        Of the planned station.
    scenario
        The plan, which says so from now on.
    """

    code: str
    name: str
    scenario: Scenario


def accept(
    desk: Desk,
    scenarios: Scenarios,
    id_or_name: str,
    place: Place,
    *,
    township: str = "",
    name: str = "",
    by: str,
    now: datetime,
    anyway: bool = False,
) -> Accepted:
    """Make a planned station of a site of a saved plan.

    It has the site's position and township and, where the site is premises, their name, kind and hours. Its record
    says of which plan it is and who accepted it. It takes part in nothing until its status is changed.

    Parameters
    ----------
    place
        The candidate that was chosen.
    township
        Code of the township that it stands in; empty where that is not known.
    name
        What the station is to be called; the site's own name when left out.
    anyway
        Whether to put it there though another station stands there already.

    Raises
    ------
    UnknownScenarioError
        There is no such plan.
    ScenarioError
        The plan was removed, has no such site, or it became a station before; another station stands there; nobody's
        name.
    RegistryError
        It cannot be written. Nothing was, or it is found again when one tries once more.
    """
    whose = by_of(by)
    scenario = scenarios.get(id_or_name)
    if scenario.removed is not None:
        raise ScenarioError(
            "The plan “{name}” was removed by {by}. Save it again before you accept its sites.",
            name=scenario.name,
            by=scenario.removed_by,
        )
    if place.key not in scenario.plan.keys:
        raise ScenarioError(
            "The plan “{name}” has no site {key}. Its sites are: {known}.",
            field="key",
            name=scenario.name,
            key=place.key[:80],
            known=", ".join(scenario.plan.keys),
        )
    made: list[Station] = []

    def change(stations: Snapshot) -> Iterable[Station]:
        code, stands = _code_of(scenario, place.key, stations)
        if stands:
            made.append(stations.station(code))
            if place.key in scenario.accepted:
                raise _accepted_already(made[-1], scenario, place.key)
            return []  # it was written once, and only the plan does not say so yet
        if not anyway:
            _refuse_double(stations, place, one_line(name) or place.name)
        made.append(_station(code, scenario, place, township, one_line(name), whose, stations.timezone))
        return made

    source = f"plan {scenario.id} {scenario.name}"
    desk.write(change, what=f"accept site {place.key}", who=whose, at=now, source=source)
    station = made[-1]
    return Accepted(station.code, station.name, scenarios.accepted(scenario.id, place.key, station.code, whose, now))


def _code_of(scenario: Scenario, key: str, stations: Snapshot) -> tuple[str, bool]:
    """The code of the station that a site became or becomes, and whether that stands."""
    before = f"P-{scenario.id}-"
    of_plan = {code: stations.station(code) for code in stations.codes if code.startswith(before)}
    code = scenario.accepted.get(key, "")
    if code:  # one that was taken out of the registry since may be put back
        return code, code in stations.codes
    for there, station in of_plan.items():
        if station.extra.get(SITE) == key:
            return there, True
    taken = {one.removeprefix(before) for one in (*of_plan, *scenario.accepted.values())}
    numbers = [int(number) for number in taken if number.isdecimal()]
    return f"{before}{max(numbers, default=0) + 1}", False


def _accepted_already(station: Station, scenario: Scenario, key: str) -> ScenarioError:
    if station.status is Status.RETIRED:
        return ScenarioError(
            "Site {key} of the plan “{name}” became station {code}, which is retired. Put that in use again instead.",
            field="key",
            key=key,
            name=scenario.name,
            code=station.code,
        )
    return ScenarioError(
        "Site {key} of the plan “{name}” is station {code} already.",
        field="key",
        key=key,
        name=scenario.name,
        code=station.code,
    )


def _refuse_double(stations: Snapshot, place: Place, name: str) -> None:
    """See that no station stands where one is to be made."""
    if not len(stations.codes):
        return
    here = (np.full(stations.lon.size, axis) for axis in (place.position.lon, place.position.lat))
    metres = distances_m(stations.lon, stations.lat, *here)
    for at in np.argsort(metres, kind="stable").tolist():
        if metres[at] > SAME_NAME_M:
            return
        other = stations.station(stations.codes[at])
        same = _bare(name) in {_bare(other.name), _bare(other.host_name)} - {""}
        if metres[at] > SAME_PLACE_M and not same:
            continue
        if other.status is Status.RETIRED:
            raise ScenarioError(
                "Station {code} {name} stood {metres} m from there and is retired. Put it in use again, or say that a "
                "new one is wanted anyway.",
                field="key",
                code=other.code,
                name=other.name,
                metres=round(float(metres[at])),
            )
        raise ScenarioError(
            "Station {code} {name} stands {metres} m from there already. Choose another site, or say that a second "
            "one is wanted anyway.",
            field="key",
            code=other.code,
            name=other.name,
            metres=round(float(metres[at])),
        )


def _bare(name: str) -> str:
    return "".join(name.casefold().split())


def _station(
    code: str, scenario: Scenario, place: Place, township: str, name: str, by: str, timezone: ZoneInfo
) -> Station:
    is_host = place.kind in Taxonomy.load().hosts.terms
    own = one_line(place.name)[:MAX_NAME]
    extra = {PLAN: f"{scenario.id} {scenario.name}", SITE: place.key, WHO: by}
    readable = _readable(place.hours, timezone)
    if not readable:  # as some premises are tagged
        extra[TAGGED] = one_line(place.hours)
    return StationReader().read_or_raise(
        {
            "code": code,
            "name": (name or own or f"{scenario.name} {code.rpartition('-')[2]}")[:MAX_NAME],
            "position": place.position,
            "host": place.kind if is_host else "",
            "host_name": own if is_host else "",
            "hours": place.hours if readable else "",
            "township": township if TOWNSHIP_CODE.fullmatch(township) else "",
            "status": Status.PLANNED,
            "extra": extra,
        }
    )


def _readable(hours: str, timezone: ZoneInfo) -> bool:
    try:
        Hours.parse(hours, timezone)
    except HoursError:
        return False
    return True
