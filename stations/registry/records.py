"""Records as bytes, and the stations they stand for, decoded when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import SupportsIndex, overload

from stations.station import Station

MOST_KEPT = 8192
"""Stations that stay decoded, some 2 KB apiece: all of a city's, not a country's."""

Decode = Callable[[bytes], Station]


def keeping_decoder(most: int = MOST_KEPT) -> Decode:
    """Give a decoder that keeps the stations used last. Threads may share it.

    It goes by the record itself, so that later snapshots can use it too.
    """
    return lru_cache(most)(decode)


def decode(record: bytes) -> Station:
    """Make the station of a record that was checked when it was written."""
    return Station.from_json(record)


class Stations(Sequence[Station]):
    """The stations of some records, each decoded when it is asked for.

    A few are kept decoded. Going through more than can be kept keeps none, so
    that a list of the whole country does not push out what people look at.

    Parameters
    ----------
    records
        JSON, UTF-8.
    keeping
        As `keeping_decoder` gives; later snapshots share it.
    """

    __slots__ = ("keeping", "records")

    def __init__(self, records: Sequence[bytes], keeping: Decode) -> None:
        self.records = records
        self.keeping = keeping

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, at: SupportsIndex) -> Station: ...
    @overload
    def __getitem__(self, at: slice) -> Stations: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Station | Stations:
        if isinstance(at, slice):
            return Stations(self.records[at], self.keeping)
        return self.keeping(self.records[at.__index__()])

    def __iter__(self) -> Iterator[Station]:
        return map(self.keeping if len(self.records) <= MOST_KEPT else decode, self.records)

    def __repr__(self) -> str:
        return f"<{len(self.records)} stations>"
