"""``flask stations``: list what there is or was, show one; the other commands hang here too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import orjson
from rich.console import Console
from rich.table import Table

from geodata.atlas import Atlas
from stations.commands.exporting import export_command
from stations.commands.history import history_commands
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
        """Look at stations, take lists of them in and out, and take changes back."""

    group.add_command(export_command(registry, timezone))
    group.add_command(import_command(registry, timezone, atlas))
    group.add_command(locate_command(registry, atlas))
    for command in history_commands(registry, timezone):
        group.add_command(command)

    at_option = click.option(
        "--at",
        "when",
        metavar="WHEN",
        callback=lambda _context, _option, text: None if text is None else read_when(text, timezone),
        help="As it was then: a moment like 2026-03-01T08:30, a day (its end), or a revision.",
    )

    @group.command("list")
    @click.option("--json", "as_json", is_flag=True, help="Print the full records as JSON.")
    @click.option(
        "--status", type=click.Choice([status.value for status in Status]), help="Only stations of this status."
    )
    @at_option
    def list_(*, as_json: bool, status: str | None, when: datetime | int | None) -> None:
        """List the stations."""
        with told():
            snapshot = registry().snapshot() if when is None else registry().as_of(when)
            chosen = [station for station in snapshot.stations if status in {None, station.status.value}]
            if as_json:
                click.echo(_json([station.to_record() for station in chosen]))
            else:
                _print_list(chosen, snapshot, when if isinstance(when, datetime) else datetime.now(UTC))

    @group.command("show")
    @click.argument("code")
    @click.option("--json", "as_json", is_flag=True, help="Print the full record as JSON.")
    @at_option
    def show(code: str, *, as_json: bool, when: datetime | int | None) -> None:
        """Show everything known of one station, and who said so last."""
        with told():
            opened = registry()
            snapshot = opened.snapshot() if when is None else opened.as_of(when)
            row = snapshot.index(code)
            station = snapshot.stations[row]
            if as_json:
                click.echo(_json(station.to_record()))
                return
            for name, value in station.to_record().items():
                click.echo(f"{name:>18}  {_plain(value)}")
            moment = when if isinstance(when, datetime) else datetime.now(UTC)
            click.echo(f"{'now' if moment is not when else 'then':>18}  {_state(snapshot.hours(row).state_at(moment))}")
            written = int(snapshot.revisions[row])
            last = next(entry for entry in opened.history(code) if entry.revision == written)
            click.echo(
                f"{'last change':>18}  revision {last.revision}, {last.batch.at.astimezone(timezone):%Y-%m-%d %H:%M}, "
                f"{last.batch.who}, {last.batch.what} {last.batch.source}".rstrip()
            )

    return group


def read_when(text: str, timezone: ZoneInfo) -> datetime | int:
    """Read what ``--at`` takes.

    Raises
    ------
    click.BadParameter
        Neither a moment, nor a day, nor a revision.
    """
    if text.isascii() and text.isdigit() and len(text) < len("20260301"):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"“{text}” is neither a moment like 2026-03-01T08:30, nor a day, nor a revision."
        raise click.BadParameter(message) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone)
    return moment + timedelta(days=1, microseconds=-1) if len(text) <= len("2026-03-01") else moment


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
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ("; " if value and isinstance(value[0], dict) else ", ").join(_plain(item) for item in value)
    return " / ".join(str(value).splitlines())


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
