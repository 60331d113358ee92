"""A registry of two stations on either store, and people who stand before them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from stations.registry.log import Registry
from stations.upkeep.facts import Caution, Outcome, Sender
from stations.upkeep.saying import Upkeep

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""A Friday, 12:00 in Shanghai."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Town:
    """Two stations, what is said of them, and the time."""

    def __init__(self, registry: Registry, make_station: Callable) -> None:
        self.registry, self.make_station = registry, make_station
        self.now = NOON
        self.written = NOON - 30 * DAY
        self.clock = count().__next__  # every look is due
        self.upkeep = self.worker()
        self.write("S1")
        self.write("S2")

    def worker(self, **options) -> Upkeep:
        """Another process on the same store."""
        return Upkeep(self.registry.store, **({"clock": self.clock} | options))

    def write(self, code: str, **facts) -> int:
        made = self.make_station(code, **facts)
        return self.registry.append([made], what="edit", who="staff", at=self.written).revision

    @property
    def snapshot(self):
        return self.registry.snapshot()

    def revision(self, code: str) -> int:
        return int(self.snapshot.revisions[self.snapshot.index(code)])

    def report(self, who: str, kind="locked", code="S1", *, net="", ago=timedelta(0), by=None, **facts) -> Outcome:
        """Report; a person has a network of their own unless told."""
        return (by or self.upkeep).report(
            code,
            kind,
            sender=Sender(who, net or f"net of {who}"),
            found=self.now - ago,
            now=self.now,
            revision=facts.pop("revision", None) or self.revision(code),
            **facts,
        )

    def confirm(self, who: str, aspect="hours", code="S1", *, net="", **facts) -> Outcome:
        sender = Sender(who, net or f"net of {who}")
        return self.upkeep.confirm(code, aspect, sender=sender, now=self.now, revision=self.revision(code), **facts)

    def visit(self, who: str, code="S1", *, net="", **facts) -> Outcome:
        return self.upkeep.visit(code, sender=Sender(who, net or f"net of {who}"), now=self.now, **facts)

    def cautions(self, code: str = "S1", by: Upkeep | None = None) -> tuple[Caution, ...]:
        return (by or self.upkeep).cautions(self.snapshot, self.now).get(code, ())

    def told(self, code: str = "S1") -> list[tuple[str, str, int]]:
        return [(one.kind, one.amenity, one.people) for one in self.cautions(code)]

    def tasks(self):
        return self.upkeep.tasks(self.snapshot, self.now)

    def rows(self, table: str) -> list[tuple]:
        with self.registry.store.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a registry with nothing in it."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_registry")
    return f"sqlite:///{tmp_path / 'registry.db'}"


@pytest.fixture
def town(registry, make_station) -> Town:
    """On both stores."""
    return Town(registry, make_station)


@pytest.fixture
def village(opened, tmp_path, make_station) -> Town:
    """The same in a file, for what does not depend on the store."""
    return Town(opened(f"sqlite:///{tmp_path / 'village.db'}", wait_s=0.2), make_station)
