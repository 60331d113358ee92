"""What differs between two records of a station, fact by fact, and the words to tell it in.

Amenities, closures, services, photos and unmapped columns are told one by one,
so that one microwave more is one line and not a list of twenty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Self

from geodata.lonlat import LonLat, distance_m
from stations.errors import HoursError
from stations.fields import Fields
from stations.phrases import dates_in_words
from stations.station import COORDINATE_DECIMALS, PRIVATE_FIELDS, Station
from stations.taxonomy import Taxonomy, Vocabulary

NOTHING = "—"
"""What stands for a fact that is not known."""


SHORT = 6
"""Signs of a digest by which photos of one station are told apart."""

_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that is not as it was.

    Attributes
    ----------
    field
        Field of `Station`.
    part
        Which of an amenity, closure, service, photo or column: its key, its days
        ``2025-02-01/2025-02-03``, its file or its header; empty for the field as a whole.
    before, after
        Plain JSON values; None where nothing was known, or there was no such part.
    """

    field: str
    part: str
    before: Any
    after: Any

    @property
    def private(self) -> bool:
        """Whether only staff may see it."""
        return self.field in PRIVATE_FIELDS

    @property
    def moved_m(self) -> float | None:
        """How far a position moved, in metres; None of anything else."""
        if self.field != "position" or self.before is None or self.after is None:
            return None
        return distance_m(LonLat(*self.before), LonLat(*self.after))


def differences(before: Station | None, after: Station | None) -> tuple[Difference, ...]:
    """Tell two records of a station apart, in the order of the fields.

    Parameters
    ----------
    before, after
        None where there was no such station, or is none any more.
    """
    old, new = _facts(before), _facts(after)
    found: list[Difference] = []
    for name in _NAMES:
        parts = _PARTS.get(name)
        if parts is None:
            pairs = {"": (old.get(name), new.get(name))}
        else:
            olds, news = parts(old.get(name)), parts(new.get(name))
            pairs = {part: (olds.get(part), news.get(part)) for part in dict.fromkeys([*olds, *news])}
            if name == "photos" and olds == news:  # the same ones, perhaps in another order
                pairs = {"": (list(olds), list(news))}
        found += [Difference(name, part, was, now) for part, (was, now) in pairs.items() if was != now]
    return tuple(found)


