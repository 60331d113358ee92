"""Inspections on either store, of two stations."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stations.registry.log import Registry
from stations.rounds.facts import Answer, Sheet, State
from stations.rounds.rounds import Rounds

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a registry with nothing in it; on a server too, for tests that take `on_both`."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_registry")
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def on_both(open_registry) -> Rounds:
    return Rounds(open_registry(wait_s=10.0).store, 30)


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[Rounds]:
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZoneInfo("Asia/Shanghai"))
    yield Rounds(registry.store, 30)
    registry.close()


def sheet_of(rounds: Rounds, number: int = 1, **changed) -> Sheet:
    """Give a sheet on which the water was found wanting and the place clean, unless said otherwise."""
    facts = {
        "mark": f"{number:032x}",
        "code": "A1",
        "township": "360681101",
        "revision": 1,
        "checklist": rounds.checklist("quick"),
        "who": "clerk",
        "day": FRIDAY,
        "answers": {"water": Answer(State.NO, "空桶"), "clean": Answer(State.YES)},
        "remark": "很热",
    }
    return Sheet(**facts | changed)
