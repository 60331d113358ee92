"""``flask stations import``: take in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from geodata.datum import Datum
from geodata.errors import OffStreetError
from geodata.lonlat import LonLat, distance_m
from stations.commands.telling import told, who
from stations.errors import Fault, ImportRefused
from stations.exchange.proposal import Doubt, PositionCheck, Proposal, read_stations
from stations.registry.log import Comparison, Registry, Written, compare
from stations.taxonomy import Taxonomy

FAR_M = 5_000.0
"""A position farther than this outside the atlas is in the sea or in another county."""

MOST_LINES = 50
"""Faults and doubts that are printed; the rest are counted."""


def import_command(
    registry: Callable[[], Registry], timezone: ZoneInfo, position_check: Callable[[], PositionCheck | None]
) -> click.Command:
    """Make the command ``import``; the parameters are those of `station_commands`."""

    @click.command("import")
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
                    who=who(),
                    at=datetime.now(UTC),
                    source=proposal.source,
                    digest=proposal.digest,
                )
                batch = (
                    f"Batch {written.batch.id}, revision {written.revision}" if written.batch else "Nothing to write"
                )
                click.echo(f"{_counts(written)}. {batch}.")

    return import_


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
