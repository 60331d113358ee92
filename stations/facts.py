"""What the facts of a station are made of: the kinds of text, and closures, services and photos.

Every kind says for itself what it refuses. Unknown is a value: an empty text or None.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field

MAX_CODE, MAX_NAME, MAX_TEXT = 64, 200, 2000
"""Longest code, name and other text, in characters."""

MAX_CLOSURES, MAX_SERVICES, MAX_PHOTOS, MAX_KEYS = 50, 50, 20, 100
"""Most closures, services and photos of a station, and most words of one vocabulary."""

MAX_EXTRA, MAX_CELL = 500, 32_767
"""Most columns that nobody mapped, and the longest text in one: what a spreadsheet cell holds."""

FIRST_DAY, LAST_DAY = dt.date(1949, 10, 1), dt.date(2999, 12, 31)
"""Days between which a closure may lie: a slip of the pen is seldom inside, and the clock reckons well within."""

_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_UNREADABLE_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_BREAKS_AN_ADDRESS = re.compile(r"[/\\?#%]")
_BREAKS_A_FILE_NAME = re.compile(r'[:*"<>|]')


class AmenityState(StrEnum):
    """Whether a station has an amenity. Absent from a record means unknown."""

    YES = "yes"
    NO = "no"
    NEARBY = "nearby"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a station is in its life. Only active ones serve and count."""

    PLANNED = "planned"
    ACTIVE = "active"
    RETIRED = "retired"


def _legible(text: str) -> str:
    if text != text.strip() or _UNREADABLE.search(text):
        message = "has blanks at an end, or control characters"
        raise ValueError(message)
    return text


def _several_lines(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _UNREADABLE_IN_TEXT.search(text):
        message = "has control characters"
        raise ValueError(message)
    return text


def _code(text: str) -> str:
    """Refuse what breaks an address such as ``/s/CODE``, or the name of a file."""
    _legible(text)
    wrong = _BREAKS_AN_ADDRESS.search(text) or _BREAKS_A_FILE_NAME.search(text)
    if wrong:
        message = f"a code may not hold {wrong[0]}, as it stands in addresses and file names; write - instead"
        raise ValueError(message)
    if text.startswith(".") or text.endswith("."):
        message = "a code may not begin or end with a full stop"
        raise ValueError(message)
    if not text.isascii() and any(unicodedata.category(character) in {"Cf", "Co", "Zl", "Zp"} for character in text):
        message = "a code may not hold characters that cannot be seen"
        raise ValueError(message)
    return text


def _month_day(text: str) -> str:
    if text:
        dt.date.fromisoformat(f"2024-{text}")  # a leap year, so that 02-29 is a day
    return text


def _fen(price: float) -> float:
    return round(price, 2) + 0.0  # never -0.0


Code = Annotated[str, Field(min_length=1, max_length=MAX_CODE), AfterValidator(_code)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_legible)]
Line = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_legible)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_several_lines)]
Cell = Annotated[str, Field(max_length=MAX_CELL)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]*$", max_length=MAX_CODE)]
Keys = Annotated[tuple[Key, ...], Field(max_length=MAX_KEYS)]
MonthDay = Annotated[str, Field(pattern=r"^(\d\d-\d\d)?$"), AfterValidator(_month_day)]
TownshipCode = Annotated[str, Field(pattern=r"^(\d{9}|\d{12})?$")]
Price = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False), AfterValidator(_fen)]
FileKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$", max_length=128)]
ClosureDay = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)]

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=False, revalidate_instances="always")
"""How records are read: no fields that nobody knows, and nothing believed for having been made elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Closure:
    """Days on which a station stays shut, whatever its hours say. It ends by itself.

    Attributes
    ----------
    first, last
        Both included.
    reason
        In the words that the public reads; may be empty.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    first: ClosureDay
    last: ClosureDay
    reason: Line = ""

    def __post_init__(self) -> None:
        """Refuse a closure that ends before it begins."""
        if self.last < self.first:
            message = "a closure must not end before it begins"
            raise ValueError(message)

    def to_record(self) -> dict[str, Any]:
        """Give plain JSON values, without a reason that is not known."""
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return days | {"reason": self.reason} if self.reason else days

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Closure:
        """Take back what `to_record` gave."""
        return cls(
            first=dt.date.fromisoformat(record["first"]),
            last=dt.date.fromisoformat(record["last"]),
            reason=record.get("reason", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something that is done for people at a station, beside what stands there.

    Attributes
    ----------
    key
        Of the taxonomy's services.
    name
        What this station calls it; empty for the word of the taxonomy.
    price_yuan
        What one pays: 0 is free, None is not known.
    eligible
        Who may have it, by keys of the taxonomy; empty for whoever may come in.
    hours
        When, in OSM grammar; empty when not known.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    key: Annotated[Key, Field(min_length=1)]
    name: Line = ""
    price_yuan: Price | None = None
    eligible: Keys = ()
    hours: Text = ""
    note: Text = ""

    def to_record(self) -> dict[str, Any]:
        """Give plain JSON values, without those that say nothing."""
        record: dict[str, Any] = {"key": self.key}
        if self.name:
            record["name"] = self.name
        if self.price_yuan is not None:
            record["price_yuan"] = self.price_yuan
        if self.eligible:
            record["eligible"] = list(self.eligible)
        if self.hours:
            record["hours"] = self.hours
        if self.note:
            record["note"] = self.note
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Service:
        """Take back what `to_record` gave."""
        return cls(**record | {"eligible": tuple(record.get("eligible", ()))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture of a station.

    Attributes
    ----------
    file
        Key of the stored file: letters, digits, ``_``, ``-`` and single full stops, never a path.
    caption
        May be empty.
    taken
        When; None when not known.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    file: FileKey
    caption: Line = ""
    taken: dt.date | None = None

    def to_record(self) -> dict[str, Any]:
        """Give plain JSON values, without those that say nothing."""
        record: dict[str, Any] = {"file": self.file}
        if self.caption:
            record["caption"] = self.caption
        if self.taken is not None:
            record["taken"] = self.taken.isoformat()
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Photo:
        """Take back what `to_record` gave."""
        taken = record.get("taken")
        return cls(
            file=record["file"],
            caption=record.get("caption", ""),
            taken=None if taken is None else dt.date.fromisoformat(taken),
        )
