"""One change made to many stations: what it would do to each, which of them it leaves out and why, and one batch of it.

What is shown before is what is written: the plan names the revision of every record, and writing it stops where one
of them has moved on.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from geodata.lonlat import LonLat
from stations.desk.entering import CHOICES, HOURS, MUST_BE_CHOSEN, Fields, read_whole_hours
from stations.desk.roll import Line
from stations.errors import EntryError, HoursError, StationsError, UnknownStationError
from stations.exchange.cells import read_date
from stations.facts import MAX_CLOSURES, AmenityState, Closure
from stations.registry.columns import hours_key
from stations.registry.entries import Written
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot, hours_of
from stations.station import NOTHING, Station, StationReader
from stations.taxonomy import Taxonomy
from stations.upkeep.checking import carry_over
from stations.upkeep.facts import Aspect
from stations.upkeep.records import CHECKED

MARKED = "bulk "
"""How a batch is told apart in the log from one edit: it goes on with what was changed."""


class What(StrEnum):
    """What can be changed of many stations at once."""

    STATUS = "status"
    HOURS = "hours"
    SELF_SERVICE = "self_service_hours"
    CLOSURE = "closure"
    AMENITY = "amenity"
    CUSTODIAN = "custodian"
    PHONE = "phone"
    NOTE = "note"
    KIND = "kind"
    HOST = "host"
    BUILT_BY = "built_by"
    CHECKED = "checked"


FIELDS: Mapping[What, tuple[str, ...]] = MappingProxyType(
    {what: (what.value,) for what in What}
    | {What.CLOSURE: ("first", "last", "reason"), What.AMENITY: ("amenity", "state"), What.CHECKED: ("aspect",)}
)
"""The fields in which each is said."""


@dataclass(frozen=True)
class Wish:
    """What is to become of every station.

    Attributes
    ----------
    values
        Facts that are to be so, by field.
    amenities
        States that are to be so, by amenity; the others stay.
    closure
        Days to be added; None for none.
    """

    what: What
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    amenities: Mapping[str, AmenityState] = field(default_factory=lambda: NOTHING)
    closure: Closure | None = None

    def onto(self, station: Station) -> Station:
        """Give a record as it is to be.

        Raises
        ------
        EntryError
            It cannot be so of this station.
        """
        values = dict(self.values)
        if self.amenities:
            states = {**station.amenities, **self.amenities}
            known = {key: states[key] for key in sorted(states) if states[key] is not AmenityState.UNKNOWN}
            values["amenities"] = MappingProxyType(known) if known else NOTHING
        if self.closure is not None and self.closure not in station.closures:
            if len(station.closures) >= MAX_CLOSURES:
                raise EntryError("It has {most} closures already. Take past ones away first.", most=MAX_CLOSURES)
            values["closures"] = tuple(sorted({*station.closures, self.closure}))
        return dataclasses.replace(station, **values)


@dataclass(frozen=True, slots=True)
class Turned:
    """What becomes of one station.

    Attributes
    ----------
    revision
        Of the record that was looked at.
    """

    code: str
    revision: int
    before: Station
    after: Station


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A station that stays as it is, and why."""

    line: Line
    why: StationsError


