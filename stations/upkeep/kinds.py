"""The kinds of report, read from `reports.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from stations.upkeep.facts import Aspect

FILE = Path(__file__).with_name("reports.toml")


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be wrong at a station.

    Attributes
    ----------
    clears
        Of what one says that it is still right, to take a caution of this kind away.
    asks
        What must be said besides: which ``amenity``, a ``note``, or nothing.
    days
        For how many days after the last report people are told; 0 until someone says otherwise. The staff are told
        until then in any case.
    """

    key: str
    zh: str
    en: str
    icon: str
    clears: Aspect
    asks: Literal["amenity", "note", ""] = ""
    days: int = 0

    @property
    def lasts(self) -> timedelta:
        """How long after the last report people are told; `timedelta.max` until someone says otherwise."""
        return timedelta(days=self.days) if self.days else timedelta.max


def load_kinds(file: Path = FILE) -> Mapping[str, Kind]:
    """Read the kinds of report, by key, in the order in which they are offered."""
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType(
        {key: Kind(key=key, **(values | {"clears": Aspect(values["clears"])})) for key, values in read.items()}
    )
