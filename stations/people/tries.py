"""How often something may be tried at the doors of the staff, counted in the store for all workers together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from stations.errors import TooOftenError
from stations.people.marks import Keys
from stations.registry.schema import FAILED
from stations.registry.stores import Store

WINDOW = timedelta(minutes=15)


class Tries:
    """What was tried of late. Threads may share it.

    What is tried is named by a text, of which a keyed hash is kept.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], keys: Keys) -> None:
        self._store, self._clock, self._keys = store, clock, keys

    @contextmanager
    def tried(self, limits: Mapping[str, int]) -> Iterator[list[str]]:
        """Count a try before it is known what comes of it, so that a hundred at once are a hundred; strike it after.

        Parameters
        ----------
        limits
            How often each may fail in `WINDOW`.

        Yields
        ------
        list of str
            To which is added what shall be forgotten altogether, should all go well.

        Raises
        ------
        TooOftenError
            One of them has failed as often.
        """
        numbers = self.count(limits)
        passed: list[str] = []
        yield passed
        with self._keys.writing(self._store) as connection:
            connection.execute(FAILED.delete().where(FAILED.c.id.in_(numbers)))
            for name in passed:
                connection.execute(FAILED.delete().where(FAILED.c.mark == self._keys.mark("failed", name)))

    def count(self, limits: Mapping[str, int]) -> list[int]:
        """Count something that may be done so often in `WINDOW`, and give the numbers of what was written.

        Raises
        ------
        TooOftenError
            One of them was done as often.
        """
        now = self._clock()
        marks = {self._keys.mark("failed", name): most for name, most in limits.items()}
        with self._keys.writing(self._store) as connection:
            connection.execute(FAILED.delete().where(FAILED.c.at <= _told(now - WINDOW)))
            for mark, most in marks.items():
                query = sa.select(FAILED.c.at).where(FAILED.c.mark == mark).order_by(FAILED.c.at.desc()).limit(most)
                times = connection.execute(query).scalars().all()
                if len(times) >= most:
                    left = datetime.fromisoformat(times[-1]) + WINDOW - now
                    raise TooOftenError(
                        "That was tried too often. Wait {minutes} minutes and try again.",
                        wait_s=max(1, int(left.total_seconds())),
                        minutes=max(1, -(-int(left.total_seconds()) // 60)),
                    )
            last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(FAILED.c.id), 0))).scalar_one()
            rows = [{"id": last + number, "mark": mark, "at": _told(now)} for number, mark in enumerate(marks, 1)]
            connection.execute(FAILED.insert(), rows)
        return [last + number for number in range(1, len(rows) + 1)]


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
