"""Stations that may be one: near in place and alike in name.

Place first, as it is cheap (`stations.exchange.nearby`). Of what is near, names
that share too little of their sound are left out in one sweep, and only the few
that remain are compared (`stations.exchange.likeness`).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from stations.exchange.alignment import Profile
from stations.exchange.likeness import INSTEAD, Alike, Wording
from stations.exchange.nearby import near_pairs
from stations.registry.snapshot import Snapshot
from stations.station import Station, Status

NEAR_M = 150.0
"""Farther apart, two entries are two stations: a wrong pin and a wrong datum are looked for elsewhere."""

LEAST_HERE, LEAST_AFAR = 0.6, 0.75
"""Likeness from which two stations in one place are a possible duplicate, and two that are `NEAR_M` apart."""

SAME_PLACE_M = 1.0

MOST_PER_STATION = 5

Rows = NDArray[np.int64]
Float = NDArray[np.float64]


class Why(StrEnum):
    """What makes two stations a possible duplicate, or softens it."""

    SAME_PLACE = "same_place"
    SAME_NAME = "same_name"
    ALIKE_IN_WRITING = "alike_in_writing"
    ALIKE_IN_SOUND = "alike_in_sound"
    RETIRED = "retired"


@dataclass(frozen=True)
class Places:
    """Stations as far as this question needs them; all parallel.

    Attributes
    ----------
    names
        Read only for stations that have another one near.
    lon, lat
        float64 ``[n]``, degrees WGS-84.
    retired
        Whether each is retired; read only for what is found.
    """

    codes: Sequence[str]
    names: Sequence[str]
    lon: Float
    lat: Float
    retired: Sequence[bool]

    @classmethod
    def of(cls, stations: Sequence[Station]) -> Places:
        """Take a list of stations."""
        return cls(
            [station.code for station in stations],
            [station.name for station in stations],
            np.array([station.position.lon for station in stations], dtype=np.float64),
            np.array([station.position.lat for station in stations], dtype=np.float64),
            [station.status is Status.RETIRED for station in stations],
        )

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot) -> Places:
        """Take the stations of a registry; a record is read only when there is another station near."""
        stations = snapshot.stations
        return cls(snapshot.codes, _Names(stations), snapshot.lon, snapshot.lat, _Retired(stations))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A new station, and one known or earlier in the same list, that may be the same.

    Attributes
    ----------
    row
        The station among the new ones.
    known
        Its twin among those known, or None when the twin is new too.
    earlier
        Its twin among the new ones, of a smaller row, or None.
    code, twin
        Their codes.
    metres
        Great-circle distance.
    likeness
        Of their names, 0 to 1.
    why
        What speaks for it, and `Why.RETIRED` when the twin is.
    """

    row: int
    known: int | None
    earlier: int | None
    code: str
    twin: str
    metres: float
    likeness: float
    why: tuple[Why, ...]


def find_duplicates(
    new: Places, known: Places, wording: Wording, *, within_m: float = NEAR_M, most: int = MOST_PER_STATION
) -> tuple[Duplicate, ...]:
    """Find each pair of a new station and a known or an earlier new one that may be the same.

    A station whose code is known is no news: the registry has it already, and every
    pair it may be in. To look for pairs inside a registry, hand it in as new
    with nothing known.

    Parameters
    ----------
    within_m
        How far apart the two may be, metres.
    most
        Pairs given for one new station: the best.

    Returns
    -------
    tuple
        The likeliest first. Where hundreds stand in one place, pairs whose names
        are far from each other in the alphabet of sounds, from the front and from
        the back, are not found.
    """
    taken = set(known.codes)
    fresh = np.array([row for row, code in enumerate(new.codes) if code not in taken], dtype=np.int64)
    if not len(fresh):
        return ()
    lon = np.concatenate((new.lon[fresh], known.lon))
    lat = np.concatenate((new.lat[fresh], known.lat))
    names = _Sounded(new.names, fresh, known.names, wording)

    first, second, metres, likeness, numbers = _alike_pairs(lon, lat, names, within_m)
    score = likeness - (LEAST_AFAR - LEAST_HERE) * metres / within_m
    order = np.lexsort((second, -score, first))
    place = np.arange(len(order)) - np.searchsorted(first[order], first[order])
    order = order[place < most]
    order = order[np.lexsort((second[order], first[order], -score[order]))]

    found = []
    for pair in order:
        row, at = int(fresh[first[pair]]), int(second[pair])
        earlier = int(fresh[at]) if at < len(fresh) else None
        twin = at - len(fresh) if earlier is None else None
        retired = known.retired[twin] if twin is not None else new.retired[earlier or 0]
        alike = names.compared[int(numbers[pair])]
        found.append(
            Duplicate(
                row,
                twin,
                earlier,
                new.codes[row],
                known.codes[twin] if twin is not None else new.codes[earlier or 0],
                float(metres[pair]),
                float(likeness[pair]),
                _why(alike, float(metres[pair]), retired=retired),
            )
        )
    return tuple(found)


