"""Packs as they are sent: written once for each state of the stations, and compressed once."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from threading import Lock

import brotli  # type: ignore[import-untyped]
import orjson

from stations.registry.snapshot import Snapshot
from stations.web.house import House
from stations.web.offline.area import Cell
from stations.web.offline.pack import FORMAT, Cautions, Contents, write_pack
from stations.web.offline.week import Week

MOST_KEPT = 64
"""Packs in memory, some 100 KB each: a worker of a nationwide house serves as many cities at a time."""

BROTLI_QUALITY = 9
GZIP_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack, ready to be sent.

    Attributes
    ----------
    mark
        Of what it was made from: see `mark_of`.
    tag
        Of its content. A revision that changed nothing in it leaves it as it is.
    """

    mark: str
    tag: str
    plain: bytes
    gzip: bytes
    brotli: bytes


class Packs:
    """The packs of a house."""

    def __init__(self, house: House, contents: Contents) -> None:
        self._house, self._contents = house, contents
        self._kept: OrderedDict[Cell | None, Packed] = OrderedDict()
        self._lock, self._writing = Lock(), Lock()

    def mark(self, now: datetime) -> str:
        """The mark of what packs are made from now: the revision, the date, and the cautions."""
        return mark_of(self._house.snapshot(), self._house.cautions(now), now)

    def pack(self, now: datetime, cell: Cell | None) -> Packed:
        """The pack around a cell, or of all stations.

        While one thread writes a new one the others are given the one before: after an edit all phones come at once.
        """
        snapshot, cautions = self._house.snapshot(), self._house.cautions(now)
        mark = mark_of(snapshot, cautions, now)
        kept = self._find(cell)
        if kept is not None and kept.mark == mark:
            return kept
        if not self._writing.acquire(blocking=kept is None):
            return self._find(cell) or self.pack(now, cell)
        try:
            kept = self._find(cell)
            if kept is None or kept.mark != mark:
                core = write_pack(snapshot, cautions, now, self._contents, cell)
                kept = pack_up(mark, core, snapshot.revision, now.astimezone(snapshot.timezone))
                self._keep(cell, kept)
            return kept
        finally:
            self._writing.release()

    def _find(self, cell: Cell | None) -> Packed | None:
        with self._lock:
            if cell in self._kept:
                self._kept.move_to_end(cell)
            return self._kept.get(cell)

    def _keep(self, cell: Cell | None, packed: Packed) -> None:
        with self._lock:
            self._kept[cell] = packed
            self._kept.move_to_end(cell)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def mark_of(snapshot: Snapshot, cautions: Cautions, now: datetime) -> str:
    """Tell one state of what packs are made from from another, in some 20 letters."""
    week = Week.of(now, snapshot.timezone)
    said = blake2b(repr(sorted(cautions.items())).encode(), digest_size=4).hexdigest() if cautions else "0"
    return f"{FORMAT}.{snapshot.revision}.{week.first:%Y%m%d}.{said}"


def pack_up(mark: str, core: bytes, revision: int, made: datetime) -> Packed:
    """Say of which revision a pack is and when it was made, name it by the rest, and compress it."""
    head = orjson.dumps({"revision": revision, "made": made.isoformat(timespec="seconds")})
    plain = head[:-1] + b"," + core[1:]
    return Packed(
        mark,
        blake2b(core, digest_size=8).hexdigest(),
        plain,
        gzip.compress(plain, GZIP_LEVEL, mtime=0),
        brotli.compress(plain, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY),
    )
