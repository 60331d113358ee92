"""A house to be measured: the demo county built anew in a folder, and the server that people meet, in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.demo import write_demo
from stations.exchange.proposal import read_stations
from stations.registry.log import Registry
from stations.settings import Settings
from stations.station import Station
from stations.taxonomy import Taxonomy

HOST = "127.0.0.1"
STARTS_WITHIN_S = 180.0
MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "4194304", "MALLOC_TRIM_THRESHOLD_": "4194304"}
"""As `make run` sets it."""


@dataclass(frozen=True)
class Ground:
    """An atlas in a folder, and the URL of a registry with stations on it."""

    folder: Path
    database: str
    atlas: Atlas

    @classmethod
    def demo(cls, scratch: Path) -> Ground:
        """The demo county with its stations."""
        files = write_demo(scratch / "files")
        atlas = build_atlas(files.extract, boundaries=files.townships, population=files.population)
        atlas.save(scratch / "demo")
        listed = read_stations(files.stations, Taxonomy.load(), Settings().timezone)
        return cls.of(atlas, scratch / "demo", [row.onto(None) for row in listed.rows], scratch)

    @classmethod
    def of(cls, atlas: Atlas, folder: Path, stations: list[Station], scratch: Path, database: str = "") -> Ground:
        """An atlas that is saved already, with these stations: in a new file, or a registry of that URL."""
        database = database or f"sqlite:///{scratch / folder.name}.db"
        registry = Registry.open(database)
        registry.append(stations, what="import", who="bench", at=datetime.now(UTC))
        registry.close()
        return cls(folder, database, atlas)


@dataclass(frozen=True)
class Server:
    """A running granian: its port, and the process that its workers are children of."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def connect(self) -> socket.socket:
        """A new connection."""
        return socket.create_connection((HOST, self.port), 30.0)

    def workers(self) -> list[int]:
        """Processes that answer."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        return [int(child) for child in children if b"resource_tracker" not in self._command(child)]

    @staticmethod
    def _command(child: str) -> bytes:
        return Path(f"/proc/{child}/cmdline").read_bytes()


@contextmanager
def serving(
    ground: Ground,
    *,
    workers: int = 1,
    threads: int = 2,
    app: str = "app:create_app",
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run the server until done.

    Parameters
    ----------
    workers, threads
        How many processes, and how many threads in each that answer.
    app
        What makes the app, as ``module:function``.
    settings
        More of the environment, on top of the atlas and the registry.
    """
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    ours = ("YIZHAN_", "PYTHONDONTWRITEBYTECODE")  # a server that people meet keeps what Python compiled
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment = (
        kept | MEMORY | {"YIZHAN_ATLAS": str(ground.folder), "YIZHAN_DATABASE": ground.database} | dict(settings or {})
    )
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", HOST, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "warning", app]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers.

    Raises
    ------
    RuntimeError
        It ended, or did not answer within `STARTS_WITHIN_S`.
    """
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), 5.0) as asking:
                asking.settimeout(5.0)
                asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if asking.recv(64).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    message = "The server did not answer."
    raise RuntimeError(message)
