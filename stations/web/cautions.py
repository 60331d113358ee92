"""What others found wrong at a station, in the words of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import ngettext

from stations.upkeep.facts import Caution
from stations.upkeep.kinds import Kind, load_kinds
from stations.web.words import Wall
from stations.wording.names import Names
from stations.wording.spoken import language

SHUT = frozenset({"locked", "gone"})
"""Kinds of report after which nobody should rely on a station that is open by its hours."""


class Cautions:
    """Says cautions; the kinds of report are read once."""

    def __init__(self, names: Names, kinds: Mapping[str, Kind] | None = None) -> None:
        self._names = names
        self.kinds = load_kinds() if kinds is None else kinds

    def say(self, caution: Caution, wall: Wall) -> str:
        """Say how many found what wrong, and when the last of them did."""
        what = self.kind(caution.kind)
        return ngettext(
            "%(num)s person found: %(what)s (%(clock)s)",
            "%(num)s people found: %(what)s (%(clock)s)",
            caution.people,
            what=f"{what} ({self._names.amenity(caution.amenity)})" if caution.amenity else what,
            clock=wall.looks_back(caution.last),
        )

    def kind(self, key: str) -> str:
        """A kind of report; the bare key where the list of kinds has lost it."""
        kind = self.kinds.get(key)
        return key if kind is None else kind.en if language() == "en" else kind.zh


def is_doubtful(cautions: Iterable[Caution]) -> bool:
    """Whether people found the door shut, or the station gone."""
    return any(caution.kind in SHUT for caution in cautions)


def caution_json(caution: Caution) -> dict[str, Any]:
    """A caution for programs."""
    return {
        "kind": caution.kind,
        "amenity": caution.amenity or None,
        "people": caution.people,
        "last": caution.last.isoformat(timespec="minutes"),
    }
