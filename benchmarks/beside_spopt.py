"""The same questions asked of spopt, in one run, with the same solver: from a table of metres to the answer.

spopt is put into an environment of its own, in a folder that is gone afterwards, or in ``YIZHAN_SPOPT`` where that
names a folder; it is never among what this project needs. Without a network it is left out, and that is said.
"""

from __future__ import annotations

import csv
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist

from benchmarks.places import SEED, Porto, tell
from geodata.lonlat import Float
from stations.questions.siting import Case, Goal, Objective, solve_exactly, value_of

WANTED = "at least 10 times faster"
LONGEST_S = 600.0
RUNS = 3


@dataclass(frozen=True)
class Table:
    """A question and the whole table of metres from points to sites."""

    name: str
    objective: Objective
    metres: Float
    weight: Float
    radius: float
    sites: int


def run(_porto: Porto) -> None:
    """Ask both the same, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(os.environ.get("YIZHAN_SPOPT", folder)))
        if python is None:
            return
        for table in _tables():
            _compare(table, python, Path(folder) / "case.npz")


def _environment(folder: Path) -> Path | None:
    """The Python of an environment that has spopt and the same HiGHS as this one."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    needs = ["spopt", f"highspy=={importlib.metadata.version('highspy')}"]
    got = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needs],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode:
        print(f"spopt could not be had, so it is left out: {got.stderr.strip().splitlines()[-1:]}")
        return None
    return python


def _tables() -> list[Table]:
    tables = list(_san_francisco())
    for objective, sites, points, radius, chosen in (
        (Objective.MOST, 100, 10_000, 0.1, 10),
        (Objective.MOST, 500, 10_000, 0.05, 20),
        (Objective.MOST, 100, 100_000, 0.1, 10),
        (Objective.MEDIAN, 100, 1_000, 2.0, 10),
    ):
        dice = np.random.default_rng(SEED)
        here, there = dice.random((points, 2)), dice.random((sites, 2))
        weight = dice.integers(1, 100, points).astype(float)
        name = f"{sites} x {points:,}, {objective}"
        tables.append(Table(name, objective, cdist(here, there), weight, radius, chosen))
    return tables


def _san_francisco() -> list[Table]:
    data = os.environ.get("YIZHAN_DATA")
    folder = None if data is None else Path(data) / "siting"
    if folder is None or not folder.exists():
        return []
    with (folder / "spopt_SF_demand_205_centroid_uniform_weight.csv").open(encoding="utf-8") as file:
        people = {row["NAME"]: float(row["POP2000"]) for row in csv.DictReader(file)}
    with (folder / "spopt_SF_network_distance_candidateStore_16_censusTract_205_new.csv").open(
        encoding="utf-8"
    ) as file:
        ways = list(csv.DictReader(file))
    tracts = {name: number for number, name in enumerate(people)}
    stores = {name: number for number, name in enumerate(dict.fromkeys(row["name"] for row in ways))}
    metres = np.full((len(tracts), len(stores)), np.inf)
    for row in ways:
        metres[tracts[row["DestinationName"]], stores[row["name"]]] = float(row["distance"])
    weight = np.array(list(people.values()))
    return [
        Table("San Francisco, most", Objective.MOST, metres, weight, 5000.0, 4),
        Table("San Francisco, fewest", Objective.FEWEST, metres, weight, 5000.0, 0),
        Table("San Francisco, median", Objective.MEDIAN, metres, weight, 1e9, 4),
    ]


def _compare(table: Table, python: Path, path: Path) -> None:
    goal = Goal(table.objective, limit_m=table.radius, sites=table.sites or None)
    spent, value = np.inf, 0.0
    for _ in range(RUNS):
        begun = time.perf_counter()
        case = Case.of(np.where(table.metres <= table.radius, table.metres, np.inf), table.weight)
        plan = solve_exactly(case, goal)
        spent, value = min(spent, time.perf_counter() - begun), value_of(case, goal, plan.sites)
    np.savez(
        path,
        metres=table.metres,
        weight=table.weight,
        radius=table.radius,
        sites=table.sites,
        kind=table.objective.value,
    )
    side = Path(__file__).with_name("spopt_side.py")
    try:
        got = subprocess.run(
            [str(python), str(side), str(path)], capture_output=True, text=True, check=True, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        tell(f"{table.name}: here, spopt", f"{spent:.3f} s, more than {LONGEST_S:g} s", WANTED)
        return
    other = json.loads(got.stdout.strip().splitlines()[-1])
    same = "the same value" if np.isclose(value, other["value"], rtol=1e-9) else f"{value} here, {other['value']} there"
    times = other["seconds"] / spent
    tell(f"{table.name}: here, spopt", f"{spent:.3f}, {other['seconds']:.2f} s", f"{times:.0f} times, {same}; {WANTED}")
