"""Which column of a list is which field.

Headers are recognised by ``columns.toml`` and by the words of the taxonomy, in
Chinese and English. What the cells say is read by `stations.exchange.cells`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from geodata.datum import Datum
from stations.errors import ImportRefused, TaxonomyError
from stations.exchange.cells import CellError
from stations.station import Key
from stations.taxonomy import Taxonomy, folded

FILE = Path(__file__).with_name("columns.toml")

REQUIRED = ("name", "lon", "lat")

_BRACKETED = re.compile(r"[（(](.*?)[)）]")

Words = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


@with_config(ConfigDict(extra="forbid", strict=True))
class _File(TypedDict):
    columns: dict[Key, Words]
    kept: dict[Literal["words"], list[str]]
    datums: dict[Datum, Words]


@dataclass(frozen=True)
class Columns:
    """What lists call their columns and their datums. Made by `Columns.load`.

    Attributes
    ----------
    fields
        By field, what its column is called, folded; the first that a file has is taken.
    kept
        Folded names of columns that are known to be no field: kept unread, without asking.
    """

    fields: Mapping[str, tuple[str, ...]]
    kept: frozenset[str]
    datums: Mapping[str, Datum]

    @classmethod
    def load(cls, path: Path = FILE) -> Columns:
        """Read the names.

        Raises
        ------
        TaxonomyError
            A file that cannot be read, or one name for two columns.
        """
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            names = TypeAdapter(_File).validate_python(content, strict=False)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise TaxonomyError("{file} cannot be read: {fault}.", file=path.name, fault=error) from None
        seen: dict[str, str] = {}
        for field, words in [*names["columns"].items(), ("columns that are kept", names["kept"]["words"])]:
            for word in {folded(word) for word in words}:
                if seen.setdefault(word, field) != field:
                    raise TaxonomyError(
                        "In {file}, “{word}” stands for both {first} and {second}.",
                        file=path.name,
                        word=word,
                        first=seen[word],
                        second=field,
                    )
        return cls(
            MappingProxyType({field: tuple(map(folded, words)) for field, words in names["columns"].items()}),
            frozenset(map(folded, names["kept"]["words"])),
            MappingProxyType({folded(word): datum for datum, words in names["datums"].items() for word in words}),
        )

    def datum_of(self, text: str) -> Datum:
        """Read the name of a datum.

        Raises
        ------
        CellError
            No datum is called that.
        """
        word = folded(text)
        for form in (word, word.removesuffix("坐标系").removesuffix("坐标")):
            if form in self.datums:
                return self.datums[form]
        raise CellError("“{value}” is not a datum. Write wgs84, gcj02 or bd09.", value=text[:80])

    def map(self, name: str, headers: Iterable[str], taxonomy: Taxonomy) -> Mapping[str, str]:
        """Find what each header stands for.

        Returns
        -------
        Mapping
            By header: a field, ``amenity:KEY``, or nothing when it is not known.

        Raises
        ------
        ImportRefused
            A column that every list must have is missing, or is there twice.
        """
        found: dict[str, str] = {}
        candidates: dict[str, list[tuple[int, str]]] = {}
        for header in headers:
            plain = folded(_BRACKETED.sub("", header))
            if plain.endswith(("inferred", "推测", "推断")):
                continue
            for word in (folded(header), plain):
                places = [(words.index(word), field) for field, words in self.fields.items() if word in words]
                if places:
                    candidates.setdefault(places[0][1], []).append((places[0][0], header))
                    break
                amenity = _amenity_of(word, taxonomy)
                if amenity:
                    candidates.setdefault(f"amenity:{amenity}", []).append((0, header))
                    break
        for field, places in candidates.items():
            places.sort()
            if len(places) > 1 and places[0][0] == places[1][0]:
                raise ImportRefused(
                    "In {name}, “{first}” and “{second}” both mean {field}. Remove or rename one.",
                    name=name,
                    first=places[0][1],
                    second=places[1][1],
                    field=field,
                )
            found[places[0][1]] = field
        missing = [field for field in REQUIRED if field not in candidates]
        if missing:
            raise ImportRefused(
                "{name} has no column for {missing}. Its columns are {headers}. Call them {names}.",
                name=name,
                missing=", ".join(missing),
                headers=", ".join(headers)[:500],
                names="; ".join(" / ".join(self.fields[field][:3]) for field in missing),
            )
        return MappingProxyType(found)

    def datum_in_headers(self, found: Mapping[str, str]) -> Datum | None:
        """Give the datum named in brackets after a coordinate's header, like ``经度(GCJ02)``."""
        for header, field in found.items():
            said = _BRACKETED.search(header)
            if field in {"lon", "lat"} and said and folded(said[1]) in self.datums:
                return self.datums[folded(said[1])]
        return None


def _amenity_of(word: str, taxonomy: Taxonomy) -> str | None:
    for prefix in ("amenity:", "amenities.", "设施:"):
        word = word.removeprefix(prefix)
    return taxonomy.amenities.key_of(word)
