"""``flask stations``: import a list, list what there is, show one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson
from rich.console import Console
from rich.table import Table

from geodata.datum import Datum
from geodata.errors import OffStreetError
from geodata.lonlat import LonLat, distance_m
from stations.commands.telling import told
from stations.errors import Fault, ImportRefused
from stations.hours import StateAt
from stations.registry.exchange import Doubt, PositionCheck, Proposal, read_stations
from stations.registry.log import Comparison, Registry, Written, compare
from stations.registry.snapshot import Snapshot
from stations.station import Station, Status
from stations.taxonomy import Taxonomy

FAR_M = 5_000.0
"""A position farther than this outside the atlas is in the sea or in another county."""

PIPE_COLUMNS = 240
"""Width of a table that does not go to a terminal."""

MOST_LINES = 50
"""Faults and doubts that are printed; the rest are counted."""


def station_commands(
    registry: Callable[[], Registry],
    timezone: ZoneInfo,
    position_check: Callable[[], PositionCheck | None] = lambda: None,
) -> click.Group:
    """Make the command group ``stations``.

    Parameters
    ----------
    registry
        Opens the registry; called only by a command that runs.
    timezone
        Time zone of the stations.
    position_check
        Gives the check of positions against the atlas, or None when there is no atlas.
    """

    @click.group("stations")
    def group() -> None:
        """Import, list and show stations."""

    @group.command("import")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--datum",
        type=click.Choice([datum.value for datum in Datum]),
        help="Datum of rows that do not say theirs. Without it they are taken as wgs84.",
    )
    @click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
    @click.option(
        "--keep-unread-hours",
        is_flag=True,
        help="Take stations whose hours cannot be read as of unknown hours, keeping the text, not refuse the file.",
    )
    def import_(file: Path, datum: str | None, *, dry_run: bool, keep_unread_hours: bool) -> None:
        """Take in a list of stations, CSV or GeoJSON, as one batch: all of it or nothing.

        A station already known by its code is changed where the file has a column
        for the fact; everything else stays. The same file again changes nothing.
        """
        with _faults_told():
            proposal = read_stations(
                file,
                Taxonomy.load(),
                timezone,
                datum=Datum(datum) if datum else None,
                keep_unread_hours=keep_unread_hours,
                check=position_check(),
            )
            _tell_proposal(proposal)
            if dry_run:
                before = registry().snapshot()
                click.echo(f"{_counts(compare(before, proposal.onto(before)))}. Dry run: nothing was written.")
            else:
                written = registry().write(
                    proposal.onto,
                    what="import",
                    who=_who(),
                    at=datetime.now(UTC),
                    source=proposal.source,
                    digest=proposal.digest,
                )
                batch = (
                    f"Batch {written.batch.id}, revision {written.revision}" if written.batch else "Nothing to write"
                )
                click.echo(f"{_counts(written)}. {batch}.")

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


def street_check(snap: Callable[[LonLat], object], bounds: tuple[float, float, float, float]) -> PositionCheck:
    """Make the check of positions against an atlas.

    Parameters
    ----------
    snap
        Puts a position on the streets people walk on; raises `OffStreetError` when
        none is near enough.
    bounds
        West, south, east and north of the streets, degrees WGS-84.

    Returns
    -------
    PositionCheck
        Refuses what lies far outside the atlas; only tells what merely is off its streets.
    """
    west, south, east, north = bounds

    def outside_m(position: LonLat) -> float:
        nearest = LonLat(min(max(position.lon, west), east), min(max(position.lat, south), north))
        return distance_m(position, nearest)

    def check(position: LonLat) -> Doubt | None:
        try:
            snap(position)
        except OffStreetError as error:
            away_m = outside_m(position)
            if away_m <= FAR_M:
                return Doubt(error.template, error.values, refuse=False)
            values = {"lon": position.lon, "lat": position.lat, "km": round(away_m / 1000)}
            swapped = abs(position.lon) <= 90.0 and outside_m(LonLat(position.lat, position.lon)) <= FAR_M
            return Doubt(
                "Longitude {lon} and latitude {lat} look swapped: the other way round it lies in the atlas."
                if swapped
                else "Position {lon}, {lat} lies {km} km outside the atlas: in the sea, or in another county.",
                values,
                refuse=True,
            )
        return None

    return check


@contextmanager
def _faults_told() -> Iterator[None]:
    """List what is wrong with a file before saying that it was refused."""
    with told():
        try:
            yield
        except ImportRefused as error:
            _tell(error.faults, "fault")
            raise


def _tell(faults: tuple[Fault, ...], what: str) -> None:
    for fault in faults[:MOST_LINES]:
        click.echo(f"{what}: {fault}", err=True)
    if len(faults) > MOST_LINES:
        click.echo(f"and {len(faults) - MOST_LINES} more.", err=True)


def _tell_proposal(proposal: Proposal) -> None:
    click.echo(f"{proposal.source}: {len(proposal.rows)} stations, read as {proposal.encoding}.")
    click.echo("Columns: " + ", ".join(f"{header} → {field}" for header, field in proposal.mapped.items()))
    if proposal.kept:
        click.echo(f"Not understood, kept as they are: {', '.join(proposal.kept)}")
    _tell(proposal.doubts, "doubt")


def _counts(result: Comparison | Written) -> str:
    return f"{len(result.added)} new, {len(result.changed)} changed, {len(result.unchanged)} unchanged"


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


def _who() -> str:
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "cli"
