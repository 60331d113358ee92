"""The standards that stations are judged by, read from ``standards.toml``, and how a station stands to one.

They differ from place to place, so they are data. What a record does not say is
not known and never counts as missing: so a rating is met, not met, or cannot be
said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from stations.errors import TaxonomyError
from stations.facts import AmenityState, Key
from stations.fields import Fields
from stations.station import Station
from stations.taxonomy import Taxonomy, Term, Vocabulary, Word, folded, read_toml

FILE = Path(__file__).with_name("standards.toml")


class Met(StrEnum):
    """How a station stands to one need, item, level or standard."""

    MET = "met"
    MISSING = "missing"
    NOT_KNOWN = "not known"


class Verdict(StrEnum):
    """What can be said of a station by a standard as a whole."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_BE_SAID = "cannot be said"


class Need(BaseModel):
    """One thing that an item asks for; exactly one of the kinds is given."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amenity: Key | None = None
    nearby: bool = False
    service: Key | None = None
    fact: Key | None = None
    area_m2: Annotated[float, Field(gt=0)] | None = None
    seats: Annotated[int, Field(gt=0)] | None = None
    kept: Annotated[list[Word], Field(min_length=1)] | None = None
    any: Annotated[list[Need], Field(min_length=1)] | None = None
    at_least: Annotated[int, Field(gt=0)] | None = None
    of: Annotated[list[Need], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Need:
        given = self.model_fields_set
        kinds = given - {"nearby", "of"}
        if (
            len(kinds) != 1
            or ("nearby" in given and "amenity" not in given)
            or (("of" in given) != ("at_least" in given))
        ):
            message = "a need is one of amenity, service, fact, area_m2, seats, kept, any, or at_least with of"
            raise ValueError(message)
        if self.of is not None and self.at_least is not None and self.at_least > len(self.of):
            message = f"asks for {self.at_least} of {len(self.of)}"
            raise ValueError(message)
        return self


class Item(BaseModel):
    """One line of a standard; met when all its needs are."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: Word
    en: Word
    needs: Annotated[list[Need], Field(min_length=1)]


