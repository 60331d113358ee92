"""The names of the stations, put in an index once and brought up to date with the few that change.

The index of a whole country takes seconds to build. So it is handed on from snapshot
to snapshot: what changed since it was built stands in a small index beside it, and
is taken out of the large one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from geodata.lonlat import Float
from geodata.names import Field, NameIndex
from stations.registry.snapshot import Snapshot

FIELDS = (
    ("name", Field.NAME),
    ("name_en", Field.OTHER_NAME),
    ("host_name", Field.HOST),
    ("code", Field.CODE),
    ("address", Field.ADDRESS),
)
"""What a station is found by."""

FEW, MOST_CHANGED = 64, 2048
"""Stations that may have changed before everything is put in a new index: at least, and at most."""

Value = TypeVar("Value", str, bytes)

KEPT = "names of the stations"


@dataclass(frozen=True, eq=False)
class Shelf:
    """Some stations, by rising code, and the index of their names.

    Attributes
    ----------
    lon, lat
        Degrees WGS-84.
    lengths
        uint8 [n]: characters of each name, 255 at most.
    """

    codes: Sequence[str]
    lon: Float
    lat: Float
    lengths: NDArray[np.uint8]
    index: NameIndex

    @classmethod
    def of(cls, snapshot: Snapshot, rows: NDArray[np.int64]) -> Shelf:
        """Put the stations of some rows in an index."""
        texts: list[str] = []
        owner: list[int] = []
        kind: list[int] = []
        lengths = np.zeros(rows.size, np.uint8)
        for number, record in enumerate(_picked(snapshot.records, rows)):
            facts = orjson.loads(record)
            lengths[number] = min(len(facts["name"]), 255)
            for name, what in FIELDS:
                if text := facts.get(name):
                    texts.append(text if text.isprintable() else " ".join(text.split()))
                    owner.append(number)
                    kind.append(what)
        codes = list(_picked(snapshot.codes, rows))
        return cls(
            codes, snapshot.lon[rows], snapshot.lat[rows], lengths, NameIndex.build(texts, owner, kind, rows.size)
        )


@dataclass(frozen=True, eq=False)
class StationNames:
    """What is known of the names of one snapshot's active stations.

    Attributes
    ----------
    stands
        bool [stations of `base`]: whether what `base` says of it is still true.
    fresh
        Those that are new or have changed; None where none has.
    """

    revision: int
    base_revision: int
    base: Shelf
    stands: NDArray[np.bool_]
    fresh: Shelf | None

    @classmethod
    def built(cls, snapshot: Snapshot) -> StationNames:
        """Put all active stations in an index."""
        base = Shelf.of(snapshot, snapshot.active_rows)
        return cls(snapshot.revision, snapshot.revision, base, np.ones(len(base.codes), np.bool_), None)

    def at(self, snapshot: Snapshot) -> StationNames | None:
        """The same for a later snapshot of the same log; None where too much has changed."""
        changed = np.flatnonzero(snapshot.revisions > self.base_revision)
        total = len(self.base.codes)
        if changed.size > min(MOST_CHANGED, max(FEW, total // 4)):
            return None
        stands = np.ones(total, np.bool_)
        for code in _picked(snapshot.codes, changed):
            row = bisect_left(self.base.codes, code)
            if row < total and self.base.codes[row] == code:
                stands[row] = False
        fresh = changed[snapshot.active[changed]]
        if np.count_nonzero(stands) + fresh.size != snapshot.active_rows.size:  # some are no more
            stands &= np.fromiter((snapshot.record_of(code) is not None for code in self.base.codes), np.bool_, total)
        return StationNames(
            snapshot.revision,
            self.base_revision,
            self.base,
            stands,
            Shelf.of(snapshot, fresh) if fresh.size else None,
        )


@dataclass
class _Line:
    """The names of a line of snapshots, each of which follows from the one before."""

    newest: StationNames | None = None
    lock: Lock = field(default_factory=Lock)

    def of(self, snapshot: Snapshot) -> StationNames:
        known = self.newest
        if known is not None and known.revision == snapshot.revision:
            return known
        with self.lock:
            known = self.newest
            if known is not None and known.revision == snapshot.revision:
                return known
            if known is not None and known.base_revision > snapshot.revision:
                return StationNames.built(snapshot)  # a look into the past, which is not worth keeping
            names = (known and known.at(snapshot)) or StationNames.built(snapshot)
            if known is None or known.revision < snapshot.revision:
                self.newest = names
            return names


def names_of(snapshot: Snapshot) -> StationNames:
    """The names of a snapshot's active stations; quick where those of an earlier snapshot are known."""
    line: _Line = snapshot.memo.get(KEPT, _Line)
    return line.of(snapshot)


def _picked(values: Sequence[Value], rows: NDArray[np.int64]) -> Iterable[Value]:
    """The values of some rising rows."""
    if rows.size * 8 < len(values):
        return (values[row] for row in rows.tolist())
    chosen = np.zeros(len(values), np.bool_)
    chosen[rows] = True
    return (value for value, wanted in zip(values, chosen.tolist(), strict=True) if wanted)
