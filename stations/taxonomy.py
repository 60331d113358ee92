"""The words stations are described with, read from TOML files with a schema.

``amenities.toml`` holds the amenities, ``taxonomy.toml`` kinds, hosts, ways of
access, who is eligible, builders, services, statuses and the states of an
amenity. An operator may add to both; keys stay.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from stations.errors import TaxonomyError, UnknownAmenityError, UnknownTermError
from stations.station import AmenityState, Key, Status

FOLDER = Path(__file__).parent

Word = Annotated[str, Field(min_length=1, max_length=60)]


class Term(BaseModel):
    """A key with its words in Chinese and English, what else it is called in lists, and which wider key holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: Word
    en: Word
    also: list[Word] = []
    part_of: str = ""


class AmenityTerm(Term):
    """An amenity, with the name of its icon in the Lucide set and the group it is shown in."""

    icon: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    group: Key


class _AmenityFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    groups: dict[Key, Term]
    amenities: Annotated[dict[Key, AmenityTerm], Field(min_length=1)]


@dataclass(frozen=True)
class Vocabulary:
    """One closed set of words.

    Attributes
    ----------
    name
        What it is a set of, as the files say it: ``hosts``.
    terms
        By key, in the order of the file.
    """

    name: str
    terms: Mapping[str, Term]
    _keys: Mapping[str, str]

    @classmethod
    def of(cls, name: str, terms: Mapping[str, Term]) -> Vocabulary:
        """Make a vocabulary.

        Raises
        ------
        TaxonomyError
            One word stands for two keys.
        """
        keys: dict[str, str] = {}
        for key, term in terms.items():
            for word in (key, term.zh, term.en, *term.also):
                if keys.setdefault(folded(word), key) != key:
                    raise TaxonomyError(
                        "In {vocabulary}, “{word}” stands for both {first} and {second}. Take it from one of them.",
                        vocabulary=name,
                        word=word,
                        first=keys[folded(word)],
                        second=key,
                    )
            if term.part_of and term.part_of not in terms:
                raise TaxonomyError(
                    "In {vocabulary}, “{key}” is part of “{outer}”, which is not there.",
                    vocabulary=name,
                    key=key,
                    outer=term.part_of,
                )
        return cls(name, MappingProxyType(dict(terms)), MappingProxyType(keys))

    def key_of(self, word: str) -> str | None:
        """Find the key a word stands for, in either language, whatever its case and width."""
        return self._keys.get(folded(word))

    def wider(self, key: str) -> frozenset[str]:
        """Give a key with every wider one that holds it: who is a courier is an outdoor worker, too."""
        held = {key}
        while (outer := self.terms[key].part_of) and outer not in held:
            held.add(outer)
            key = outer
        return frozenset(held)

    def __contains__(self, key: object) -> bool:
        return key in self.terms

    def __getitem__(self, key: str) -> Term:
        """Give the term of a key.

        Raises
        ------
        UnknownTermError
            No such key. Lists those there are.
        """
        if key in self.terms:
            return self.terms[key]
        error = UnknownAmenityError if self.name == "amenities" else UnknownTermError
        raise error(
            "“{key}” is not one of the {vocabulary}: {known}.",
            key=key[:80],
            vocabulary=self.name,
            known=", ".join(self.terms),
        )


@dataclass(frozen=True)
class Taxonomy:
    """Every vocabulary. Made by `Taxonomy.load`."""

    groups: Mapping[str, Term]
    amenities: Vocabulary
    kinds: Vocabulary
    hosts: Vocabulary
    access: Vocabulary
    eligible: Vocabulary
    built_by: Vocabulary
    statuses: Vocabulary
    states: Vocabulary
    services: Vocabulary

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Taxonomy:
        """Read ``amenities.toml`` and ``taxonomy.toml``.

        Raises
        ------
        TaxonomyError
            A file that is missing, is not TOML or does not follow the schema.
        """
        offers = read_toml(folder / "amenities.toml", TypeAdapter(_AmenityFile))
        for key, amenity in offers.amenities.items():
            if amenity.group not in offers.groups:
                raise TaxonomyError(
                    "In amenities.toml, {key} is in the group {group}, which is not there. Groups are {known}.",
                    key=key,
                    group=amenity.group,
                    known=", ".join(offers.groups),
                )
        others: dict[str, dict[str, Term]] = read_toml(
            folder / "taxonomy.toml", TypeAdapter(dict[str, dict[Key, Term]])
        )
        expected = {"kinds", "hosts", "access", "eligible", "built_by", "services", "statuses", "states"}
        if others.keys() != expected:
            raise TaxonomyError(
                "taxonomy.toml must hold exactly {expected}; it holds {found}.",
                expected=", ".join(sorted(expected)),
                found=", ".join(sorted(others)),
            )
        for name, kinds in (("statuses", Status), ("states", AmenityState)):
            if others[name].keys() != {str(one) for one in kinds}:
                raise TaxonomyError(
                    "In taxonomy.toml, {vocabulary} must have exactly the keys {expected}.",
                    vocabulary=name,
                    expected=", ".join(kinds),
                )
        return cls(
            groups=MappingProxyType(offers.groups),
            amenities=Vocabulary.of("amenities", offers.amenities),
            **{name: Vocabulary.of(name, terms) for name, terms in others.items()},
        )

    def amenity(self, key: str) -> AmenityTerm:
        """Give an amenity by its key.

        Raises
        ------
        UnknownAmenityError
            No such key. Lists those there are.
        """
        term = self.amenities[key]
        assert isinstance(term, AmenityTerm)  # noqa: S101  made so above
        return term


def folded(word: str) -> str:
    """Give the form in which words are compared: half width, lower case, without blanks, underscores and hyphens."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    kept = "".join(character for character in plain if character not in " \t\u3000_-")
    return kept or plain.strip()


def read_toml(path: Path, schema: TypeAdapter[Any]) -> Any:
    """Read a TOML file that must follow a schema.

    Raises
    ------
    TaxonomyError
        Missing, not TOML, or otherwise than the schema says; the first fault is named.
    """
    try:
        return schema.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TaxonomyError("{file} cannot be read: {fault}.", file=path.name, fault=error) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise TaxonomyError(
            "In {file}, {where}: {fault}.",
            file=path.name,
            where=".".join(str(part) for part in fault["loc"]),
            fault=fault["msg"],
        ) from None
