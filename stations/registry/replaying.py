"""The log gone through once, in order: what is wrong in it, and what should stand by it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from stations.registry.entries import Action
from stations.registry.placing import station_row
from stations.registry.transcript import BatchRow, EntryRow, Row
from stations.station import Station

ACTIONS = frozenset(action.value for action in Action)

MOST_DIFFERENCES = 100
"""Differences that are kept; the rest are counted."""

MOST_TEXT = 120
"""Characters of a value that are told."""


Current = tuple[object, ...]
"""A row of the table `station`, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be.

    Attributes
    ----------
    in_log
        Whether it is in the log itself; otherwise the log can mend it.
    template, values
        English sentence with ``{name}`` placeholders, and what fills them.
    """

    in_log: bool
    template: str
    values: dict[str, object]

    def __str__(self) -> str:
        return self.template.format(**self.values)


class Findings:
    """Differences, of which only so many are kept."""

    def __init__(self) -> None:
        self.kept: list[Difference] = []
        self.count = 0
        self.log_is_whole = True

    def add(self, template: str, /, *, in_log: bool = True, **values: object) -> None:
        """Take note of one."""
        self.count += 1
        self.log_is_whole &= not in_log
        if self.count <= MOST_DIFFERENCES:
            short = {name: str(value)[:MOST_TEXT] for name, value in values.items()}
            self.kept.append(Difference(in_log, template, dict(short)))


class Replay:
    """The log gone through once, in order: what is wrong in it, and what should stand by it.

    Of each station a digest of its row is kept, so that a country's fit in memory.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._digest = hashlib.sha256()
        self._batch: BatchRow | None = None
        self._in_batch = 0
        self.stands: dict[str, bytes] = {}
        self.entries = 0
        self.batches = 0
        self.head = 0

    def add(self, rows: Iterable[Row], changed: set[str] | None = None) -> None:
        """Go on by some rows; `changed` takes the codes."""
        lines = []
        for row in rows:
            lines.append(row.line())
            if isinstance(row, BatchRow):
                self._begin(row)
                continue
            self._check_place(row)
            self._apply(row)
            if changed is not None:
                changed.add(row.code)
        self._digest.update(b"".join(lines))

    def end(self) -> str:
        """Close the last batch, and give the digest of the transcript."""
        self._close()
        return self._digest.hexdigest()

    def _begin(self, batch: BatchRow) -> None:
        self._close()
        before = self._batch.id if self._batch else 0
        if batch.id != before + 1:
            self._findings.add("Batch {before} is followed by batch {id}.", before=before, id=batch.id)
        try:
            aware = datetime.fromisoformat(batch.at).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            self._findings.add("Batch {id} was written at “{at}”, which is no moment.", id=batch.id, at=batch.at)
        self._batch, self._in_batch = batch, 0
        self.batches += 1

    def _close(self) -> None:
        if self._batch is not None and self._batch.count != self._in_batch:
            self._findings.add(
                "Batch {id} says that it has {count} entries, and has {found}.",
                id=self._batch.id,
                count=self._batch.count,
                found=self._in_batch,
            )

    def _check_place(self, entry: EntryRow) -> None:
        missing = entry.revision - self.head - 1
        if missing == 1:
            self._findings.add("Revision {revision} is missing.", revision=self.head + 1)
        elif missing:
            self._findings.add("Revisions {first} to {last} are missing.", first=self.head + 1, last=entry.revision - 1)
        if self._batch is None or self._batch.id != entry.batch:
            self._findings.add(
                "Revision {revision} is of batch {batch}, which is not there or not in its place.",
                revision=entry.revision,
                batch=entry.batch,
            )
        else:
            self._in_batch += 1
        self.head = entry.revision
        self.entries += 1

    def _apply(self, entry: EntryRow) -> None:
        if entry.action not in ACTIONS:
            self._findings.add(
                "Revision {revision} has the action “{action}”, which is none.",
                revision=entry.revision,
                action=entry.action,
            )
        read = current_row(entry.revision, entry.record)
        if read is None:
            self._findings.add("The record of revision {revision} cannot be read.", revision=entry.revision)
        elif read[0].code != entry.code:
            self._findings.add(
                "Revision {revision} is of station {code}, and its record of station {found}.",
                revision=entry.revision,
                code=entry.code,
                found=read[0].code,
            )
        elif not _same(read[0].to_json(), entry.record):
            self._findings.add(
                "The record of revision {revision} says something else when it is read and written again.",
                revision=entry.revision,
            )
        if entry.action == Action.REMOVE.value:
            if self.stands.pop(entry.code, None) is None:
                self._findings.add(
                    "Revision {revision} removes station {code}, which does not stand.",
                    revision=entry.revision,
                    code=entry.code,
                )
        else:
            self.stands[entry.code] = digest_of(read[1]) if read else b""


def current_row(revision: int, record: str) -> tuple[Station, Current] | None:
    """Read a record, and give with it the row that it should have in the current table; None when it cannot be read."""
    try:
        station = Station.from_json(record)
        return station, station_row(station, revision, record)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _same(text: str, record: str) -> bool:
    """Whether two records say the same; an older program may have written the fields in another order."""
    return text == record or bool(orjson.loads(text) == orjson.loads(record))


def digest_of(row: Current) -> bytes:
    """A short digest of a row of the current table."""
    return hashlib.blake2b(orjson.dumps(row), digest_size=16).digest()
