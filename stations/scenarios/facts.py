"""What is kept of a plan, and of the search for it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import orjson

from stations.errors import ScenarioError

Parameters = Mapping[str, Sequence[str]]
"""The parameters of an address, each with all its values."""

MARK_CHARACTERS = 32

NOT_OF_THE_QUESTION = frozenset({"lang", "plan"})
"""Parameters that change nothing of what is found."""

NOTHING: Mapping[str, Any] = MappingProxyType({})

NO_FINITE = {math.inf: "inf", -math.inf: "-inf"}
"""How JSON is told of what it has no numbers for."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """What a search found, by the keys of the candidates.

    Attributes
    ----------
    keys
        Of the candidates that were chosen, from west to east.
    value
        What they are worth, in the unit of the question: demand, money or metres.
    bound
        No choice can be better.
    ended
        How the search ended: ``proven``, ``time``, ``cancelled``; empty of a greedy choice.
    seconds
        That it took.
    rows, merged, dominated
        Rows of the model, points that they stand for, candidates left out as another does as well.
    guarantee
        Share of the best value that a greedy choice has for certain; None where nothing is.
    """

    keys: tuple[str, ...]
    value: float
    bound: float
    ended: str
    seconds: float
    rows: int = 0
    merged: int = 0
    dominated: int = 0
    guarantee: float | None = None

    def to_record(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        record = asdict(self) | {"keys": list(self.keys)}
        return {
            name: NO_FINITE.get(value, value) if isinstance(value, float) else value for name, value in record.items()
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> StoredPlan:
        """Read it back; names that it does not know are left out.

        Raises
        ------
        ScenarioError
            Not the record of a plan.
        """
        try:
            return cls(
                keys=tuple(map(str, record["keys"])),
                value=float(record["value"]),
                bound=float(record["bound"]),
                ended=str(record["ended"] or ""),
                seconds=float(record["seconds"]),
                rows=int(record.get("rows", 0)),
                merged=int(record.get("merged", 0)),
                dominated=int(record.get("dominated", 0)),
                guarantee=None if record.get("guarantee") is None else float(record["guarantee"]),
            )
        except (KeyError, TypeError, ValueError):
            raise ScenarioError("The plan that was kept is damaged. Search again.") from None

    def to_json(self) -> str:
        """Give it as one line of text."""
        return orjson.dumps(self.to_record()).decode()

    @classmethod
    def from_json(cls, text: str) -> StoredPlan:
        """Read what `to_json` wrote.

        Raises
        ------
        ScenarioError
            Not the text of a plan.
        """
        try:
            record = orjson.loads(text)
        except orjson.JSONDecodeError:
            record = None
        return cls.from_record(record if isinstance(record, dict) else {})


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan under a name, with all that it follows from. What is saved stays as it was saved.

    Attributes
    ----------
    id
        Eight characters, for addresses; never used again.
    name
        As its maker called it. Saved again under it, a plan becomes the next `version`.
    by, made
        Who saved it, as they wrote themselves, and when; aware.
    query
        The parameters of the page's address.
    revision, digest
        Of the registry and the atlas.
    summary
        A few figures for lists: unit, demand, before, after, sites, cost.
    accepted
        By key of a site the code of the planned station that it became.
    removed, removed_by
        When it was taken out of the list, and by whom; None while it is in it.
    version
        1 for the first of its name.
    """

    id: str
    name: str
    note: str
    by: str
    made: datetime
    query: Parameters
    revision: int
    digest: str
    plan: StoredPlan
    summary: Mapping[str, float | str] = field(default_factory=lambda: NOTHING)
    accepted: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    removed: datetime | None = None
    removed_by: str = ""
    version: int = 1


class SearchState(StrEnum):
    """How a search stands."""

    WAITING = "waiting"
    """In the queue."""

    RUNNING = "running"

    ENDED = "ended"
    """With a plan, proven or the best so far."""

    FAILED = "failed"
    """With words that say why."""

    LOST = "lost"
    """Nothing was heard of it for too long: its process is gone. It may be begun anew."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that whoever asks the same question shares.

    Attributes
    ----------
    mark
        Of the question, as `mark_of` gives it.
    begun
        When; aware.
    value, bound, sites
        The best so far, what none can beat, and how many sites it has; None while there is none.
    seconds
        For how long it has searched.
    stopping
        Whether somebody asked for the best so far.
    plan
        What was found; None until it ended.
    fault
        Why it failed; empty otherwise.
    new
        Whether this very call began it, so that the caller is to search.
    """

    mark: str
    query: Parameters
    begun: datetime
    state: SearchState
    value: float | None = None
    bound: float | None = None
    seconds: float = 0.0
    sites: int | None = None
    stopping: bool = False
    plan: StoredPlan | None = None
    fault: str = ""
    new: bool = False

    @property
    def going(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in {SearchState.WAITING, SearchState.RUNNING}


def mark_of(query: Parameters, revision: int, digest: str) -> str:
    """Name a question of one registry and one ground: equal questions have equal names, whatever their order.

    Parameters
    ----------
    query
        Parameters of the address. The order of names plays no part, that of a name's values does, as points are
        numbered by it. Empty values, ``lang`` and ``plan`` are left out.
    """
    asked = {
        name: kept
        for name, values in sorted(query.items())
        if name not in NOT_OF_THE_QUESTION and (kept := [value for value in values if value])
    }
    text = orjson.dumps([asked, revision, digest])
    return hashlib.sha256(text).hexdigest()[:MARK_CHARACTERS]


def query_json(query: Parameters) -> str:
    """Write the parameters of an address; those without values are left out."""
    return orjson.dumps({name: list(values) for name, values in sorted(query.items()) if values}).decode()


def query_of(text: str) -> Parameters:
    """Read what `query_json` wrote."""
    return MappingProxyType({name: tuple(values) for name, values in orjson.loads(text).items()})
