"""``flask stations locate``: which township each station is in, computed again from its position."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click

from geodata.atlas import Atlas
from stations.commands.telling import told, who
from stations.exchange.settling import settled, tally
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.station import Station

MOST_LINES = 50
"""Changes and doubts that are printed; the rest are counted."""


def locate_command(registry: Callable[[], Registry], atlas: Callable[[], Atlas | None]) -> click.Command:
    """Make the command ``locate``.

    Parameters
    ----------
    registry
        Opens the registry; called only when the command runs.
    atlas
        Gives the atlas, or None when there is none.
    """

    @click.command("locate")
    @click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
    def locate(*, dry_run: bool) -> None:
        """Compute the township of every station again, after a new atlas, as one batch."""
        with told():
            ground = atlas()
            if ground is None:
                message = "There is no atlas to compute townships from. Build one with flask atlas build."
                raise click.ClickException(message)
            if not ground.townships.declared:
                message = "The atlas has no townships. Build it with a file of their boundaries."
                raise click.ClickException(message)
            opened = registry()
            known = opened.snapshot()
            before = list(known.stations)
            after, doubts = settled(before, ground.townships)
            moved = [(old, new) for old, new in zip(before, after, strict=True) if old is not new]
            _tell(
                [
                    f"{old.code}: {old.township or '-'} → {new.township or '-'}"
                    for old, new in moved
                    if old.township != new.township
                ]
            )
            _tell(tally(doubts))
            outside = sum(not station.township for station in after)
            click.echo(
                f"{len(after)} stations, {len(moved)} changed, {len(doubts)} whose list says otherwise, "
                f"{outside} without a township."
            )
            if dry_run:
                click.echo("Dry run: nothing was written.")
                return

            def change(snapshot: Snapshot) -> list[Station]:
                if snapshot.revision == known.revision:
                    return [new for _, new in moved]
                return settled(list(snapshot.stations), ground.townships)[0]

            written = opened.write(
                change, what="locate", who=who(), at=datetime.now(UTC), source=f"atlas {ground.digest[:12]}"
            )
            click.echo("Nothing to write." if written.batch is None else f"Batch {written.batch}.")

    return locate


def _tell(lines: list[str]) -> None:
    for line in lines[:MOST_LINES]:
        click.echo(line)
    if len(lines) > MOST_LINES:
        click.echo(f"... and {len(lines) - MOST_LINES} more.")
