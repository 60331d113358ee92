"""``flask notices``: find what there is to tell, and deliver it, beside the servers or in their place."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import click

from stations.commands.telling import told
from stations.notices.clockwork import keep_going
from stations.notices.notices import Notices


def notice_commands(notices: Callable[[], Notices]) -> click.Group:
    """Make the command group ``notices``.

    Parameters
    ----------
    notices
        Opens them; called only by a command that runs.
    """

    @click.group("notices")
    def group() -> None:
        """Tell the staff, and programs of their areas, what is new."""

    @group.command("run")
    @click.option("--once", is_flag=True, help="Find and deliver what there is now, and end.")
    def run(*, once: bool) -> None:
        """Tell what is new until stopped; rests while another process of the same house does so."""
        with told():
            opened = notices()
            if once:
                made = opened.look(opened.clock())
                tried = opened.deliver_all(opened.clock())
                click.echo(f"{made} made, {tried} tried, {opened.outbox.waiting()} wait.")
                return
            stop = threading.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            keep_going(opened, stop, click.echo)

    return group
