"""Which column of a list is which field.

Headers are recognised by ``columns.toml`` and by the words of the taxonomy, in
Chinese and English. What the cells say is read by `stations.exchange.cells`.
"""

from __future__ import annotations

import difflib
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
from stations.errors import Fault, ImportRefused, TaxonomyError
from stations.exchange.cells import CellError
from stations.station import Key
from stations.taxonomy import Taxonomy, folded

FILE = Path(__file__).with_name("columns.toml")

REQUIRED = ("name", "lon", "lat")

KEEP, LEAVE_OUT = "keep", "ignore"
"""Answers to the question what a column is: kept unread with the record, and left out."""

MOST_GUESSES = 3
LIKE_A_NAME = 0.75
"""Likeness (by `difflib`) from which a header may be meant for a name."""

_BRACKETED = re.compile(r"[（(](.*?)[)）]")

Words = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


@with_config(ConfigDict(extra="forbid", strict=True))
class _File(TypedDict):
    columns: dict[Key, Words]
    kept: dict[Literal["words"], list[str]]
    left_out: dict[Literal["words"], list[str]]
    datums: dict[Datum, Words]


@dataclass(frozen=True)
class Answers:
    """What a person said of headers that nobody knows.

    Attributes
    ----------
    fields
        By header, the name of a field, in any of its words, or ``amenity:KEY``; `KEEP` or `LEAVE_OUT`.
    keep_unknown
        Keep every other header that nobody knows, without asking.
    """

    fields: Mapping[str, str]
    keep_unknown: bool = False


