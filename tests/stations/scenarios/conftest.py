"""A registry on either store, planners who save plans in it, and a clock that stands until it is told to go."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geodata.lonlat import LonLat
from stations.questions.siting import Candidate
from stations.registry.log import Registry
from stations.scenarios import Plans, Scenario, StoredPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""A Friday, 12:00 in Shanghai."""

DAY = timedelta(days=1)
BANK = Candidate("n7", LonLat(116.31, 28.31), "中国银行", "bank", "Mo-Fr 09:00-17:00")
CORNER = Candidate("@116.330000,28.330000", LonLat(116.33, 28.33), "", "street")
PLAN = StoredPlan((BANK.key, CORNER.key), 1200.0, 1300.0, "time", 30.5, 40, 400, 2)
QUESTION = {"aim": ["most"], "sites": ["2"], "host": ["bank", "post"], "at": [], "lang": ["en"]}


class Office:
    """Planners at work on one store."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.now = NOON
        self.seconds = NOON.timestamp()
        self.plans = self.worker()
        self.scenarios, self.lists, self.searches = self.plans.scenarios, self.plans.lists, self.plans.searches

    def worker(self, **options) -> Plans:
        """Another process on the same store."""
        options = {"desk": self.registry, "clock": lambda: self.seconds} | options
        return Plans(self.registry.store, SHANGHAI, **options)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)

    def save(self, name="六个新站", by="林某", note="", query=QUESTION, plan=PLAN, **facts) -> Scenario:
        facts = {"revision": 7, "digest": "d" * 64, "summary": {"unit": "people", "after": 1200.0}} | facts
        return self.scenarios.save(name, by, note, query, plan=plan, now=self.now, **facts)

    def accept(self, place=BANK, plan="六个新站", **facts):
        facts = {"by": "周某", "township": "361102001", "now": self.now} | facts
        return self.plans.accept(plan, place, **facts)

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
def office(open_registry) -> Office:
    """On both stores."""
    return Office(open_registry(wait_s=10.0))


@pytest.fixture
def desk(opened, tmp_path) -> Office:
    """The same in a file, for what does not depend on the store."""
    return Office(opened(f"sqlite:///{tmp_path / 'desk.db'}", wait_s=0.2))
