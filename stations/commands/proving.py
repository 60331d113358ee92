"""A search for a proof at the terminal: how far it is, and Ctrl-C for the best so far."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click
from flask_babel import gettext
from rich.console import Console
from rich.status import Status

from stations.errors import InfeasibleError
from stations.handouts.siting.proving import Scale, say_progress, say_seconds
from stations.questions.siting import Ground, Plan, Progress, Watch, solve_exactly
from stations.questions.siting.answer import with_places


def proven(grounded: Ground, limit_s: float | None, scale: Scale) -> Plan:
    """Search for the best choice and its proof, and tell on standard error how far it is.

    Parameters
    ----------
    limit_s
        Seconds after which the best so far is the answer; None for as long as it takes.

    Raises
    ------
    InfeasibleError
        There is no such choice, and where it fails.
    SitingError
        A question that does not go together.
    """
    with _stopping() as stopped, Console(stderr=True).status(gettext("Searching for the best")) as line:
        watch = Watch(limit_s, _teller(line, scale, stopped), stopped)
        try:
            return solve_exactly(grounded.case, grounded.goal, watch)
        except InfeasibleError as fault:
            raise with_places(fault, grounded) from fault


def _teller(line: Status, scale: Scale, stopped: Callable[[], bool]) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        words = say_progress(scale, progress.value, progress.bound).sentence
        if stopped():
            words = f"{gettext('Stopping')} · {words}"
        line.update(f"{say_seconds(progress.seconds)}  {words}")

    return tell


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Have the first Ctrl-C end the search with the best so far, and a second one the program."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        # The solver runs outside of Python, where nothing but the system can end it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
    if asked.is_set():
        click.echo(gettext("Stopped: the best so far"), err=True)