def _why(alike: Alike, metres: float, *, retired: bool) -> tuple[Why, ...]:
    why = [Why.SAME_PLACE] if metres <= SAME_PLACE_M else []
    if alike.same:
        why.append(Why.SAME_NAME)
    else:
        why.append(Why.ALIKE_IN_SOUND if alike.sound else Why.ALIKE_IN_WRITING)
    return (*why, Why.RETIRED) if retired else tuple(why)


def _alike_pairs(lon: Float, lat: Float, names: _Sounded, within_m: float) -> tuple[Rows, Rows, Float, Float, Rows]:
    """Rows of both, metres, likeness, and the number of the comparison."""
    found: list[tuple[Rows, Rows, Float, Float, Rows]] = []
    for one, other, apart in near_pairs(lon, lat, len(names.fresh), within_m, names.orders):
        worth = names.worth_comparing(one, other)
        first, second, metres = one[worth], other[worth], apart[worth]
        numbers = names.compare(first, second)
        likeness = names.likeness(numbers)
        kept = likeness >= LEAST_HERE + (LEAST_AFAR - LEAST_HERE) * metres / within_m
        if kept.any():
            found.append((first[kept], second[kept], metres[kept], likeness[kept], numbers[kept]))
    if not found:
        none, nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
        return none, none, nothing, nothing, none
    first, second, metres, likeness, numbers = (np.concatenate(column) for column in zip(*found, strict=True))
    _, once = np.unique(first * len(lon) + second, return_index=True)  # some are neighbours in two orders
    return first[once], second[once], metres[once], likeness[once], numbers[once]


