"""Requests a second of ``/api/nearest`` beside a view that returns a constant, on the same server in the same run."""

from __future__ import annotations

import selectors
import socket
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.house import Ground, Server, serving
from benchmarks.places import Porto, positions_on, stations_on, tell

CONNECTIONS = 8
REQUESTS = 3000
ROUNDS = 5
ORIGINS = 500
SERVED = "benchmarks.served:create_app"
WITHOUT_LIMIT = {"YIZHAN_REQUESTS_PER_MINUTE": "0"}


def run(porto: Porto) -> None:
    """Measure on the demo county, then on Porto."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        measure("demo", Ground.demo(scratch), "at least 0.50")
        atlas = porto.atlas()
        if atlas is not None and porto.folder is not None:
            ground = Ground.of(atlas, porto.folder, stations_on(atlas), scratch)
            measure("Porto, 500 stations", ground, "at least 0.33")


def measure(what: str, ground: Ground, wanted: str) -> None:
    """Ask the two views in turn, and compare round by round."""
    people = positions_on(ground.atlas, ORIGINS)
    asked = [request(f"/api/nearest?lon={p.lon:.6f}&lat={p.lat:.6f}") for p in people]
    constant = [request("/bench/constant")]
    with serving(ground, app=SERVED, settings=WITHOUT_LIMIT) as server:
        load(server, asked, 500)
        load(server, constant, 500)
        pairs = [(load(server, constant, REQUESTS), load(server, asked, REQUESTS)) for _ in range(ROUNDS)]
    ratio = float(np.median([answers / plain for plain, answers in pairs]))
    plain, answers = (float(np.median(column)) for column in zip(*pairs, strict=True))
    tell(f"{what}: a constant view", f"{plain:,.0f} a second")
    tell(f"{what}: /api/nearest", f"{answers:,.0f} a second")
    tell(f"{what}: of the constant view's rate", f"{ratio:.2f}", wanted)


def request(path: str) -> bytes:
    """A whole request to be sent as it is."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()


def load(server: Server, requests: list[bytes], count: int) -> float:
    """Send ``count`` requests over several connections kept open; answers a second."""
    watched = selectors.DefaultSelector()
    sent = answered = 0
    for _ in range(CONNECTIONS):
        connection = server.connect()
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
