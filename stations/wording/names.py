"""What amenities, ways in and travel modes are called, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.access import Mode, load_modes
from stations.questions.nearest import EVERYONE
from stations.station import Station
from stations.taxonomy import Taxonomy, Term
from stations.wording.spoken import language


@dataclass(frozen=True, slots=True)
class Names:
    """Names from the taxonomy and the travel modes.

    Attributes
    ----------
    taxonomy
        The words stations are described with.
    modes
        The travel modes, in the order they are offered.
    """

    taxonomy: Taxonomy
    modes: Mapping[str, Mode]

    @classmethod
    def read(cls) -> Names:
        """Read the taxonomy and the travel modes."""
        return cls(Taxonomy.load(), load_modes())

    def order(self, key: str) -> int:
        """Where an amenity stands in the taxonomy, which lists what people ask for most first."""
        keys = list(self.taxonomy.amenities.terms)
        return keys.index(key) if key in keys else len(keys)

    def amenity(self, key: str) -> str:
        """An amenity's name."""
        return _name(self.taxonomy.amenities.terms.get(key), key)

    def amenity_icon(self, key: str) -> str:
        """An amenity's icon."""
        return self.taxonomy.amenity(key).icon if key in self.taxonomy.amenities else "check"

    def kind(self, key: str) -> str:
        """What kind of station it is."""
        return _name(self.taxonomy.kinds.terms.get(key), key)

    def host(self, key: str) -> str:
        """What kind of premises it is."""
        return _name(self.taxonomy.hosts.terms.get(key), key)

    def access(self, key: str) -> str:
        """How one gets in."""
        return _name(self.taxonomy.access.terms.get(key), key)

    def eligible(self, key: str) -> str:
        """Who may use a station."""
        return _name(self.taxonomy.eligible.terms.get(key), key)

    @staticmethod
    def station(station: Station) -> str:
        """A station's name; the one on its door where it has no English one."""
        return station.name_en if station.name_en and language() == "en" else station.name

    def mode(self, key: str) -> str:
        """A travel mode's name."""
        mode = self.modes[key]
        return mode.en if language() == "en" else mode.zh


def who_one_may_be(taxonomy: Taxonomy) -> dict[str, frozenset[str]]:
    """What a person may be, each with every wider word for it; ``everyone`` is nothing that one may be."""
    several = taxonomy.eligible
    return {key: several.wider(key) for key in several.terms if key != EVERYONE}


def _name(term: Term | None, key: str) -> str:
    """The term's word; the bare key where an operator's own list has a key that the taxonomy lost."""
    if term is None:
        return key
    return term.en if language() == "en" else term.zh
