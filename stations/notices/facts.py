"""What one can be told of, how often, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What one can be told of; changes come one by one (`EDITS`), or many at once (`IMPORTS`, also in bulk)."""

    REPORTS = "reports"
    OVERDUE = "overdue"
    PROPOSED = "proposed"
    SETTLED = "settled"
    TASKS = "tasks"
    SUPPLIES = "supplies"
    LISTS = "lists"
    EDITS = "edits"
    IMPORTS = "imports"


TEST = "test"
"""What a webhook is sent to try it out; nobody can be told of it otherwise."""


class Rhythm(StrEnum):
    """How often somebody gets letters."""

    NEVER = "never"
    AT_ONCE = "at_once"
    DAILY = "daily"


class State(StrEnum):
    """What became of a delivery; dropped is one that would tell nobody anything any more."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


class Way(StrEnum):
    """How a notice goes out."""

    MAIL = "mail"
    HOOK = "hook"


class HookState(StrEnum):
    """Whether a webhook is sent anything."""

    ON = "on"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants letters about."""

    login: str
    kinds: frozenset[Kind] = frozenset()
    rhythm: Rhythm = Rhythm.NEVER


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: an address of a program that is told what happens in an area.

    Attributes
    ----------
    area
        Prefix of the administrative code; empty for everywhere.
    made_by
        Log-in name.
    """

    number: int
    area: str
    url: str
    kinds: frozenset[Kind]
    state: HookState
    made: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell, of one township.

    Attributes
    ----------
    number
        In the order in which things were found; 0 before it is kept.
    mark
        Says what it is: the same is not kept twice.
    kind
        A `Kind`, or `TEST`.
    who
        Log-in name of who did it, who is not told; empty where that is nobody of the staff.
    stations
        Those that it is about, each with ``code``, ``name``, ``name_en`` and what is told of it.
    facts
        What else is told, as plain JSON values.
    """

    mark: str
    kind: str
    at: datetime
    township: str
    stations: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something on its way to somebody.

    Attributes
    ----------
    target
        ``mail`` and a log-in name, or ``hook`` and a number.
    events
        Numbers of what it tells.
    due, held
        When it is tried next, and until when somebody is at it; None for nobody.
    tries, remaining
        How often it was tried, and how often more it will be.
    """

    number: int
    target: str
    events: tuple[int, ...]
    made: datetime
    due: datetime
    held: datetime | None
    tries: int
    remaining: int
    state: State

    @property
    def way(self) -> Way:
        """How it goes out."""
        return Way(self.target.partition(" ")[0])

    @property
    def to(self) -> str:
        """To whom: a log-in name, or the number of a webhook."""
        return self.target.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Try:
    """One try to deliver something.

    Attributes
    ----------
    answer
        What the other side said, or why there was no answer; cut.
    """

    number: int
    at: datetime
    took_ms: int
    good: bool
    answer: str


def mail_to(login: str) -> str:
    """The target that is somebody's letters."""
    return f"{Way.MAIL} {login}"


def hook_at(number: int) -> str:
    """The target that is a webhook."""
    return f"{Way.HOOK} {number}"
