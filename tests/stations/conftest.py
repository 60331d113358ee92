"""Stations, an empty registry and lists to import, made for a test."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geodata.lonlat import LonLat
from stations.registry.log import Registry
from stations.station import Station, StationReader
from stations.taxonomy import Taxonomy

MakeStation = Callable[..., Station]


@pytest.fixture(scope="session")
def shanghai() -> ZoneInfo:
    return ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.load()


@pytest.fixture
def noon() -> datetime:
    """A moment to write at: Saturday 1 March 2025, 20:00 in Shanghai."""
    return datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def make_station() -> MakeStation:
    reader = StationReader()

    def make(code: str = "S1", **facts: object) -> Station:
        return reader.read_or_raise({"code": code, "name": f"驿站 {code}", "position": LonLat(116.3, 28.3)} | facts)

    return make


@pytest.fixture
def database(tmp_path: Path) -> str:
    """URL of a registry. The tests of the registry itself put PostgreSQL beside it."""
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def opened() -> Iterator[Callable[..., Registry]]:
    """Open a registry by its URL, and close it when the test is over."""
    all_opened: list[Registry] = []

    def open_(url: str, **options: object) -> Registry:
        all_opened.append(Registry.open(url, **options))
        return all_opened[-1]

    yield open_
    for one in all_opened:
        one.close()


@pytest.fixture
def open_registry(opened: Callable[..., Registry], database: str) -> Callable[..., Registry]:
    """Open the test's registry, as many times as one likes, as if from several processes."""
    return partial(opened, database)


@pytest.fixture
def registry(open_registry: Callable[..., Registry]) -> Registry:
    return open_registry(wait_s=0.2)


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Write lines of CSV to a file."""

    def write(*lines: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
        return path

    return write
