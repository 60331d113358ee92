"""The Chinese words of opening hours, read from ``words.toml`` with a schema."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stations.errors import TaxonomyError

FILE = Path(__file__).with_name("words.toml")

Word = Annotated[str, Field(min_length=1, max_length=30)]
Words = Annotated[list[Word], Field(min_length=1)]
Kind = Literal[
    "every_day", "workday", "weekend", "holiday", "each_year", "next_year", "next_day", "same_day", "all_day",
    "all_year", "never_rests", "holidays_as_usual", "weekends_as_usual", "weekends_off", "day_off",
    "as_usual", "open", "closed", "paused", "maybe", "verbatim", "midday_rest", "no_midday_rest", "except",
    "except_open", "except_first", "also", "but", "otherwise", "label", "range", "and", "comma", "end", "colon", "left",
    "right", "onwards", "other_months", "peak_season", "low_season", "feast", "dated_feast", "sunrise", "sunset",
    "dawn", "dusk", "pm_after", "am_after",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Season(_Part):
    """A season's name and the months it has where a text gives no dates, both included."""

    first: Annotated[int, Field(ge=1, le=12)]
    last: Annotated[int, Field(ge=1, le=12)]
    words: Words


class Daypart(_Part):
    """A part of the day and the hours of a 24-hour clock that it can begin with, both included."""

    earliest: Annotated[int, Field(ge=0, le=24)]
    latest: Annotated[int, Field(ge=0, le=24)]
    words: Words


class _Unknown(_Part):
    plain: Words
    remark: Words
    hosts: Words


class _Remarks(_Part):
    words: Words


class _File(_Part):
    seasons: Annotated[dict[Literal["summer", "winter"], Season], Field(min_length=2)]
    characters: dict[Annotated[str, Field(min_length=1, max_length=1)], Word]
    words: dict[Kind, Words]
    dayparts: Annotated[dict[str, Daypart], Field(min_length=1)]
    unknown: _Unknown
    remarks: _Remarks


@dataclass(frozen=True)
class HoursWords:
    """The vocabulary.

    Attributes
    ----------
    meaning
        By word: its kind, and which one of that kind (a season, a part of the day) or the word itself.
    longest
        Characters of the longest word.
    characters
        What to read for a character.
    seasons, dayparts
        By name.
    hosts
        Whose hours a station may keep.
    """

    meaning: Mapping[str, tuple[str, str]]
    longest: int
    characters: Mapping[str, str]
    seasons: Mapping[str, Season]
    dayparts: Mapping[str, Daypart]
    hosts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> HoursWords:
        """Read a vocabulary from TOML.

        Raises
        ------
        TaxonomyError
            The text does not follow the schema, or a word means two things.
        """
        try:
            file = _File.model_validate(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise TaxonomyError("The words of opening hours cannot be used: {fault}.", fault=str(error)) from error
        characters = {char: to for to, chars in file.characters.items() for char in chars}
        meaning: dict[str, tuple[str, str]] = {}
        for word, kind, value in _entries(file):
            folded = "".join(characters.get(char, char) for char in unicodedata.normalize("NFKC", word).casefold())
            if meaning.setdefault(folded, (kind, value)) != (kind, value):
                raise TaxonomyError(
                    "“{word}” means both {first} and {second} in the words of opening hours; leave it in one list.",
                    word=word,
                    first=meaning[folded][0],
                    second=kind,
                )
        return cls(
            MappingProxyType(meaning),
            max(map(len, meaning)),
            MappingProxyType(characters),
            MappingProxyType({str(name): season for name, season in file.seasons.items()}),
            MappingProxyType(file.dayparts),
            tuple(sorted(file.unknown.hosts, key=len, reverse=True)),
        )


def _entries(file: _File) -> Iterator[tuple[str, str, str]]:
    for kind, words in file.words.items():
        yield from ((word, kind, "") for word in words)
    for season, months in file.seasons.items():
        yield from ((word, "season", season) for word in months.words)
    for part, hours in file.dayparts.items():
        yield from ((word, "daypart", part) for word in hours.words)
    yield from ((word, "unknown", "") for word in file.unknown.plain)
    yield from ((word, "unknown", word) for word in file.unknown.remark)
    yield from ((word, "remark", word) for word in file.remarks.words)


@cache
def hours_words() -> HoursWords:
    """The vocabulary of ``words.toml``, read once."""
    return HoursWords.of(FILE.read_text(encoding="utf-8"))
