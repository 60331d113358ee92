"""An import that is killed leaves all of it or nothing, and loses nothing that was acknowledged."""

import random
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stations.exchange.proposal import read_stations
from stations.registry.log import Registry
from stations.taxonomy import Taxonomy

ROWS = 400
ROOT = Path(__file__).parents[2]

# Imports a list again and again, a seat more each time, and says so after each.
IMPORTER = """
import dataclasses, sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from stations.exchange.proposal import read_stations
from stations.registry.log import Registry
from stations.taxonomy import Taxonomy

registry = Registry.open(sys.argv[1])
proposal = read_stations(Path(sys.argv[2]), Taxonomy.load(), ZoneInfo("Asia/Shanghai"))
print("ready", flush=True)
while True:
    seats = registry.snapshot().revision
    def change(snapshot):
        return [dataclasses.replace(station, seats=seats % 10_000) for station in proposal.onto(snapshot)]
    written = registry.write(change, what="import", who="tester", at=datetime.now(UTC))
    print(written.revision, flush=True)
"""


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "list.csv"
    rows = [f"S{number},驿站 {number},116.{number:04},28.3,wgs84" for number in range(ROWS)]
    path.write_text("\n".join(["code,name,lon,lat,datum", *rows]), encoding="utf-8")
    return path


def killed_after(seconds: float, url: str, path: Path) -> int:
    """Run the importer, kill -9 it, and give the last revision it acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", IMPORTER, url, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as importer:
        assert importer.stdout is not None
        assert importer.stdout.readline() == "ready\n"
        time.sleep(seconds)
        importer.kill()
        acknowledged = importer.stdout.read().split()
    return int(acknowledged[-1]) if acknowledged else 0


def test_a_killed_import_is_all_there_or_not_at_all(tmp_path, listed):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    chance = random.Random(2025)
    acknowledged = 0
    for _ in range(8):
        acknowledged = max(acknowledged, killed_after(chance.uniform(0.0, 0.25), url, listed))
        snapshot = Registry.open(url).snapshot()
        assert snapshot.revision % ROWS == 0
        assert snapshot.revision >= acknowledged
        assert len(snapshot) in {0, ROWS}
        assert len({station.seats for station in snapshot.stations}) <= 1
    assert acknowledged > 0


def test_after_a_kill_the_import_goes_in_without_help(tmp_path, listed, recwarn):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    killed_after(0.02, url, listed)
    registry = Registry.open(url)
    before = registry.snapshot().revision
    proposal = read_stations(listed, Taxonomy.load(), ZoneInfo("Asia/Shanghai"))
    assert [station.code for station in proposal.onto(registry.snapshot())] == [f"S{number}" for number in range(ROWS)]
    assert before % ROWS == 0
