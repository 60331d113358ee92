"""Who does the work: one process at a time, for as long as it keeps saying so."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from stations.notices.outbox import text_of
from stations.registry.schema import NOTICE_LEASE
from stations.registry.stores import Store

LASTS = timedelta(seconds=60)
"""How long nobody else may, after the last word of who does."""


class Lease:
    """A row that names who does the work. Processes share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def hold(self, holder: str, now: datetime) -> bool:
        """Take the lease, or keep it; False where somebody else has it.

        Parameters
        ----------
        holder
            Names the process, at random.
        """
        with self._store.reading() as connection:
            row = connection.execute(sa.select(NOTICE_LEASE)).one_or_none()
        if row is not None and row.holder != holder and row.until > text_of(now):
            return False
        values = {"holder": holder, "until": text_of(now + LASTS)}
        with self._store.writing() as connection:
            row = connection.execute(sa.select(NOTICE_LEASE)).one_or_none()
            if row is None:
                connection.execute(NOTICE_LEASE.insert(), {"id": 1} | values)
            elif row.holder == holder or row.until <= text_of(now):
                connection.execute(NOTICE_LEASE.update().values(**values))
            else:
                return False
        return True

    def let_go(self, holder: str) -> None:
        """Let others have it at once."""
        with self._store.writing() as connection:
            connection.execute(NOTICE_LEASE.delete().where(NOTICE_LEASE.c.holder == holder))