@dataclass(frozen=True)
class Plan:
    """What a wish would do.

    Attributes
    ----------
    turned
        Stations that would be changed, in the order of the list.
    same
        Those that are so already.
    left_out
        Those that it cannot, or may not, be done to.
    """

    wish: Wish
    turned: tuple[Turned, ...]
    same: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    mark: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the plan by what it would write over what."""
        digest = hashlib.sha256(repr((self.wish.what, _plain(self.wish))).encode())
        for one in self.turned:
            digest.update(f"\0{one.code}\0{one.revision}".encode())
        object.__setattr__(self, "mark", digest.hexdigest()[:32])


def read_wish(what: What, fields: Fields, taxonomy: Taxonomy, today: date) -> Wish:
    """Read what is to be changed.

    Parameters
    ----------
    fields
        What a form holds: of `FIELDS`, those that belong to it.
    today
        The day on which somebody says to have made sure.

    Raises
    ------
    EntryError, HoursError
        It cannot be used; says what to do.
    """
    said = {name: _text(fields, name) for name in FIELDS[what]}
    text = said.get(what.value, "")
    match what:
        case What.CLOSURE:
            return Wish(what, closure=_closure(**said))
        case What.AMENITY:
            return Wish(what, amenities=_amenity(said["amenity"], said["state"], taxonomy))
        case What.CHECKED:
            aspects = [Aspect(one) for one in fields.get("aspect", ()) if one in set(Aspect)]
            if not aspects:
                raise EntryError("Say what somebody made sure of.")
            return Wish(what, {CHECKED[one]: today for one in aspects})
    if what.value in CHOICES:
        if (text and text not in getattr(taxonomy, CHOICES[what.value])) or (not text and what in MUST_BE_CHOSEN):
            raise EntryError("Choose one of those that are offered.")
    elif what.value in HOURS:
        text = read_whole_hours(text)
    return Wish(what, {what.value: _as_kept(what.value, text)})


def plan_of(
    snapshot: Snapshot,
    lines: Iterable[Line],
    wish: Wish,
    *,
    may: Callable[[Line], bool],
    reported: Mapping[str, Collection[Aspect]] = NOTHING,
) -> Plan:
    """Work out what a wish would do to each station of a list.

    Parameters
    ----------
    may
        Whether whoever asks may change a station.
    reported
        Stations of which people reported something, and of what: whatever is written of one settles that, so somebody
        is to look at it alone. A day of checking settles nothing, and may be written but for what was reported itself.
    """
    turned: list[Turned] = []
    same: list[Line] = []
    left_out: list[LeftOut] = []
    readable: dict[str, HoursError | None] = {}
    for line in lines:
        try:
            row = snapshot.index(line.code)
        except UnknownStationError:  # taken out of the list since it was shown
            continue
        before = snapshot.stations[row]
        if before.township != line.township:  # nor may whoever sees the line be meant to see where it went
            continue
        fault: StationsError | None = _refusal(line, wish, may, reported)
        after = before
        if fault is None:
            try:
                after = wish.onto(before)
            except EntryError as error:
                fault = error
        if fault is None and after != before:
            fault = _hours_fault(after, snapshot.timezone, readable)
        if fault is not None:
            left_out.append(LeftOut(line, fault))
        elif after == before:
            same.append(line)
        else:
            turned.append(Turned(line.code, int(snapshot.revisions[row]), before, after))
    return Plan(wish, tuple(turned), tuple(same), tuple(left_out))


def write_plan(registry: Registry, plan: Plan, *, who: str, at: datetime) -> Written:
    """Put all records of a plan in place as one batch, if every one of them is still as it was looked at.

    Raises
    ------
    EntryError
        Somebody has changed one of them since. Nothing was written.
    HoursError, RegistryError
        As `Registry.write`.
    """

    def change(now: Snapshot) -> list[Station]:
        moved = [one.code for one in plan.turned if not _stands(now, one)]
        if moved:
            raise EntryError(
                "Somebody else changed {code} in the meantime ({count} in all). Nothing was written: look at it again.",
                code=moved[0],
                count=len(moved),
            )
        return [one.after for one in plan.turned]

    return registry.write(change, what=MARKED + plan.wish.what.value, who=who, at=at, also=carry_over)


def _stands(now: Snapshot, one: Turned) -> bool:
    try:
        return int(now.revisions[now.index(one.code)]) == one.revision
    except UnknownStationError:
        return False


def _refusal(
    line: Line, wish: Wish, may: Callable[[Line], bool], reported: Mapping[str, Collection[Aspect]]
) -> EntryError | None:
    if not may(line):
        return EntryError("You may not change this station; propose it in its form.")
    if wish.what is What.CHECKED:
        if any(CHECKED[aspect] in wish.values for aspect in reported.get(line.code, ())):
            return EntryError("People reported just this of it. Look at that first.")
    elif line.code in reported:
        return EntryError("People reported something of it. Look at that first, as whatever is written settles it.")
    return None


def _hours_fault(station: Station, timezone: ZoneInfo, known: dict[str, HoursError | None]) -> HoursError | None:
    """Whether hours, season and closures can be read together; each distinct text is read once."""
    key = hours_key(station)
    if key not in known:
        try:
            hours_of(station, timezone)
            known[key] = None
        except HoursError as error:
            known[key] = error
    return known[key]


def _closure(first: str, last: str, reason: str) -> Closure:
    if not first:
        raise EntryError("Say on which day it begins.")
    try:
        days = [date.fromisoformat(read_date(day)) for day in (first, last or first)]
    except ValueError:
        raise EntryError("“{value}” is not a day of the calendar.", value=f"{first} {last}".strip()[:80]) from None
    if days[1] < days[0]:
        raise EntryError("It must not end before it begins.")
    kept: tuple[Closure, ...] = _as_kept("closures", [{"first": days[0], "last": days[1], "reason": reason}])
    return kept[0]


def _amenity(key: str, state: str, taxonomy: Taxonomy) -> Mapping[str, AmenityState]:
    if key not in taxonomy.amenities or state not in set(AmenityState):
        raise EntryError("Choose one of those that are offered.")
    return MappingProxyType({key: AmenityState(state)})


def _as_kept(name: str, value: object) -> Any:
    """Give a fact as a record has it.

    Raises
    ------
    EntryError
        No record can have it.
    """
    made = _reader().read({"code": "A", "name": "A", "position": LonLat(116.0, 28.0), name: value})
    if isinstance(made, Station):
        return getattr(made, name)
    raise EntryError("This cannot be kept as it is. Write it without signs that nobody can see, and shorter.")


@lru_cache(maxsize=1)
def _reader() -> StationReader:
    return StationReader()


def _text(fields: Fields, name: str) -> str:
    return (fields.get(name) or ("",))[0].replace("\r\n", "\n").strip()


def _plain(wish: Wish) -> tuple[object, ...]:
    return sorted(wish.values.items()), sorted(wish.amenities.items()), wish.closure
