"""How sure the figures are: what slower and faster people, misplaced stations and unknown hours would make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stations.questions.coverage.nearby import nearby
from stations.questions.coverage.serving import Served

SPEEDS_KMH = {"walk": (3.6, 5.0), "ebike": (15.0, 20.0)}
OTHER_SPEEDS = (0.9, 1.25)
"""Of a mode that is not named, as shares of its own speed: what 3.6 and 5 are of 4 km/h."""

POSITION_M = 50.0


@dataclass(frozen=True, slots=True)
class Band:
    """From what at least to what at most a share, 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SurenessRow:
    """How sure the covered share of a township is; None of all where there is no demand.

    Attributes
    ----------
    share
        As answered.
    speed
        If people went at the slowest, and at the fastest, of `Sureness.speeds_kmh`.
    position
        If every station were 50 m farther along the street than its position says, or nearer.
    hours
        If every station of unknown hours were closed, or open.
    together
        All at once.
    """

    code: str
    name: str
    demand: float
    share: float | None
    speed: Band | None
    position: Band | None
    hours: Band | None
    together: Band | None


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the covered share is, by township and in total.

    Attributes
    ----------
    speeds_kmh
        The slowest and the fastest that were supposed.
    position_m
        The error of the positions that was supposed.
    unsure
        Stations whose hours at the moment are not known.
    """

    rows: tuple[SurenessRow, ...]
    total: SurenessRow
    speeds_kmh: tuple[float, float]
    position_m: float
    unsure: int


def sureness(served: Served) -> Sureness:
    """Tell how sure the covered share is."""
    minutes_s = served.query.minutes * 60.0
    slow, fast = _speeds(served)
    asked = served.limit_m
    slow_m, fast_m = (min(minutes_s * slow / 3.6, asked), max(minutes_s * fast / 3.6, asked))
    farthest_m = fast_m + POSITION_M
    pieces = list(served.pieces(farthest_m))
    surely = nearby(pieces, served.counts, farthest_m, served.times.size).metres
    perhaps = surely
    if served.perhaps.any():
        perhaps = nearby(pieces, served.counts | served.perhaps, farthest_m, served.times.size).metres
    limits = {
        "speed": ((surely, slow_m), (surely, fast_m)),
        "position": ((surely, asked - POSITION_M), (surely, asked + POSITION_M)),
        "hours": ((surely, asked), (perhaps, asked)),
        "together": ((surely, slow_m - POSITION_M), (perhaps, farthest_m)),
    }
    demand, covered = served.by_group(), served.by_group(served.covered)
    sums = {
        name: tuple(served.by_group(metres <= limit_m) for metres, limit_m in ends) for name, ends in limits.items()
    }

    def row(code: str, name: str, groups: Sequence[int]) -> SurenessRow:
        people = float(demand[groups].sum())
        if people <= 0:
            return SurenessRow(code, name, 0.0, None, None, None, None, None)
        bands = {
            kind: Band(*(float(sum_[groups].sum()) / people for sum_ in (low, high)))
            for kind, (low, high) in sums.items()
        }
        return SurenessRow(code, name, people, float(covered[groups].sum()) / people, **bands)

    return Sureness(
        rows=tuple(row(code, name, [group]) for group, code, name in served.listed),
        total=row("", "", range(served.groups)),
        speeds_kmh=(slow, fast),
        position_m=POSITION_M,
        unsure=int(served.perhaps.sum()),
    )


def _speeds(served: Served) -> tuple[float, float]:
    """The slowest and the fastest, km/h; what was asked for lies between them."""
    mode = served.atlas.network(served.query.mode).mode
    slow, fast = SPEEDS_KMH.get(mode.key, tuple(mode.speed_kmh * share for share in OTHER_SPEEDS))
    asked = served.speed_ms * 3.6
    return min(slow, asked), max(fast, asked)
