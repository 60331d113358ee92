"""What the log tells of earlier: a station's history, the stations as they were, and what was written since."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from stations.errors import UnknownRevisionError, UnknownStationError
from stations.registry.columns import Row
from stations.registry.entries import ENTRIES, Action, Batch, Changes, Entry, batch_of, entry_of, head_of
from stations.registry.loading import advance
from stations.registry.schema import BATCH, ENTRY
from stations.registry.snapshot import Snapshot
from stations.registry.stores import Store
from stations.station import Station


def history_of(store: Store, code: str) -> tuple[Entry, ...]:
    """Every entry of one station, oldest first.

    Raises
    ------
    UnknownStationError
        No entry has that code.
    """
    with store.reading() as connection:
        rows = connection.execute(ENTRIES.where(ENTRY.c.code == code)).mappings().all()
    if not rows:
        raise UnknownStationError("There is no station {code}.", code=code[:80])
    return tuple(entry_of(row) for row in rows)


def stations_as_of(store: Store, when: datetime | int, known: Snapshot) -> Snapshot:
    """Give the stations as they were at an aware moment, or as of a revision.

    Parameters
    ----------
    known
        A snapshot of the same log; the nearer to its head, the sooner this is done.

    Raises
    ------
    UnknownRevisionError
        The log does not go so far.
    """
    with store.reading() as connection:
        head = head_of(connection)
        revision = _head_at(connection, when) if isinstance(when, datetime) else _within(when, head)
        now = advance(connection, known)
        if revision == head:
            return now
        # Whoever was not written since stands as now.
        since = sa.select(ENTRY.c.code).where(ENTRY.c.revision > revision)
        before = (
            sa.select(sa.func.max(ENTRY.c.revision))
            .where(ENTRY.c.revision <= revision, ENTRY.c.code.in_(since.scalar_subquery()))
            .group_by(ENTRY.c.code)
        )
        stood = connection.execute(
            sa.select(ENTRY.c.revision, ENTRY.c.record).where(
                ENTRY.c.revision.in_(before.scalar_subquery()), ENTRY.c.action == Action.PUT.value
            )
        ).all()
        touched = set(connection.execute(since).scalars())
    # Outside, as a file cannot be written while somebody reads it.
    rows = [Row.of(Station.from_json(record), written, record) for written, record in stood]
    return now.advanced(revision, rows, touched - {row.code for row in rows})


def changes_since(store: Store, since: int, limit: int) -> Changes:
    """Give the next page of what was written after a revision, complete and in order.

    Raises
    ------
    UnknownRevisionError
        The log does not go so far.
    """
    with store.reading() as connection:
        head = head_of(connection)
        upto = min(_within(since, head) + limit, head)
        rows = connection.execute(ENTRIES.where(ENTRY.c.revision > since, ENTRY.c.revision <= upto)).mappings().all()
    return Changes(since, head, upto, tuple(entry_of(row) for row in rows))


def last_batches(store: Store, limit: int) -> tuple[Batch, ...]:
    """The last batches, newest first."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(BATCH).order_by(BATCH.c.id.desc()).limit(limit)).mappings().all()
    return tuple(batch_of(row) for row in rows)


def _within(revision: int, head: int) -> int:
    if not 0 <= revision <= head:
        raise UnknownRevisionError(
            "There is no revision {revision}: the log goes from 0 to {head}. If it went further before, the registry "
            "was restored from an older backup; read it anew from 0.",
            revision=revision,
            head=head,
        )
    return revision


def _head_at(connection: sa.Connection, moment: datetime) -> int:
    """Newest revision of the log as it was at a moment."""
    # A clock may have been put back between two batches: what came before one that counts, counts.
    for batch, at in connection.execute(sa.select(BATCH.c.id, BATCH.c.at).order_by(BATCH.c.id.desc())):
        if datetime.fromisoformat(at) <= moment:
            last = sa.select(sa.func.max(ENTRY.c.revision)).where(ENTRY.c.batch <= batch)
            return connection.execute(last).scalar() or 0
    return 0
