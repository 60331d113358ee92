"""The append-only log of the registry, and the snapshot that is read from it.

An entry is the whole record of one station as of one revision. Revisions rise by
one without gaps. What is written together is a batch, all or nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from stations.errors import RegistryError, RegistryLockedError
from stations.registry.comparing import check_hours, compare, last_records, says_the_same, standing_record
from stations.registry.entries import Action, Batch, Changes, Entry, Written, head_of
from stations.registry.faults import LOCKED
from stations.registry.latest import Latest
from stations.registry.loading import advance
from stations.registry.migrating import prepare
from stations.registry.past import changes_since, history_of, last_batches, stations_as_of
from stations.registry.placing import Plan, Put, place
from stations.registry.schema import BATCH, STATION
from stations.registry.snapshot import Snapshot, hours_of
from stations.registry.stores import Store, open_store
from stations.registry.transcript import EntryRow, transcript
from stations.registry.undoing import Turn, codes_in_place, plan_undo, record_at, turns_of
from stations.station import Station

__all__ = ["Action", "Batch", "Changes", "Entry", "Registry", "Turn", "Written", "compare"]

WAIT_S = 10.0
"""How long a writer waits for another before it gives up."""

PAGE = 1000
"""Entries in a page of changes, unless told."""

SHANGHAI = ZoneInfo("Asia/Shanghai")

Change = Callable[[Snapshot], Iterable[Station]]
"""Gives the records to be put in place, from the stations as they are. Called inside the transaction."""

Also = Callable[[sa.Connection, int], None]
"""Writes into tables beside the log in the same transaction, given the number of the batch, 0 where none was written.
What it raises leaves everything as it was."""


class Registry:
    """An open registry. Threads may share it; processes open their own on the same store.

    Attributes
    ----------
    store
        The database it stands in.
    """

    def __init__(self, store: Store, timezone: ZoneInfo, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._timezone = timezone
        self._writers = threading.Lock()
        self._latest = Latest(store, timezone, clock)

    @classmethod
    def open(
        cls,
        url: str,
        timezone: ZoneInfo = SHANGHAI,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait_s: float = WAIT_S,
    ) -> Registry:
        """Open the registry at a URL; make an empty one where there is none.

        Parameters
        ----------
        url
            ``sqlite:///registry.db``, or with four slashes an absolute path;
            ``postgresql://user:password@host/database``.
        timezone
            Time zone in which opening hours are read.
        clock
            Rising seconds; says when to look for other processes' edits.
        wait_s
            How long to wait for another writer, in seconds.

        Raises
        ------
        SchemaError
            A registry of an older or newer program.
        RegistryError
            Not a registry, or one that cannot be opened. Says what to do.
        """
        store = open_store(url, wait_s)
        try:
            prepare(store)
        except RegistryError:
            store.close()
            raise
        return cls(store, timezone, clock)

    def snapshot(self) -> Snapshot:
        """Give the stations as of now, as `Latest.get` does.

        Raises
        ------
        RegistryError
            The database cannot be read, and never was.
        """
        return self._latest.get()

    def renew(self, revision: int | None = None) -> None:
        """Have the next snapshot show a revision that was written, perhaps by another process; None for the newest."""
        self._latest.renew(revision)

    @property
    def trouble(self) -> RegistryError | None:
        """Why the stations that `snapshot` gives may be of some time ago; None while the database can be read."""
        return self._latest.trouble

    def write(
        self,
        change: Change,
        *,
        what: str,
        who: str,
        at: datetime,
        source: str = "",
        digest: str = "",
        also: Also | None = None,
    ) -> Written:
        """Put records in place as one batch, all or nothing. A record that is as it was adds no entry.

        Parameters
        ----------
        change
            Gives the records from the stations as they are; no one else writes meanwhile.
        at
            Aware moment of writing.
        also
            What is written with it, all of it or nothing.

        Raises
        ------
        HoursError
            A record whose hours cannot be read.
        RegistryError
            A code given twice, or a database that cannot be written. Nothing was.
        """
        with self._writing() as connection:
            before = advance(connection, self._latest.held)
            compared = compare(before, change(before))
            puts = [*compared.added.values(), *compared.changed.values()]
            check_hours(puts, frozenset(before.rule_keys), self._timezone)
            batch, head = self._placed(connection, before.revision, Plan(puts), what, who, at, source, digest)
            if also is not None:
                also(connection, batch.id if batch else 0)
        return Written(batch, tuple(compared.added), tuple(compared.changed), compared.unchanged, head)

    def append(
        self, stations: Iterable[Station], *, what: str, who: str, at: datetime, source: str = "", digest: str = ""
    ) -> Written:
        """Put these records in place, whatever was there; as `write`."""
        return self.write(lambda _: stations, what=what, who=who, at=at, source=source, digest=digest)

    def edit(
        self, station: Station, *, seen: int, who: str, at: datetime, what: str = "edit", also: Also | None = None
    ) -> Written:
        """Put one record in place, if it is still as the editor saw it. One that is as wanted already adds no entry.

        Parameters
        ----------
        seen
            Revision of the station's record that the editor saw; 0 for a new station.
        at
            Aware moment of writing.
        also
            As for `write`.

        Raises
        ------
        StaleEdit
            Somebody else has changed, added or removed the station since. Nothing was written.
        HoursError
            Hours that cannot be read.
        RegistryError
            The database cannot be written.
        """
        put = Put.of(station)
        with self._writing() as connection:
            head = head_of(connection)
            standing = standing_record(connection, put, seen)
            hours_of(station, self._timezone)
            written = self._put_one(connection, head, put, standing, what, who, at)
            if also is not None:
                also(connection, written.batch.id if written.batch else 0)
            return written

    def remove(
        self, codes: Iterable[str], *, who: str, at: datetime, what: str = "remove", source: str = "", digest: str = ""
    ) -> Written:
        """Take stations out of the registry as one batch, all or nothing. Their history stays.

        Raises
        ------
        UnknownStationError
            A code that no station has. Nothing was written.
        RegistryError
            The database cannot be written.
        """
        wanted = tuple(dict.fromkeys(codes))
        with self._writing() as connection:
            head = head_of(connection)
            plan = Plan((), last_records(connection, wanted))
            batch, head = self._placed(connection, head, plan, what, who, at, source, digest)
        return Written(batch, (), (), (), head, wanted)

    def undo(self, batch: int, *, who: str, at: datetime, also: Also | None = None) -> Written:
        """Put every station of a batch back to what it was before it, as one new batch; those it added are removed.

        Parameters
        ----------
        also
            As for `write`.

        Raises
        ------
        UnknownBatchError
            The log has no such batch.
        UndoRefused
            Stations of the batch were written again later; the error lists how. Nothing was written.
        RegistryError
            The database cannot be written.
        """
        with self._writing() as connection:
            head = head_of(connection)
            plan = plan_undo(connection, batch)
            there = codes_in_place(connection, batch)
            written, head = self._placed(connection, head, plan, f"undo of batch {batch}", who, at)
            if also is not None:
                also(connection, written.id if written else 0)
        codes = [put.station.code for put in plan.puts]
        back = tuple(code for code in codes if code not in there)
        changed = tuple(code for code in codes if code in there)
        return Written(written, back, changed, (), head, tuple(code for code, _ in plan.removes))

    def would_undo(self, batch: int) -> tuple[Turn, ...]:
        """What `undo` of a batch would do to each of its stations.

        Raises
        ------
        UnknownBatchError, UndoRefused, RegistryError
            As `undo`.
        """
        with self.store.reading() as connection:
            return turns_of(connection, batch)

    def restore(self, code: str, revision: int, *, who: str, at: datetime) -> Written:
        """Put the record of an earlier revision in place again, as a new one.

        Raises
        ------
        UnknownStationError
            No entry has that code.
        UnknownRevisionError
            The station's history does not have that revision, or it removed the station.
        RegistryError
            The database cannot be written.
        """
        with self._writing() as connection:
            head = head_of(connection)
            record = record_at(connection, code, revision)
            standing = connection.execute(sa.select(STATION.c.record).where(STATION.c.code == code)).scalar()
            put = Put.of(Station.from_json(record), record)
            return self._put_one(connection, head, put, standing, f"restore of revision {revision}", who, at)

    def history(self, code: str) -> tuple[Entry, ...]:
        """Every entry of one station, oldest first.

        Raises
        ------
        UnknownStationError
            No entry has that code.
        """
        return history_of(self.store, code)

    def as_of(self, when: datetime | int) -> Snapshot:
        """Give the stations as they were at a moment, or as of a revision.

        Parameters
        ----------
        when
            A moment, one without an offset in the registry's time zone: the log up
            to the last batch written by then. Or a revision.

        Raises
        ------
        UnknownRevisionError
            The log does not go so far.
        """
        if isinstance(when, datetime) and when.tzinfo is None:
            when = when.replace(tzinfo=self._timezone)
        return stations_as_of(self.store, when, self.snapshot())

    def changes(self, since: int, *, limit: int = PAGE) -> Changes:
        """Give the next page of what was written after a revision, complete and in order.

        Parameters
        ----------
        since
            The last revision that is known already; 0 for the beginning.
        limit
            Most entries in a page.

        Raises
        ------
        UnknownRevisionError
            The log does not go so far.
        """
        return changes_since(self.store, since, limit)

    def batches(self, limit: int = 20) -> tuple[Batch, ...]:
        """The last batches, newest first."""
        return last_batches(self.store, limit)

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[EntryRow]:
        """The rows of the log from one revision to another, as they stand there, read a page at a time.

        No transaction stays open between pages, so that nobody who writes is held up.
        """
        if last is None:
            with self.store.reading() as connection:
                last = head_of(connection)
        for rows in transcript(self.store.reading, first, last):
            yield from (row for row in rows if isinstance(row, EntryRow))

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        # In turn here first: threads that wait for the database would only poll it, and use up its connections.
        if not self._writers.acquire(timeout=self.store.wait_s):
            raise RegistryLockedError(LOCKED, name=self.store.name)
        try:
            with self.store.writing() as connection:
                yield connection
        finally:
            # Only now: before the commit another thread could take the old head for the new one. And also when the
            # commit failed, as a server that goes away may have done it.
            self._latest.wrote()
            self._writers.release()

    def _placed(
        self,
        connection: sa.Connection,
        head: int,
        plan: Plan,
        what: str,
        who: str,
        at: datetime,
        source: str = "",
        digest: str = "",
    ) -> tuple[Batch | None, int]:
        if not len(plan):
            return None, head
        last = connection.execute(sa.select(sa.func.max(BATCH.c.id))).scalar() or 0
        batch = Batch(last + 1, what, source, digest, at.astimezone(UTC), who, len(plan))
        return batch, place(connection, batch, head, plan)

    def _put_one(
        self, connection: sa.Connection, head: int, put: Put, standing: str | None, what: str, who: str, at: datetime
    ) -> Written:
        code = put.station.code
        if standing is not None and says_the_same(standing, put.record):
            return Written(None, (), (), (code,), head)
        batch, head = self._placed(connection, head, Plan([put]), what, who, at)
        return Written(batch, () if standing else (code,), (code,) if standing else (), (), head)
