"""Remembering what follows from an atlas: results that are costly, small in number and always the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Memo:
    """A bounded store of results by key, the least recently used forgotten first; safe under threads.

    Two threads that ask for the same new key wait for one of them to work it out.

    Parameters
    ----------
    size
        How many results are kept.
    """

    def __init__(self, size: int = 48) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()
        self._making = RLock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for a key, made now if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        with self._making:
            with self._lock:
                if key in self._kept:
                    return cast("T", self._kept[key])
            made = make()
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            return made
