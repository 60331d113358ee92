"""The log written out as lines of text: the same lines, and so the same digest, whatever the store.

Every batch stands before its entries. As the log is only ever added to, the
transcript of an earlier head is how a later one begins, and it can be read in
pages, without holding up anyone who writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from stations.registry.entries import head_of
from stations.registry.schema import BATCH, ENTRY

PAGE = 2_000
"""Entries that are read in one transaction: some ten milliseconds."""

Reading = Callable[[], AbstractContextManager[sa.Connection]]
"""Begins a read transaction, and ends it."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row of the table `batch`, as it stands there."""

    id: int
    what: str
    source: str
    digest: str
    at: str
    who: str
    count: int

    def line(self) -> bytes:
        """The row as a line of the transcript."""
        return orjson.dumps({"batch": self.id} | {name: getattr(self, name) for name in BATCH_FACTS}) + b"\n"


class EntryRow(NamedTuple):
    """A row of the table `entry`, as it stands there."""

    revision: int
    code: str
    action: str
    record: str
    batch: int

    def line(self) -> bytes:
        """The row as a line of the transcript."""
        revision, code, action, record, batch = self
        return (
            orjson.dumps({"revision": revision, "in": batch, "action": action, "code": code, "record": record}) + b"\n"
        )


Row = BatchRow | EntryRow

BATCH_FACTS = ("what", "source", "digest", "at", "who", "count")
ENTRY_FACTS = ("revision", "code", "action", "record", "in")
WHOLE_NUMBERS = frozenset({"batch", "count", "revision", "in"})


def row_of(line: bytes) -> Row:
    """Read a line back.

    Raises
    ------
    ValueError
        Not a line of a transcript.
    """
    values = orjson.loads(line)
    names = ("batch", *BATCH_FACTS) if isinstance(values, dict) and "batch" in values else ENTRY_FACTS
    if not isinstance(values, dict) or values.keys() != set(names):
        raise ValueError("not the facts of a row")
    for name, value in values.items():
        if type(value) is not (int if name in WHOLE_NUMBERS else str):
            raise ValueError(f"“{name}” is {value!r}")
    facts = [values[name] for name in names]
    return BatchRow(*facts) if "batch" in values else EntryRow(*facts)


def transcript(reading: Reading, first: int, last: int) -> Iterator[list[Row]]:
    """Read the rows of a stretch of the log, a page at a time, each page in a transaction of its own.

    Parameters
    ----------
    first, last
        Revisions, both inclusive. The batch of the first one is there only when
        it begins with it.
    """
    batch = 0
    if first > 1:
        with reading() as connection:
            batch = (
                connection.execute(sa.select(sa.func.max(ENTRY.c.batch)).where(ENTRY.c.revision < first)).scalar() or 0
            )
    begin = first
    while begin <= last:
        with reading() as connection:
            entries = [
                EntryRow(*row)
                for row in connection.execute(
                    sa.select(*(ENTRY.c[name] for name in EntryRow._fields))
                    .where(ENTRY.c.revision >= begin, ENTRY.c.revision <= last)
                    .order_by(ENTRY.c.revision)
                    .limit(PAGE)
                ).all()
            ]
            if not entries:
                return
            batches = [
                BatchRow(*row)
                for row in connection.execute(
                    sa.select(BATCH.c.id, *(BATCH.c[name] for name in BATCH_FACTS))
                    .where(BATCH.c.id > batch, BATCH.c.id <= max(entry.batch for entry in entries))
                    .order_by(BATCH.c.id)
                )
            ]
        yield _interleaved(batches, entries)
        batch = max(batch, *(entry.batch for entry in entries))
        begin = entries[-1].revision + 1


def _interleaved(batches: list[BatchRow], entries: list[EntryRow]) -> list[Row]:
    rows: list[Row] = []
    waiting = iter(batches)
    following = next(waiting, None)
    for entry in entries:
        while following is not None and following.id <= entry.batch:
            rows.append(following)
            following = next(waiting, None)
        rows.append(entry)
    return rows


def log_digest(reading: Reading, head: int | None = None) -> str:
    """SHA-256 of the log up to a revision, or all of it: the same on every store that holds the same log."""
    if head is None:
        with reading() as connection:
            head = head_of(connection)
    digest = hashlib.sha256()
    for rows in transcript(reading, 1, head):
        digest.update(b"".join(row.line() for row in rows))
    return digest.hexdigest()
