"""What stands in the log: entries, the batches they were written in, and what came of a writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from stations.registry.schema import BATCH, ENTRY
from stations.station import Station


class Action(StrEnum):
    """What an entry does: put a record in place, or take a station out of the registry."""

    PUT = "put"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that were written together.

    Attributes
    ----------
    what
        In plain words, like "import".
    source, digest
        Name and SHA-256 of the file it came from; empty for an edit by hand.
    at
        Moment of writing, UTC.
    count
        How many entries.
    """

    id: int
    what: str
    source: str
    digest: str
    at: datetime
    who: str
    count: int

    def row(self) -> tuple[object, ...]:
        """The batch as a row of its table."""
        return self.id, self.what, self.source, self.digest, self.at.isoformat(), self.who, self.count


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as of one revision; of a station that was removed, the last it had."""

    revision: int
    action: Action
    station: Station
    batch: Batch

    @property
    def code(self) -> str:
        """Code of the station."""
        return self.station.code


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing stations.

    Attributes
    ----------
    batch
        None when nothing had changed, and so nothing was written.
    added, changed, unchanged, removed
        Codes, in the order they were given.
    revision
        Head of the log afterwards.
    """

    batch: Batch | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    revision: int
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the log, without a gap.

    Attributes
    ----------
    since
        Revision after which it begins.
    head
        Newest revision of the log.
    upto
        Revision of the last entry of the page: the next page's `since`. Equal to
        `head` when there is no more.
    entries
        Every entry with ``since < revision <= upto``, in order.
    """

    since: int
    head: int
    upto: int
    entries: tuple[Entry, ...]


ENTRIES = sa.select(ENTRY, BATCH).join(BATCH, ENTRY.c.batch == BATCH.c.id).order_by(ENTRY.c.revision)
"""Entries with their batches, oldest first; `entry_of` reads its rows."""


def batch_of(row: sa.RowMapping) -> Batch:
    """Read a row of the table `batch`."""
    at = datetime.fromisoformat(row["at"])
    return Batch(row["id"], row["what"], row["source"], row["digest"], at, row["who"], row["count"])


def entry_of(row: sa.RowMapping) -> Entry:
    """Read a row of `ENTRIES`."""
    return Entry(row["revision"], Action(row["action"]), Station.from_json(row["record"]), batch_of(row))


def head_of(connection: sa.Connection) -> int:
    """Newest revision of the log; 0 when it is empty."""
    return connection.execute(sa.select(sa.func.max(ENTRY.c.revision))).scalar() or 0
