"""The append-only log of the registry, and the snapshot that is read from it.

An entry is the whole record of one station as of one revision. Revisions rise by
one without gaps. What is written together is a batch, all or nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from stations.errors import RegistryError, RegistryLockedError, UnknownStationError
from stations.registry.schema import BATCH, ENTRY, WRITES, prepare, sqlite_file, told_plainly
from stations.registry.snapshot import Snapshot, hours_of
from stations.station import Station, Status

CHECK_EVERY_S = 0.25
"""How old the knowledge of the head revision may be. Other workers' edits show within twice this."""

WAIT_S = 10.0
"""How long a writer waits for another before it gives up."""

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Action(StrEnum):
    """What an entry does: put a record in place, or take a station out of service for good."""

    PUT = "put"
    RETIRE = "retire"


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as of one revision."""

    revision: int
    action: Action
    station: Station
    batch: Batch


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing stations.

    Attributes
    ----------
    batch
        None when nothing had changed, and so nothing was written.
    added, changed, unchanged
        Codes, in the order they were given.
    revision
        Head of the log afterwards.
    """

    batch: Batch | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    revision: int


Change = Callable[[Snapshot], Iterable[Station]]
"""Gives the records to be put in place, from the stations as they are. Called inside the transaction."""


class Registry:
    """An open registry. Threads may share it; processes open their own on the same file."""

    def __init__(
        self, engine: sa.Engine, name: str, timezone: ZoneInfo, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._name = name
        self._timezone = timezone
        self._clock = clock
        self._lock = threading.Lock()
        self._snapshot = Snapshot.build(0, (), timezone)
        self._checked = float("-inf")
        self._stale = True

    @classmethod
    def open(
        cls,
        url: str,
        timezone: ZoneInfo = SHANGHAI,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait_s: float = WAIT_S,
    ) -> Registry:
        """Open the registry at a URL; make an empty one when the file is not there.

        Parameters
        ----------
        url
            ``sqlite:///registry.db``, or with four slashes an absolute path.
        timezone
            Time zone in which opening hours are read.
        clock
            Rising seconds; says when to look for other processes' edits.
        wait_s
            How long to wait for another writer, in seconds.

        Raises
        ------
        RegistryError
            Not a registry, or one that cannot be opened. Says what to do.
        """
        path = sqlite_file(url)
        return cls(prepare(path, wait_s), path.name, timezone, clock)

    def snapshot(self) -> Snapshot:
        """Give the stations as of now.

        This process's own writes show at once, others' within half a second. Mostly
        it costs a look at the clock.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        if not self._stale and self._clock() - self._checked < CHECK_EVERY_S:
            return self._snapshot
        # Whoever does not need to see a write of this process's is served while another thread looks.
        if not self._lock.acquire(blocking=self._stale):
            return self._snapshot
        try:
            if self._stale or self._clock() - self._checked >= CHECK_EVERY_S:
                wrote, self._stale = self._stale, False
                try:
                    with told_plainly(self._name), self._engine.begin() as connection:
                        self._snapshot = self._advanced(connection, self._snapshot)
                except RegistryError as error:
                    self._stale = self._stale or wrote
                    # A writer who commits for long only makes others' edits show later.
                    if wrote or not isinstance(error, RegistryLockedError):
                        raise
                self._checked = self._clock()
            return self._snapshot
        finally:
            self._lock.release()

    def write(
        self, change: Change, *, what: str, who: str, at: datetime, source: str = "", digest: str = ""
    ) -> Written:
        """Put records in place as one batch, all or nothing. A record that is as it was adds no entry.

        Parameters
        ----------
        change
            Gives the records from the stations as they are; no one else writes meanwhile.
        at
            Aware moment of writing.

        Raises
        ------
        HoursError
            A record whose hours cannot be read.
        RegistryError
            A code given twice, or a database that cannot be written. Nothing was.
        """
        with told_plainly(self._name), self._writer.begin() as connection:
            before = self._advanced(connection, self._snapshot)
            written = compare(before, change(before))
            fresh = [*written.added.values(), *written.changed.values()]
            if fresh:
                batch = Batch(self._next_batch(connection), what, source, digest, at.astimezone(UTC), who, len(fresh))
                self._add(connection, batch, before.revision, fresh)
            else:
                batch = None
        # Only now: before the commit another thread could clear it with the old head in hand.
        self._stale = True
        return Written(
            batch, tuple(written.added), tuple(written.changed), written.unchanged, before.revision + len(fresh)
        )

    def append(
        self, stations: Iterable[Station], *, what: str, who: str, at: datetime, source: str = "", digest: str = ""
    ) -> Written:
        """Put these records in place, whatever was there; as `write`."""
        return self.write(lambda _: stations, what=what, who=who, at=at, source=source, digest=digest)

    def history(self, code: str) -> tuple[Entry, ...]:
        """Every entry of one station, oldest first.

        Raises
        ------
        UnknownStationError
            No entry has that code.
        """
        query = (
            sa.select(ENTRY, BATCH)
            .join(BATCH, ENTRY.c.batch == BATCH.c.id)
            .where(ENTRY.c.code == code)
            .order_by(ENTRY.c.revision)
        )
        with told_plainly(self._name), self._engine.begin() as connection:
            entries = tuple(_entry(row) for row in connection.execute(query).mappings())
        if not entries:
            raise UnknownStationError("There is no station {code}.", code=code[:80])
        return entries

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _advanced(self, connection: sa.Connection, known: Snapshot) -> Snapshot:
        """Bring a snapshot up to the head of the log."""
        head = connection.execute(sa.select(sa.func.max(ENTRY.c.revision))).scalar() or 0
        if head == known.revision:
            return known
        if head < known.revision:  # an older file was put in place
            known = Snapshot.build(0, (), self._timezone, rules=known.rules)
        latest = (
            sa.select(sa.func.max(ENTRY.c.revision)).where(ENTRY.c.revision > known.revision).group_by(ENTRY.c.code)
        )
        query = sa.select(ENTRY.c.code, ENTRY.c.record).where(ENTRY.c.revision.in_(latest))
        stations = {station.code: station for station in known.stations}
        stations |= {code: Station.from_json(record) for code, record in connection.execute(query)}
        return Snapshot.build(head, stations.values(), self._timezone, rules=known.rules)

    def _next_batch(self, connection: sa.Connection) -> int:
        return (connection.execute(sa.select(sa.func.max(BATCH.c.id))).scalar() or 0) + 1

    def _add(self, connection: sa.Connection, batch: Batch, head: int, stations: list[Station]) -> None:
        for station in stations:
            hours_of(station, self._timezone)
        connection.execute(
            BATCH.insert(),
            {
                "id": batch.id,
                "what": batch.what,
                "source": batch.source,
                "digest": batch.digest,
                "at": batch.at.isoformat(),
                "who": batch.who,
                "count": batch.count,
            },
        )
        connection.execute(
            ENTRY.insert(),
            [
                {
                    "revision": revision,
                    "code": station.code,
                    "action": Action.RETIRE if station.status is Status.RETIRED else Action.PUT,
                    "record": station.to_json(),
                    "batch": batch.id,
                }
                for revision, station in enumerate(stations, start=head + 1)
            ],
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Records beside what the registry holds, by code."""

    added: dict[str, Station]
    changed: dict[str, Station]
    unchanged: tuple[str, ...]


def compare(snapshot: Snapshot, stations: Iterable[Station]) -> Comparison:
    """Tell which records are new, changed, or as they were.

    Raises
    ------
    RegistryError
        A code given twice.
    """
    known = {station.code: station for station in snapshot.stations}
    added: dict[str, Station] = {}
    changed: dict[str, Station] = {}
    unchanged: dict[str, Station] = {}
    for station in stations:
        if station.code in added or station.code in changed or station.code in unchanged:
            raise RegistryError("Station {code} is given twice. Give each station once.", code=station.code)
        before = known.get(station.code)
        if before is None:
            added[station.code] = station
        elif before == station or before.to_json() == station.to_json():
            unchanged[station.code] = station
        else:
            changed[station.code] = station
    return Comparison(added, changed, tuple(unchanged))


def _entry(row: sa.RowMapping) -> Entry:
    batch = Batch(
        row["id"],
        row["what"],
        row["source"],
        row["digest"],
        datetime.fromisoformat(row["at"]),
        row["who"],
        row["count"],
    )
    return Entry(row["revision"], Action(row["action"]), Station.from_json(row["record"]), batch)
