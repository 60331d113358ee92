"""Stations as a list: which columns it has, what they are called, and what stands in a row.

Everything here is read back by an import: each header is one that
``columns.toml`` knows, and each cell one that `stations.exchange.fieldcells` reads.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType

from geodata.datum import Datum
from stations.exchange.columns import Columns
from stations.exchange.fieldcells import FieldCells
from stations.exchange.tables import BLANKS
from stations.fields import Fields
from stations.station import COORDINATE_DECIMALS, PRIVATE_FIELDS, AmenityState, Station
from stations.taxonomy import Taxonomy, Vocabulary, folded

MOST_OTHER_COLUMNS = 200
"""Columns that nobody mapped and that still get a column each; the rest share one."""

LONGEST_HEADER = 200

KEYS: Mapping[str, str] = MappingProxyType({"source_datum": "original_datum", "seats": "seat_count"})
"""What a field is called by its key in a list where the key itself would be read as another column."""

Value = str | int | float | dt.date | None


class Words(StrEnum):
    """In what words a list is written: Chinese, English, or the keys that programs use."""

    ZH = "zh"
    EN = "en"
    KEY = "key"


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    DEGREES = "degrees"
    DAY = "day"


_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "lon": Kind.DEGREES,
        "lat": Kind.DEGREES,
        "seats": Kind.COUNT,
        "area_m2": Kind.NUMBER,
        "position_checked": Kind.DAY,
        "hours_checked": Kind.DAY,
        "amenities_checked": Kind.DAY,
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes
    ----------
    field
        Field of `Station`, ``lon``, ``lat``, ``datum``, ``amenity:KEY`` or ``extra:KEY``.
    choices
        The words that may stand in it, where there are few.
    """

    header: str
    field: str
    kind: Kind
    choices: tuple[str, ...] = ()


class Listing:
    """Writes stations as rows of a list.

    Attributes
    ----------
    columns
        In the order of the rows.
    """

    def __init__(self, columns: Sequence[Column], taxonomy: Taxonomy, words: Words) -> None:
        self.columns = tuple(columns)
        self.words = words
        self._cells = FieldCells(taxonomy, str)
        self._others = frozenset(
            column.field.removeprefix("extra:") for column in columns if column.field.startswith("extra:")
        )
        self._values = [self._value_of(column) for column in self.columns]

    @classmethod
    def of(
        cls,
        stations: Iterable[Station],
        taxonomy: Taxonomy,
        *,
        full: bool,
        words: Words,
    ) -> Listing:
        """Choose the columns for stations: all fields, and of amenities and unmapped columns those that occur.

        Parameters
        ----------
        full
            Also what is not for the public (`PRIVATE_FIELDS`).
        """
        amenities: set[str] = set()
        others: Counter[str] = Counter()
        rest = False
        for station in stations:
            amenities.update(station.amenities)
            if full and station.extra:
                fit = [key for key, text in station.extra.items() if _fits(key, text)]
                others.update(fit)
                rest = rest or len(fit) < len(station.extra)
        own = sorted(
            key for key, _ in sorted(others.items(), key=lambda item: (-item[1], item[0]))[:MOST_OTHER_COLUMNS]
        )
        rest = rest or len(own) < len(others)
        fields = Fields.load()
        label = _label(fields, "extra", words)
        columns: list[Column] = []
        for name in fields.columns:
            if name == "amenities":
                columns += _amenity_columns(amenities, taxonomy, words)
            elif full or name not in PRIVATE_FIELDS:
                choices = _choices(name, taxonomy, words)
                columns.append(Column(_label(fields, name, words), name, _KINDS.get(name, Kind.TEXT), choices))
        columns += [Column(f"{label}:{key}", f"extra:{key}", Kind.TEXT) for key in own]
        if rest:
            columns.append(Column(label, "extra", Kind.TEXT))
        return cls(columns, taxonomy, words)

    def row(self, station: Station) -> list[Value]:
        """Give the cells of a station; an empty text or None where nothing is known."""
        return [value_of(station) for value_of in self._values]

    def _value_of(self, column: Column) -> Callable[[Station], Value]:
        """Choose once for a column how its cells are written."""
        name, words, cells = column.field, self.words.value, self._cells
        match name:
            case "lon":
                return lambda station: round(station.position.lon, COORDINATE_DECIMALS)
            case "lat":
                return lambda station: round(station.position.lat, COORDINATE_DECIMALS)
            case "datum":
                return lambda _: Datum.WGS84.value
            case "extra":
                return self._left_over
        if name.startswith("amenity:"):
            key = name.removeprefix("amenity:")
            states = {state: cells.write_state(state, words) for state in AmenityState}
            return lambda station: states[station.amenity(key)]
        if name.startswith("extra:"):
            return _other_column(name.removeprefix("extra:"))
        read = attrgetter(name)
        if column.kind is not Kind.TEXT:
            return read
        return lambda station: cells.write(name, read(station), words)

    def _left_over(self, station: Station) -> str:
        """What has no column of its own, as JSON."""
        left = {key: text for key, text in station.extra.items() if key not in self._others or not _fits(key, text)}
        text = json.dumps(left, ensure_ascii=False) if left else ""
        return text if text.isprintable() else json.dumps(left)


def _other_column(key: str) -> Callable[[Station], Value]:
    def value_of(station: Station) -> str:
        text = station.extra.get(key, "")
        return text if _fits(key, text) else ""

    return value_of


def _fits(key: str, text: str) -> bool:
    """Whether a column that nobody mapped can be one again and come back as it was."""
    return (
        bool(text)
        and 0 < len(key) <= LONGEST_HEADER
        and all(one == one.strip(BLANKS) for one in (key, text))
        and all(one.replace("\n", " ").isprintable() for one in (key, text))
        and "\n" not in key
    )


def _label(fields: Fields, name: str, words: Words) -> str:
    return KEYS.get(name, name) if words is Words.KEY else fields.label(name, words)


def _amenity_columns(keys: set[str], taxonomy: Taxonomy, words: Words) -> list[Column]:
    states = tuple(_word(taxonomy.states, key, words) for key in ("yes", "no", "nearby"))
    columns = Columns.load()
    taken = {word for known in columns.fields.values() for word in known} | columns.kept | columns.left_out
    found = []
    for key in [
        *(key for key in taxonomy.amenities.terms if key in keys),
        *sorted(keys - taxonomy.amenities.terms.keys()),
    ]:
        word = _word(taxonomy.amenities, key, words)
        header = f"amenity:{key}" if words is Words.KEY or folded(word) in taken else word
        found.append(Column(header, f"amenity:{key}", Kind.TEXT, states))
    return found


def _choices(name: str, taxonomy: Taxonomy, words: Words) -> tuple[str, ...]:
    vocabularies: Mapping[str, Vocabulary] = {
        "kind": taxonomy.kinds,
        "host": taxonomy.hosts,
        "built_by": taxonomy.built_by,
        "status": taxonomy.statuses,
    }
    vocabulary = vocabularies.get(name)
    return tuple(_word(vocabulary, key, words) for key in vocabulary.terms) if vocabulary else ()


def _word(vocabulary: Vocabulary, key: str, words: Words) -> str:
    if words is Words.KEY or key not in vocabulary:
        return key
    return vocabulary[key].zh if words is Words.ZH else vocabulary[key].en
