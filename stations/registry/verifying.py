"""Proof that a registry is whole: a log without a gap, and a table of current stations equal to what the log gives.

The log is the truth. It is replayed in short reads, which hold up nobody. The
table is then read in the same way, and whatever does not agree, or has been
changed meanwhile, is looked at again in one short transaction. What visits are added
up from is held against what was counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from geodata.progress import Progress, silent
from stations.registry.entries import Action, head_of
from stations.registry.replaying import MOST_DIFFERENCES, Current, Difference, Findings, Replay, current_row, digest_of
from stations.registry.schema import BATCH, ENTRY, ONLY_ADDED_TO, STATION
from stations.registry.stores import Store, insert_many
from stations.registry.transcript import PAGE, Reading, transcript
from stations.registry.visitmonths import count_anew, counted, differing

CLOSE_BEHIND = 2_000
"""Entries that the last look at the table may still have to replay itself."""

AT_ONCE = 500
"""Codes or revisions that are asked for in one query."""

Value = TypeVar("Value")


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
    """Make the table of current stations again from the log, what keeps the log from being changed, and sums of visits.

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
    """Make the table of current stations again from the log, and sums of visits, in a transaction that may write."""
    newest = sa.select(sa.func.max(ENTRY.c.revision)).group_by(ENTRY.c.code)
    revisions = sorted(connection.execute(newest).scalars())
    connection.execute(STATION.delete())
    for chunk in _chunks(revisions):
        query = sa.select(ENTRY.c.revision, ENTRY.c.code, ENTRY.c.record).where(
            ENTRY.c.revision.in_(chunk), ENTRY.c.action == Action.PUT.value
        )
        rows = []
        for revision, code, record in connection.execute(query).all():
            read = current_row(revision, record)
            # What cannot be read is left out here, and named by `verify`.
            if read is not None and read[0].code == code:
                rows.append(read[1])
        if rows:
            insert_many(connection, STATION, rows)
        progress("table", chunk[-1], revisions[-1])
    count_anew(connection)


class _Verifier:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._findings = Findings()
        self._replay = Replay(self._findings)

    def proof(self, progress: Progress) -> Proof:
        with self._reading() as connection:
            self._check_database(connection)
        self._catch_up(progress)
        self._settle(self._doubtful(progress), progress)
        self._check_visits()
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

    def _check_visits(self) -> None:
        with self._reading() as connection:
            parts = counted(connection)
        for codes in parts:
            with self._reading() as connection:
                wrong = differing(connection, codes)
            for code, month in wrong:
                self._findings.add(
                    "The visits of station {code} in {month} are not what was counted.",
                    in_log=False,
                    code=code,
                    month=month,
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
                if self._replay.stands.get(row[0]) != digest_of(row):
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
            if spare > 0:
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
        read = current_row(revision, record)
        if read is None:
            return  # told already
        for column, there, wanted in zip(STATION.columns, found, read[1], strict=True):
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
