"""Which column of a list is which field, and what its cells say.

Headers are recognised by ``columns.toml`` and by the words of the taxonomy, in
Chinese and English. A cell that cannot be read raises `CellError` with what was
expected; the row and column are the caller's to add.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from geodata.datum import Datum
from stations.errors import ImportRefused, StationsError, TaxonomyError
from stations.station import AmenityState, Key
from stations.taxonomy import Taxonomy, Vocabulary, folded

FILE = Path(__file__).with_name("columns.toml")

REQUIRED = ("name", "lon", "lat")

_BRACKETED = re.compile(r"[（(](.*?)[)）]")
_LIST = re.compile(r"[;；,，、|/\n]+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_AREA_UNIT = re.compile(r"\s*(平方米|平米|m2|m²|sqm)$", re.IGNORECASE)


class CellError(StationsError, ValueError):
    """A cell that cannot be read."""


Words = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


@with_config(ConfigDict(extra="forbid", strict=True))
class _File(TypedDict):
    columns: dict[Key, Words]
    datums: dict[Datum, Words]


@dataclass(frozen=True)
class Columns:
    """What lists call their columns and their datums. Made by `Columns.load`."""

    fields: Mapping[str, tuple[str, ...]]
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
        for field, words in names["columns"].items():
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


def read_number(text: str) -> float:
    """Read a decimal number, in half or full width.

    Raises
    ------
    CellError
        Not a number.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _NUMBER.fullmatch(plain):
        raise CellError("“{value}” is not a number. Write decimal degrees, like 116.3245.", value=text[:80])
    return float(plain)


def read_count(text: str) -> int:
    """Read a whole number; ``20.0`` is one too, as spreadsheets write it.

    Raises
    ------
    CellError
        Not a whole number.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"\d{1,9}(\.0*)?", plain):
        raise CellError("“{value}” is not a whole number.", value=text[:80])
    return int(float(plain))


def read_area(text: str) -> float:
    """Read square metres, with or without the unit.

    Raises
    ------
    CellError
        Not a number.
    """
    plain = _AREA_UNIT.sub("", unicodedata.normalize("NFKC", text).strip())
    if not _NUMBER.fullmatch(plain):
        raise CellError("“{value}” is not an area. Write square metres, like 20.", value=text[:80])
    return float(plain)


def read_date(text: str) -> str:
    """Read a date, ``2025-03-01``, ``2025/3/1`` or ``2025年3月1日``, as ISO 8601.

    Raises
    ------
    CellError
        Not a date.
    """
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise CellError("“{value}” is not a date. Write it like 2025-03-01.", value=text[:80])
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def read_month_day(text: str) -> str:
    """Read a day of every year, ``06-01`` or ``6月1日``.

    Raises
    ------
    CellError
        Not such a day.
    """
    found = _MONTH_DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise CellError("“{value}” is not a day of the year. Write it like 06-01.", value=text[:80])
    return f"{int(found[1]):02}-{int(found[2]):02}"


def read_key(text: str, vocabulary: Vocabulary) -> str:
    """Read a word of a vocabulary.

    Raises
    ------
    CellError
        Not one of its words. Lists them.
    """
    key = vocabulary.key_of(text)
    if key is None:
        raise CellError(
            "“{value}” is not one of the {vocabulary}. Write one of: {known}.",
            value=text[:80],
            vocabulary=vocabulary.name.replace("_", " "),
            known=", ".join(f"{key} ({term.zh})" for key, term in vocabulary.terms.items()),
        )
    return key


def read_keys(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Read a list of words of a vocabulary, parted by commas or semicolons of either width.

    Raises
    ------
    CellError
        A word that is not one of its words.
    """
    return tuple(dict.fromkeys(read_key(word, vocabulary) for word in split_list(text)))


def read_amenities(text: str, taxonomy: Taxonomy) -> dict[str, AmenityState]:
    """Read a list of amenities that a station has. ``toilet=nearby`` gives another state than yes.

    What the list leaves out stays unknown.

    Raises
    ------
    CellError
        An amenity or a state that is not known.
    """
    states: dict[str, AmenityState] = {}
    for item in split_list(text):
        word, _, state = unicodedata.normalize("NFKC", item).replace(":", "=").partition("=")
        states[read_key(word, taxonomy.amenities)] = read_state(state or "yes", taxonomy)
    return states


def read_state(text: str, taxonomy: Taxonomy) -> AmenityState:
    """Read whether an amenity is there; an empty cell is unknown.

    Raises
    ------
    CellError
        Not a state.
    """
    return AmenityState(read_key(text, taxonomy.states)) if text else AmenityState.UNKNOWN


def split_list(text: str) -> list[str]:
    """Part a list at commas, semicolons and the like, of either width."""
    return [item.strip() for item in _LIST.split(text) if item.strip()]
