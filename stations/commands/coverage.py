"""``flask coverage``: who of which township is within reach of a station, and where the gaps are."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import orjson
from rich.table import Table
from shapely.geometry.base import BaseGeometry

from geodata.atlas import Atlas
from stations.commands.asking import HouseMaker, args_of, console, known_to
from stations.commands.reporting import report_command, write_files
from stations.commands.telling import told
from stations.handouts.shapes import coverage_geojson, gaps_geojson, reach_geojson
from stations.handouts.townshiptables import coverage_csv, gaps_csv
from stations.questions.coverage import CoverageAnswer, coverage, reached_area
from stations.web.house import House
from stations.web.planned import read_coverage
from stations.wording.credit import credit_of
from stations.wording.figures import minutes_of

LISTED_GAPS = 10


def coverage_commands(house: HouseMaker) -> click.Group:
    """Make the command ``coverage``, and ``coverage report`` beneath it."""

    @click.group("coverage", invoke_without_command=True)
    @click.option("--mode", default="walk", show_default=True, help="walk or ebike.")
    @click.option("--minutes", default="15", show_default=True, help="Within how many minutes.")
    @click.option("--speed", default="", help="km/h; the travel mode's own when left out.")
    @click.option("--weight", default="", help="By what is counted: people, street, area or an added layer.")
    @click.option("--at", default="", help="Count the stations open at this moment, ISO 8601; all when left out.")
    @click.option("--amenity", multiple=True, help="Count the stations that have this; may be given again.")
    @click.option("--add", multiple=True, help="Suppose a station at LON,LAT[,NAME[;HOURS]]; may be given again.")
    @click.option("--move", multiple=True, help="Suppose that one stands elsewhere, CODE,LON,LAT; may be given again.")
    @click.option("--close", multiple=True, help="Suppose that the station CODE is closed; may be given again.")
    @click.option("--hours", multiple=True, help="Suppose other hours, CODE;HOURS; may be given again.")
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help="Write townships, gaps and the reached area to this folder, as CSV and GeoJSON.",
    )
    @click.pass_context
    def coverage_(
        context: click.Context,
        /,
        *,
        out: Path | None,
        amenity: tuple[str, ...],
        add: tuple[str, ...],
        move: tuple[str, ...],
        close: tuple[str, ...],
        hours: tuple[str, ...],
        **options: str,
    ) -> None:
        """Say which demand of each township is within reach of a station, and where the gaps are."""
        if context.invoked_subcommand is not None:
            return
        several = {"amenity": amenity, "add": add, "move": move, "close": close, "hours": hours}
        with told():
            there = house()
            atlas = ground_of(there)
            query, snapshot = read_coverage(args_of(options, several), known_to(there)), there.snapshot()
            answer = coverage(query, snapshot, atlas)
            _print(answer)
            if out is not None:
                write_files(out, _files(answer, reached_area(query, snapshot, atlas), atlas))
            sys.stdout.flush()

    coverage_.add_command(report_command(house))
    return coverage_


def ground_of(house: House) -> Atlas:
    """The atlas of a house.

    Raises
    ------
    ClickException
        It has none.
    """
    if house.atlas is None:
        message = "There is no atlas. Build one with: flask atlas build --osm FILE.osm.pbf --out DIR"
        raise click.ClickException(message)
    return house.atlas


def _print(answer: CoverageAnswer) -> None:
    table = Table(title=f"In {answer.unit}; revision {answer.revision}, atlas {answer.digest[:12]}")
    for heading in ("township", "demand", "covered", "share", "twice", "circle", "uncovered", "stations"):
        table.add_column(heading, justify="left" if heading == "township" else "right", no_wrap=True)
    for row, name in [(row, row.name or "outside all") for row in answer.rows] + [(answer.total, "total")]:
        share = "–" if row.share is None else f"{row.share:.1%}"
        figures = (row.covered_twice, row.circle, row.uncovered)
        table.add_row(
            name,
            f"{row.demand:,.0f}",
            f"{row.covered:,.0f}",
            share,
            *(f"{figure:,.0f}" for figure in figures),
            str(row.stations),
        )
    console().print(table)
    if answer.unsure:
        click.echo(
            f"{answer.unsure} stations are of unknown hours at that moment and not counted; "
            f"they would cover {answer.total.perhaps:,.0f} more."
        )
    for rank, gap in enumerate(answer.gaps[:LISTED_GAPS], 1):
        name = "" if gap.name is None else gap.name.text_zh()
        away = "no way to any" if gap.seconds is None else f"{minutes_of(gap.seconds)} min to {gap.nearest}"
        place = f"{gap.position.lon:.5f}, {gap.position.lat:.5f}"
        where = name if name == gap.township else f"{gap.township} {name}".strip()
        click.echo(f"Gap {rank:>2}  {gap.demand:>12,.0f}  {where} ({place}), {away}")


def _files(answer: CoverageAnswer, areas: Mapping[float, BaseGeometry], atlas: Atlas) -> dict[str, bytes]:
    """An answer as the pages offer it for download."""
    layers = {
        "coverage": coverage_geojson(answer, atlas.townships),
        "gaps": gaps_geojson(answer),
        "reach": reach_geojson(areas),
    }
    files = {"coverage.csv": coverage_csv(answer), "gaps.csv": gaps_csv(answer)}
    return files | {f"{name}.geojson": orjson.dumps(layer | credit_of(atlas)) for name, layer in layers.items()}
