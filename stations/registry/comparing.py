"""Records beside what the registry holds: which are new, changed, or as they were, and who was quicker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from stations.errors import RegistryError, StaleEdit, UnknownStationError
from stations.registry.entries import Action
from stations.registry.placing import Put
from stations.registry.schema import ENTRY, STATION
from stations.registry.snapshot import Snapshot, hours_of
from stations.station import Station

CODES_AT_ONCE = 500
"""Codes in one question to the database, which bounds how many it takes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Records beside what the registry holds, by code."""

    added: dict[str, Put]
    changed: dict[str, Put]
    unchanged: tuple[str, ...]


def compare(snapshot: Snapshot, stations: Iterable[Station]) -> Comparison:
    """Tell which records are new, changed, or as they were.

    Raises
    ------
    RegistryError
        A code given twice.
    """
    added: dict[str, Put] = {}
    changed: dict[str, Put] = {}
    unchanged: dict[str, None] = {}
    for station in stations:
        code = station.code
        if code in added or code in changed or code in unchanged:
            raise RegistryError("Station {code} is given twice. Give each station once.", code=code)
        put = Put.of(station)
        before = snapshot.record_of(code)
        if before is None:
            added[code] = put
        elif says_the_same(before, put.record):
            unchanged[code] = None
        else:
            changed[code] = put
    return Comparison(added, changed, tuple(unchanged))


def says_the_same(before: str | bytes, record: str) -> bool:
    """Whether two records say the same; an older program may have written the fields in another order."""
    text = before.decode() if isinstance(before, bytes) else before
    if text == record:
        return True
    # Another order has the same length, and to read both takes as long as to write one.
    return len(text) == len(record) and bool(orjson.loads(text) == orjson.loads(record))


def standing_record(connection: sa.Connection, put: Put, seen: int) -> str | None:
    """Give the record that an edit would take the place of; None for a new station.

    Parameters
    ----------
    seen
        Revision of the station's record that the editor saw; 0 for none.

    Raises
    ------
    StaleEdit
        Somebody else has written the station since, and not just as wanted.
    """
    code = put.station.code
    entries = sa.select(ENTRY.c.revision, ENTRY.c.action, ENTRY.c.record).where(ENTRY.c.code == code)
    last = connection.execute(entries.order_by(ENTRY.c.revision.desc()).limit(1)).one_or_none()
    now = 0 if last is None else last.revision
    standing = last.record if last is not None and last.action == Action.PUT else None
    as_wanted = standing is not None and says_the_same(standing, put.record)
    # Whoever saw nothing may also write where there is nothing any more.
    if seen == now or as_wanted or (not seen and standing is None):
        return standing
    base = connection.execute(entries.where(ENTRY.c.revision == seen, ENTRY.c.action == Action.PUT.value)).one_or_none()
    raise StaleEdit(
        "Station {code} is at revision {now}; you saw revision {seen}. Somebody changed it meanwhile. "
        "Nothing was written: look at both, and decide.",
        base=None if base is None else Station.from_json(base.record),
        mine=put.station,
        theirs=None if standing is None else Station.from_json(standing),
        code=code,
        seen=seen,
        now=now,
    )


def last_records(connection: sa.Connection, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Code and record of each of some stations.

    Raises
    ------
    UnknownStationError
        A code that no station has.
    """
    found: dict[str, str] = {}
    for start in range(0, len(codes), CODES_AT_ONCE):
        some = STATION.c.code.in_(codes[start : start + CODES_AT_ONCE])
        found.update(connection.execute(sa.select(STATION.c.code, STATION.c.record).where(some)).all())
    for code in codes:
        if code not in found:
            raise UnknownStationError("There is no station {code}.", code=code[:80])
    return [(code, found[code]) for code in codes]


def check_hours(puts: Iterable[Put], known: frozenset[str], timezone: ZoneInfo) -> None:
    """See that hours can be read, each distinct text once.

    Parameters
    ----------
    known
        Texts, as `hours_key` gives them, that were read before.

    Raises
    ------
    HoursError
        Hours that cannot be read.
    """
    for key, station in {put.hours: put.station for put in puts}.items():
        if key not in known:
            hours_of(station, timezone)
