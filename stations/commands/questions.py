"""``flask nearest`` and ``flask coverage``: the questions of the pages, asked at the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table
from shapely.geometry.base import BaseGeometry

from geodata.access import load_modes
from geodata.atlas import Atlas
from stations.commands.telling import told
from stations.handouts.shapes import coverage_geojson, gaps_geojson, reach_geojson
from stations.handouts.townshiptables import coverage_csv, gaps_csv
from stations.questions.coverage import CoverageAnswer, coverage, reached_area
from stations.questions.nearest import Found, Why, find_nearest
from stations.taxonomy import Taxonomy
from stations.web.api.nearest import Written, write_nearest
from stations.web.house import House
from stations.web.params import Args, Known, read_coverage, read_nearest
from stations.wording.credit import credit_of
from stations.wording.names import who_one_may_be

HouseMaker = Callable[[], House]


def question_commands(house: HouseMaker) -> list[click.Command]:
    """Make the commands ``nearest`` and ``coverage``.

    Parameters
    ----------
    house
        Opens the registry and the atlas; called only by a command that runs.
    """
    return [_nearest(house), _coverage(house)]


def _nearest(house: HouseMaker) -> click.Command:

    @click.command("nearest")
    @click.option("--lon", required=True, help="Longitude in degrees, WGS-84.")
    @click.option("--lat", required=True, help="Latitude in degrees, WGS-84.")
    @click.option("--mode", default="walk", show_default=True, help="walk or ebike.")
    @click.option("--minutes", default="15", show_default=True, help="How far one is ready to go.")
    @click.option("--at", default="", help="When one sets out, ISO 8601; now when left out.")
    @click.option("--amenity", multiple=True, help="What the station must have; may be given again.")
    @click.option("--who", multiple=True, help="What one is, for stations that are for some only; may be given again.")
    @click.option("--limit", default="5", show_default=True, help="1 to 50 stations.")
    @click.option("--path", is_flag=True, help="With --json: the way along the streets, too.")
    @click.option("--json", "as_json", is_flag=True, help="Print the answer as /api/nearest gives it.")
    def nearest(*, as_json: bool, path: bool, amenity: tuple[str, ...], who: tuple[str, ...], **options: str) -> None:
        """Find the stations that are quickest to reach and open on arrival."""
        with told():
            there = house()
            args = {**_args(options | {"path": "1" if path else "0"}, amenity), **({"who": who} if who else {})}
            query = read_nearest(args, _known(there), datetime.now(there.zone))
            answer = find_nearest(query, there.snapshot(), there.atlas)
            if as_json:
                click.echo(write_nearest(answer, Written()))
                return
            table = Table(title=f"Revision {answer.revision}, atlas {(answer.digest or 'none')[:12]}")
            for heading in ("code", "name", "minutes", "metres", "basis", "on arrival", "until", "why not"):
                figures = heading in {"minutes", "metres"}
                table.add_column(heading, justify="right" if figures else "left", no_wrap=heading != "name")
            for found in (*answer.stations, *answer.later, *answer.almost):
                table.add_row(*_cells(found))
            _console().print(table)
            if not answer.stations:
                click.echo("Nothing that fits is within reach.")

    return nearest


def _coverage(house: HouseMaker) -> click.Command:
    @click.command("coverage")
    @click.option("--mode", default="walk", show_default=True, help="walk or ebike.")
    @click.option("--minutes", default="15", show_default=True, help="Within how many minutes.")
    @click.option("--at", default="", help="Count the stations open at this moment, ISO 8601; all when left out.")
    @click.option("--amenity", multiple=True, help="Count the stations that have this; may be given again.")
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help="Write townships, gaps and the reached area to this folder, as CSV and GeoJSON.",
    )
    def coverage_(*, amenity: tuple[str, ...], out: Path | None, **options: str) -> None:
        """Say which demand of each township is within reach of a station, and where the gaps are."""
        with told():
            there = house()
            if there.atlas is None:
                message = "There is no atlas. Build one with: flask atlas build --osm FILE.osm.pbf --out DIR"
                raise click.ClickException(message)
            query, snapshot = read_coverage(_args(options, amenity), _known(there)), there.snapshot()
            answer = coverage(query, snapshot, there.atlas)
            console = _console()
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
            console.print(table)
            if answer.unsure:
                click.echo(
                    f"{answer.unsure} stations are of unknown hours at that moment and not counted; "
                    f"they would cover {answer.total.perhaps:,.0f} more."
                )
            for rank, gap in enumerate(answer.gaps[:10], 1):
                name = "" if gap.name is None else gap.name.text_zh()
                away = "no way to any" if gap.seconds is None else f"{gap.seconds / 60:.0f} min to {gap.nearest}"
                place = f"{gap.position.lon:.5f}, {gap.position.lat:.5f}"
                where = name if name == gap.township else f"{gap.township} {name}".strip()
                click.echo(f"Gap {rank:>2}  {gap.demand:>12,.0f}  {where} ({place}), {away}")
            if out is not None:
                _write(out, answer, reached_area(query, snapshot, there.atlas), there.atlas)
            sys.stdout.flush()

    return coverage_


def _console() -> Console:
    """A console as wide as the table where its output goes to a file, so that no code is cut."""
    console = Console(markup=False, emoji=False)
    return console if console.is_terminal else Console(markup=False, emoji=False, width=160)


def _write(out: Path, answer: CoverageAnswer, areas: Mapping[float, BaseGeometry], atlas: Atlas) -> None:
    """Write an answer as the pages offer it for download."""
    layers = {
        "coverage": coverage_geojson(answer, atlas.townships),
        "gaps": gaps_geojson(answer),
        "reach": reach_geojson(areas),
    }
    files = {"coverage.csv": coverage_csv(answer), "gaps.csv": gaps_csv(answer)}
    files |= {f"{name}.geojson": orjson.dumps(layer | credit_of(atlas)) for name, layer in layers.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as fault:
        message = f"“{out}” cannot be written to ({fault.strerror}). Give a folder that can."
        raise click.ClickException(message) from fault
    click.echo(f"Written to {out}: " + ", ".join(files))


def _known(house: House) -> Known:
    modes = load_modes() if house.atlas is None else house.atlas.modes
    taxonomy = Taxonomy.load()
    return Known(frozenset(modes), frozenset(taxonomy.amenities.terms), house.zone, who_one_may_be(taxonomy))


def _args(options: dict[str, str], amenity: tuple[str, ...]) -> Args:
    return {name: [value] for name, value in options.items()} | {"amenity": list(amenity)}


def _cells(found: Found) -> list[str]:
    until = "" if found.changes_at is None else f"{found.changes_at:%m-%d %H:%M}"
    why = ", ".join(
        f"{reason.key.value} {reason.values.get('amenity', '')}".strip()
        if reason.key is not Why.TOO_FAR
        else f"beyond {reason.values['minutes']:g} min"
        for reason in found.reasons
    )
    minutes, metres = f"{found.seconds / 60:.1f}", f"{found.metres:,.0f}"
    return [found.station.code, found.station.name, minutes, metres, found.basis, found.state.value, until, why]
