"""The registry on both stores: every test that asks for `database` or `registry` runs on each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stations.registry.log import Registry, Written
from stations.station import Station


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a registry with nothing in it."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_registry")
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the SQLite file of `in_file` is, for tests of what only files suffer."""
    return tmp_path / "registry.db"


@pytest.fixture
def in_file(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def write(registry, noon) -> Callable[..., Written]:
    """Write records the way the desk would."""

    def put(*stations: Station, to: Registry = registry, **facts) -> Written:
        return to.append(stations, **{"what": "edit", "who": "tester", "at": noon} | facts)

    return put


@pytest.fixture
def edit(registry, noon) -> Callable[..., Written]:
    """Edit a record the way one who saw a revision of it would."""

    def edit_(station: Station, seen: int, *, at_registry: Registry = registry, **facts) -> Written:
        return at_registry.edit(station, seen=seen, **{"who": "tester", "at": noon} | facts)

    return edit_
