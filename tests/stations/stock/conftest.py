"""The stock of a registry on either store, with two stations in the west, one in the east and one beyond."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from geodata.lonlat import LonLat
from stations.station import StationReader
from stations.stock.stock import Stock

WEST, EAST, BEYOND = "360681101", "360681102", "360682101"
TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
PLACES = (("A1", WEST), ("A2", WEST), ("B1", EAST), ("C1", BEYOND))


ON_BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
"""For a test that asks what the two stores could answer otherwise."""


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a registry with nothing in it: a file, where a test does not say otherwise."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return request.getfixturevalue("postgres_registry")
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def registry(open_registry) -> Any:
    registry = open_registry(wait_s=10.0)
    read = StationReader().read_or_raise
    stations = [
        read({"code": code, "name": code, "position": LonLat(116.3, 28.3), "township": township})
        for code, township in PLACES
    ]
    registry.append(stations, what="import", who="import", at=NOON)
    return registry


@pytest.fixture
def stock(registry) -> Stock:
    return Stock(registry.store)
