"""Comparing: before and after, two moments, two modes, two revisions."""

from __future__ import annotations

from dataclasses import dataclass

from stations.errors import QuestionError
from stations.questions.coverage.serving import Served, settled


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What became of one township, in the unit of the demand.

    Attributes
    ----------
    before, after
        Covered.
    gained
        Covered after and not before; ``gained`` less ``lost`` is ``after`` less ``before``.
    lost
        Covered before and not after.
    twice_before, twice_after
        Covered by two or more.
    """

    code: str
    name: str
    demand: float
    before: float
    after: float
    gained: float
    lost: float
    twice_before: float
    twice_after: float

    @property
    def difference(self) -> float:
        """How much more is covered; negative where it is less."""
        return self.after - self.before

    @property
    def share_before(self) -> float | None:
        """Covered share before, 0 to 1; None where there is no demand."""
        return self.before / self.demand if self.demand > 0 else None

    @property
    def share_after(self) -> float | None:
        """Covered share after, 0 to 1; None where there is no demand."""
        return self.after / self.demand if self.demand > 0 else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two answers side by side.

    Attributes
    ----------
    begun
        Codes of stations that count after and not before.
    ended
        Codes of stations that count before and not after.
    moved
        Codes of stations that count in both and stand elsewhere.
    """

    rows: tuple[ComparisonRow, ...]
    total: ComparisonRow
    begun: tuple[str, ...]
    ended: tuple[str, ...]
    moved: tuple[str, ...]
    unit: str


def compare(before: Served, after: Served) -> Comparison:
    """Hold two answers against each other, point by point.

    Raises
    ------
    QuestionError
        Of different ground or different demand, so that there is nothing to hold against each other.
    """
    if before.atlas.digest != after.atlas.digest:
        raise QuestionError("The two answers are of different ground. Ask both of the same atlas.")
    if before.layer.key != after.layer.key:
        raise QuestionError(
            "{before} and {after} cannot be compared. Ask both for the same demand.",
            before=before.layer.demand.unit,
            after=after.layer.demand.unit,
        )
    was, is_ = before.covered, after.covered
    masks = (was, is_, is_ & ~was, was & ~is_, before.times >= 2, after.times >= 2)
    table = after.by_groups(*masks)
    listed = after.listed if len(after.listed) >= len(before.listed) else before.listed
    counted_before, counted_after = _places(before), _places(after)
    return Comparison(
        rows=tuple(ComparisonRow(code, name, *table[group].tolist()) for group, code, name in listed),
        total=ComparisonRow("", "", *settled(table.sum(axis=0)).tolist()),
        begun=tuple(sorted(counted_after.keys() - counted_before.keys())),
        ended=tuple(sorted(counted_before.keys() - counted_after.keys())),
        moved=tuple(code for code, place in sorted(counted_after.items()) if counted_before.get(code, place) != place),
        unit=after.layer.demand.unit,
    )


def _places(served: Served) -> dict[str, tuple[float, float]]:
    """Where each station that counts stands."""
    rows = served.snapshot.active_rows[served.counts]
    where = zip(served.snapshot.lon[rows].tolist(), served.snapshot.lat[rows].tolist(), strict=True)
    return dict(zip(map(served.snapshot.codes.__getitem__, rows.tolist()), where, strict=True))
