"""A list to import, processes to kill, a disk to fill, and a server to stop."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stations.registry.log import Registry
from stations.registry.verifying import verify
from tests.faults.nursery import Nursery
from tests.postgres import Cluster, Databases, cluster, find_programs

ROWS = 60


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="session")
def listed(tmp_path_factory) -> Path:
    """A list of `ROWS` stations."""
    return write_list(tmp_path_factory.mktemp("lists") / "list.csv", ROWS)


def write_list(path: Path, count: int) -> Path:
    rows = [f"S{number:05},驿站 {number},116.{number:05},28.3,wgs84,{'很' * 20}" for number in range(count)]
    path.write_text("\n".join(["code,name,lon,lat,datum,note", *rows]), encoding="utf-8")
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A PostgreSQL server that tests may stop."""
    if find_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with cluster() as made:
        yield made


@pytest.fixture(scope="module")
def on_server(server: Cluster) -> Databases:
    return Databases(server.url())


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter and write."""
    folder = Path(tempfile.mkdtemp(prefix="yizhan-fault-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


class Disk:
    """A disk of its own, which can be filled and made larger."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.folder = folder
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0777", "yizhan", str(folder)], check=True
        )

    def fill(self, *, but: int = 0) -> None:
        """Leave so many bytes and no more."""
        state = os.statvfs(self.folder)
        with (self.folder / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, max(1, state.f_bavail * state.f_frsize - but))

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()

    def unmount(self) -> None:
        for _ in range(50):
            if subprocess.run(["umount", str(self.folder)], check=False, capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def disk(open_folder) -> Iterator[Disk]:
    """A disk of 60 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk to be filled")
    folder = open_folder / "disk"
    folder.mkdir()
    made = Disk(folder, 60_000)
    yield made
    made.unmount()


@pytest.fixture
def proven():
    """Open a registry anew, as the next process would, and see that it is whole; gives its snapshot."""

    def prove(url: str):
        registry = Registry.open(url, wait_s=20.0)
        try:
            assert [str(one) for one in verify(registry.store).differences] == []
            return registry.snapshot()
        finally:
            registry.close()

    return prove
