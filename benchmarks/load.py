"""The doors under load: 64 connections that stay open, while staff edit stations and people report what they found.

From a process beside the server's, which takes its share of the same processors.
"""

from __future__ import annotations

import dataclasses
import json
import random
import selectors
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import numpy as np

from benchmarks.house import HOST, Ground, Server, serving
from benchmarks.places import SEED, Porto, positions_on, tell
from benchmarks.serving import SERVED, WITHOUT_LIMIT, request, whole
from geodata.lonlat import LonLat
from stations.registry.latest import CHECK_EVERY_S
from stations.registry.log import Registry
from stations.station import Station, Status

SECONDS = 60.0
WORKERS = 2
CONNECTIONS = 64
PLACES = 2000
ALONE_S = 6.0
COLD_TAPS = 100
STARTS = 8
"""Servers started anew, each tapped once before anybody else comes."""

SETTINGS = WITHOUT_LIMIT | {"YIZHAN_REPORTS_PER_HOUR": "100000", "YIZHAN_PROXIES": "1"}
"""Reports come from many networks: what a proxy would say of each is said here."""

NEAREST, FINDER, CONSTANT = "/api/nearest", "/", "/bench/constant"


@dataclass
class Tally:
    """What came back at one door.

    Attributes
    ----------
    taken_ms
        How long each answer took.
    faults
        What was not an answer.
    """

    taken_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(_: Porto, seconds: float = SECONDS) -> None:
    """Measure each door alone, both while the stations change, and a first tap when nothing is kept yet."""
    with tempfile.TemporaryDirectory() as name:
        ground = Ground.demo(Path(name))
        people = positions_on(ground.atlas, PLACES)
        asked = {
            NEAREST: [request(f"{NEAREST}?lon={p.lon:.4f}&lat={p.lat:.4f}") for p in people],
            FINDER: [page(p.lon, p.lat) for p in people],
            CONSTANT: [request(CONSTANT)],
        }
        with serving(ground, workers=WORKERS, threads=4, app=SERVED, settings=SETTINGS) as server:
            for requests in asked.values():
                load(server, [requests], 2.0)
            rates = {
                door: len(load(server, [requests], ALONE_S)[0].taken_ms) / ALONE_S for door, requests in asked.items()
            }
            tell("a constant view, alone", f"{rates[CONSTANT]:,.0f} a second")
            for door in (NEAREST, FINDER):
                ratio = f"{rates[door] / rates[CONSTANT]:.2f} of the constant view's"
                tell(f"{door}, alone", f"{rates[door]:,.0f} a second", ratio)
            under_load(server, ground, [asked[NEAREST], asked[FINDER]], seconds)
            cold = iter(positions_on(ground.atlas, 2 * COLD_TAPS, SEED + 2))
            for what, change in (("an edit", renoted), ("a station moved", moved)):
                taken = [tap_after(server, ground, change, next(cold)) for _ in range(COLD_TAPS)]
                tell(f"“find” after {what}, a new place and connection", *within(taken))
        fresh = [first_tap(ground, person) for person in positions_on(ground.atlas, STARTS, SEED + 3)]
        tell(f"the first “find” of a server, the slowest of {STARTS}", f"{max(fresh):.0f} ms", "at most 300 ms")


def under_load(server: Server, ground: Ground, doors: list[list[bytes]], seconds: float) -> None:
    """Both doors at once, while staff edit and people report."""
    done: Counter[str] = Counter()
    memory_mb: list[float] = []
    registry = Registry.open(ground.database)
    codes = [station.code for station in registry.snapshot().stations if station.status is Status.ACTIVE]
    with (
        every_second(lambda: done.update([edit(registry, renoted)])),
        every_second(lambda: done.update([report(server, random.choice(codes))])),
        every_second(lambda: memory_mb.append(sum(anonymous_mb(pid) for pid in server.workers()))),
    ):
        tallies = load(server, doors, seconds)
    registry.close()
    for door, tally in zip((NEAREST, FINDER), tallies, strict=True):
        half, slow = np.percentile(tally.taken_ms, [50, 99])
        what = f"{door} on {CONNECTIONS // len(doors)} of {CONNECTIONS} connections"
        tell(what, f"{len(tally.taken_ms) / seconds:,.0f} a second", f"{len(tally.faults)} errors; wanted none")
        tell(f"{what}: median, 99 %", f"{half:.0f} ms, {slow:.0f} ms", f"{slow / half:.1f} times; wanted less than 5")
        for fault in tally.faults[:3]:
            print(f"  {fault}")
    refused = {what: times for what, times in done.items() if what not in {"edited", "reported"}}
    tell("edits, reports meanwhile", f"{done['edited']}, {done['reported']}", f"refused: {refused or 'none'}")
    quarters = [float(np.mean(part)) for part in np.array_split(memory_mb, 4)]
    tell("memory of the workers, by quarters", ", ".join(f"{one:.0f}" for one in quarters) + " MB", "flat")


def page(lon: float, lat: float, *, close: bool = False) -> bytes:
    """A request for the page with what is near a place, as a phone sends it."""
    how = "close" if close else "keep-alive"
    return (
        f"GET {FINDER}?lon={lon:.4f}&lat={lat:.4f} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n"
        f"Accept-Language: zh-CN\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: {how}\r\n\r\n"
    ).encode()


