"""A mixed integer program, and HiGHS, which solves it: with progress, a time limit and a way to stop.

Huangfu and Hall (2018), "Parallelizing the dual revised simplex method". One
thread and a fixed seed: what it finds depends on the program alone, unless the
time runs out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geodata.lonlat import Float

REPORT_S = 0.2
"""Least time between two reports of progress."""

LARGE = 10_000
"""Entries from which the first relaxed problem is solved by an interior point method."""

NOTHING = 1e-9
ROW_WISE = 2
MINIMISE = 1


class Ended(StrEnum):
    """How a search ended."""

    PROVEN = "proven"
    TIME = "time"
    CANCELLED = "cancelled"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is.

    Attributes
    ----------
    seconds
        Since it began.
    value, bound
        The best found so far, and what no choice can beat; infinite while there is none.
    """

    seconds: float
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How far apart they are, as a share of the value; infinite while there is no value."""
        return gap_of(self.value, self.bound)


def gap_of(value: float, bound: float) -> float:
    """How far a value and its bound are apart, as a share of the value; infinite without either."""
    if not (np.isfinite(value) and np.isfinite(bound)):
        return float("inf")
    return abs(bound - value) / max(abs(value), 1e-12) if bound != value else 0.0


@dataclass(slots=True)
class Watch:
    """Who waits for an answer: for how long, what is told meanwhile, and whether to stop.

    Attributes
    ----------
    time_s
        Seconds after which the best so far is the answer; None for as long as it takes.
    tell
        Is told how far it is, a few times a second.
    stop
        Is asked often; True ends the search with the best so far.
    """

    time_s: float | None = None
    tell: Callable[[Progress], None] | None = None
    stop: Callable[[], bool] | None = None
    begun: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return perf_counter() - self.begun

    @property
    def left_s(self) -> float:
        """Seconds that are left; infinite without a limit."""
        return float("inf") if self.time_s is None else max(self.time_s - self.seconds, 0.0)

    def quietly(self) -> Watch:
        """For a part of the search, of which nothing is told."""
        return Watch(None if self.time_s is None else self.left_s, None, self.stop)

    @property
    def over(self) -> Ended | None:
        """Why to end now, if so."""
        if self.stop is not None and self.stop():
            return Ended.CANCELLED
        return Ended.TIME if self.left_s <= 0.0 else None


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise ``cost @ x`` with ``row_lower <= matrix @ x <= row_upper`` and ``lower <= x <= upper``.

    Attributes
    ----------
    whole
        bool [n]: variables that are whole numbers.
    """

    cost: Float
    lower: Float
    upper: Float
    whole: NDArray[np.bool_]
    matrix: csr_array
    row_lower: Float
    row_upper: Float


@dataclass(frozen=True, eq=False)
class Solved:
    """What a search found.

    Attributes
    ----------
    x
        float64 [n]: None where nothing was found.
    value, bound
        Of the program as it was solved.
    reduced
        float64 [n]: reduced costs; of a program without whole numbers alone.
    """

    ended: Ended
    x: Float | None
    value: float
    bound: float
    reduced: Float | None = None


def solve(
    program: Program,
    watch: Watch,
    start: Float | None = None,
    seen: Callable[[float, float], Progress] | None = None,
    tolerance: float = 1e-6,
) -> Solved:
    """Solve a program to the end, or until the watch says so.

    Parameters
    ----------
    start
        float64 [n]: something feasible to begin with.
    seen
        Makes what the watch is told of a value and a bound of the program.
    tolerance
        How far value and bound may be apart for a proof.
    """
    if not program.cost.size:
        fits = bool((program.row_lower <= NOTHING).all() and (program.row_upper >= -NOTHING).all())
        none = np.empty(0)
        return Solved(Ended.PROVEN, none, 0.0, 0.0) if fits else Solved(Ended.INFEASIBLE, None, np.inf, np.inf)
    options: dict[str, Any] = {"mip_rel_gap": 0.0, "mip_abs_gap": tolerance}
    if program.matrix.nnz > LARGE:
        # Rows of covering are much alike, and the simplex method goes in circles long on the first relaxed problem.
        options["mip_lp_solver"] = "ipm"
    highspy, solver = _new(options)
    if np.isfinite(watch.left_s):
        solver.setOptionValue("time_limit", max(watch.left_s, 0.01))
    _pass(solver, program, highspy)
    if start is not None and program.whole.any():
        solver.setSolution(start.size, np.arange(start.size, dtype=np.int32), start)
    _listen(solver, watch, seen, highspy)
    solver.run()
    return _found(solver, program, highspy)


