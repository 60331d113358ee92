"""The cautions that a process knows of, kept in memory: every answer asks for them, and they hardly ever change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

import sqlalchemy as sa

from stations.errors import RegistryError, RegistryLockedError
from stations.registry.latest import CHECK_EVERY_S, RETRY_S
from stations.registry.schema import REPORT
from stations.registry.stores import Store
from stations.upkeep.groups import Group, grouped
from stations.upkeep.reporting import head_change

Groups = Mapping[str, tuple[Group, ...]]
"""By code of a station."""

NOTHING: Groups = MappingProxyType({})

AT_ONCE = 500
"""Stations that are asked for in one query."""

log = logging.getLogger("yizhan")


class Standing:
    """The reports that make cautions, by station. Threads may share it.

    Attributes
    ----------
    held
        What was read last; the same object as long as nothing changed.
    away
        Whether the database could not be read when somebody last looked.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.held = NOTHING
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._change = 0
        self._due = float("-inf")
        self.away = False
        # Writes of this process, and how many of them are shown.
        self._writes = self._shown = 0

    def wrote(self) -> None:
        """Note that this process wrote, or may have: the next answer must show it."""
        self._writes += 1

    def get(self) -> Groups:
        """Give them as of now; others' writes show within half a second.

        Mostly it costs a look at the clock. While the database cannot be read, what
        was read last goes on being given: an answer without a caution is better
        than none.
        """
        stale = self._shown != self._writes
        if not stale and self._clock() < self._due:
            return self.held
        # Whoever does not need to see a write of this process's is served while another thread looks.
        if not self._lock.acquire(blocking=stale):
            return self.held
        try:
            if self._shown != self._writes or self._clock() >= self._due:
                self._look()
            return self.held
        finally:
            self._lock.release()

    def _look(self) -> None:
        writes = self._writes
        wait_s = CHECK_EVERY_S
        try:
            with self._store.reading() as connection:
                change = head_change(connection)
                if change != self._change:
                    self.held = self._read(connection, change)
                    self._change = change
        except RegistryError as error:
            # A writer who commits for long only makes others' reports show later.
            if not isinstance(error, RegistryLockedError):
                if not self.away:
                    log.warning("%s The cautions that were read last are shown meanwhile.", error)
                self.away, wait_s = True, RETRY_S
        else:
            self.away = False
        # Also after a look that failed: nobody has to wait while another asks a database that is silent. What was
        # written while this one looked is not in it, and is looked for at once.
        self._shown, self._due = writes, self._clock() + wait_s

    def _read(self, connection: sa.Connection, change: int) -> Groups:
        """Read the stations whose cautions changed, or all of them."""
        if self._change == 0 or change < self._change:  # the latter when another registry was put in place
            return MappingProxyType(grouped(read_counting(connection)))
        query = sa.select(REPORT.c.code).where(REPORT.c.change > self._change).distinct()
        codes = list(connection.execute(query).scalars())
        held = {code: groups for code, groups in self.held.items() if code not in set(codes)}
        for start in range(0, len(codes), AT_ONCE):
            held |= grouped(read_counting(connection, codes[start : start + AT_ONCE]))
        return MappingProxyType(held)


def read_counting(
    connection: sa.Connection, codes: list[str] | None = None
) -> list[tuple[str, str, str, int, int, str]]:
    """Read the reports that make cautions, of all stations or of some, as `grouped` takes them."""
    columns = (REPORT.c.code, REPORT.c.kind, REPORT.c.amenity, REPORT.c.revision, REPORT.c.person, REPORT.c.found)
    query = sa.select(*columns).where(REPORT.c.counts == 1, REPORT.c.cleared == "")
    if codes is not None:
        query = query.where(REPORT.c.code.in_(codes))
    return [tuple(row) for row in connection.execute(query).all()]