def load(server: Server, doors: list[list[bytes]], seconds: float) -> list[Tally]:
    """Ask for so long over `CONNECTIONS`, shared out among the doors; each asks again as soon as it is answered."""
    watched = selectors.DefaultSelector()
    tallies = [Tally() for _ in doors]
    lines = [
        Line(server, doors[number % len(doors)], tallies[number % len(doors)], number) for number in range(CONNECTIONS)
    ]
    for line in lines:
        watched.register(line.socket, selectors.EVENT_READ, line)
        line.ask()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in watched.select(1.0):
            line = key.data
            if line.hear():
                continue
            watched.unregister(line.socket)
            line.again(server)
            watched.register(line.socket, selectors.EVENT_READ, line)
            line.ask()
    for line in lines:
        line.socket.close()
    return tallies


class Line:
    """A connection that stays open: asks, waits for the whole answer, asks again."""

    def __init__(self, server: Server, requests: list[bytes], tally: Tally, number: int) -> None:
        self.socket = server.connect()
        self._requests, self._tally, self._next = requests, tally, number * 31
        self._heard = bytearray()
        self._asked = 0.0

    def ask(self) -> None:
        self._next += 1
        self._asked = time.perf_counter()
        self.socket.sendall(self._requests[self._next % len(self._requests)])

    def hear(self) -> bool:
        """Take in what came; false when the other end hung up."""
        try:
            came = self.socket.recv(262_144)
        except OSError as error:
            self._tally.faults.append(repr(error))
            return False
        if not came:
            self._tally.faults.append("hung up")
            return False
        self._heard += came
        if whole(self._heard):
            self._tally.taken_ms.append((time.perf_counter() - self._asked) * 1000.0)
            if not self._heard.startswith(b"HTTP/1.1 200"):
                self._tally.faults.append(bytes(self._heard[:120]).decode(errors="replace"))
            self._heard.clear()
            self.ask()
        return True

    def again(self, server: Server) -> None:
        """Connect anew."""
        self.socket.close()
        self.socket = server.connect()
        self._heard.clear()


@contextmanager
def every_second(do: Callable[[], object]) -> Iterator[None]:
    """Do something once a second, from now on until done."""
    over = threading.Event()

    def again_and_again() -> None:
        while not over.wait(1.0):
            do()

    thread = threading.Thread(target=again_and_again)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def renoted(station: Station) -> Station:
    """Another note."""
    return dataclasses.replace(station, note=f"edited at {time.time_ns()}")


def moved(station: Station) -> Station:
    """Some metres farther: every table of ways to the stations has to be made anew."""
    at = station.position
    return dataclasses.replace(station, position=LonLat(round(at.lon + random.uniform(-2e-5, 2e-5), 7), at.lat))


def edit(registry: Registry, change: Callable[[Station], Station]) -> str:
    """Change a station, as staff do; gives what came of it."""
    station = random.choice(registry.snapshot().stations)
    registry.append([change(station)], what="edit", who="bench", at=datetime.now(UTC))
    return "edited"


def report(server: Server, code: str) -> str:
    """Report something at a station, as a phone does that was never here before; gives what came of it."""
    network = ".".join(str(random.randrange(1, 255)) for _ in range(4))
    known = {"X-Forwarded-For": network, "X-Forwarded-Proto": "http", "Accept": "application/json"}
    asking = HTTPConnection(HOST, server.port, timeout=30.0)
    try:
        asking.request("GET", "/api/token", headers=known)
        answer = asking.getresponse()
        known["X-CSRFToken"] = json.loads(answer.read())["token"]
        cookies = answer.msg.get_all("Set-Cookie") or []
        known["Cookie"] = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        known["Content-Type"] = "application/x-www-form-urlencoded"
        asking.request("POST", f"/s/{code}/report", "kind=locked", known)
        answer = asking.getresponse()
        said = answer.read()
        return "reported" if answer.status == HTTPStatus.OK else f"{answer.status} {said[:200]!r}"
    except (OSError, KeyError, ValueError) as error:
        return repr(error)
    finally:
        asking.close()


def tap(server: Server, person: LonLat) -> float:
    """Milliseconds from a new connection to the whole page."""
    begun = time.perf_counter()
    with server.connect() as asking:
        asking.sendall(page(person.lon, person.lat, close=True))
        heard = bytearray()
        while came := asking.recv(262_144):
            heard += came
    if not heard.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(bytes(heard[:300]).decode(errors="replace"))
    return (time.perf_counter() - begun) * 1000.0


def tap_after(server: Server, ground: Ground, change: Callable[[Station], Station], person: LonLat) -> float:
    """Milliseconds of a tap that is the first to see a change."""
    registry = Registry.open(ground.database)
    edit(registry, change)
    registry.close()
    time.sleep(CHECK_EVERY_S + 0.05)
    return tap(server, person)


def first_tap(ground: Ground, person: LonLat) -> float:
    """Milliseconds of the first tap of a server that was started just now."""
    with serving(ground, workers=1, threads=4, settings=SETTINGS) as server:
        return tap(server, person)


def within(taken_ms: list[float]) -> tuple[str, str]:
    """How long most took, in words, and how long they may take."""
    half, slow = np.percentile(taken_ms, [50, 99])
    return f"{half:.0f} ms, 99 % {slow:.0f} ms", "99 % at most 300 ms"


def anonymous_mb(pid: int) -> float:
    """Memory of a process that is its own, without the files it has mapped."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024.0
