"""What is asked at a station on an inspection, read from ``checklists.toml`` or an office's own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from stations.errors import TaxonomyError
from stations.facts import Key
from stations.standards import Standard
from stations.taxonomy import Taxonomy, Word, read_toml

FILE = Path(__file__).with_name("checklists.toml")

DAYS = 14
"""Within so many days a fault shall be put right, where an item does not say."""

MOST_ITEMS = 60


class Item(BaseModel):
    """One thing that is asked.

    Attributes
    ----------
    amenity, kept, service, number, checks
        What of the record it is about; at most one is given.
    nearby
        Whether "nearby" is an answer to it, too.
    days
        Within how many days a fault shall be put right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: Word
    en: Word
    amenity: Key = ""
    nearby: bool = False
    kept: str = ""
    service: Key = ""
    number: Literal["", "seats", "area_m2"] = ""
    checks: Literal["", "hours", "position"] = ""
    days: Annotated[int, Field(ge=0, le=366)] = DAYS

    @model_validator(mode="after")
    def _one_tie(self) -> Item:
        ties = [name for name in ("amenity", "kept", "service", "number", "checks") if getattr(self, name)]
        if len(ties) > 1:
            message = f"is tied to {' and '.join(ties)}; one is enough"
            raise ValueError(message)
        if self.nearby and not self.amenity:
            message = "only an amenity can be nearby"
            raise ValueError(message)
        return self

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be answered, in the order in which it is offered."""
        if self.number:
            return ("yes", "na")
        return ("yes", "nearby", "no", "na") if self.nearby else ("yes", "no", "na")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    zh: Word
    en: Word
    items: Annotated[list[Key], Field(min_length=1)]


class _Checklist(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    zh: Word
    en: Word
    standards: list[Key] = []
    sections: Annotated[list[_Section], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    items: Annotated[dict[Annotated[Key, Field(min_length=1)], Item], Field(min_length=1)]
    checklists: Annotated[dict[Annotated[Key, Field(min_length=1)], _Checklist], Field(min_length=1)]


@dataclass(frozen=True)
class Section:
    """Items that are gone through together."""

    zh: str
    en: str
    items: Mapping[str, Item]


@dataclass(frozen=True)
class Checklist:
    """What is asked on one kind of inspection.

    Attributes
    ----------
    standards
        What it is made to judge, by keys of ``standards.toml``.
    """

    key: str
    zh: str
    en: str
    sections: tuple[Section, ...]
    standards: tuple[str, ...] = ()

    @property
    def items(self) -> dict[str, Item]:
        """All items by key, in order."""
        return {key: item for section in self.sections for key, item in section.items.items()}


def load_checklists(
    taxonomy: Taxonomy, standards: Mapping[str, Standard], path: Path | None = None
) -> Mapping[str, Checklist]:
    """Read the checklists, by key, in the order of the file.

    Raises
    ------
    TaxonomyError
        A file that cannot be read or does not follow the schema, or that names what there is not.
    """
    path = path or FILE
    file: _File = read_toml(path, TypeAdapter(_File))
    for key, item in file.items.items():
        for word, known in ((item.amenity, taxonomy.amenities), (item.service, taxonomy.services)):
            if word and word not in known:
                _refuse(path, key, word)
    return MappingProxyType(
        {key: _checklist(path, key, one, file.items, standards) for key, one in file.checklists.items()}
    )


def _checklist(
    path: Path, key: str, one: _Checklist, items: Mapping[str, Item], standards: Mapping[str, Standard]
) -> Checklist:
    asked = [name for section in one.sections for name in section.items]
    for name in asked:
        if name not in items:
            _refuse(path, key, name)
    for name in one.standards:
        if name not in standards:
            _refuse(path, key, name)
    twice = next((name for name in asked if asked.count(name) > 1), "")
    if twice or len(asked) > MOST_ITEMS:
        raise TaxonomyError(
            "In {where}: ask for each item once, and for at most {most}; {key} stands there twice."
            if twice
            else "In {where}: ask for at most {most} items.",
            where=f"{path.name}, {key}",
            most=MOST_ITEMS,
            key=twice,
        )
    sections = (
        Section(part.zh, part.en, MappingProxyType({name: items[name] for name in part.items})) for part in one.sections
    )
    return Checklist(key, one.zh, one.en, tuple(sections), tuple(one.standards))


def _refuse(path: Path, where: str, key: str) -> None:
    raise TaxonomyError(
        "In {where}: there is no {key}. Take it out, or correct it.", where=f"{path.name}, {where}", key=key
    )