def _new(options: Mapping[str, Any]) -> tuple[Any, Any]:
    """The module of HiGHS, and a solver that says nothing and does the same each time."""
    import highspy

    module: Any = highspy
    solver = module.Highs()
    always = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        # A greedy choice stands beside the search, which needs no first one of its own.
        "mip_heuristic_run_feasibility_jump": False,
    }
    for name, value in {**always, **options}.items():
        solver.setOptionValue(name, value)
    return module, solver


def _pass(solver: Any, program: Program, highspy: Any) -> None:
    matrix = program.matrix
    status = solver.passModel(
        program.cost.size,
        matrix.shape[0],
        matrix.nnz,
        ROW_WISE,
        MINIMISE,
        0.0,
        *(np.ascontiguousarray(part, np.float64) for part in (program.cost, program.lower, program.upper)),
        *(np.ascontiguousarray(part, np.float64) for part in (program.row_lower, program.row_upper)),
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float64),
        program.whole.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise ValueError("HiGHS does not take the program")


def _listen(solver: Any, watch: Watch, seen: Callable[[float, float], Progress] | None, highspy: Any) -> None:
    """Have the watch told and asked while the solver runs."""
    if watch.tell is None and watch.stop is None:
        return
    last = [-REPORT_S]

    def heard(kind: Any, _message: str, out: Any, into: Any, _data: Any) -> None:
        if watch.stop is not None and watch.stop():
            into.user_interrupt = True
        in_tree = kind == highspy.cb.HighsCallbackType.kCallbackMipInterrupt
        if watch.tell is not None and seen is not None and in_tree and watch.seconds - last[0] >= REPORT_S:
            last[0] = watch.seconds
            watch.tell(seen(float(out.mip_primal_bound), float(out.mip_dual_bound)))

    solver.setCallback(heard, None)
    for kind in ("kCallbackMipInterrupt", "kCallbackSimplexInterrupt", "kCallbackIpmInterrupt"):
        solver.startCallback(getattr(highspy.cb.HighsCallbackType, kind))


def _found(solver: Any, program: Program, highspy: Any) -> Solved:
    status, kinds, info = solver.getModelStatus(), highspy.HighsModelStatus, solver.getInfo()
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return Solved(Ended.INFEASIBLE, None, float("inf"), float("inf"))
    solution = solver.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.asarray(solution.col_value) if feasible else None
    value = float(info.objective_function_value) if feasible else float("inf")
    ended = {kinds.kOptimal: Ended.PROVEN, kinds.kInterrupt: Ended.CANCELLED}.get(status, Ended.TIME)
    if program.whole.any():
        return Solved(ended, x, value, float(info.mip_dual_bound))
    bound = value if ended is Ended.PROVEN else -float("inf")
    return Solved(ended, x, value, bound, np.asarray(solution.col_dual) if ended is Ended.PROVEN else None)


class Growing:
    """A program without whole numbers that gets further rows, and goes on from where it was.

    Parameters
    ----------
    program
        To begin with.
    """

    def __init__(self, program: Program) -> None:
        self._highspy, self._solver = _new({})
        self._program = program
        _pass(self._solver, program, self._highspy)

    def add(self, matrix: csr_array, lower: Float) -> None:
        """Add rows that are at least ``lower``."""
        self._solver.addRows(
            matrix.shape[0],
            lower,
            np.full(lower.size, np.inf),
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data.astype(np.float64),
        )

    def solve(self, watch: Watch) -> Solved:
        """Solve what there is by now."""
        if np.isfinite(watch.left_s):
            self._solver.setOptionValue("time_limit", float(self._solver.getRunTime()) + max(watch.left_s, 0.01))
        _listen(self._solver, watch, None, self._highspy)
        self._solver.run()
        return _found(self._solver, self._program, self._highspy)
