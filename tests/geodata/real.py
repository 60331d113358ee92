"""Atlases of real places, each built once in a run, whoever asks."""

from functools import cache
from pathlib import Path

from geodata.atlas import Atlas
from geodata.building import build_atlas


@cache
def atlas_of_place(data: Path, place: str) -> Atlas:
    """The atlas of a place in the data folder, with its own boundaries and people where there are any."""
    boundaries, people = data / f"boundaries/{place}.geojson", data / f"population/{place}_hexgrid.csv"
    return build_atlas(
        data / f"osm/{place}.osm.pbf",
        boundaries=boundaries if boundaries.exists() else None,
        population=people if people.exists() else None,
    )
