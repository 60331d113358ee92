"""``flask stations``: import a list, list what there is, show one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
import orjson
from rich.console import Console
from rich.table import Table

from geodata.atlas import Atlas
from stations.commands.exporting import export_command
from stations.commands.importing import import_command
from stations.commands.locating import locate_command
from stations.commands.telling import told
from stations.hours import StateAt
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
        """Import, list and show stations."""

    group.add_command(export_command(registry, timezone))
    group.add_command(import_command(registry, timezone, atlas))
    group.add_command(locate_command(registry, atlas))

    @group.command("list")
    @click.option("--json", "as_json", is_flag=True, help="Print the full records as JSON.")
    @click.option(
        "--status", type=click.Choice([status.value for status in Status]), help="Only stations of this status."
    )
    def list_(*, as_json: bool, status: str | None) -> None:
        """List the stations."""
        with told():
            snapshot = registry().snapshot()
            chosen = [station for station in snapshot.stations if status in {None, station.status.value}]
            if as_json:
                click.echo(_json([station.to_record() for station in chosen]))
            else:
                _print_list(chosen, snapshot, datetime.now(UTC))

    @group.command("show")
    @click.argument("code")
    @click.option("--json", "as_json", is_flag=True, help="Print the full record as JSON.")
    def show(code: str, *, as_json: bool) -> None:
        """Show everything known of one station, and who said so last."""
        with told():
            opened = registry()
            snapshot = opened.snapshot()
            row = snapshot.index(code)
            station = snapshot.stations[row]
            if as_json:
                click.echo(_json(station.to_record()))
                return
            for name, value in station.to_record().items():
                click.echo(f"{name:>18}  {_plain(value)}")
            click.echo(f"{'now':>18}  {_state(snapshot.hours(row).state_at(datetime.now(UTC)))}")
            last = opened.history(code)[-1]
            click.echo(
                f"{'last change':>18}  revision {last.revision}, {last.batch.at.astimezone(timezone):%Y-%m-%d %H:%M}, "
                f"{last.batch.who}, {last.batch.what} {last.batch.source}".rstrip()
            )

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


def _state(state: StateAt) -> str:
    until = f" until {state.until:%Y-%m-%d %H:%M}" if state.until else ""
    return f"{state.state}{until}" + (f" ({state.reason})" if state.reason else "")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