class Level(BaseModel):
    """Items that belong together: all of a plain standard, or what a star adds to the one below."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: Word
    en: Word
    items: Annotated[list[Item], Field(min_length=1)]


class _Standard(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    zh: Word
    en: Word
    items: Annotated[list[Item], Field(min_length=1)] | None = None
    levels: Annotated[dict[Key, Level], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _items_or_levels(self) -> _Standard:
        if (self.items is None) == (self.levels is None):
            message = "a standard has either items or levels"
            raise ValueError(message)
        return self


@dataclass(frozen=True)
class Standard:
    """A standard with its levels, the lowest first; a plain one has a single level of its own name.

    Attributes
    ----------
    graded
        Whether it has several levels, such as stars.
    """

    key: str
    zh: str
    en: str
    levels: tuple[Level, ...]
    graded: bool


@dataclass(frozen=True)
class Finding:
    """How a station stands to one item.

    Attributes
    ----------
    missing, not_known
        The needs that are not there, and those of which the record says nothing.
    """

    level: Level
    item: Item
    met: Met
    missing: tuple[Need, ...] = ()
    not_known: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Rating:
    """How a station stands to a standard.

    Attributes
    ----------
    level
        The highest level that is met with all those below; None when there is none.
    possible
        The highest level that what is not known leaves open; None when there is none.
    """

    standard: Standard
    findings: tuple[Finding, ...]
    level: Level | None
    possible: Level | None

    @property
    def verdict(self) -> Verdict:
        """Met when the level is certain, not met when no level is possible, else it cannot be said."""
        if self.possible is None:
            return Verdict.NOT_MET
        return Verdict.MET if self.possible is self.level else Verdict.CANNOT_BE_SAID

    @property
    def next_level(self) -> Level | None:
        """The level above the one that is met for certain; None where there is none."""
        levels = self.standard.levels
        above = 0 if self.level is None else levels.index(self.level) + 1
        return levels[above] if above < len(levels) else None

    def open_in(self, level: Level) -> tuple[Finding, ...]:
        """The items of a level that are missing, or not known."""
        return tuple(one for one in self.findings if one.level is level and one.met is not Met.MET)


def load_standards(taxonomy: Taxonomy, path: Path = FILE) -> Mapping[str, Standard]:
    """Read the standards, by key, in the order of the file.

    Raises
    ------
    TaxonomyError
        A file that cannot be read or does not follow the schema, or an amenity,
        service or fact that there is not.
    """
    found: dict[str, _Standard] = read_toml(path, TypeAdapter(dict[Literal["standards"], dict[Key, _Standard]]))[
        "standards"
    ]
    standards = {}
    for key, one in found.items():
        plain = [Level(zh=one.zh, en=one.en, items=one.items)] if one.items else []
        levels = tuple(one.levels.values() if one.levels else plain)
        for need in (need for level in levels for item in level.items for need in item.needs):
            _check(need, taxonomy, f"{path.name}, {key}")
        standards[key] = Standard(key, one.zh, one.en, levels, graded=one.levels is not None)
    return MappingProxyType(standards)


def rate(station: Station, standard: Standard, taxonomy: Taxonomy) -> Rating:
    """Say which items of a standard a station meets, which it lacks, and which are not known."""
    findings = tuple(_finding(station, level, item, taxonomy) for level in standard.levels for item in level.items)
    level = possible = None
    certain = True
    for one in standard.levels:
        states = {finding.met for finding in findings if finding.level is one}
        if Met.MISSING in states:
            break
        possible = one
        certain = certain and states == {Met.MET}
        level = one if certain else level
    return Rating(standard, findings, level, possible)


def lines(rating: Rating, taxonomy: Taxonomy, names: Fields, language: str = "en") -> list[str]:
    """Tell a rating in plain lines: the verdict, then each item with what it lacks."""
    chinese = language == "zh"
    verdicts = {Verdict.MET: "达到", Verdict.NOT_MET: "未达到", Verdict.CANNOT_BE_SAID: "尚不能判定"}
    states = {Met.MET: "有", Met.MISSING: "缺", Met.NOT_KNOWN: "未知"}
    standard = rating.standard
    head = f"{_word(standard, language)}: {verdicts[rating.verdict] if chinese else rating.verdict}"
    if standard.graded and rating.level:
        head += f" ({_word(rating.level, language)})"
    if standard.graded and rating.possible and rating.possible is not rating.level:
        head += f"; {'最高可能' if chinese else 'perhaps'} {_word(rating.possible, language)}"
    told = [head]
    for one in rating.findings:
        open_ones = [*one.missing, *one.not_known]
        why = ", ".join(need_told(need, taxonomy, names, language) for need in open_ones)
        told.append(
            f"  {states[one.met] if chinese else one.met}: {_word(one.item, language)}" + (f" ({why})" if why else "")
        )
    return told


def _finding(station: Station, level: Level, item: Item, taxonomy: Taxonomy) -> Finding:
    by_need = [(need, _met(station, need, taxonomy)) for need in item.needs]
    missing = tuple(need for need, met in by_need if met is Met.MISSING)
    not_known = tuple(need for need, met in by_need if met is Met.NOT_KNOWN)
    met = Met.MISSING if missing else Met.NOT_KNOWN if not_known else Met.MET
    return Finding(level, item, met, missing, not_known)


def _met(station: Station, need: Need, taxonomy: Taxonomy) -> Met:
    if need.any or need.of:
        states = [_met(station, one, taxonomy) for one in need.any or need.of or ()]
        return _enough(states, need.at_least or 1)
    if need.amenity:
        good = {AmenityState.YES, AmenityState.NEARBY} if need.nearby else {AmenityState.YES}
        return _known(station.amenity(need.amenity), AmenityState.UNKNOWN, good)
    if need.kept:
        return _kept(station, need.kept, taxonomy.states)
    if need.service:  # a list of services never says that it is complete
        return Met.MET if any(one.key == need.service for one in station.services) else Met.NOT_KNOWN
    if need.fact:
        value = getattr(station, need.fact)
        return Met.NOT_KNOWN if value is None or value in ("", ()) or value == {} else Met.MET
    number = station.area_m2 if need.area_m2 is not None else station.seats
    if number is None:
        return Met.NOT_KNOWN
    return Met.MET if number >= (need.area_m2 or need.seats or 0) else Met.MISSING


def _known(state: AmenityState, unknown: AmenityState, good: set[AmenityState]) -> Met:
    return Met.MET if state in good else Met.NOT_KNOWN if state is unknown else Met.MISSING


def _enough(states: list[Met], least: int) -> Met:
    met, not_known = states.count(Met.MET), states.count(Met.NOT_KNOWN)
    return Met.MET if met >= least else Met.NOT_KNOWN if met + not_known >= least else Met.MISSING


def _kept(station: Station, heads: list[str], words: Vocabulary) -> Met:
    wanted = {folded(before + head) for head in heads for before in ("", "有", "是否有")}
    said = {words.key_of(text) for head, text in station.extra.items() if folded(head) in wanted}
    if AmenityState.NO in said:
        return Met.MISSING
    return Met.MET if AmenityState.YES in said else Met.NOT_KNOWN


def _leaves(need: Need) -> Iterator[Need]:
    inner = need.any or need.of
    if inner is None:
        yield need
    for one in inner or ():
        yield from _leaves(one)


def _check(need: Need, taxonomy: Taxonomy, where: str) -> None:
    known = {one.name for one in fields(Station)}
    for one in _leaves(need):
        for key, there in (
            (one.amenity, taxonomy.amenities),
            (one.service, taxonomy.services),
            (one.fact, known),
        ):
            if key is not None and key not in there:
                raise TaxonomyError("In {where}: there is no {key}. Take it out, or correct it.", where=where, key=key)


def need_told(need: Need, taxonomy: Taxonomy, names: Fields, language: str) -> str:
    """Name what an item asks for."""
    chinese = language == "zh"
    if need.any or need.of:
        parts = list(dict.fromkeys(need_told(one, taxonomy, names, language) for one in need.any or need.of or ()))
        joined = ("或" if chinese else " or ").join(parts)
        if need.at_least is None:
            return joined
        return f"其中{need.at_least}项：{joined}" if chinese else f"{need.at_least} of {', '.join(parts)}"
    if need.amenity:
        return _word(taxonomy.amenities[need.amenity], language)
    if need.service:
        return _word(taxonomy.services[need.service], language)
    if need.fact:
        return names.label(need.fact, language)
    if need.kept:
        return need.kept[0]
    name, least = ("area_m2", need.area_m2) if need.area_m2 is not None else ("seats", need.seats)
    return f"{names.label(name, language)} ≥ {least:g}"


def _word(term: Standard | Level | Item | Term, language: str) -> str:
    return term.zh if language == "zh" else term.en
