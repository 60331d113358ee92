"""What is done in processes of their own, to be disturbed: each tells how far it is."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from stations.exchange.proposal import read_stations
from stations.registry.backups import back_up, restore
from stations.registry.log import Registry, Written
from stations.taxonomy import Taxonomy
from stations.upkeep.facts import Sender
from stations.upkeep.saying import Upkeep
from tests.faults.desk_writes import KINDS

Tell = Callable[[object], None]

SHANGHAI = ZoneInfo("Asia/Shanghai")
WAIT_S = 20.0


def import_list(tell: Tell, url: str, path: str, seats: int, times: int = 1) -> None:
    """Take in a list, with so many seats everywhere; again and again, with a seat more, if need be."""
    tell("ready")
    registry = Registry.open(url, SHANGHAI, wait_s=WAIT_S)
    for more in range(times):
        written = take_in(registry, Path(path), seats + more, lambda: tell("writing"))
        tell(f"written {written.revision}")


def take_in(registry: Registry, path: Path, seats: int, begun: Callable[[], None] = lambda: None) -> Written:
    """Take in a list as the command line does."""
    proposal = read_stations(path, taxonomy(), SHANGHAI)

    def change(snapshot):
        stations = [dataclasses.replace(station, seats=seats % 10_000) for station in proposal.onto(snapshot)]
        begun()
        return stations

    return registry.write(change, what="import", who="tester", at=datetime.now(UTC), source=path.name)


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy, read before there are children."""
    return Taxonomy.load()


def look(tell: Tell, url: str) -> None:
    """Read the stations."""
    tell(f"revision {Registry.open(url, SHANGHAI, wait_s=0.2).snapshot().revision}")


def copy(tell: Tell, url: str, path: str) -> None:
    """Make a backup."""
    tell("ready")
    registry = Registry.open(url, SHANGHAI, wait_s=WAIT_S)
    tell(f"kept {back_up(registry.store, Path(path), at=datetime.now(UTC), overwrite=True).head}")


def bring_back(tell: Tell, url: str, path: str) -> None:
    """Restore a backup."""
    tell("ready")
    tell(f"restored {restore(url, Path(path), wait_s=WAIT_S).head}")


def hold(tell: Tell, url: str, sign: str) -> None:
    """Keep the registry from being written, for as long as a file is there."""
    registry = Registry.open(url, SHANGHAI, wait_s=WAIT_S)
    with registry.store.writing():
        tell("holding")
        while Path(sign).exists():
            time.sleep(0.01)


def report(tell: Tell, url: str, first: int, times: int = 1) -> None:
    """Report a station as locked, each time as somebody else."""
    registry = Registry.open(url, SHANGHAI, wait_s=WAIT_S)
    upkeep, now = Upkeep(registry.store, SHANGHAI), datetime.now(UTC)
    tell("ready")
    for number in range(first, first + times):
        sender = Sender(f"device {number}", f"network {number}")
        upkeep.report("S00001", "locked", sender=sender, found=now, now=now, revision=2)
        tell(f"said {number}")


def at_the_desk(tell: Tell, url: str, kind: str, first: int, times: int) -> None:
    """Write at the desk, again and again."""
    registry = Registry.open(url, SHANGHAI, wait_s=WAIT_S)
    write = KINDS[kind](registry)
    tell("ready")
    for number in range(first, first + times):
        write.do(number)
        tell(f"done {number}")