NO_ANSWERS = Answers(MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Question:
    """A header that nobody knows, and the fields it may be meant for, likeliest first."""

    header: str
    guesses: tuple[str, ...]


class UnknownColumns(ImportRefused):
    """Headers that nobody knows: it must be said what they are.

    Attributes
    ----------
    questions
        One for each, in the order of the file.
    """

    def __init__(self, name: str, questions: tuple[Question, ...]) -> None:
        self.questions = questions
        template = "Nobody knows this column. Is it {guesses}? Say what it is, or keep it unread, or ignore it."
        bare = "Nobody knows this column. Say what it is, or keep it unread, or ignore it."
        super().__init__(
            "{name} was not imported: {count} column(s) are not known. Nothing was written.",
            faults=tuple(
                Fault(None, one.header, template if one.guesses else bare, {"guesses": ", ".join(one.guesses)})
                for one in questions
            ),
            name=name,
            count=len(questions),
        )


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the headers of a list stand for.

    Attributes
    ----------
    fields
        Field, or ``amenity:KEY``, by header.
    kept
        Headers whose cells are kept unread.
    left_out
        Headers that are about the file, not about a station.
    """

    fields: Mapping[str, str]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """What lists call their columns and their datums. Made by `Columns.load`.

    Attributes
    ----------
    fields
        By field, what its column is called, folded; the first that a file has is taken.
    kept
        Folded names of columns that are known to be no field: kept unread, without asking.
    left_out
        Folded names of columns that are about the file, and are not kept.
    """

    fields: Mapping[str, tuple[str, ...]]
    kept: frozenset[str]
    left_out: frozenset[str]
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
        for field, words in [
            *names["columns"].items(),
            ("columns that are kept", names["kept"]["words"]),
            ("columns that are left out", names["left_out"]["words"]),
        ]:
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
            frozenset(map(folded, names["left_out"]["words"])),
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

    def kept_under(self, header: str) -> str:
        """Give the name under which the cells of a column are kept: an exported list has it behind ``其他列:``."""
        said, parted, name = header.partition(":")
        return name if parted and name and folded(said) in self.fields["extra"] else header

    def knows(self, word: str, taxonomy: Taxonomy) -> bool:
        """Whether a cell is what lists call one of their columns."""
        return bool(word) and self._place(word, taxonomy) is not None

    def meaning(self, header: str, taxonomy: Taxonomy) -> str:
        """Give what a header is taken for unless somebody says otherwise; empty where nobody knows it."""
        place = self._place(header, taxonomy)
        return place[0] if place else ""

    def guesses(self, header: str, taxonomy: Taxonomy) -> tuple[str, ...]:
        """Fields that a header may be meant for, likeliest first."""
        return self._guesses(header, taxonomy)

    def map(
        self,
        name: str,
        headers: Iterable[str],
        taxonomy: Taxonomy,
        answers: Answers = NO_ANSWERS,
    ) -> Mapped:
        """Find what each header stands for.

        Parameters
        ----------
        answers
            What a person said of headers that nobody knows.

        Raises
        ------
        UnknownColumns
            Headers that nobody knows. Asks for each.
        ImportRefused
            A column that every list must have is missing or is there twice, or an answer that is none.
        """
        headers = tuple(headers)
        told = self._answered(name, headers, answers.fields, taxonomy)
        candidates: dict[str, list[tuple[int, str]]] = {}
        kept: list[str] = []
        left_out: list[str] = []
        unknown: list[str] = []
        for header in headers:
            place = told.get(header) or self._place(header, taxonomy)
            if place is None:
                (kept if answers.keep_unknown else unknown).append(header)
            elif place[0] == KEEP:
                kept.append(header)
            elif place[0] == LEAVE_OUT:
                left_out.append(header)
            else:
                candidates.setdefault(place[0], []).append((place[1], header))
        fields = self._taken(name, candidates, kept)
        self._require(name, headers, fields.values())
        if unknown:
            raise UnknownColumns(name, tuple(Question(header, self._guesses(header, taxonomy)) for header in unknown))
        order = {header: at for at, header in enumerate(headers)}
        return Mapped(MappingProxyType(fields), tuple(sorted(kept, key=order.__getitem__)), tuple(left_out))

    def _place(self, header: str, taxonomy: Taxonomy) -> tuple[str, int] | None:
        """Give what a header stands for and how far behind among its names; None when nobody knows it."""
        if self.kept_under(header) != header:
            return KEEP, 0
        plain = folded(_BRACKETED.sub("", header))
        if plain.endswith(("inferred", "推测", "推断")):
            return KEEP, 0
        for word in (folded(header), plain):
            for field, words in self.fields.items():
                if word in words:
                    return field, words.index(word)
            amenity = _amenity_of(word, taxonomy)
            if amenity:
                return f"amenity:{amenity}", 0
            if word in self.kept:
                return KEEP, 0
            if word in self.left_out:
                return LEAVE_OUT, 0
        return None

    def _answered(
        self, name: str, headers: tuple[str, ...], answers: Mapping[str, str], taxonomy: Taxonomy
    ) -> dict[str, tuple[str, int]]:
        found: dict[str, tuple[str, int]] = {}
        known = {header.strip(): header for header in headers} | {folded(header): header for header in headers}
        for said, answer in answers.items():
            header = known.get(said) or known.get(folded(said))
            if header is None:
                raise ImportRefused(
                    "{name} has no column “{header}”. Its columns are {headers}.",
                    name=name,
                    header=said[:80],
                    headers=", ".join(headers)[:500],
                )
            place = (answer, 0) if answer in {KEEP, LEAVE_OUT} else self._place(answer, taxonomy)
            if place is None or (place[0] in {KEEP, LEAVE_OUT} and answer != place[0]):
                raise ImportRefused(
                    "“{answer}” is no field of a station. Say one of {fields}; {keep} or {leave_out}.",
                    answer=answer[:80],
                    fields=", ".join(self.fields),
                    keep=KEEP,
                    leave_out=LEAVE_OUT,
                )
            found[header] = place[0], -1  # goes before whatever else could be meant
        return found

    def _taken(self, name: str, candidates: Mapping[str, list[tuple[int, str]]], kept: list[str]) -> dict[str, str]:
        """Choose the first of the headers that stand for one field; the others are kept."""
        found: dict[str, str] = {}
        both = candidates.keys() >= {"lon", "lat"}
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
            if field == "position" and both:
                kept.append(places[0][1])
            else:
                found[places[0][1]] = field
            for _, header in places[1:]:
                # Beside a datum of its own, `source_datum` is what it is in our lists: the datum a point came in.
                if field == "datum" and folded(header) == folded("source_datum") and "source_datum" not in candidates:
                    found[header] = "source_datum"
                else:
                    kept.append(header)
        return found

    def _require(self, name: str, headers: tuple[str, ...], found: Iterable[str]) -> None:
        there = set(found)
        missing = [field for field in REQUIRED if field not in there]
        if "position" in there:
            missing = [field for field in missing if field not in {"lon", "lat"}]
        if missing:
            raise ImportRefused(
                "{name} has no column for {missing}. Its columns are {headers}. Call them {names}.",
                name=name,
                missing=", ".join(missing),
                headers=", ".join(headers)[:500],
                names="; ".join(" / ".join(self.fields[field][:3]) for field in missing),
            )

    def _guesses(self, header: str, taxonomy: Taxonomy) -> tuple[str, ...]:
        """Fields whose names are most like a header, likeliest first."""
        plain = folded(_BRACKETED.sub("", header)) or folded(header)
        names = {word: field for field, words in self.fields.items() for word in words}
        for key, term in taxonomy.amenities.terms.items():
            names |= {folded(word): f"amenity:{key}" for word in (key, term.zh, term.en)}
        inside = sorted(
            (word for word in names if len(word) > 1 and (word in plain or (len(plain) > 1 and plain in word))),
            key=lambda word: abs(len(word) - len(plain)),
        )
        alike = difflib.get_close_matches(plain, names, n=MOST_GUESSES, cutoff=LIKE_A_NAME)
        return tuple(dict.fromkeys(names[word] for word in [*alike, *inside]))[:MOST_GUESSES]

    def datum_in_headers(self, found: Mapping[str, str]) -> Datum | None:
        """Give the datum named in brackets after a coordinate's header, like ``经度(GCJ02)``."""
        for header, field in found.items():
            said = _BRACKETED.search(header)
            if field in {"lon", "lat", "position"} and said and folded(said[1]) in self.datums:
                return self.datums[folded(said[1])]
        return None


def _amenity_of(word: str, taxonomy: Taxonomy) -> str | None:
    for prefix in ("amenity:", "amenities.", "设施:"):
        word = word.removeprefix(prefix)
    return taxonomy.amenities.key_of(word)
