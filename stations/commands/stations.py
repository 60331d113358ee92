"""``flask stations``: list what there is or was, show one; the other commands hang here too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from geodata.atlas import Atlas
from stations.commands.exporting import export_command
from stations.commands.history import history_commands
from stations.commands.importing import import_command
from stations.commands.locating import locate_command
from stations.commands.showing import as_json_text, at_option, show_command
from stations.commands.telling import told
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.station import Station, Status

PIPE_COLUMNS = 240
"""Width of a table that does not go to a terminal."""


def station_commands(
    registry: Callable[[], Registry],
    timezone: ZoneInfo,
    atlas: Callable[[], Atlas | None] = lambda: None,
) -> click.Group:
    """Make the command group ``stations``.

    Parameters
    ----------
    registry
        Opens the registry; called only by a command that runs.
    timezone
        Time zone of the stations.
    atlas
        Gives the atlas, or None when there is none.
    """

    @click.group("stations")
    def group() -> None:
        """Look at stations, take lists of them in and out, and take changes back."""

    group.add_command(export_command(registry, timezone))
    group.add_command(import_command(registry, timezone, atlas))
    group.add_command(locate_command(registry, atlas))
    for command in history_commands(registry, timezone):
        group.add_command(command)
    group.add_command(show_command(registry, timezone))

    @group.command("list")
    @click.option("--json", "as_json", is_flag=True, help="Print the full records as JSON.")
    @click.option(
        "--status", type=click.Choice([status.value for status in Status]), help="Only stations of this status."
    )
    @at_option(timezone)
    def list_(*, as_json: bool, status: str | None, when: datetime | int | None) -> None:
        """List the stations."""
        with told():
            snapshot = registry().snapshot() if when is None else registry().as_of(when)
            chosen = [station for station in snapshot.stations if status in {None, station.status.value}]
            if as_json:
                click.echo(as_json_text([station.to_record() for station in chosen]))
            else:
                _print_list(chosen, snapshot, when if isinstance(when, datetime) else datetime.now(UTC))

    return group


def _print_list(stations: list[Station], snapshot: Snapshot, moment: datetime) -> None:
    table = Table(title=f"{len(stations)} stations, revision {snapshot.revision}")
    for heading in ("code", "name", "kind", "host", "longitude", "latitude", "status", "now"):
        table.add_column(heading, justify="right" if heading.endswith("tude") else "left", overflow="fold")
    for station in stations:
        state = snapshot.hours(snapshot.index(station.code)).state_at(moment)
        table.add_row(
            station.code,
            station.name,
            station.kind,
            station.host,
            f"{station.position.lon:.6f}",
            f"{station.position.lat:.6f}",
            station.status.value,
            state.state.value,
        )
    # A pipe has no width; folded lines would be hard on whatever reads them.
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(markup=False, emoji=False, width=width).print(table)
