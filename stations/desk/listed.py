"""What is known of a list that somebody brought, and what people said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import orjson

from geodata.datum import Datum


class State(StrEnum):
    """What became of a list."""

    WAITING = "waiting"
    TAKEN = "taken"
    UNDONE = "undone"
    DROPPED = "dropped"


WAITS = (State.WAITING.value, State.UNDONE.value)
"""Of these one can say more, and take them in."""


@dataclass(frozen=True)
class Asked:
    """What a person said of a file.

    Attributes
    ----------
    columns
        By header, what it is, where a person said so: as in `exchange.columns.Answers`.
    datum
        Of rows that do not say theirs; None where nobody said.
    sheet, layer
        Which of them is meant; empty where there is no choice.
    keep_unread_hours
        Whether rows whose hours cannot be read are taken, as of unknown hours.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    datum: Datum | None = None
    sheet: str = ""
    layer: str = ""
    keep_unread_hours: bool = False

    def to_json(self) -> str:
        """The same as text, in one form alone."""
        said = {
            "columns": dict(self.columns),
            "datum": self.datum.value if self.datum else "",
            "sheet": self.sheet,
            "layer": self.layer,
            "keep_unread_hours": self.keep_unread_hours,
        }
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> Asked:
        """Read it back."""
        said = orjson.loads(text)
        datum = Datum(said["datum"]) if said["datum"] else None
        return cls(MappingProxyType(said["columns"]), datum, said["sheet"], said["layer"], said["keep_unread_hours"])


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a row that may be a station that is there.

    Attributes
    ----------
    answer
        ``same``, ``new`` or ``skip``, as in `exchange.preview.Answer`.
    code
        Of the station that it is the same as.
    expected
        Code that the row had.
    """

    answer: str
    code: str
    expected: str


@dataclass(frozen=True)
class Listed:
    """A list that somebody brought.

    Attributes
    ----------
    name, digest, size
        Of the file: what it was called, its SHA-256, its bytes.
    area
        Prefix of the administrative code in which its stations may stand; empty for everywhere.
    who, settled_by
        Log-in names.
    at, settled
        Moments, UTC; None for one that waits.
    decided
        By row.
    batch
        That it became in the log, or 0.
    counts
        How many rows did what, where it was taken in.
    """

    number: int
    name: str
    digest: str
    size: int
    area: str
    who: str
    at: datetime
    asked: Asked
    decided: Mapping[int, Said]
    state: State
    batch: int
    counts: Mapping[str, int]
    settled_by: str
    settled: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it can be taken in."""
        return self.state.value in WAITS

    @property
    def mark(self) -> str:
        """What tells the file and all that was said of it from any other."""
        said = orjson.dumps(sorted((row, one.answer, one.code) for row, one in self.decided.items()))
        return hashlib.sha256(self.asked_mark.encode() + said).hexdigest()

    @property
    def asked_mark(self) -> str:
        """The same without what was said of single rows."""
        return f"{self.digest} {self.area} {self.asked.to_json()}"


def listed_of(row: Mapping[str, Any]) -> Listed:
    """Read a row of the table of lists."""
    return Listed(
        number=row["number"],
        name=row["name"],
        digest=row["digest"],
        size=row["size"],
        area=row["area"],
        who=row["who"],
        at=datetime.fromisoformat(row["at"]),
        asked=Asked.from_json(row["asked"]),
        decided=MappingProxyType(decided_of(row["decided"])),
        state=State(row["state"]),
        batch=row["batch"],
        counts=MappingProxyType(orjson.loads(row["counts"])),
        settled_by=row["settled_by"],
        settled=datetime.fromisoformat(row["settled"]) if row["settled"] else None,
    )


def decided_of(text: str) -> dict[int, Said]:
    """Read what was said of single rows, by row."""
    return {int(row): Said(*one) for row, one in orjson.loads(text).items()}
