"""Requests a second of ``/api/nearest`` beside a view that returns a constant, on the same server in the same run."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.places import Porto, positions_on, stations_on, tell
from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.demo import write_demo
from stations.exchange.proposal import read_stations
from stations.registry.log import Registry
from stations.settings import Settings
from stations.station import Station
from stations.taxonomy import Taxonomy

PORT = 8571
CONNECTIONS = 8
REQUESTS = 3000
ROUNDS = 5
ORIGINS = 500


def run(porto: Porto) -> None:
    """Measure on the demo county, then on Porto."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_demo(folder / "files")
        demo = build_atlas(files.extract, boundaries=files.townships, population=files.population)
        demo.save(folder / "demo")
        listed = read_stations(files.stations, Taxonomy.load(), Settings().timezone)
        measure("demo", demo, folder / "demo", [row.onto(None) for row in listed.rows], folder, "at least 0.50")
        atlas = porto.atlas()
        if atlas is not None and porto.folder is not None:
            measure("Porto, 500 stations", atlas, porto.folder, stations_on(atlas), folder, "at least 0.33")


def measure(what: str, atlas: Atlas, folder: Path, stations: list[Station], scratch: Path, wanted: str) -> None:
    """Ask the two views in turn, and compare round by round."""
    database = f"sqlite:///{scratch / folder.name}.db"
    registry = Registry.open(database)
    registry.append(stations, what="import", who="bench", at=datetime.now(UTC))
    registry.close()
    people = positions_on(atlas, ORIGINS)
    with serving(folder, database):
        asked = [request(f"/api/nearest?lon={p.lon:.6f}&lat={p.lat:.6f}") for p in people]
        constant = [request("/bench/constant")]
        load(asked, 500)
        load(constant, 500)
        pairs = [(load(constant, REQUESTS), load(asked, REQUESTS)) for _ in range(ROUNDS)]
    ratio = float(np.median([answers / plain for plain, answers in pairs]))
    plain, answers = (float(np.median(column)) for column in zip(*pairs, strict=True))
    tell(f"{what}: a constant view", f"{plain:,.0f} a second")
    tell(f"{what}: /api/nearest", f"{answers:,.0f} a second")
    tell(f"{what}: of the constant view's rate", f"{ratio:.2f}", wanted)


@contextmanager
def serving(folder: Path, database: str) -> Iterator[None]:
    """Run the server with one worker until done."""
    environment = os.environ | {"YIZHAN_ATLAS": str(folder), "YIZHAN_DATABASE": database}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--port", str(PORT)]
    command += ["--workers", "1", "--blocking-threads", "2", "--log-level", "warning", "benchmarks.served:create_app"]
    server = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", PORT), 1.0).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)


def request(path: str) -> bytes:
    """A whole request to be sent as it is."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()


def load(requests: list[bytes], count: int) -> float:
    """Send ``count`` requests over several connections kept open; answers a second."""
    watched = selectors.DefaultSelector()
    sent = answered = 0
    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", PORT))
        connection.sendall(requests[sent % len(requests)])
        sent += 1
        watched.register(connection, selectors.EVENT_READ, bytearray())
    begun = time.perf_counter()
    while answered < count:
        for key, _ in watched.select():
            asking, buffer = key.fileobj, key.data
            assert isinstance(asking, socket.socket)
            buffer += asking.recv(262_144)
            if not whole(buffer):
                continue
            if not buffer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(bytes(buffer[:300]).decode())
            buffer.clear()
            answered += 1
            asking.sendall(requests[sent % len(requests)])
            sent += 1
    taken = time.perf_counter() - begun
    for key in list(watched.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    return answered / taken


def whole(buffer: bytearray) -> bool:
    """Whether a buffer holds all of an answer."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(buffer[:end]).lower()
    at = head.find(b"content-length:")
    if at < 0:
        raise RuntimeError(head.decode())
    return len(buffer) >= end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])
