"""``flask atlas``: build the ground from files, show what is in it; ``flask demo``: build the made-up county."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from geodata.atlas import Atlas, Summary, read_summary
from geodata.building import build_atlas
from geodata.datum import Datum
from geodata.demo import COUNTY_NAME, write_demo
from geodata.progress import Progress as Tell
from stations.commands.bars import bars
from stations.commands.demodays import fill_demo_days
from stations.commands.demologins import add_demo_log_ins
from stations.commands.telling import told
from stations.exchange.proposal import read_stations
from stations.people.people import People
from stations.registry.log import Registry
from stations.settings import Settings
from stations.stock.stock import Stock
from stations.taxonomy import Taxonomy

STAGES = {
    "read": "Reading the extract",
    "streets": "Folding streets",
    "townships": "Fitting townships",
    "demand": "Placing demand",
    "surface": "Laying the drawing mesh",
    "names": "Indexing names",
    "map": "Drawing the map",
    "save": "Writing",
}
MOST_NOTES = 30
MOST_REFUSALS = 12


def atlas_commands() -> click.Group:
    """Make the command group ``atlas``."""

    @click.group("atlas")
    def group() -> None:
        """Build the atlas of an area, or show what is in one."""

    @group.command("build")
    @click.option("--osm", type=click.Path(path_type=Path), required=True, help="OpenStreetMap extract, .osm.pbf.")
    @click.option("--boundaries", type=click.Path(path_type=Path), help="Township polygons: GeoJSON, GeoPackage, ...")
    @click.option(
        "--boundary-datum",
        type=click.Choice([datum.value for datum in Datum]),
        default=Datum.WGS84.value,
        show_default=True,
        help="Datum of the boundary file.",
    )
    @click.option("--admin-level", type=int, help="Take townships from relations of this admin_level in the extract.")
    @click.option("--population", type=click.Path(path_type=Path), help="People by point, polygon or township.")
    @click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the atlas.")
    def build(
        osm: Path,
        boundaries: Path | None,
        boundary_datum: str,
        admin_level: int | None,
        population: Path | None,
        out: Path,
    ) -> None:
        """Build an atlas from files; the one that was there stays in force until the new one is whole."""
        with told(), bars(STAGES) as tell:
            atlas = build_atlas(
                osm,
                boundaries=boundaries,
                boundary_datum=Datum(boundary_datum),
                admin_level=admin_level,
                population=population,
                progress=tell,
            )
            _save(atlas, out, tell)
        print_summary(atlas.digest, atlas.summary)

    @group.command("show")
    @click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
    def show(folder: Path) -> None:
        """Print the summary of a built atlas again."""
        with told():
            print_summary(*read_summary(folder))

    return group


def demo_commands(settings: Settings, registry: Callable[[], Registry], people: Callable[[], People]) -> click.Group:
    """Make the command group ``demo``.

    Parameters
    ----------
    settings
        Where the atlas goes.
    registry
        Opens the registry; called only by a command that runs.
    people
        Likewise, the accounts of the staff.
    """

    @click.group("demo")
    def group() -> None:
        """Make up a county to try everything on."""

    @group.command("build")
    @click.option(
        "--files",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("instance/demo"),
        show_default=True,
        help="Folder for the county's files: extract, boundaries, population, stations.",
    )
    def build(files: Path) -> None:
        """Write the made-up county's files and take them in, as anyone's files would be."""
        with told():
            made = write_demo(files)
            click.echo(f"{COUNTY_NAME} is made up. Its files are in {files}.")
            with bars(STAGES) as tell:
                atlas = build_atlas(
                    made.extract, boundaries=made.townships, population=made.population, made_up=True, progress=tell
                )
                proposal = read_stations(made.stations, Taxonomy.load(), settings.timezone)
                registry().write(
                    proposal.onto,
                    what="import",
                    who="demo",
                    at=datetime.now(UTC),
                    source=proposal.source,
                    digest=proposal.digest,
                )
                _save(atlas, settings.atlas, tell)
            print_summary(atlas.digest, atlas.summary)
            click.echo(f"{len(proposal.rows)} stations are in the registry.")
            staffed = people()
            if not staffed.any():
                now = datetime.now(settings.timezone)
                fill_demo_days(
                    Stock(registry().store, settings.timezone), registry().snapshot().stations, now, now.date()
                )
            add_demo_log_ins(staffed, registry().snapshot())

    return group


def print_summary(digest: str, summary: Summary) -> None:
    """Print what a build found."""
    console = Console(markup=False, emoji=False, highlight=False)
    streets = Table(title="Streets", title_justify="left")
    for heading in ("mode", "nodes", "edges", "km", "in the largest component"):
        streets.add_column(heading, justify="left" if heading == "mode" else "right")
    for key, mode in summary.modes.items():
        figures = (f"{mode.nodes:,}", f"{mode.edges:,}", f"{mode.km:,.1f}", f"{mode.largest_share:.1%}")
        streets.add_row(key, *figures)
    console.print(streets)
    refused = Table(title="Ways refused, and why", title_justify="left")
    for heading in ("mode", "tag", "ways"):
        refused.add_column(heading, justify="right" if heading == "ways" else "left")
    for key, reasons in summary.refused.items():
        for why, count in list(reasons.items())[:MOST_REFUSALS]:
            refused.add_row(key, why, f"{count:,}")
        rest = list(reasons.values())[MOST_REFUSALS:]
        if rest:
            refused.add_row(key, f"{len(rest)} other tags", f"{sum(rest):,}")
    if refused.row_count:
        console.print(refused)
    west, south, east, north = summary.bounds
    console.print(f"Area        {west:.5f}, {south:.5f} to {east:.5f}, {north:.5f}")
    declared = "" if summary.townships_declared else " (none declared: everything is one area)"
    console.print(f"Townships   {summary.townships}{declared}")
    console.print(
        f"Demand      {summary.demand_total:,.0f} {summary.demand_unit} at {summary.demand_points:,} points, "
        f"by {summary.demand_basis}"
    )
    for key, off in summary.demand_off.items():
        if off > 0:
            console.print(f"            {off:,.0f} of it more than 500 m from any street of {key}: never covered")
    console.print(f"Names       {summary.places:,} places, {summary.premises:,} premises that could host a station")
    for note in summary.notes[:MOST_NOTES]:
        console.print(f"Note        {note}")
    if len(summary.notes) > MOST_NOTES:
        console.print(f"            and {len(summary.notes) - MOST_NOTES} more notes in atlas.json")
    told_stages = {STAGES.get(stage, stage).lower(): seconds for stage, seconds in summary.seconds.items()}
    console.print("Seconds     " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in told_stages.items()))
    console.print(f"Digest      {digest}")


def _save(atlas: Atlas, folder: Path, tell: Tell) -> None:
    tell("save", 0, None)
    atlas.save(folder)
    tell("save", 1, 1)
