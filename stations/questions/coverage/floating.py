"""Seats for people: the enhanced two-step floating catchment, where it is known how many seats there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geodata.lonlat import Float
from geodata.standing import Rows
from stations.questions.coverage.nearby import weighed
from stations.questions.coverage.serving import Served, summed

ZONE_WEIGHTS = (1.0, 0.68, 0.22)
"""Of the near, the middle and the far third of the minutes; Luo and Qi's first set."""

PER = 1000.0


@dataclass(frozen=True, slots=True)
class SeatsRow:
    """Seats within reach of one township.

    Attributes
    ----------
    demand
        In the unit of the demand.
    seats
        Seats that fall to it.
    per_thousand
        Seats for every thousand of demand; None where there is none, or where no seats are known at all.
    """

    code: str
    name: str
    demand: float
    seats: float
    per_thousand: float | None


@dataclass(frozen=True, slots=True)
class Floating:
    """Seats for people, by township and in total.

    Attributes
    ----------
    seats
        Of all stations that count and whose seats are known.
    idle
        Those of them that are within reach of nobody.
    known
        Stations that count and whose seats are known.
    unknown
        Codes of stations that count and whose seats are not known; they are left out, not guessed.
    zones
        Minutes at which the three zones end.
    """

    rows: tuple[SeatsRow, ...]
    total: SeatsRow
    seats: int
    idle: int
    known: int
    unknown: tuple[str, ...]
    zones: tuple[float, float, float]
    unit: str


def floating(served: Served) -> Floating:
    """Share out the seats of stations among those within reach, and add up what each place gets."""
    stations = served.snapshot.stations
    said = [stations[row].seats for row in served.snapshot.active_rows[served.counts].tolist()]
    counted = np.flatnonzero(served.counts)
    known = np.zeros(served.counts.size, bool)
    known[counted] = [seats is not None for seats in said]
    seats = np.zeros(served.counts.size)
    seats[counted] = [seats or 0 for seats in said]

    load, access = np.zeros(seats.size), np.zeros(served.weight.size)
    for rows in served.pieces():
        there = rows.slot >= 0
        of_slots, given_here = two_steps(_by_zone(served, rows), served.weight, rows.by_slot(seats))
        load[there] = of_slots[rows.slot[there]]
        access += given_here

    demand = served.by_group()
    given = summed(served.group, access * served.weight, served.groups)

    def row(code: str, name: str, people: float, sum_: float) -> SeatsRow:
        per = PER * sum_ / people if people > 0 and known.any() else None
        return SeatsRow(code, name, people, sum_, per)

    return Floating(
        rows=tuple(row(code, name, float(demand[group]), float(given[group])) for group, code, name in served.listed),
        total=row("", "", float(demand.sum()), float(given.sum())),
        seats=int(seats.sum()),
        idle=int(seats[known & (load <= 0)].sum()),
        known=int(known.sum()),
        unknown=tuple(served.codes[site] for site in counted[~known[counted]].tolist()),
        zones=_zones(served.query.minutes),
        unit=served.layer.demand.unit,
    )


def two_steps(pairs: csr_array, demand: Float, seats: Float) -> tuple[Float, Float]:
    """Divide seats by the demand around them, then add up for each point the ratios of what is around it.

    In both steps what is farther weighs less.

    Source: W. Luo and Y. Qi, "An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial
    accessibility to primary care physicians", Health & Place 15 (2009), 1100-1107.

    Parameters
    ----------
    pairs
        float64 [P, K]: how much point and station weigh for each other.
    demand
        float64 [P]
    seats
        float64 [K]

    Returns
    -------
    load, access
        float64 [K], the weighed demand around each station; float64 [P], seats for every unit of demand.
    """
    load = pairs.T @ demand
    return load, pairs @ np.divide(seats, load, out=np.zeros(seats.size), where=load > 0)


def _zones(reach: float) -> tuple[float, float, float]:
    return reach / 3.0, reach * 2.0 / 3.0, reach


def _by_zone(served: Served, rows: Rows) -> csr_array:
    """The matrix, [points, slots], with what each pair weighs by its zone."""
    metres = rows.reach.metres
    inner, middle, outer = _zones(served.limit_m)
    near, some, far = ZONE_WEIGHTS
    return weighed(
        rows, np.where(metres <= inner, near, np.where(metres <= middle, some, np.where(metres <= outer, far, 0.0)))
    )
