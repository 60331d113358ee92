"""From launching the server to the first page, and what a worker holds: beside a program that imports the libraries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import numpy as np

from benchmarks.house import HOST, Ground, Server, serving
from benchmarks.places import SHANGHAI, Porto, stations_on, tell
from benchmarks.serving import WITHOUT_LIMIT
from geodata.building import build_atlas
from stations.exchange.proposal import read_stations
from stations.taxonomy import Taxonomy

LIBRARIES = "import flask, numpy, scipy.sparse.csgraph, shapely, sqlalchemy"
ROUNDS = 5
FIRST = "/planning"
"""The page with all its parts: the finding, the map's data, the townships."""

DAY = (
    "/planning?part=clock",
    "/planning?at=2026-11-23T22:00",
    "/planning?part=stations",
    "/planning/answer.json?move=B0003,-8.61,41.16",
    "/planning?mode=ebike",
    "/planning?mode=ebike&part=stations",
    "/planning/reach.geojson",
    "/?lon=-8.61&lat=41.15",
)
"""What a planner looks at in a sitting, on foot and by e-bike."""

FARTHEST = ("/planning?minutes=30", "/planning?mode=ebike&minutes=30", "/planning?weight=area")


def run(porto: Porto) -> None:
    """Measure starts on the demo and on Liechtenstein, and memory on Porto."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        starts("demo", Ground.demo(scratch))
        data = os.environ.get("YIZHAN_DATA")
        if data is not None:
            starts("Liechtenstein", liechtenstein(Path(data).resolve(), scratch))
        atlas = porto.atlas()
        if atlas is not None and porto.folder is not None:
            holds("Porto, 500 stations", Ground.of(atlas, porto.folder, stations_on(atlas), scratch))


def liechtenstein(data: Path, scratch: Path) -> Ground:
    """Liechtenstein with its host premises as stations."""
    folder = scratch / "liechtenstein"
    atlas = build_atlas(data / "osm/liechtenstein.osm.pbf", boundaries=data / "boundaries/liechtenstein.geojson")
    atlas.save(folder)
    listed = read_stations(data / "stations/liechtenstein_hosts.csv", Taxonomy.load(), SHANGHAI)
    return Ground.of(atlas, folder, [row.onto(None) for row in listed.rows], scratch)


def starts(what: str, ground: Ground) -> None:
    """Launch again and again, with nothing kept and with what the start before kept, beside the libraries alone."""
    taken: dict[str, list[float]] = {"bare": [], "nothing kept": [], "kept": []}
    kept = ground.folder.parent / f"kept of {what}"
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
        taken["bare"].append(time.perf_counter() - begun)
        shutil.rmtree(kept, ignore_errors=True)
        for state in ("nothing kept", "kept"):
            begun = time.perf_counter()
            with serving(ground, settings=WITHOUT_LIMIT | {"YIZHAN_KEPT": str(kept)}) as server:
                ask(server, FIRST)
                taken[state].append(time.perf_counter() - begun)
    bare = np.array(taken["bare"])
    tell(f"{what}: a program that only imports the libraries", f"{np.median(bare):.2f} s")
    for state in ("nothing kept", "kept"):
        times = np.array(taken[state])
        said = f"{np.median(times):.2f} s, {np.median(times / bare):.1f} times that"
        tell(f"{what}: launch to the first {FIRST}, {state}", said, "at most 2 s")


def holds(what: str, ground: Ground) -> None:
    """Say what each of two workers holds, shares of what they share: as the kernel counts."""
    with serving(ground, workers=2, settings=WITHOUT_LIMIT) as server:
        for name, pages in (
            ("started", ()),
            ("after the first page", (FIRST,)),
            ("after a sitting", DAY),
            ("after 30 minutes, too", FARTHEST),
        ):
            for page in pages:
                for _ in range(8):  # until either worker was asked
                    ask(server, page)
            held = [megabytes(worker) for worker in server.workers()]
            wanted = "" if pages == FARTHEST else "at most 300 MB"
            tell(f"{what}: a worker {name}", f"{np.mean(held):.0f} MB, at most {max(held):.0f}", wanted)


def ask(server: Server, path: str) -> None:
    """Get a page on a connection of its own.

    Raises
    ------
    RuntimeError
        It did not come.
    """
    connection = HTTPConnection(HOST, server.port, timeout=60.0)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        message = f"{path}: {answer.status}"
        raise RuntimeError(message)


def megabytes(process: int) -> float:
    """Proportional set size: what is shared counts by its share."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss: +(\d+) kB", told, re.MULTILINE)
    return 0.0 if found is None else int(found[1]) / 1000.0
