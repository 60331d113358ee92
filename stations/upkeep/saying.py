"""What people at the doors say of a station, and what that comes to: cautions, tasks, confirmations and visits.

None of it is an entry of the log, and none of it changes a station: it stands
beside, in the same store, and says of which revision of a record it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from stations.errors import RegistryError, RegistryLockedError, UnknownTaskError
from stations.registry.faults import LOCKED
from stations.registry.keys import secret_for_cookies
from stations.registry.log import SHANGHAI
from stations.registry.snapshot import Snapshot
from stations.registry.stores import Store
from stations.taxonomy import Taxonomy
from stations.upkeep.counting import confirmed_of, count, months_of, take_confirmation, take_visit, visits_of
from stations.upkeep.facts import Aspect, Caution, Confirmed, Counts, Outcome, Report, Sender, Task, Visits
from stations.upkeep.hearing import amenity_of, aspect_of, kind_of, moment_of, note_of
from stations.upkeep.kinds import Kind, load_kinds
from stations.upkeep.looking import reports_of, revision_of, tasks_of
from stations.upkeep.marks import Marks, forget, forgettable, marks_of
from stations.upkeep.records import newest_revision
from stations.upkeep.reporting import Said, clear, clear_confirmed, drop_reports, take_report
from stations.upkeep.standing import Standing
from stations.upkeep.telling import Told, tell

KEPT = timedelta(days=366)
"""How long a report is kept that makes no caution any more."""

WAIT_S = 2.0
"""How long somebody at a door waits for another writer; they can say it again, or their phone does."""

NO_CAUTIONS: Mapping[str, tuple[Caution, ...]] = MappingProxyType({})


class Upkeep:
    """What is said of the stations of one store. Threads may share it; processes make their own.

    Parameters
    ----------
    store
        That of the registry.
    timezone
        In which days begin and end.
    clock
        Rising seconds; says when to look for what other processes wrote.
    """

    def __init__(
        self, store: Store, timezone: ZoneInfo = SHANGHAI, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.timezone = timezone
        self._store = store
        self._writers = threading.Lock()
        self._standing = Standing(store, clock)
        self._told: Told | None = None

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """What can be reported, by key, in the order in which it is offered."""
        return load_kinds()

    @cached_property
    def _amenities(self) -> frozenset[str]:
        return frozenset(Taxonomy.load().amenities.terms)

    def report(
        self,
        code: str,
        kind: str,
        *,
        amenity: str = "",
        note: str = "",
        sender: Sender,
        found: datetime,
        now: datetime,
        revision: int,
    ) -> Outcome:
        """Take a report: what is wrong with a station. All of it is written or nothing.

        Parameters
        ----------
        code
            Of a station that is in use; the caller sees to that.
        amenity, note
            Which one, and some words for the staff, where the kind asks.
        found
            When it was found so, at most `hearing.OLDEST` ago; aware.
        now
            Aware moment.
        revision
            Of the station's record.

        Returns
        -------
        Outcome
            Known where the same device said so already that day, and nothing became of it yet.

        Raises
        ------
        SayingError
            A kind or an amenity that does not exist, a note that is too long, a moment that cannot be.
        RegistryError
            It cannot be written just now.
        """
        known = kind_of(kind, self.kinds)
        which = amenity_of(amenity, known, self._amenities)
        words = note_of(note, known)
        moment = moment_of(found, now)
        with self._writing() as connection:
            said = Said(
                code, known, which, words, moment, self._day(moment), newest_revision(connection, code, revision)
            )
            marks = self._marks(connection, sender, now)
            outcome = take_report(connection, said, marks, self.timezone)
            if outcome is Outcome.TAKEN:
                count(connection, code, said.day, "reports")
        return outcome

    def confirm(
        self,
        code: str,
        aspect: Aspect | str,
        *,
        sender: Sender,
        now: datetime,
        revision: int,
        found: datetime | None = None,
    ) -> Outcome:
        """Take the word that something is still right. It clears the cautions that others raised about that.

        The parameters and errors are those of `report`; `found` is `now` unless told.
        """
        aspect = aspect_of(aspect)
        moment = moment_of(found or now, now)
        kinds = [key for key, kind in self.kinds.items() if kind.clears is aspect]
        with self._writing() as connection:
            revision = newest_revision(connection, code, revision)
            marks = self._marks(connection, sender, now)
            cleared = clear_confirmed(connection, code, kinds, revision, moment, marks)
            outcome = take_confirmation(connection, code, aspect, revision, moment, self._day(moment), marks)
        return Outcome.TAKEN if cleared else outcome

    def visit(self, code: str, *, sender: Sender, now: datetime, found: datetime | None = None) -> Outcome:
        """Count a visit: a device once a day a station.

        The parameters and errors are those of `report`; `found` is `now` unless told.
        """
        moment = moment_of(found or now, now)
        with self._writing() as connection:
            marks = self._marks(connection, sender, now)
            return take_visit(connection, code, self._day(moment), marks)

    def cautions(self, snapshot: Snapshot, now: datetime) -> Mapping[str, tuple[Caution, ...]]:
        """What people are told to be wary of, by the code of the station; only of those in the snapshot as they are.

        It never fails, and mostly costs a microsecond.

        Parameters
        ----------
        now
            Aware moment.
        """
        groups = self._standing.get()
        if not groups:
            return NO_CAUTIONS
        told = self._told
        if told is None or not told.answers(groups, snapshot.revision, now):
            told = self._told = tell(groups, snapshot, self.kinds, now)
        return told.cautions

    def tasks(self, snapshot: Snapshot, now: datetime) -> tuple[Task, ...]:
        """What the staff should look at, the oldest first; also what people are not told any more.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return tasks_of(connection, snapshot, now, self.kinds)

    def reports(self, code: str) -> tuple[Report, ...]:
        """All reports of a station that are kept, the newest first. For the staff alone.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return reports_of(connection, code)

    def looked(self, code: str, kind: str, amenity: str = "", *, who: str, now: datetime) -> int:
        """Note that the staff looked at what was reported: it counts no more. Gives how many reports that were.

        Raises
        ------
        UnknownTaskError
            No report of that stands.
        RegistryError
            It cannot be written.
        """
        with self._writing(self._store.wait_s) as connection:
            done = clear(connection, code, kind, amenity, now, who)
            if not done:
                raise UnknownTaskError(
                    "No report of “{kind}” stands for station {code}. See flask upkeep reports {code}.",
                    kind=f"{kind} {amenity}".strip()[:80],
                    code=code[:80],
                )
        return done

    def confirmed(self, code: str, snapshot: Snapshot) -> Mapping[Aspect, Confirmed]:
        """How often what of a station was said to be still right, since its record was last written.

        Nothing while the database cannot be read: a page is better without than not there.
        """
        revision = revision_of(snapshot, code)
        if revision is None or not self._answers():
            return {}
        with suppress(RegistryError), self._store.reading() as connection:
            return confirmed_of(connection, code, revision)
        return {}

    def visits(self, code: str) -> Visits:
        """How often people said that they were at a station; nothing while the database cannot be read."""
        if self._answers():
            with suppress(RegistryError), self._store.reading() as connection:
                return visits_of(connection, code)
        return Visits(0)

    def months(self, code: str = "") -> tuple[Counts, ...]:
        """What was said by station and month, of one station or of all; by code, the newest month first.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return months_of(connection, code)

    def secret(self) -> bytes:
        """The key that cookies are signed with: random, made once, the same for all who share the store.

        Raises
        ------
        RegistryError
            The database cannot be read, or the key not be made.
        """
        return secret_for_cookies(self._store.reading, self._writing)

    def forget(self, now: datetime) -> None:
        """Forget who said what before yesterday, if there is still something to forget and the database can be read.

        Raises
        ------
        RegistryError
            It cannot be written just now.
        """
        if not self._answers():
            return
        with self._store.reading() as connection:
            due = forgettable(connection, self._day(now))
        if due:
            with self._writing() as connection:
                self._forget(connection, now)

    def _marks(self, connection: sa.Connection, sender: Sender, now: datetime) -> Marks:
        self._forget(connection, now)
        return marks_of(connection, sender, self._day(now))

    def _forget(self, connection: sa.Connection, now: datetime) -> None:
        """Once a day: forget who said what before yesterday, and what was said long ago."""
        if forgettable(connection, self._day(now)):
            forget(connection, self._day(now))
            drop_reports(connection, now - KEPT)

    def _answers(self) -> bool:
        """Whether the database can be asked without waiting for a server that does not answer."""
        self._standing.get()
        return not self._standing.away

    @contextmanager
    def _writing(self, wait_s: float = WAIT_S) -> Iterator[sa.Connection]:
        # In turn here first: threads that wait for the database would only poll it, and use up its connections.
        if not self._writers.acquire(timeout=wait_s):
            raise RegistryLockedError(LOCKED, name=self._store.name)
        try:
            with self._store.writing(min(wait_s, self._store.wait_s)) as connection:
                yield connection
        finally:
            self._standing.wrote()
            self._writers.release()

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.timezone).date()
