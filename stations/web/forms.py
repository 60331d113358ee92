"""The form of a question: filled in as the address has it, and what there is to choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from stations.registry.snapshot import Snapshot
from stations.web.names import Names
from stations.web.params import Args, BadParameter, Known, first, read_amenities, read_moment
from stations.web.words import Wall

ASKED = ("mode", "minutes", "at", "amenity")


@dataclass(frozen=True, slots=True)
class Chip:
    """An amenity that one can ask for."""

    key: str
    name: str
    icon: str
    chosen: bool


def carried(args: Args) -> dict[str, list[str]]:
    """The question without the place, for the addresses that a page carries it over to."""
    return {key: list(args[key]) for key in ASKED if first(args, key)}


def picks(args: Args, known: Known, names: Names, now: datetime) -> str:
    """Say what was chosen in the folded part of the form."""
    said = []
    try:
        if at := first(args, "at"):
            said.append(Wall.at(now, known.zone).reads(read_moment(at, known.zone)))
        said.extend(names.amenity(key) for key in sorted(read_amenities(args, known), key=names.order))
    except BadParameter:
        return ""  # the page already says what is wrong with it
    return " · ".join(said)


def form_of(args: Args, known: Known, names: Names) -> dict[str, Any]:
    """The form filled in as the address has it; what cannot be used is shown again as it was typed."""
    mode = first(args, "mode", "walk")
    return {
        "where": first(args, "where")[:200],
        "lon": first(args, "lon")[:40],
        "lat": first(args, "lat")[:40],
        "mode": mode if mode in known.modes else "walk",
        "modes": [(key, names.mode(key)) for key in names.modes if key in known.modes],
        "minutes": first(args, "minutes", "15")[:20],
        "at": first(args, "at")[:40],
    }


def chips(snapshot: Snapshot, chosen: frozenset[str], names: Names) -> list[Chip]:
    """The amenities that some active station has, the chosen ones first, then by how many have them."""
    has = np.asarray(snapshot.amenity)[np.asarray(snapshot.active)] == 1
    counts = dict(zip(snapshot.amenity_keys, has.sum(axis=0).tolist(), strict=True))
    offered = [key for key, count in counts.items() if count or key in chosen]
    offered.sort(key=lambda key: (key not in chosen, -counts[key], key))
    return [Chip(key, names.amenity(key), names.amenity_icon(key), key in chosen) for key in offered]
