"""A made-up county, 驿川县, drawn by a seeded generator and written in the formats that real ones come in.

The files go through the same build and the same import as anyone's. Nothing in
them is a real place: the county, its codes (no province has 99), its towns,
firms and telephone numbers do not exist.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from geodata.demo.county import draw_county
from geodata.demo.files import write_extract, write_table, write_townships
from geodata.demo.land import COUNTY_CODE, COUNTY_NAME
from geodata.demo.people import count_people
from geodata.demo.premises import draw_premises
from geodata.demo.station_list import COLUMNS, list_stations

__all__ = ["COUNTY_CODE", "COUNTY_NAME", "DEMO_SEED", "DemoFiles", "write_demo"]

DEMO_SEED = 109


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Where the files of the demo county are. All positions are WGS-84.

    Attributes
    ----------
    extract
        OpenStreetMap extract (``.osm.pbf``) with streets, ground, premises, places and boundaries.
    townships
        GeoJSON with ``code`` (9 digits) and ``name``.
    population
        CSV: ``lon``, ``lat``, ``population``.
    stations
        CSV: the station list, UTF-8.
    """

    extract: Path
    townships: Path
    population: Path
    stations: Path


def write_demo(out_dir: Path, seed: int = DEMO_SEED) -> DemoFiles:
    """Draw the demo county and write its files, replacing earlier ones of the same names.

    The same seed gives the same bytes.

    Parameters
    ----------
    out_dir
        Folder to write to; made if it is not there.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    files = DemoFiles(
        out_dir / "county.osm.pbf", out_dir / "townships.geojson", out_dir / "population.csv", out_dir / "stations.csv"
    )
    county = draw_county(seed)
    here = resources.files("geodata.demo")
    likeness = tomllib.loads(here.joinpath("stations.toml").read_text("utf-8"))
    houses = draw_premises(seed, county, county.premises)
    write_table(files.stations, COLUMNS, list_stations(seed, county, houses, likeness))
    write_table(files.population, ("lon", "lat", "population"), count_people(seed, county))
    write_townships(files.townships, county.land)
    write_extract(files.extract, county.sheet)
    return files
