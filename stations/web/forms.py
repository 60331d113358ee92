"""The form of a question: filled in as the address has it, and what there is to choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext

from stations.questions.nearest import EVERYONE
from stations.registry.snapshot import Snapshot
from stations.web.params import Args, BadParameter, Known, first, read_amenities, read_moment, read_who
from stations.web.words import Wall
from stations.wording.names import Names

ASKED = ("mode", "minutes", "at", "amenity", "who")
EARLY = timedelta(hours=5, minutes=30)
"""When the first sweepers and couriers set out."""


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that one can choose: an amenity, or what one is."""

    key: str
    name: str
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """A moment that one often means, and its words."""

    at: str
    name: str


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
        if read_who(args, known):
            said.extend(names.eligible(key) for key in names.taxonomy.eligible.terms if key in args["who"])
    except BadParameter:
        return ""  # the page already says what is wrong with it
    return " · ".join(said)


def form_of(args: Args, known: Known, names: Names) -> dict[str, Any]:
    """The form filled in as the address has it; what cannot be used is shown again as it was typed."""
    mode = first(args, "mode", "walk")
    return {
        "where": first(args, "where")[:1000],
        "lon": first(args, "lon")[:40],
        "lat": first(args, "lat")[:40],
        "mode": mode if mode in known.modes else "walk",
        "modes": [(key, names.mode(key)) for key in names.modes if key in known.modes],
        "minutes": first(args, "minutes", "15")[:20],
        "at": first(args, "at")[:40],
    }


def presets(now: datetime) -> list[Preset]:
    """Moments that one often means, as the form's date-and-time field writes them; `now` is of the wall's clock."""
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0) + EARLY
    early = now.replace(hour=0, minute=0) + EARLY if now.hour < 5 else tomorrow
    said = (
        (now + timedelta(minutes=30), gettext("In 30 min")),
        (now + timedelta(hours=2), gettext("In 2 hours")),
        (early, gettext("Today 05:30") if early.date() == now.date() else gettext("Tomorrow 05:30")),
    )
    return [Preset(f"{moment:%Y-%m-%dT%H:%M}", name) for moment, name in said]


def chips(snapshot: Snapshot, chosen: frozenset[str], names: Names) -> list[Chip]:
    """The amenities that some active station has, the chosen ones first, then by how many have them."""
    counts = snapshot.amenity_counts
    offered = [key for key, count in counts.items() if count or key in chosen]
    offered.sort(key=lambda key: (key not in chosen, -counts[key], key))
    return [Chip(key, names.amenity(key), names.amenity_icon(key), key in chosen) for key in offered]


class Guests:
    """For whom alone some stations are: worked out once for each revision, as it takes a look at every record."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._kept: tuple[int, frozenset[str]] = (-1, frozenset())

    def chips(self, snapshot: Snapshot, chosen: frozenset[str]) -> list[Chip]:
        """What a person may say to be, as far as it matters at some active station; nothing where it never does."""
        kept = self._kept
        if kept[0] != snapshot.revision:
            # One assignment: another thread sees either pair whole.
            kept = self._kept = (snapshot.revision, _limited_to(snapshot))
        terms = self._names.taxonomy.eligible
        matter = kept[1] | chosen
        # A station for outdoor workers is one for couriers, too: then each of them is a choice.
        offered = [key for key in terms.terms if key != EVERYONE and terms.wider(key) & matter] if matter else []
        return [Chip(key, self._names.eligible(key), "user", key in chosen) for key in offered]


def _limited_to(snapshot: Snapshot) -> frozenset[str]:
    said: set[str] = set()
    for row in snapshot.active_rows.tolist():
        if b'"eligible"' in snapshot.records[row]:
            eligible = snapshot.stations[row].eligible
            if EVERYONE not in eligible:
                said.update(eligible)
    return frozenset(said)
