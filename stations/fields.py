"""What each fact of a station is called, in Chinese and English, read from ``fields.toml``.

Lists, exports and histories take their words from here, so that a fact has one
name wherever a person meets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import TypeAdapter

from stations.errors import TaxonomyError
from stations.facts import Key
from stations.station import Station
from stations.taxonomy import Term, read_toml

FILE = Path(__file__).with_name("fields.toml")

COLUMNS_OF_A_POSITION = ("lon", "lat", "datum")
"""What a list has in place of the one fact `position`."""


@dataclass(frozen=True)
class Fields:
    """The names of the facts. Made by `Fields.load`.

    Attributes
    ----------
    terms
        By field of `Station`, and for `COLUMNS_OF_A_POSITION`, in the order of the columns of a list.
    """

    terms: Mapping[str, Term]

    @classmethod
    def load(cls, path: Path = FILE) -> Fields:
        """Read the names.

        Raises
        ------
        TaxonomyError
            A file that cannot be read, a field without a name, or one name for two.
        """
        terms: dict[str, Term] = read_toml(path, TypeAdapter(dict[Literal["fields"], dict[Key, Term]]))["fields"]
        expected = {one.name for one in fields(Station)} | set(COLUMNS_OF_A_POSITION)
        if terms.keys() != expected:
            raise TaxonomyError(
                "{file} must name exactly the fields of a station; it differs in {fields}.",
                file=path.name,
                fields=", ".join(sorted(terms.keys() ^ expected)),
            )
        for language in ("zh", "en"):
            words = [getattr(term, language) for term in terms.values()]
            twice = next((word for word in words if words.count(word) > 1), None)
            if twice:
                raise TaxonomyError("In {file}, two fields are called “{word}”.", file=path.name, word=twice)
        return cls(MappingProxyType(terms))

    def label(self, name: str, language: str) -> str:
        """Give the name of a field in a language, ``zh`` or else English."""
        return self.terms[name].zh if language == "zh" else self.terms[name].en

    @property
    def facts(self) -> tuple[str, ...]:
        """The fields of `Station`, in the order in which they are shown."""
        return tuple(name for name in self.terms if name not in COLUMNS_OF_A_POSITION)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a list, in order: the fields, with longitude, latitude and datum for the position."""
        return tuple(name for name in self.terms if name not in {"position", "extra"})