class _Sounded:
    """The names of all rows, fresh ones first, cut up and sounded when first asked for."""

    def __init__(self, new: Sequence[str], fresh: Rows, known: Sequence[str], wording: Wording) -> None:
        self.fresh = fresh
        self.compared: list[Alike] = []
        self._new, self._known, self._wording = new, known, wording
        rows = len(fresh) + len(known)
        self._profile = np.full(rows, -1, dtype=np.int64)
        self._profiles: list[Profile] = []
        self._by_name: dict[str, int] = {}
        self._sounds = np.zeros((rows, 4), dtype=np.uint64)
        self._digits = np.zeros(rows, dtype=np.uint64)
        self._own = np.zeros(rows, dtype=np.int64)
        self._beside = np.zeros(rows, dtype=np.float64)
        self._bits: dict[str, int] = {}
        self._numbers: dict[tuple[int, int], int] = {}

    def orders(self, rows: Rows) -> list[Rows]:
        """Put rows in the order of how their names sound, from the front and from the back."""
        self._cut(rows)
        keys = [
            (
                [
                    min(self._wording.sounds.of(token), default=token)
                    for token in self._profiles[self._profile[row]].tokens
                ]
            )
            for row in rows
        ]
        forward = sorted(range(len(rows)), key=lambda at: (keys[at], rows[at]))
        backward = sorted(range(len(rows)), key=lambda at: (keys[at][::-1], rows[at]))
        return [rows[forward], rows[backward]]

    def worth_comparing(self, first: Rows, second: Rows) -> NDArray[np.bool_]:
        """Which pairs can be alike enough at all, by how many of their own sounds they share and by their numbers."""
        self._cut(np.unique(np.concatenate((first, second))))
        shared = np.bitwise_count(self._sounds[first] & self._sounds[second]).sum(axis=1, dtype=np.int64)
        instead = np.minimum(self._own[first], self._own[second]) - shared
        together = shared + np.minimum(self._beside[first], self._beside[second])
        a, b = self._digits[first], self._digits[second]
        alike = INSTEAD * LEAST_HERE * instead <= (1.0 - LEAST_HERE) * together
        worth: NDArray[np.bool_] = alike & ((a == 0) | (b == 0) | ((a & b) != 0))
        return worth

    def compare(self, first: Rows, second: Rows) -> Rows:
        """Compare the names of pairs of rows, each two names once; give the numbers of the comparisons."""
        one, other = self._profile[first], self._profile[second]
        packed = np.minimum(one, other) * len(self._profiles) + np.maximum(one, other)
        pairs, inverse = np.unique(packed, return_inverse=True)
        numbers = np.empty(len(pairs), dtype=np.int64)
        for at, pair in enumerate(pairs.tolist()):
            key = divmod(pair, len(self._profiles))
            if key not in self._numbers:
                self._numbers[key] = len(self.compared)
                self.compared.append(self._wording.compare(self._profiles[key[0]], self._profiles[key[1]]))
            numbers[at] = self._numbers[key]
        found: Rows = numbers[inverse]
        return found

    def likeness(self, numbers: Rows) -> Float:
        """Give the likeness of comparisons."""
        return np.array([self.compared[number].value for number in numbers.tolist()], dtype=np.float64)

    def _cut(self, rows: Rows) -> None:
        anew = rows[self._profile[rows] < 0]
        if not len(anew):
            return
        numbers = [self._number(row) for row in anew.tolist()]
        profiles = [self._profiles[number] for number in numbers]
        sounds = [self._sounded(profile.own_tokens) for profile in profiles]
        self._profile[anew] = numbers
        self._sounds[anew] = np.frombuffer(b"".join(sounds), dtype="<u8").reshape(-1, 4)
        self._own[anew] = [sum(not token.isdecimal() for token in set(profile.own_tokens)) for profile in profiles]
        self._beside[anew] = [sum(profile.weights) - len(profile.own_tokens) for profile in profiles]
        self._digits[anew] = [_digits(profile) for profile in profiles]

    def _number(self, row: int) -> int:
        name = self._new[self.fresh[row]] if row < len(self.fresh) else self._known[row - len(self.fresh)]
        number = self._by_name.get(name)
        if number is None:
            number = self._by_name[name] = len(self._profiles)
            self._profiles.append(self._wording.profile(name))
        return number

    def _sounded(self, tokens: tuple[str, ...]) -> bytes:
        """The sounds of tokens as 256 bits."""
        bits = 0
        for token in tokens:
            bit = self._bits.get(token)
            if bit is None:
                bit = 0
                for sound in () if token.isdecimal() else self._wording.sounds.of(token) or (token[:1],):
                    bit |= 1 << zlib.crc32(sound.encode()) % 256
                self._bits[token] = bit
            bits |= bit
        return bits.to_bytes(32, "little")


def _digits(profile: Profile) -> int:
    """The numbers of a name as 64 bits."""
    digits = 0
    for token in profile.own_tokens:
        if token.isdecimal():
            digits |= 1 << int(token) % 64
    return digits


@dataclass(frozen=True, slots=True)
class _Names(Sequence[str]):
    stations: Sequence[Station]

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return [station.name for station in self.stations[at]] if isinstance(at, slice) else self.stations[at].name

    def __len__(self) -> int:
        return len(self.stations)


@dataclass(frozen=True, slots=True)
class _Retired(Sequence[bool]):
    stations: Sequence[Station]

    @overload
    def __getitem__(self, at: int) -> bool: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bool]: ...
    def __getitem__(self, at: int | slice) -> bool | Sequence[bool]:
        if isinstance(at, slice):
            return [station.status is Status.RETIRED for station in self.stations[at]]
        return self.stations[at].status is Status.RETIRED

    def __len__(self) -> int:
        return len(self.stations)
