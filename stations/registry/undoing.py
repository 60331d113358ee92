"""Taking back: what a batch, or a later edit, did to stations, and what would put them as they were."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from stations.errors import UndoRefused, UnknownBatchError, UnknownRevisionError, UnknownStationError
from stations.registry.entries import ENTRIES, Action, Entry, entry_of
from stations.registry.placing import Plan, Put
from stations.registry.schema import ENTRY, STATION
from stations.station import Station


@dataclass(frozen=True, slots=True)
class Turn:
    """What an undo would do to one station.

    Attributes
    ----------
    now, then
        The record as it is and as it would be; None where there is none.
    """

    code: str
    now: Station | None
    then: Station | None


def plan_undo(connection: sa.Connection, batch: int) -> Plan:
    """Work out what puts every station of a batch back to what it was before it; those it added are removed.

    Raises
    ------
    UnknownBatchError
        The log has no such batch.
    UndoRefused
        A station of the batch was written again later, and is not as the batch left it.
    """
    ours = sa.select(ENTRY.c.code).where(ENTRY.c.batch == batch).scalar_subquery()
    first, last = connection.execute(
        sa.select(sa.func.min(ENTRY.c.revision), sa.func.max(ENTRY.c.revision)).where(ENTRY.c.batch == batch)
    ).one()
    if first is None:
        raise UnknownBatchError("There is no batch {batch}.", batch=batch)
    later = _in_the_way(connection, batch, last)
    if later:
        raise UndoRefused(
            "Batch {batch} cannot be taken back: {stations} of its stations were changed again later. Take those "
            "changes back first. Nothing was changed.",
            later=tuple(later),
            batch=batch,
            stations=len({entry.code for entry in later}),
        )
    before = (
        sa.select(sa.func.max(ENTRY.c.revision))
        .where(ENTRY.c.code.in_(ours), ENTRY.c.revision < first)
        .group_by(ENTRY.c.code)
        .scalar_subquery()
    )
    stood: dict[str, str] = {}
    stood.update(
        connection.execute(
            sa.select(ENTRY.c.code, ENTRY.c.record).where(
                ENTRY.c.revision.in_(before), ENTRY.c.action == Action.PUT.value
            )
        ).all()
    )
    puts: list[Put] = []
    removes: list[tuple[str, str]] = []
    for code, action, record in connection.execute(
        sa.select(ENTRY.c.code, ENTRY.c.action, ENTRY.c.record).where(ENTRY.c.batch == batch).order_by(ENTRY.c.revision)
    ):
        if code in stood:
            puts.append(Put.of(Station.from_json(stood[code]), stood[code]))
        elif action == Action.PUT:
            removes.append((code, record))
    return Plan(puts, removes)


def _in_the_way(connection: sa.Connection, batch: int, last: int) -> list[Entry]:
    """Later entries of stations that are no longer as a batch left them; what was taken back since is no hindrance."""
    wrote = ENTRY.alias()
    left = sa.case((wrote.c.action == Action.PUT.value, wrote.c.record))
    changed = (
        sa.select(wrote.c.code)
        .outerjoin(STATION, STATION.c.code == wrote.c.code)
        .where(wrote.c.batch == batch, left.is_distinct_from(STATION.c.record))
        .scalar_subquery()
    )
    query = ENTRIES.where(ENTRY.c.code.in_(changed), ENTRY.c.revision > last)
    return [entry_of(row) for row in connection.execute(query).mappings()]


def codes_in_place(connection: sa.Connection, batch: int) -> set[str]:
    """Which stations of a batch are in the registry now."""
    ours = sa.select(ENTRY.c.code).where(ENTRY.c.batch == batch).scalar_subquery()
    return set(connection.execute(sa.select(STATION.c.code).where(STATION.c.code.in_(ours))).scalars())


def turns_of(connection: sa.Connection, batch: int) -> tuple[Turn, ...]:
    """What `plan_undo` would do to each station.

    Raises
    ------
    UnknownBatchError, UndoRefused
        As `plan_undo`.
    """
    plan = plan_undo(connection, batch)
    then = {put.station.code: put.station for put in plan.puts}
    entries = connection.execute(ENTRIES.where(ENTRY.c.batch == batch)).mappings()
    return tuple(
        Turn(entry.code, entry.station if entry.action is Action.PUT else None, then.get(entry.code))
        for entry in map(entry_of, entries)
    )


def record_at(connection: sa.Connection, code: str, revision: int) -> str:
    """The record that a revision of a station's history put in place.

    Raises
    ------
    UnknownStationError
        No entry has that code.
    UnknownRevisionError
        The station's history does not have that revision, or it removed the station.
    """
    history = {
        entry: (action, record)
        for entry, action, record in connection.execute(
            sa.select(ENTRY.c.revision, ENTRY.c.action, ENTRY.c.record)
            .where(ENTRY.c.code == code)
            .order_by(ENTRY.c.revision)
        )
    }
    if not history:
        raise UnknownStationError("There is no station {code}.", code=code[:80])
    if revision not in history:
        raise UnknownRevisionError(
            "Station {code} has no revision {revision}. It has {revisions}.",
            code=code,
            revision=revision,
            revisions=", ".join(str(one) for one in history),
        )
    action, record = history[revision]
    if action == Action.REMOVE:
        raise UnknownRevisionError(
            "Revision {revision} removed station {code}: there is no record in it to restore. Choose an earlier one.",
            code=code,
            revision=revision,
        )
    return record
