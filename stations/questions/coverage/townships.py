"""Coverage by township: how much demand is within reach once, twice, by time band, and by the plain circle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.atlas import Atlas
from geodata.lonlat import Float
from stations.questions.coverage.gaps import Gap, gaps
from stations.questions.coverage.nearby import count_nearby
from stations.questions.coverage.query import CoverageQuery
from stations.questions.coverage.serving import Served, serve, settled, summed
from stations.questions.reach import circle_pieces
from stations.registry.snapshot import Snapshot

DOUBLE_15_M = 1000.0
DOUBLE_15_MINUTES = 15.0
"""What the 双15 project asks of a station: one kilometre, fifteen minutes on foot, overlapping (交叉覆盖)."""


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """Coverage of one township, in the unit of the demand.

    Attributes
    ----------
    code, name
        Both empty for what lies outside every township, and in the total.
    demand
        All of it; ``covered`` and ``uncovered`` add up to it.
    covered
        Within the minutes of a station that counts.
    covered_twice
        Within the minutes of two or more (交叉覆盖).
    perhaps
        Not covered, but within the minutes of a station whose hours at the moment are not known.
    circle, circle_twice
        What a circle of the same minutes in a straight line would claim, once, and twice or more.
    only_circle
        What the circle claims and no street gives.
    bands
        Covered within each of the answer's `CoverageAnswer.bands`.
    stations
        Active stations that count, by their position.
    """

    code: str
    name: str
    demand: float
    covered: float
    covered_twice: float
    perhaps: float
    circle: float
    circle_twice: float
    only_circle: float
    uncovered: float
    bands: tuple[float, ...]
    stations: int

    @property
    def share(self) -> float | None:
        """Covered share of the demand, 0 to 1; None where there is no demand."""
        return self._of_all(self.covered)

    @property
    def overlap(self) -> float | None:
        """Share of the demand that is covered twice or more; None where there is no demand."""
        return self._of_all(self.covered_twice)

    @property
    def circle_share(self) -> float | None:
        """Share of the demand that the circle claims; None where there is no demand."""
        return self._of_all(self.circle)

    def _of_all(self, part: float) -> float | None:
        return part / self.demand if self.demand > 0 else None


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """Coverage by township, in total, and the gaps, largest first.

    Attributes
    ----------
    rows
        Every township, also where there is no demand; last what lies outside all, if there is anything.
    bands
        Minutes of the time bands, rising; the last are those asked for.
    unit
        Of the demand: ``metres of street``, ``people``, ``square metres`` or ``workers``.
    unsure
        Stations whose hours at the moment are not known; they count in ``perhaps`` alone.
    dated
        Stations that serve on given dates alone; without a moment they do not count.
    layer, layer_digest
        Key and digest of the demand; that of a layer which was added is not in the atlas's ``digest``.
    """

    query: CoverageQuery
    rows: tuple[TownshipRow, ...]
    total: TownshipRow
    bands: tuple[float, ...]
    gaps: tuple[Gap, ...]
    unit: str
    unsure: int
    dated: int
    revision: int
    digest: str
    layer: str
    layer_digest: str


@dataclass(frozen=True, slots=True)
class Double15Row:
    """The 双15 figures of one township, in the unit of the demand.

    Attributes
    ----------
    circle, circle_twice
        Within a kilometre, in a straight line, of one station or more, and of two or more.
    street, street_twice
        Within fifteen minutes on foot, by street.
    """

    code: str
    name: str
    stations: int
    demand: float
    circle: float
    circle_twice: float
    street: float
    street_twice: float

    def share(self, part: float) -> float | None:
        """A part as a share of the demand, 0 to 1; None where there is no demand."""
        return part / self.demand if self.demand > 0 else None

    @property
    def circle_share(self) -> float | None:
        """Share that the kilometre claims."""
        return self.share(self.circle)

    @property
    def street_share(self) -> float | None:
        """Share within fifteen minutes on foot."""
        return self.share(self.street)

    @property
    def circle_overlap(self) -> float | None:
        """Share within a kilometre of two or more."""
        return self.share(self.circle_twice)

    @property
    def street_overlap(self) -> float | None:
        """Share within fifteen minutes of two or more."""
        return self.share(self.street_twice)


@dataclass(frozen=True, slots=True)
class Double15:
    """The 双15 report: the plain kilometre beside fifteen minutes on foot, by township and in total."""

    rows: tuple[Double15Row, ...]
    total: Double15Row
    unit: str
    revision: int
    digest: str


def coverage(query: CoverageQuery, snapshot: Snapshot, atlas: Atlas) -> CoverageAnswer:
    """Answer a coverage question; see `serve` for what it means to be covered, and for what is refused."""
    return answer(serve(query, snapshot, atlas))


def answer(served: Served) -> CoverageAnswer:
    """Sum up who is served, by township."""
    covered, circle = served.covered, served.circle_times >= 1
    bands = served.query.bands
    masks = {
        "covered": covered,
        "covered_twice": served.times >= 2,
        "perhaps": ~covered & (served.times_if >= 1),
        "circle": circle,
        "circle_twice": served.circle_times >= 2,
        "only_circle": circle & ~covered,
    }
    table = served.by_groups(*masks.values())
    within, standing = _in_bands(served, bands), served.standing

    def row(code: str, name: str, figures: Float, in_bands: Float, stations: int) -> TownshipRow:
        demand = float(figures[0])
        named = dict(zip(masks, figures[1:].tolist(), strict=True))
        return TownshipRow(
            code=code,
            name=name,
            demand=demand,
            uncovered=round(max(demand - named["covered"], 0.0), 6),
            bands=tuple(in_bands.tolist()),
            stations=stations,
            **named,
        )

    rows = tuple(
        row(code, name, table[group], within[group], int(standing[group])) for group, code, name in served.listed
    )
    return CoverageAnswer(
        query=served.query,
        rows=rows,
        total=row("", "", settled(table.sum(axis=0)), settled(within.sum(axis=0)), int(standing.sum())),
        bands=bands,
        gaps=gaps(served),
        unit=served.layer.demand.unit,
        unsure=int(served.perhaps.sum()),
        dated=int(served.dated.sum()),
        revision=served.snapshot.revision,
        digest=served.atlas.digest,
        layer=served.layer.key,
        layer_digest=served.layer.digest,
    )


def double15(snapshot: Snapshot, atlas: Atlas, weight: str = "") -> Double15:
    """Report by the 双15 measure, over all active stations that serve all year, whatever their hours.

    Raises
    ------
    UnknownModeError
        The atlas was built without walking.
    LayerError
        The atlas has no such demand.
    """
    query = CoverageQuery(mode="walk", minutes=DOUBLE_15_MINUTES, weight=weight)
    served = serve(query, snapshot, atlas)
    straight_times = served.circle_times
    if served.limit_m != DOUBLE_15_M:
        pieces = circle_pieces(snapshot, atlas, served.layer.key, DOUBLE_15_M)
        straight_times = count_nearby(pieces, served.counts, DOUBLE_15_M, served.times.size)
    masks = (straight_times >= 1, straight_times >= 2, served.times >= 1, served.times >= 2)
    table = served.by_groups(*masks)
    standing = served.standing

    def row(code: str, name: str, stations: int, figures: Float) -> Double15Row:
        demand, circle, circle_twice, street, street_twice = figures.tolist()
        return Double15Row(code, name, stations, demand, circle, circle_twice, street, street_twice)

    return Double15(
        rows=tuple(row(code, name, int(standing[group]), table[group]) for group, code, name in served.listed),
        total=row("", "", int(standing.sum()), settled(table.sum(axis=0))),
        unit=served.layer.demand.unit,
        revision=snapshot.revision,
        digest=atlas.digest,
    )


def _in_bands(served: Served, bands: tuple[float, ...]) -> Float:
    """Covered demand within each of some minutes, float64 [groups, bands]."""
    limits_m = np.array([band * 60.0 * served.speed_ms for band in bands[:-1]] + [served.limit_m], np.float32)
    covered = np.flatnonzero(served.covered)
    band = np.searchsorted(limits_m, served.nearest_m[covered])
    # What counts within the limit as a float counts within it here.
    band = np.minimum(band, len(bands) - 1)
    place = served.group[covered] * len(bands) + band
    sums = summed(place, served.weight[covered], served.groups * len(bands))
    return settled(sums.reshape(served.groups, len(bands)).cumsum(axis=1))
