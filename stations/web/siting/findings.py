"""What a question of siting comes to: its ground, the greedy choice at once, and what a search found, explained."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from threading import BoundedSemaphore, Lock
from typing import Generic, TypeVar

from geodata.errors import AtlasError
from stations.errors import BusyError, InfeasibleError, RegistryError, ScenarioError, UnknownRevisionError
from stations.questions.siting import Ground, Plan, SitingAnswer, explain, ground, solve_greedily, value_of
from stations.questions.siting.answer import with_places
from stations.questions.siting.keeping import from_record, to_record
from stations.registry.snapshot import Snapshot
from stations.scenarios import Parameters, Scenario, StoredPlan, mark_of
from stations.web.house import House
from stations.web.params import Args, BadParameter, Known, first, refuse_unknown
from stations.web.sited import SITING_PARAMETERS, SITING_QUESTION, canonical, read_siting
from stations.web.siting.view import Asked

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

PAGE_PARAMETERS = SITING_PARAMETERS | {"plan", "said"}

GROUNDS_KEPT = 2
"""A ground of many candidates takes tens of megabytes."""

ANSWERS_KEPT = 16
SNAPSHOTS_KEPT = 2

WAITING = 2
"""So many may wait while one is worked out. A worker has four threads, and the finder needs some of them."""

LONGEST_WAIT_S = 20.0


class Sitings:
    """Answers already worked out, and the turn in which others are. They never grow stale.

    Parameters
    ----------
    house, known
        As the doors have them.
    """

    def __init__(self, house: House, known: Known) -> None:
        self._house, self._known = house, known
        self._line = BoundedSemaphore(1 + WAITING)
        self._turn = Lock()
        self._grounds: Kept[Asked, Ground] = Kept(GROUNDS_KEPT)
        self._greedy: Kept[Asked, StoredPlan] = Kept(ANSWERS_KEPT)
        self._answers: Kept[tuple[Asked, StoredPlan], SitingAnswer] = Kept(ANSWERS_KEPT)
        self._as_of: Callable[[int], Snapshot] = lru_cache(maxsize=SNAPSHOTS_KEPT)(house.registry.as_of)

    def asked(self, args: Args) -> Asked:
        """Read a question, to be asked of the newest snapshot.

        Raises
        ------
        BadParameter, SitingError, ScenarioError
            A value that cannot be used, a parameter that does not exist, or a list that is gone.
        AtlasError
            There is no ground to ask of.
        """
        refuse_unknown(args, PAGE_PARAMETERS)
        return self._of(args, self._house.snapshot())

    def saved(self, scenario: Scenario) -> Asked:
        """The question of a saved plan, asked of the stations that it was saved of; raises as `asked`."""
        snapshot = self._house.snapshot()
        if scenario.revision != snapshot.revision:
            try:
                snapshot = self._as_of(scenario.revision)
            except UnknownRevisionError:
                raise ScenarioError(
                    "The registry no longer knows revision {revision}, of which the plan was saved. Ask its question "
                    "again.",
                    revision=scenario.revision,
                ) from None
        return self._of(scenario.query, snapshot)

    def _of(self, args: Args, snapshot: Snapshot) -> Asked:
        atlas = self._house.atlas
        query = read_siting(args, self._known, self.rows_of)
        if atlas is None:
            raise AtlasError("No streets are loaded, so nobody knows who reaches what. Build an atlas and start again.")
        mark = mark_of(canonical(args), snapshot.revision, atlas.digest)
        return Asked(query, snapshot.revision, atlas.digest, mark, snapshot, atlas)

    def rows_of(self, name: str) -> Sequence[Mapping[str, str]]:
        """Rows of an uploaded list.

        Raises
        ------
        BadParameter
            No list can be kept here.
        UnknownScenarioError
            There is none of that name.
        """
        if self._house.plans is None:
            raise BadParameter("list", name, "There is no list “{value}” here. Upload it once more.")
        return self._house.plans.lists.rows(name)

    def scenario(self, args: Args) -> Scenario | None:
        """The saved plan that an address names; None where it names none.

        Raises
        ------
        BadParameter
            One that is not there, or a question beside it.
        """
        named = first(args, "plan")
        if not named:
            return None
        refuse_unknown(args, PAGE_PARAMETERS)
        if len(args["plan"]) > 1:
            raise BadParameter("plan", args["plan"][1], "“{field}” is given more than once. Give it once.")
        beside = [name for name in SITING_QUESTION if first(args, name)]
        if beside:
            raise BadParameter(
                beside[0],
                first(args, beside[0]),
                "A saved plan has its own question: leave out either “{field}” or “plan”.",
            )
        return self.scenario_of(named)

    def scenario_of(self, named: str) -> Scenario:
        """A saved plan by its id.

        Raises
        ------
        UnknownScenarioError
            There is none.
        """
        if self._house.plans is None:
            raise BadParameter("plan", named, "There is no plan “{value}” here.")
        return self._house.plans.scenarios.get(named)

    def same_ground(self, scenario: Scenario) -> bool:
        """Whether a plan was saved on the atlas that is loaded."""
        return scenario.digest == self._house.digest

    def current(self, asked: Asked) -> bool:
        """Whether the stations in use are still as a question has them."""
        newest = self._house.snapshot()
        return newest.revision == asked.revision or _in_use(newest) == _in_use(asked.snapshot)

    def ground(self, asked: Asked) -> Ground:
        """The plain problem of a question; to be asked for by whose turn it is."""
        return self._grounds.of(asked, lambda: ground(asked.query, asked.snapshot, asked.atlas))

    def quick(self, asked: Asked) -> StoredPlan:
        """The greedy choice.

        Raises
        ------
        SitingError, InfeasibleError, QuestionError, LayerError
            What is wrong with the question.
        BusyError
            Others wait already.
        """
        found = self._greedy.find(asked)
        if found is not None:
            return found
        with self.in_turn():
            return self._greedy.of(asked, lambda: self._greedy_of(asked))

    def first(self, asked: Asked) -> StoredPlan | None:
        """The greedy choice, if it is there already."""
        return self._greedy.find(asked)

    def answer(self, asked: Asked, plan: StoredPlan) -> SitingAnswer:
        """What a plan means; raises as `quick`."""
        found = self._answers.find((asked, plan))
        if found is not None:
            return found
        with self.in_turn():
            return self.explained(asked, plan)

    def grounded(self, asked: Asked) -> Ground:
        """The plain problem of a question; raises as `quick`."""
        found = self._grounds.find(asked)
        if found is not None:
            return found
        with self.in_turn():
            return self.ground(asked)

    def explained(self, asked: Asked, plan: StoredPlan) -> SitingAnswer:
        """As `answer`, by whose turn it is."""

        def work() -> SitingAnswer:
            grounded = self.ground(asked)
            return explain(grounded, from_record(plan.to_record(), grounded))

        return self._answers.of((asked, plan), work)

    def recounted(self, asked: Asked, plan: StoredPlan) -> StoredPlan:
        """A plan of other ground, counted on this one: nothing is proven of it.

        Raises
        ------
        SitingError
            A candidate of it is gone.
        """
        with self.in_turn():
            grounded = self.ground(asked)
            known = from_record(plan.to_record(), grounded)
            value = value_of(grounded.case, grounded.goal, known.sites)
            return stored(replace(known, value=value, bound=value, ended=None, guarantee=None), grounded)

    @contextmanager
    def in_turn(self, *, patient: bool = False) -> Iterator[None]:
        """Work something out, one at a time: each takes a core for a second or so, and much memory.

        Parameters
        ----------
        patient
            Wait however long, as a search may.

        Raises
        ------
        BusyError
            Others wait already.
        """
        if patient:
            with self._turn:
                yield
            return
        if not self._line.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turn.acquire(timeout=LONGEST_WAIT_S):
                raise _busy()
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._line.release()

    def _greedy_of(self, asked: Asked) -> StoredPlan:
        grounded = self.ground(asked)
        try:
            plan, _ = solve_greedily(grounded.case, grounded.goal)
        except InfeasibleError as fault:
            raise with_places(fault, grounded) from fault
        return stored(plan, grounded)


class Kept(Generic[K, V]):
    """The last few values that were worked out, by what they were made from.

    Parameters
    ----------
    most
        So many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def find(self, key: K) -> V | None:
        """Give a value that is there."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def of(self, key: K, work: Callable[[], V]) -> V:
        """Give a value, worked out if need be; of two who ask at once both may work."""
        found = self.find(key)
        if found is None:
            found = work()
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return found


def stored(plan: Plan, grounded: Ground) -> StoredPlan:
    """A plan as it is kept."""
    return StoredPlan(**to_record(plan, grounded))


def summary_of(answer: SitingAnswer) -> dict[str, float | str]:
    """A few figures of an answer, for lists of plans."""
    return {
        "aim": answer.query.objective.value,
        "unit": answer.unit,
        "demand": answer.demand,
        "before": answer.before,
        "after": answer.after,
        "sites": float(len(answer.steps)),
        "cost": sum(step.cost for step in answer.steps),
    }


def rows_listed(sitings: Sitings, args: Parameters) -> int:
    """Rows of the uploaded list that a question names; 0 where there is none."""
    name = first(args, "list")
    if not name:
        return 0
    try:
        return len(sitings.rows_of(name))
    except (BadParameter, ScenarioError, RegistryError):
        return 0


def _in_use(snapshot: Snapshot) -> list[bytes]:
    return sorted(snapshot.records[row] for row in snapshot.active_rows.tolist())


def _busy() -> BusyError:
    return BusyError("Several plans are being worked out just now. Try again in a few seconds.")
