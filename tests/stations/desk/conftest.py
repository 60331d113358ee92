"""A registry on either store, with two stations that staff work on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geodata.lonlat import LonLat
from stations.desk.desk import Desk
from stations.station import StationReader
from stations.upkeep.facts import Aspect

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
EVERY = {Aspect.HOURS: 90, Aspect.AMENITIES: 60, Aspect.POSITION: 365}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a registry with nothing in it."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_registry")
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def desk(open_registry) -> Desk:
    """On both stores."""
    registry = open_registry(wait_s=10.0)
    read = StationReader().read_or_raise
    facts = {"position": LonLat(116.3, 28.3), "township": "360681101"}
    registry.append(
        [read({"code": code, "name": code} | facts) for code in ("A1", "A2")], what="import", who="import", at=NOON
    )
    return Desk(registry, EVERY)
