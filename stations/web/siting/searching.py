"""Searching for proofs: one at a time in a worker, in turn, with word of how far it is and a way to stop.

A search belongs to nobody's request. It runs in a thread of its own, is written
down in the store, and whoever asks the same question, in whatever worker, sees
the same one.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from geodata.errors import GeodataError
from stations.errors import BusyError, InfeasibleError, RegistryError, SitingError, StationsError
from stations.questions.siting import Progress, Watch, solve_exactly
from stations.questions.siting.answer import with_places
from stations.scenarios import Parameters, Search, Searches, StoredPlan
from stations.web.siting.findings import Sitings, stored
from stations.web.siting.view import Asked

MOST_WAITING = 8
LONGEST_S = 60.0
"""Of one search, without the time it waits."""

WORD_EVERY_S = 0.5
"""How often a search says how far it is, and looks whether it is to stop."""

QUEUE_WORD_EVERY_S = 3.0

NICE = 5
"""A search leaves the core to whoever looks for a station, where the system can tell threads apart."""

TRIES = 5
BETWEEN_TRIES_S = 1.0
"""A plan that was found is not given up because the registry is being written just then."""

log = logging.getLogger("yizhan.siting")


@dataclass
class Job:
    """A search in line.

    Attributes
    ----------
    limit_s
        After so long the best so far is the answer.
    stop
        Set when somebody wants the best so far.
    last
        How far it is; None before it has anything.
    begun_s
        When it began to run, by the monotonic clock; None while it waits.
    """

    asked: Asked
    limit_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    last: Progress | None = None
    begun_s: float | None = None

    @property
    def seconds(self) -> float:
        """For how long it has run."""
        return 0.0 if self.begun_s is None else time.monotonic() - self.begun_s


class Searching:
    """The line of searches of one worker.

    Parameters
    ----------
    searches
        Where they are written down.
    sitings
        Makes the ground, and explains what is found.
    """

    def __init__(self, searches: Searches, sitings: Sitings) -> None:
        self._searches, self._sitings = searches, sitings
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(
        self, asked: Asked, query: Parameters, now: datetime, *, limit_s: float = LONGEST_S, again: bool = False
    ) -> Search:
        """Begin a search, or join the one there is; give how it stands.

        Parameters
        ----------
        query
            The parameters of the address.
        limit_s
            Seconds, at most `LONGEST_S`.
        again
            Search once more where the last one ended without a proof.

        Raises
        ------
        BusyError
            Too many wait already.
        RegistryError
            It cannot be written down.
        """
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                found = self._searches.get(asked.mark)
                if found is not None and (found.going or found.plan is not None):
                    return found
                raise BusyError("Many plans are being searched for just now. Try again in a minute.")
            search = self._searches.begin(asked.mark, query, now, again=again)
            if search.new:
                self._waiting.append(Job(asked, min(limit_s, LONGEST_S)))
                self._set_to_work()
            return search

    def stop(self, mark: str) -> None:
        """Ask a search to end with the best so far, in whatever worker it runs.

        Raises
        ------
        RegistryError
            It cannot be written down.
        """
        self._searches.ask_to_stop(mark)
        for job in self._jobs():
            if job.asked.mark == mark:
                job.stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait until all is done; whether it is."""
        until = time.monotonic() + timeout_s
        for thread in list(self._threads):
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _jobs(self) -> list[Job]:
        with self._lock:
            return [*([self._running] if self._running else []), *self._waiting]

    def _set_to_work(self) -> None:
        """Have both threads at work; they end when there is nothing left to do, and are asked for with the lock."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        names = {thread.name for thread in self._threads}
        for name, work in (("siting", self._work), ("siting-word", self._give_word)):
            if name not in names:
                thread = threading.Thread(target=work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        _step_back()
        while True:
            with self._lock:
                if not self._waiting:
                    # Taken off the list with the lock held, so that whoever comes now starts another.
                    self._threads = [one for one in self._threads if one is not threading.current_thread()]
                    return
                job = self._running = self._waiting.popleft()
            try:
                self._end(job, self._found(job))
            finally:
                with self._lock:
                    self._running = None

    def _found(self, job: Job) -> StoredPlan | str:
        """What a search finds, or why it fails, as text that `fault_of` reads."""
        job.begun_s = time.monotonic()
        first = self._sitings.first(job.asked)
        if first is not None and not (job.asked.query.capacity or job.asked.query.existing_capacity):
            # The search itself may have nothing to say for long, and whoever waits sees a plan already.
            job.last = Progress(0.0, first.value, first.bound)
        if self._searches.asked_to_stop(job.asked.mark):
            job.stop.set()
        try:
            with self._sitings.in_turn(patient=True):
                grounded = self._sitings.ground(job.asked)
            watch = Watch(job.limit_s, lambda progress: setattr(job, "last", progress), job.stop.is_set)
            try:
                plan = solve_exactly(grounded.case, grounded.goal, watch)
            except InfeasibleError as fault:
                raise with_places(fault, grounded) from fault
            found = stored(plan, grounded)
            with self._sitings.in_turn(patient=True):
                self._sitings.explained(job.asked, found)
        except (StationsError, GeodataError) as fault:
            return fault_text(fault)
        except Exception:
            log.exception("A search failed")
            words = SitingError(
                "The search failed, and not because of your question. It was written into the log; begin it again."
            )
            return fault_text(words)
        return found

    def _end(self, job: Job, found: StoredPlan | str) -> None:
        for _ in range(TRIES):
            with suppress(RegistryError):
                self._searches.end(job.asked.mark, found)
                return
            time.sleep(BETWEEN_TRIES_S)
        log.error("A plan that was found could not be written down")

    def _give_word(self) -> None:
        """Say of all in line that they are alive, and of the one that runs how far it is."""
        queue_word_s = 0.0
        while True:
            with self._lock:
                job, waiting = self._running, list(self._waiting)
                if job is None and not waiting:
                    self._threads = [one for one in self._threads if one is not threading.current_thread()]
                    return
            # What goes wrong here shows as a search that nobody hears of; it must not end the thread.
            with suppress(Exception):
                if job is not None and job.begun_s is not None:
                    last = job.last
                    value, bound = (last.value, last.bound) if last else (None, None)
                    self._searches.tell(job.asked.mark, value, bound, job.seconds, None)
                    if self._searches.asked_to_stop(job.asked.mark):
                        job.stop.set()
                now_s = time.monotonic()
                if now_s - queue_word_s >= QUEUE_WORD_EVERY_S:
                    queue_word_s = now_s
                    for one in waiting:
                        self._searches.wait(one.asked.mark)
            time.sleep(WORD_EVERY_S)


def fault_text(fault: StationsError | GeodataError) -> str:
    """Write down why a search failed, so that it can be told in any language."""
    values = {
        name: value if isinstance(value, int | float | str) else str(value) for name, value in fault.values.items()
    }
    return orjson.dumps([fault.template, values], option=orjson.OPT_SERIALIZE_NUMPY).decode()


def fault_of(text: str) -> StationsError:
    """Read what `fault_text` wrote; any other text is what went wrong itself."""
    with suppress(orjson.JSONDecodeError):
        match orjson.loads(text):
            case [str(template), dict(values)]:
                return StationsError(template, **values)
    return StationsError("{fault}", fault=text)


def _step_back() -> None:
    """Let other threads go first; only Linux gives each thread a place of its own."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
