"""A server whose workers are killed while ten people write at the desk, each of another kind, and then all of it.

Whoever was answered finds what they wrote; what was cut off is there whole or not at all; the server is back by itself.
"""

import http.client
import random
import threading
import time
from dataclasses import dataclass, field, replace

import pytest

from stations.exchange.proposal import read_stations
from stations.people.people import People
from stations.registry.log import Registry
from tests.faults.deeds import SHANGHAI, taxonomy
from tests.faults.desk_by_http import KINDS, RefusedError, staff_in
from tests.faults.desk_writes import NOW, TOWNSHIP, Write
from tests.faults.serving import ANSWERS_WITHIN_S, HOST, CutOffError, Server

FEWEST, MOST = 1, 20
"""Rounds of killing both workers: as many as it takes until each kind was cut off, between these."""

NOT_SOONER_S = 6.0
"""granian takes a worker that dies within 5.5 seconds after it was started anew for one that cannot start, and ends."""


@dataclass
class Writer(threading.Thread):
    """Somebody who makes writes of one kind, one after the other."""

    kind: Write
    done: set[int] = field(default_factory=set)
    cut: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    fault: BaseException | None = None

    def __post_init__(self):
        threading.Thread.__init__(self, daemon=True)
        self.stopped = threading.Event()

    __hash__ = threading.Thread.__hash__

    def run(self):
        number = 0
        try:
            while not self.stopped.is_set():
                self.write(number)
                number += 1
        except BaseException as fault:  # noqa: BLE001  told by who joins
            self.fault = fault

    def write(self, number):
        try:
            self.kind.do(number)
            self.done.add(number)
        except CutOffError:
            self.cut.add(number)
        except RefusedError as refusal:
            self.refused[number] = str(refusal)

    @property
    def told(self):
        """What they were told, for who looks into a fault."""
        return len(self.done), len(self.cut), self.refused

    def look_alive(self):
        """See that they have not given up."""
        if self.fault is not None:
            raise self.fault

    def stop(self):
        self.stopped.set()
        self.join(2 * ANSWERS_WITHIN_S)
        assert not self.is_alive(), "somebody still waits for an answer"
        self.look_alive()

    def look(self):
        """See that what was answered is there, and what was cut off whole or not at all."""
        found = self.kind.found()
        assert len(found) == len(set(found)), "nothing counts twice"
        assert self.done <= set(found), "what was answered is there"
        assert set(found) <= self.done | self.cut | set(self.refused), "nothing is there that nobody wrote"


@pytest.fixture
def writers_of(listed, tmp_path, proven):
    """Serve a registry of stations with staff, and have somebody for each kind of write."""
    opened = []

    def make(url):
        registry = Registry.open(url, SHANGHAI, wait_s=20.0)
        stations = read_stations(listed, taxonomy(), SHANGHAI).onto(registry.snapshot())
        placed = [replace(one, township=TOWNSHIP) for one in stations]
        registry.append(placed, what="import", who="test", at=NOW)
        staff_in(registry)
        server = Server(url, tmp_path)
        opened.extend([server.stop, registry.close])
        server.start()
        return registry, server, {name: Writer(kind(registry, server)) for name, kind in KINDS.items()}

    yield make
    for close in opened:
        close()


def await_a_form(writers):
    """Wait until one of some writers has sent a form that is not answered yet; not for ever, as they may rest."""
    browsers = [one for writer in writers for one in (writer.kind.browser, writer.kind.office)]
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline and not any(one.sending for one in browsers):
        time.sleep(0.001)


def killed(url, writers_of, proven):
    """Kill it again and again, and look at what is left."""
    chance = random.Random(2026)
    registry, server, writers = writers_of(url)
    for writer in writers.values():
        writer.start()
    made_at = -NOT_SOONER_S
    for number in range(MOST):
        time.sleep(max(1.0, made_at + NOT_SOONER_S - time.monotonic()) + chance.uniform(0.0, 0.5))
        workers = server.workers()
        await_a_form([writer for writer in writers.values() if not writer.cut])
        server.kill(workers)
        server.wait(instead_of=workers)
        made_at = server.made_at
        if number + 1 >= FEWEST and all(writer.cut for writer in writers.values()):
            break
    time.sleep(chance.uniform(0.0, 0.5))
    server.kill_all()
    before = {name: len(writer.done) for name, writer in writers.items()}
    server.start()
    deadline = time.monotonic() + 5 * ANSWERS_WITHIN_S
    while waits := {name: one.told for name, one in writers.items() if len(one.done) == before[name]}:
        assert time.monotonic() < deadline, f"they do not write again: {waits}"
        for writer in writers.values():
            writer.look_alive()
        time.sleep(0.05)
    for writer in writers.values():
        writer.stop()

    assert all(writer.cut for writer in writers.values()), "each kind was killed in the middle"
    for writer in writers.values():
        writer.look()
        # On PostgreSQL the work of a killed worker may still be committed when its writer has asked again.
        left_behind = f"what was cut off keeps nobody from writing: {writer.refused}"
        assert len(writer.refused) <= len(writer.cut) + 1, left_behind
    assert People(registry.store, lambda: NOW, "").audit.verify().broken is None
    assert proven(url).revision > 0
    return server


def asked_at_length(server, changes):
    """Ask what would be if so many stations were added; gives the status, and what is said."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=ANSWERS_WITHIN_S)
    try:
        connection.request("GET", f"/planning?{'&'.join(['add=117.9000,28.3000,;24/7'] * changes)}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except ConnectionError:  # cut off while it was being sent
        return 431, ""
    finally:
        connection.close()


def test_a_server_killed_on_sqlite(tmp_path, writers_of, proven):
    server = killed(f"sqlite:///{tmp_path / 'registry.db'}", writers_of, proven)
    status, said = asked_at_length(server, 2_000)
    assert status == 414
    assert "网址太长了" in said, "as long as the server itself takes an address, it is refused in words"
    assert asked_at_length(server, 10_000)[0] in {414, 431}
    assert asked_at_length(server, 75_000)[0] in {414, 431}, "two megabytes"
    assert server.answers(), "and whoever comes next is served"


@pytest.mark.postgres
def test_a_server_killed_on_postgresql(databases, writers_of, proven):
    killed(databases.new(), writers_of, proven)
