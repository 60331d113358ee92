"""Proof that a registry is whole: a log without a gap, and a table of current stations equal to what the log gives.

The log is the truth. It is replayed in short reads, which hold up nobody. The
table is then read in the same way, and whatever does not agree, or has been
changed meanwhile, is looked at again in one short transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa

from geodata.progress import Progress, silent
from stations.registry.entries import Action, head_of
from stations.registry.placing import station_row
from stations.registry.schema import BATCH, ENTRY, ONLY_ADDED_TO, STATION
from stations.registry.stores import Store, insert_many
from stations.registry.transcript import PAGE, BatchRow, EntryRow, Reading, transcript
from stations.station import Station

ACTIONS = frozenset(action.value for action in Action)

MOST_DIFFERENCES = 100
"""Differences that are kept; the rest are counted."""

CLOSE_BEHIND = 2_000
"""Entries that the last look at the table may still have to replay itself."""

AT_ONCE = 500
"""Codes or revisions that are asked for in one query."""

MOST_TEXT = 120

Value = TypeVar("Value")

Current = tuple[Any, ...]
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


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of verifying a registry.

    Attributes
    ----------
    head
        Revision up to which it was verified.
    entries, batches, stations
        How many were read.
    log
        SHA-256 of the log's transcript up to the head, as a backup has it.
    differences
        What is wrong, at most `MOST_DIFFERENCES`; empty when all is proven.
    more
        How many more there are.
    log_is_whole
        Whether the log is without a fault, so that `repair` mends what there is.
    """

    head: int
    entries: int
    batches: int
    stations: int
    log: str
    differences: tuple[Difference, ...]
    more: int
    log_is_whole: bool


def verify(store: Store, progress: Progress = silent) -> Proof:
    """Replay the log, and prove the table of current stations equal to it. Whoever serves or writes is not held up.

    Raises
    ------
    RegistryError
        The database cannot be read.
    """
    return _Verifier(store.reading).proof(progress)


def verify_in(connection: sa.Connection, progress: Progress = silent) -> Proof:
    """As `verify`, of what one transaction sees."""
    return _Verifier(_the_same(connection)).proof(progress)


def repair(store: Store, progress: Progress = silent) -> Proof:
    """Make the table of current stations again from the log, and what keeps the log from being changed.

    Returns
    -------
    Proof
        Of what then stands. Where it finds differences, nothing was changed.

    Raises
    ------
    RegistryError
        The database cannot be written.
    """
    with store.writing() as connection:
        point = connection.begin_nested()
        rebuild(connection, progress)
        for name, statement in _guards(connection.dialect.name):
            if name not in _guards_there(connection):
                connection.exec_driver_sql(statement)
        proof = verify_in(connection, progress)
        if proof.differences:
            point.rollback()
    return proof


def rebuild(connection: sa.Connection, progress: Progress = silent) -> None:
    """Make the table of current stations again from the log, in a transaction that may write."""
    newest = sa.select(sa.func.max(ENTRY.c.revision)).group_by(ENTRY.c.code)
    revisions = sorted(connection.execute(newest).scalars())
    connection.execute(STATION.delete())
    for chunk in _chunks(revisions):
        query = sa.select(ENTRY.c.revision, ENTRY.c.record).where(
            ENTRY.c.revision.in_(chunk), ENTRY.c.action == Action.PUT.value
        )
        rows = []
        for revision, record in connection.execute(query).all():
            # What cannot be read is left out here, and named by `verify`.
            station = _read(record)
            if station is not None:
                rows.append(station_row(station, revision, record))
        if rows:
            insert_many(connection, STATION, rows)
        progress("table", chunk[-1], revisions[-1])


class _Findings:
    """Differences, of which only so many are kept."""

    def __init__(self) -> None:
        self.kept: list[Difference] = []
        self.count = 0
        self.log_is_whole = True

    def add(self, template: str, /, *, in_log: bool = True, **values: object) -> None:
        self.count += 1
        self.log_is_whole &= not in_log
        if self.count <= MOST_DIFFERENCES:
            short = {name: str(value)[:MOST_TEXT] for name, value in values.items()}
            self.kept.append(Difference(in_log, template, dict(short)))


class _Replay:
    """The log gone through once, in order: what is wrong in it, and what should stand by it.

    Of each station a digest of its row is kept, so that a country's fit in memory.
    """

    def __init__(self, findings: _Findings) -> None:
        self._findings = findings
        self._digest = hashlib.sha256()
        self._batch: BatchRow | None = None
        self._in_batch = 0
        self.stands: dict[str, bytes] = {}
        self.entries = 0
        self.batches = 0
        self.head = 0

    def add(self, rows: Iterable[BatchRow | EntryRow], changed: set[str] | None = None) -> None:
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
        station = _read(entry.record)
        if station is None:
            self._findings.add("The record of revision {revision} cannot be read.", revision=entry.revision)
        elif station.code != entry.code:
            self._findings.add(
                "Revision {revision} is of station {code}, and its record of station {found}.",
                revision=entry.revision,
                code=entry.code,
                found=station.code,
            )
        elif not _same(station.to_json(), entry.record):
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
            self.stands[entry.code] = _digest_of(station_row(station, entry.revision, entry.record)) if station else b""


