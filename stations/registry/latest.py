"""The newest snapshot that a process knows of: when to look for what was written, and what to serve meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

from stations.errors import RegistryError, RegistryLockedError
from stations.registry.loading import advance
from stations.registry.snapshot import Snapshot
from stations.registry.stores import Store

CHECK_EVERY_S = 0.25
"""How old the knowledge of the head revision may be. Other workers' edits show within twice this."""

RETRY_S = 1.0
"""How long after a look that failed the next one may come: each may wait for a server that does not answer."""

log = logging.getLogger("yizhan")


class Latest:
    """The newest snapshot of a store. Threads may share it.

    Attributes
    ----------
    held
        What was read last; empty before the first look.
    trouble
        Why it may be of some time ago; None while the database can be read.
    """

    def __init__(self, store: Store, timezone: ZoneInfo, clock: Callable[[], float]) -> None:
        self.held = Snapshot.build(0, (), timezone)
        self.trouble: RegistryError | None = None
        self._store = store
        self._clock = clock
        self._lock, self._counting = threading.Lock(), threading.Lock()
        self._checked = self._retry = float("-inf")
        self._answered = False
        # Writes of this process, and how many of them the snapshot shows; at first it shows nothing.
        self._writes, self._shown = 1, 0

    def wrote(self) -> None:
        """Note that this process wrote, or may have: the next snapshot must show it."""
        self._count()
        self._retry = float("-inf")

    def renew(self, revision: int | None = None) -> None:
        """Have the next snapshot show a revision that was written, perhaps by another process; None for the newest."""
        if revision is None or self.held.revision < revision:
            self._count()

    def get(self) -> Snapshot:
        """Give the stations as of now.

        This process's own writes show at once, others' within half a second, or at once after `renew`. Mostly
        it costs a look at the clock. While the database cannot be read, what was read
        last goes on being served, and `trouble` says why: to someone on the street an
        answer of an hour ago is better than none.

        Raises
        ------
        RegistryError
            The database cannot be read, and never was.
        """
        stale = self._shown != self._writes
        if self._clock() < self._retry or (not stale and self._clock() - self._checked < CHECK_EVERY_S):
            return self.held
        # Whoever does not need to see a write of this process's is served while another thread looks.
        if not self._lock.acquire(blocking=stale):
            return self.held
        try:
            stale = self._shown != self._writes
            if self._clock() >= self._retry and (stale or self._clock() - self._checked >= CHECK_EVERY_S):
                self._look()
            return self.held
        finally:
            self._lock.release()

    def _count(self) -> None:
        with self._counting:
            self._writes += 1

    def _look(self) -> None:
        writes = self._writes
        try:
            with self._store.reading() as connection:
                self.held = advance(connection, self.held)
        except RegistryError as error:
            if not self._answered:
                raise
            # A writer who commits for long only makes others' edits show later.
            if not isinstance(error, RegistryLockedError):
                if self.trouble is None:
                    log.warning("%s What was read last is served meanwhile.", error)
                self.trouble = error
                self._retry = self._clock() + RETRY_S
                # What is served is old for all alike: nobody has to wait while another asks a server that is silent.
                self._shown = writes
        else:
            if self.trouble is not None:
                log.warning("The registry %s can be read again.", self._store.name)
            self._answered, self.trouble, self._shown = True, None, writes
        self._checked = self._clock()
