"""Making files that take seconds: one at a time, the last few kept, and nobody left waiting long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from stations.errors import BusyError

WAITING = 1
"""So many may wait while one is served. A worker has four threads, and the finder needs some of them."""

LONGEST_WAIT_S = 20.0
MOST_BYTES = 24_000_000
"""What is kept in a worker."""


class Press:
    """Makes files, one at a time.

    A picture or a printed report takes a core for seconds. Were each made at once, a
    few planners would keep everybody from finding a station.
    """

    def __init__(self) -> None:
        self._line = BoundedSemaphore(1 + WAITING)
        self._at_work = Lock()
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._keeping = Lock()

    def make(self, key: Hashable, work: Callable[[], bytes]) -> bytes:
        """Give a file that was made, or make it.

        Parameters
        ----------
        key
            All that the file is made from.

        Raises
        ------
        BusyError
            Others wait already.
        """
        kept = self._find(key)
        if kept is not None:
            return kept
        with self._turn():
            kept = self._find(key)  # made while waiting
            if kept is not None:
                return kept
            made = work()
            self._keep(key, made)
            return made

    def within(self, key: Hashable, work: Callable[[], bytes]) -> bytes:
        """Give a part of what is being made, or make it; only to be asked for by work whose turn it is."""
        kept = self._find(key)
        if kept is None:
            kept = work()
            self._keep(key, kept)
        return kept

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise BusyError("Several reports are being made just now. Try again in a few seconds.")
        try:
            if not self._at_work.acquire(timeout=LONGEST_WAIT_S):
                raise BusyError("Several reports are being made just now. Try again in a few seconds.")
            try:
                yield
            finally:
                self._at_work.release()
        finally:
            self._line.release()

    def _find(self, key: Hashable) -> bytes | None:
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            return None

    def _keep(self, key: Hashable, made: bytes) -> None:
        with self._keeping:
            self._kept[key] = made
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST_BYTES:
                self._kept.popitem(last=False)
