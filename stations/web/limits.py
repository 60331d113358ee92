"""How often one client may ask.

Each worker counts for itself, in its memory: a client with connections to all of them may ask that many times as often.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from math import ceil, floor
from types import MappingProxyType
from typing import TYPE_CHECKING

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import SlidingWindowCounterSupport, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from stations.web.clients import CLIENT, NOBODY
from stations.web.refusals import Refusals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_KEPT = 20_000
"""Counts that a worker keeps, of some 400 bytes each."""

FREE = ("/static/", "/sw.js", "/healthz", "/robots.txt", "/manifest.webmanifest")
"""What costs next to nothing, or is asked by whoever watches the house."""

TILES = "/tiles/"
TILES_FOR_ONE = 5
"""A look at the map is some twenty tiles, small and kept by browsers: they are counted apart, and may be so many times
as many."""

LONG_WORK = ("/download/", "/planning", "/posters")
COST_OF_LONG_WORK = 10
"""What takes tens of milliseconds and more counts as so many requests."""

FOLLOWING = "/planning/answer.json"
COST_OF_FOLLOWING = 2
"""The figures that follow a pin that is dragged: asked for some six times a second, and answered in a breath."""

SITING = "/planning/siting/"
COST_OF_PROGRESS = 1
"""How far a search is: asked for each second, and read from one row."""

PLANNING: Mapping[str, int] = MappingProxyType(
    {
        f"{SITING}search": 60,
        f"{SITING}stop": 2,
        f"{SITING}save": 10,
        f"{SITING}remove": 10,
        f"{SITING}accept": 10,
        f"{SITING}leave": 1,
    }
)
"""What is sent there and is no report: a search takes a core for seconds, and what changes something needs a key. To
enter that key, or to upload a list, counts as a report."""

DESK, SIGNING_IN = "/desk/", "/desk/sign-in"
COST_OF_THE_DESK, COST_OF_SIGNING_IN = 5, 20
"""What staff send is no report, and an office of them may have one address. To check a password takes a core for a
twentieth of a second."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Counts(Storage, SlidingWindowCounterSupport):
    """Counts of the library `limits`, kept in memory that is bounded.

    Of each client two numbers are kept: how often it asked in the present window of time, and how often in the one
    before. Together, the older weighted by how much of its window is less than a window ago, they stand for the last
    window. When more clients come than there is room for, the one that has been silent for the longest is forgotten. To
    be forgotten between two of its own requests, a client would need all that many others to ask in between.

    Parameters
    ----------
    most
        Counts to keep.
    clock
        Seconds that never go back.
    """

    def __init__(self, most: int = MOST_KEPT, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most, self._clock = most, clock
        self._kept: OrderedDict[str, tuple[int, int, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What can go wrong in keeping them: nothing."""
        return ()

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, if there is still room for it; one that is refused is not counted."""
        now = self._clock()
        window = int(now // expiry)
        with self._lock:
            current, previous = self._counted(key, window)
            if floor(previous * (1.0 - now / expiry + window) + current) + amount > limit:
                if key in self._kept:
                    self._kept.move_to_end(key)
                return False
            self._kept[key] = (window, current + amount, previous)
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Give the count of the previous window, seconds that it still counts, and the same of the present one."""
        now = self._clock()
        window = int(now // expiry)
        with self._lock:
            current, previous = self._counted(key, window)
        left_s = (window + 1) * expiry - now
        return previous, left_s if previous else 0.0, current, left_s + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002  the library's signature
        """Forget a client."""
        self.clear(key)

    def wait_s(self, key: str, limit: int, expiry: int, amount: int = 1) -> float:
        """Seconds until a request that was refused would be counted, if nothing else is asked meanwhile."""
        previous, left_s, current, _ = self.get_sliding_window(key, expiry)
        room = limit - amount
        if current <= room:
            return max(0.0, left_s - expiry * (room + 1 - current) / max(previous, 1))
        # Not in this window: in the next, when enough of this one is a window ago.
        to_turn_s = expiry - (self._clock() % expiry)
        return to_turn_s + max(0.0, expiry * (1.0 - (room + 1) / current))

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in the present window alone."""
        window = int(self._clock() // expiry)
        with self._lock:
            current, previous = self._counted(key, window)
            self._kept[key] = (window, current + amount, previous)
        return current + amount

    def get(self, key: str) -> int:
        """Give what was counted last."""
        return self._kept.get(key, (0, 0, 0))[1]

    def get_expiry(self, key: str) -> float:  # noqa: ARG002  the library's signature
        """Give the present: counts do not expire, they are outweighed."""
        return self._clock()

    def check(self) -> bool:
        """Say that memory is there."""
        return True

    def reset(self) -> int:
        """Forget all clients, and say how many."""
        with self._lock:
            count = len(self._kept)
            self._kept.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget a client."""
        with self._lock:
            self._kept.pop(key, None)

    def _counted(self, key: str, window: int) -> tuple[int, int]:
        counted, current, previous = self._kept.get(key, (window, 0, 0))
        if counted == window:
            return current, previous
        return 0, current if counted == window - 1 else 0


class Limits:
    """A WSGI application that passes on what a client may ask, and refuses what is too often.

    Parameters
    ----------
    app
        What stands behind.
    refusals
        How it is said.
    requests_per_minute, reports_per_hour
        As the settings have them; 0 for any number.
    counts
        Where it is counted.
    """

    def __init__(
        self,
        app: WSGIApplication,
        refusals: Refusals,
        requests_per_minute: int,
        reports_per_hour: int,
        counts: Counts | None = None,
    ) -> None:
        self._app, self._refusals, self._counts = app, refusals, counts or Counts()
        self._limiter = SlidingWindowCounterRateLimiter(self._counts)
        self._reading: RateLimitItem | None = None
        self._tiles: RateLimitItem | None = None
        self._sending: RateLimitItem | None = None
        if requests_per_minute:
            self._reading = RateLimitItemPerMinute(requests_per_minute, namespace="r")
            self._tiles = RateLimitItemPerMinute(requests_per_minute * TILES_FOR_ONE, namespace="t")
        if reports_per_hour:
            self._sending = RateLimitItemPerHour(reports_per_hour, namespace="s")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Count, and pass on or refuse."""
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in READING:
            if path in PLANNING:
                limit, cost = self._reading, PLANNING[path]
            elif path.startswith(DESK):
                limit, cost = self._reading, COST_OF_SIGNING_IN if path.startswith(SIGNING_IN) else COST_OF_THE_DESK
            else:
                limit, cost = self._sending, 1
        elif path.startswith(FREE):
            return self._app(environ, start_response)
        elif path.startswith(TILES):
            limit, cost = self._tiles, 1
        else:
            limit, cost = self._reading, _cost_of(path)
        if limit is not None:
            client = environ.get(CLIENT, NOBODY)
            cost = min(cost, limit.amount)
            if not self._limiter.hit(limit, client, cost=cost):
                return self._refusals.refuse(environ, start_response, 429, self._wait_s(limit, client, cost))
        return self._app(environ, start_response)

    def _wait_s(self, limit: RateLimitItem, client: str, cost: int) -> int:
        wait_s = self._counts.wait_s(limit.key_for(client), limit.amount, limit.get_expiry(), cost)
        return max(1, ceil(wait_s))


def _cost_of(path: str) -> int:
    if path == FOLLOWING:
        return COST_OF_FOLLOWING
    if path == f"{SITING}progress.json":
        return COST_OF_PROGRESS
    return COST_OF_LONG_WORK if path.startswith(LONG_WORK) else 1
