"""What the pages of siting are made from: the question, what is known of its answer, and what one may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import url_for

from geodata.atlas import Atlas
from stations.handouts.siting.reading import PlanReading
from stations.questions.siting import Ground, SitingAnswer, SitingQuery, Spot
from stations.questions.siting.comparing import PlansCompared
from stations.registry.snapshot import Snapshot
from stations.scenarios import Scenario
from stations.web.house import House
from stations.web.params import Args, Known
from stations.wording.names import Names

Question = dict[str, Any]
"""Parameters of an address, each with the list of its values."""


class State(StrEnum):
    """How far the answer to a question is."""

    QUICK = "quick"
    """Chosen greedily; nobody asked for the proof."""

    WAITING = "waiting"
    RUNNING = "running"

    ENDED = "ended"
    """Proven, or the best that was found until the time was up or somebody stopped it."""

    FAILED = "failed"

    LOST = "lost"
    """The process that searched is gone: it may be begun anew."""


@dataclass(frozen=True)
class Asked:
    """A question with what it is asked of. Equal when the query, the revision and the digest are.

    Attributes
    ----------
    mark
        The name of its search.
    """

    query: SitingQuery
    revision: int
    digest: str
    mark: str = field(compare=False)
    snapshot: Snapshot = field(compare=False, repr=False)
    atlas: Atlas = field(compare=False, repr=False)


@dataclass(frozen=True)
class Going:
    """How the search for a proof stands, in figures and in words.

    Attributes
    ----------
    value, bound
        The best so far, and what no choice can beat; None while it is not known.
    gap
        What lies between, as a share of the value.
    ended
        As `Ended` has it; empty while nothing did.
    fault
        Why it failed, in the reader's language.
    said
        ``state``, ``value``, ``bound``, ``gap``, ``seconds`` and a ``sentence``; empty where nothing is known.
    can_stop, can_search
        Whether one may ask it to end with the best so far; and to begin, or begin anew.
    """

    state: State
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0
    ended: str = ""
    fault: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    can_stop: bool = False
    can_search: bool = False


@dataclass(frozen=True, slots=True)
class HostChoice:
    """A kind of premises that may be candidates."""

    key: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class View:
    """The page of a question, or of a plan that was saved.

    Attributes
    ----------
    args
        As the address has them; they may hold what cannot be used.
    question
        What links and forms carry over; of a saved plan its own.
    fault, field
        Why there is no answer, in the reader's language, and which parameter is to blame; empty where there is one.
    unreached
        Whether there is none because of demand that nothing reaches, which could be left out.
    missing
        Where demand lies because of which there is none: what nothing reaches, or for which there is no room.
    answer
        Greedy as long as no search has ended.
    scenario
        The saved plan that is shown.
    same_ground
        Not where a plan was saved on another atlas: then it was counted anew, and its proof does not hold.
    current
        Not where the stations in use have changed since the plan was saved: it is shown of those of that time.
    scenarios
        Plans that were saved, the newest first.
    accounts
        Whether the house has accounts: who saves is who is signed in, and there is no key.
    entered
        Whether whoever asks may change plans: a planner who is signed in; without accounts, who entered the key.
    by
        Who saved or accepted something last in this browser.
    keyed
        Whether plans and lists can be kept here.
    rows_listed
        Rows of the uploaded list.
    said
        What became of the last form: ``saved``, ``removed``, ``accepted``, ``searching``, ``stopped``, ``listed``,
        ``entered``, ``left``; empty where none was sent.
    """

    args: Args
    question: Question
    known: Known
    names: Names
    house: House
    now: datetime
    fault: str = ""
    field: str = ""
    unreached: bool = False
    missing: tuple[Spot, ...] = ()
    asked: Asked | None = None
    answer: SitingAnswer | None = None
    reading: PlanReading | None = None
    ground: Ground | None = None
    going: Going | None = None
    scenario: Scenario | None = None
    same_ground: bool = True
    current: bool = True
    scenarios: tuple[Scenario, ...] = ()
    accounts: bool = False
    entered: bool = False
    by: str = ""
    keyed: bool = True
    hosts: tuple[HostChoice, ...] = ()
    rows_listed: int = 0
    said: str = ""

    @property
    def taken_over(self) -> Question:
        """What downloads and forms of this very answer carry: the saved plan, or the question."""
        return self.question if self.scenario is None else {"plan": [self.scenario.id]}

    def address(self, **changes: Any) -> str:
        """Address of the page with parameters of the question changed; None takes one out."""
        asked = {name: value for name, value in {**self.question, **changes}.items() if value is not None}
        return url_for("siting.show", **asked)


@dataclass(frozen=True)
class CompareView:
    """The page that holds saved plans against today and each other.

    Attributes
    ----------
    chosen
        In the order of the address.
    scenarios
        All that one may choose from.
    compared
        Today first, then the chosen ones; None where nothing was chosen, or with a fault.
    question
        The yardstick: parameters of a question for coverage, of the address and for the rest of the first plan.
    """

    args: Args
    known: Known
    names: Names
    house: House
    chosen: tuple[Scenario, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    compared: PlansCompared | None = None
    question: Question = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class EnterView:
    """The page where the planners' key is entered.

    Attributes
    ----------
    back
        Query string of the page that one came from.
    """

    back: str
    fault: str = ""
    entered: bool = False
