"""What keeps notices going: a consumer of huey whose queue is the outbox.

Work that comes round every minute is huey's own; it is due again the next minute, so nothing is lost with it. What is
to be delivered is not put into a second queue beside the outbox: a worker that asks for work is handed the next row,
which it then holds. So there is one place where it stands what became of each, and a process that dies leaves rows that
another takes some minutes later.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stations.errors import StationsError
from stations.notices.notices import Notices

if TYPE_CHECKING:
    from huey import Huey
    from huey.consumer import Consumer

KEEPS_SAYING_S = 20.0
"""How often who does the work says so, and who does not asks whether it may."""

WORKERS = 2
"""Threads that deliver, so that one that waits for an answer does not hold up all."""

ASKS_EVERY_S = 2.0
"""How long a worker without work waits at most before it asks again."""

FORGETS_AT = 4
"""Hour, UTC, at which what is long settled is forgotten."""

log = logging.getLogger("yizhan")


def keep_going(notices: Notices, stop: threading.Event, say: Callable[[str], None] = log.info) -> None:
    """Find and deliver until told to stop, whenever no other process does.

    Parameters
    ----------
    say
        Is told when this process begins, and when it stops.
    """
    holder = secrets.token_hex(8)
    consumer: Consumer | None = None
    try:
        while not stop.is_set():
            mine = _holds(notices, holder, at_work=consumer is not None)
            if mine and consumer is None:
                consumer = make_consumer(notices)
                consumer.start()
                say("notices: at work")
            elif not mine and consumer is not None:
                consumer.stop(graceful=True)
                consumer = None
                say("notices: resting")
            stop.wait(KEEPS_SAYING_S)
    finally:
        if consumer is not None:
            consumer.stop(graceful=True)
            try:
                notices.lease.let_go(holder)
            except StationsError as error:
                log.warning("%s Another process begins in a minute.", error)
            say("notices: stopped")


def in_the_background(notices: Notices, *, after_s: float) -> threading.Event:
    """Do the same in a thread of this process, beginning a little later; what is given back stops it when set."""
    stop = threading.Event()

    def run() -> None:
        if not stop.wait(after_s):
            keep_going(notices, stop)

    threading.Thread(target=run, name="notices", daemon=True).start()
    return stop


def _holds(notices: Notices, holder: str, *, at_work: bool) -> bool:
    """Whether this process is to work: somebody wants to be told something, and no other process does it."""
    try:
        return (at_work or notices.wanted()) and notices.lease.hold(holder, notices.clock())
    except StationsError as error:
        log.warning("%s Notices wait.", error)
        return False


def make_consumer(notices: Notices) -> Consumer:
    """Make what runs the work: a thread that knows the time, and those that deliver."""
    from huey.consumer import Consumer

    class Quiet(Consumer):  # type: ignore[misc]  # huey has no types
        """One that leaves the process's signals alone; it runs in threads of a server too."""

        def _set_signal_handlers(self) -> None:
            """Whoever made it stops it."""

    logging.getLogger("huey").setLevel(logging.WARNING)
    made: Consumer = Quiet(make_huey(notices), workers=WORKERS, max_delay=ASKS_EVERY_S, backoff=1.5)
    return made


def make_huey(notices: Notices) -> Huey:
    """Make the queue of a house, and say what comes round."""
    from huey import Huey, crontab
    from huey.storage import MemoryStorage

    class OutboxFirst(MemoryStorage):  # type: ignore[misc]  # huey has no types
        """What comes round is kept in memory; what is to be delivered is taken from the outbox when it is asked for."""

        def dequeue(self) -> Any:
            """Give what comes round, or else the next row of the outbox, held."""
            task = super().dequeue()
            if task is not None:
                return task
            try:
                delivery = notices.outbox.take(notices.clock())
            except StationsError as error:
                log.warning("%s Notices wait.", error)
                return None
            return None if delivery is None else huey.serialize_task(deliver.s(delivery))

    huey = Huey("yizhan", results=False, storage_class=OutboxFirst)

    def look() -> None:
        try:
            notices.look(notices.clock())
        except StationsError as error:
            log.warning("%s Notices wait.", error)

    def forget() -> None:
        notices.outbox.forget(notices.clock())

    huey.periodic_task(crontab())(look)
    huey.periodic_task(crontab(minute="30", hour=str(FORGETS_AT)))(forget)
    deliver = huey.task()(notices.deliver)
    return huey