@dataclass(frozen=True)
class Words:
    """What differences are told in: the names of the facts and of their values, in one language.

    Attributes
    ----------
    language
        ``zh``, or else English.
    """

    fields: Fields
    taxonomy: Taxonomy
    language: str

    @classmethod
    def load(cls, language: str) -> Self:
        """Read the words that come with the program."""
        return cls(Fields.load(), Taxonomy.load(), language)

    def label(self, difference: Difference) -> str:
        """Name the fact: ``Amenities, Microwave``."""
        name = self.fields.label(difference.field, self.language)
        if not difference.part:
            return name
        part = difference.part
        if difference.field in {"amenities", "amenity_notes"}:
            part = self._word(self.taxonomy.amenities, part)
        elif difference.field == "services":
            key, _, own = part.partition(":")
            part = own or self._word(self.taxonomy.services, key)
        elif difference.field == "photos":
            part = _short(part)
        elif difference.field == "closures":
            part = part.replace("/", "至" if self.language == "zh" else " to ")
        return f"{name}·{part}" if self.language == "zh" else f"{name}, {part}"

    def text(self, field: str, value: Any) -> str:
        """Tell a value of a field, or of a part of it; `NOTHING` for one that is not known."""
        if value is None:
            return NOTHING
        vocabulary = self._vocabularies.get(field)
        if isinstance(value, list | tuple):
            if field == "position":
                return ",".join(f"{degrees:.{COORDINATE_DECIMALS - 1}f}" for degrees in value)
            if field == "photos":
                return self._listed(map(_short, value))
            return self._listed(self._word(vocabulary, str(key)) for key in value)
        if isinstance(value, dict):
            return self._told(field, value)
        if field == "dates":
            with suppress(HoursError):
                return dates_in_words(value, "zh" if self.language == "zh" else "en")
        return self._word(vocabulary, str(value))

    def sentence(self, difference: Difference) -> str:
        """Tell a difference in one line: ``Seat count: 4 → 6``."""
        before, after = (self.text(difference.field, value) for value in (difference.before, difference.after))
        moved = ""
        if difference.moved_m is not None:
            moved = (
                f"（移动{difference.moved_m:.0f}米）"
                if self.language == "zh"
                else f" (moved {difference.moved_m:.0f} m)"
            )
        colon = "：" if self.language == "zh" else ": "
        return f"{self.label(difference)}{colon}{before} → {after}{moved}"

    def to_record(self, difference: Difference) -> dict[str, Any]:
        """Give a difference as plain JSON values, with its words."""
        return {
            "field": difference.field,
            "part": difference.part,
            "label": self.label(difference),
            "before": difference.before,
            "after": difference.after,
            "private": difference.private,
        }

    @property
    def _vocabularies(self) -> Mapping[str, Vocabulary]:
        words = self.taxonomy
        return {
            "kind": words.kinds,
            "host": words.hosts,
            "built_by": words.built_by,
            "status": words.statuses,
            "access": words.access,
            "eligible": words.eligible,
            "amenities": words.states,
        }

    def _word(self, vocabulary: Vocabulary | None, key: str) -> str:
        # A record may hold a key that the taxonomy of today has no more.
        if vocabulary is None or key not in vocabulary:
            return key
        return vocabulary[key].zh if self.language == "zh" else vocabulary[key].en

    def _listed(self, words: Iterable[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(words)

    def _told(self, field: str, record: dict[str, Any]) -> str:
        """A closure, service or photo, without what its label says already."""
        chinese = self.language == "zh"
        said: list[str] = []
        for name, value in record.items():
            if name == "price_yuan":
                said.append(f"{value:g}元" if chinese else f"{value:g} yuan")
            elif name == "eligible":
                said.append(self._listed(self._word(self.taxonomy.eligible, key) for key in value))
            elif name not in {"first", "last", "key", "name", "file"}:
                said.append(str(value))
        if said:
            return ("，" if chinese else ", ").join(said)
        there = {"closures": ("停用", "closed"), "services": ("有", "yes"), "photos": ("有", "yes")}
        return there.get(field, ("有", "yes"))[0 if chinese else 1]


_NAMES = tuple(one.name for one in fields(Station) if one.name != "code")

_ALWAYS_SAID = ("kind", "status", "source_datum")
"""Facts of every record, though its text leaves out the usual value."""


def _facts(station: Station | None) -> dict[str, Any]:
    if station is None:
        return {}
    record = station.to_record()
    record["position"] = (record.pop("lon"), record.pop("lat"))
    return {name: str(getattr(station, name)) for name in _ALWAYS_SAID if getattr(station, name)} | record


def _short(file: str) -> str:
    """Tell a photo by the beginning of its name, where that is a digest."""
    return file[:SHORT] if _DIGEST.match(file) else file


def _numbered(records: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """By part; a second of the same is told apart by a number."""
    found: dict[str, Any] = {}
    for part, record in records:
        name, number = part, 1
        while name in found:
            number += 1
            name = f"{part} ({number})"
        found[name] = record
    return found


_PARTS: Mapping[str, Callable[[Any], dict[str, Any]]] = MappingProxyType(
    {
        "amenities": lambda states: dict(states or {}),
        "amenity_notes": lambda notes: dict(notes or {}),
        "extra": lambda cells: dict(cells or {}),
        "closures": lambda records: _numbered((f"{one['first']}/{one['last']}", one) for one in records or ()),
        "services": lambda records: _numbered(
            (f"{one['key']}:{one.get('name', '')}".rstrip(":"), one) for one in records or ()
        ),
        "photos": lambda records: _numbered((one["file"], one) for one in records or ()),
    }
)