class _Verifier:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._findings = _Findings()
        self._replay = _Replay(self._findings)

    def proof(self, progress: Progress) -> Proof:
        with self._reading() as connection:
            self._check_database(connection)
        self._catch_up(progress)
        self._settle(self._doubtful(progress), progress)
        return Proof(
            self._replay.head,
            self._replay.entries,
            self._replay.batches,
            len(self._replay.stands),
            self._replay.end(),
            tuple(self._findings.kept),
            self._findings.count - len(self._findings.kept),
            self._findings.log_is_whole,
        )

    def _check_database(self, connection: sa.Connection) -> None:
        there = _guards_there(connection)
        for name, _ in _guards(connection.dialect.name):
            if name not in there:
                self._findings.add(
                    "{guard}, which keeps the log from being changed, is gone.", in_log=False, guard=name
                )
        if connection.dialect.name != "sqlite":
            return
        for (fault,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_DIFFERENCES})"):
            if fault != "ok":
                self._findings.add("The file is damaged: {fault}.", fault=fault)
        for table, row, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            self._findings.add(
                "Row {row} of the table {table} refers to a batch that is not there.", row=row, table=table
            )

    def _catch_up(self, progress: Progress, changed: set[str] | None = None) -> None:
        """Replay what is new, until little of it is left."""
        while True:
            with self._reading() as connection:
                head = head_of(connection)
            if changed is not None and head - self._replay.head <= CLOSE_BEHIND:
                return
            for rows in transcript(self._reading, self._replay.head + 1, head):
                self._replay.add(rows, changed)
                progress("replay", self._replay.head, head)
            if changed is None or self._replay.head < head:  # the latter only when rows are gone
                return

    def _doubtful(self, progress: Progress) -> set[str]:
        """Read the table in pages, and give the codes whose row is not what the log gave so far."""
        doubtful: set[str] = set()
        unseen = set(self._replay.stands)
        last = ""
        for number in range(1, 1 << 62):
            query = sa.select(STATION).where(STATION.c.code > last).order_by(STATION.c.code).limit(PAGE)
            with self._reading() as connection:
                rows = [tuple(row) for row in connection.execute(query).all()]
            for row in rows:
                unseen.discard(row[0])
                if self._replay.stands.get(row[0]) != _digest_of(row):
                    doubtful.add(row[0])
            if len(rows) < PAGE:
                break
            last = rows[-1][0]
            progress("compare", min(number * PAGE, len(self._replay.stands)), len(self._replay.stands))
        return doubtful | unseen

    def _settle(self, doubtful: set[str], progress: Progress) -> None:
        """Look at the doubtful again, with all that was written meanwhile, in one transaction."""
        self._catch_up(progress, doubtful)
        with self._reading() as connection:
            for rows in transcript(_the_same(connection), self._replay.head + 1, head_of(connection)):
                self._replay.add(rows, doubtful)
            spare = (
                connection.execute(sa.select(sa.func.count()).select_from(BATCH)).scalar_one() - self._replay.batches
            )
            if spare:
                self._findings.add("There are {count} batches without entries.", count=spare)
            for codes in _chunks(sorted(doubtful)):
                self._compare(connection, codes)

    def _compare(self, connection: sa.Connection, codes: Sequence[str]) -> None:
        newest = sa.select(sa.func.max(ENTRY.c.revision)).where(ENTRY.c.code.in_(codes)).group_by(ENTRY.c.code)
        of_log = sa.select(ENTRY.c.code, ENTRY.c.revision, ENTRY.c.record).where(
            ENTRY.c.revision.in_(newest), ENTRY.c.action != Action.REMOVE.value
        )
        wanted = {code: (revision, record) for code, revision, record in connection.execute(of_log)}
        of_table = sa.select(STATION).where(STATION.c.code.in_(codes))
        found: dict[str, Current] = {row[0]: tuple(row) for row in connection.execute(of_table)}
        for code in codes:
            if code not in wanted and code in found:
                self._findings.add("Station {code} stands in the table, and not by the log.", in_log=False, code=code)
            elif code in wanted and code not in found:
                self._findings.add(
                    "Station {code} is not in the table; by the log it stands, by revision {revision}.",
                    in_log=False,
                    code=code,
                    revision=wanted[code][0],
                )
            elif code in wanted:
                self._compare_row(found[code], *wanted[code])

    def _compare_row(self, found: Current, revision: int, record: str) -> None:
        station = _read(record)
        if station is None:
            return  # told already
        for column, there, wanted in zip(STATION.columns, found, station_row(station, revision, record), strict=True):
            if there != wanted:
                self._findings.add(
                    "Station {code} has {column} “{found}” in the table, and by the log “{wanted}”.",
                    in_log=False,
                    code=found[0],
                    column=column.name,
                    found=there,
                    wanted=wanted,
                )


def _the_same(connection: sa.Connection) -> Reading:
    @contextmanager
    def reading() -> Iterator[sa.Connection]:
        yield connection

    return reading


def _read(record: str) -> Station | None:
    try:
        return Station.from_json(record)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _same(text: str, record: str) -> bool:
    """Whether two records say the same; an older program may have written the fields in another order."""
    return text == record or bool(orjson.loads(text) == orjson.loads(record))


def _digest_of(row: Current) -> bytes:
    return hashlib.blake2b(orjson.dumps(row), digest_size=16).digest()


def _chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _guards(dialect: str) -> list[tuple[str, str]]:
    """Triggers, and functions of triggers, that the log should have: name and statement."""
    return [(statement.split()[2].partition("(")[0], statement) for statement in ONLY_ADDED_TO[dialect]]


def _guards_there(connection: sa.Connection) -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'entry'::regclass AND tgenabled <> 'D' "
        "UNION SELECT proname FROM pg_proc"
    )
    return {str(name) for (name,) in connection.exec_driver_sql(query)}
