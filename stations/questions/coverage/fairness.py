"""Fairness: how evenly the stations serve the people, by the measures of the inequality of incomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.lonlat import Float
from stations.questions.coverage.serving import Served, summed


@dataclass(frozen=True, slots=True)
class Inequality:
    """Measures of how unevenly something is spread; None where one is undefined.

    Attributes
    ----------
    mean
        Of the values, by weight.
    gini
        0 where all have the same, towards 1 where one has everything.
    palma
        What the tenth with most has, over what the four tenths with least have.
    theil
        Theil's T: 0 where all have the same.
    """

    mean: float | None
    gini: float | None
    palma: float | None
    theil: float | None


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly people are served.

    Attributes
    ----------
    worst_code, worst_name, worst_share
        The township with the least covered share; empty and None where none has any demand.
    best_code, best_name, best_share
        The one with the most.
    worst_others, best_others
        How many more have as little, and as much.
    access
        Among demand points, weighted by their demand: the number of stations within reach.
    theil_within, theil_between
        The parts of ``access.theil`` that are inside of townships, and between them; they add up to it.
    townships
        Among townships, each weighted by its demand: the share that is covered.
    """

    worst_code: str
    worst_name: str
    worst_share: float | None
    best_code: str
    best_name: str
    best_share: float | None
    worst_others: int
    best_others: int
    access: Inequality
    theil_within: float | None
    theil_between: float | None
    townships: Inequality


def fairness(served: Served) -> Fairness:
    """Tell how evenly people are served."""
    demand, covered = served.by_group(), served.by_group(served.covered)
    named = [listed for listed in served.listed if listed.group and demand[listed.group] > 0]
    group = np.array([listed.group for listed in named], np.int64)
    shares = covered[group] / demand[group]
    worst = named[int(np.argmin(shares))] if named else None
    best = named[int(np.argmax(shares))] if named else None
    # How many people have 0, 1, 2 … stations within reach: a few numbers for all the points.
    people = summed(served.times, served.weight, 0)
    access = np.arange(people.size, dtype=np.float64)
    spread = inequality(access, people)
    reached = summed(served.group, served.weight * served.times, served.groups)
    within, between = theil_parts(spread.theil, demand, reached)
    return Fairness(
        worst_code=worst.code if worst else "",
        worst_name=worst.name if worst else "",
        worst_share=float(shares.min()) if worst else None,
        best_code=best.code if best else "",
        best_name=best.name if best else "",
        best_share=float(shares.max()) if best else None,
        worst_others=int(np.count_nonzero(shares == shares.min())) - 1 if worst else 0,
        best_others=int(np.count_nonzero(shares == shares.max())) - 1 if best else 0,
        access=spread,
        theil_within=within,
        theil_between=between,
        townships=inequality(shares, demand[group]),
    )


def inequality(values: Float, weights: Float) -> Inequality:
    """Measure how unevenly something is spread.

    Parameters
    ----------
    values, weights
        float64 [K], neither negative: what each has, and how many have it.

    Returns
    -------
    Inequality
        All None where nobody is or nobody has anything; the Palma ratio also where the four tenths have nothing.
    """
    mean = _mean(values, weights)
    if mean is None:
        return Inequality(None, None, None, None)
    if mean <= 0.0:
        return Inequality(mean, None, None, None)
    people, share = lorenz(values, weights)
    least, most = float(np.interp(0.4, people, share)), 1.0 - float(np.interp(0.9, people, share))
    return Inequality(mean, gini(values, weights), most / least if least > 0.0 else None, theil(values, weights))


def lorenz(values: Float, weights: Float) -> tuple[Float, Float]:
    """The Lorenz curve: shares of people, those with least first, and of all that they have; both from 0 to 1.

    Source: M. O. Lorenz, "Methods of measuring the concentration of wealth", Publications of the American Statistical
    Association 9 (1905), 209-219.
    """
    order = np.argsort(values, kind="stable")
    people, held = np.cumsum(weights[order]), np.cumsum(values[order] * weights[order])
    return np.concatenate(([0.0], people / people[-1])), np.concatenate(([0.0], held / held[-1]))


def gini(values: Float, weights: Float) -> float:
    """Twice the area between the Lorenz curve and the line of equality, by trapezoids."""
    people, share = lorenz(values, weights)
    return max(1.0 - float(np.sum(np.diff(people) * (share[1:] + share[:-1]))), 0.0)


def theil(values: Float, weights: Float) -> float:
    """Theil's T: the mean of x/m ln(x/m), where m is the mean; nothing has no logarithm and counts for nothing.

    Source: H. Theil, Economics and Information Theory (North-Holland, 1967), chapter 4.
    """
    mean = float(values @ weights) / float(weights.sum())
    ratio = values / mean
    logarithm = np.log(ratio, out=np.zeros(ratio.size), where=ratio > 0)
    return max(float((weights * ratio) @ logarithm) / float(weights.sum()), 0.0)


def theil_parts(whole: float | None, people: Float, held: Float) -> tuple[float | None, float | None]:
    """Theil's T in the part within groups and the part between them; None of both where T is undefined.

    Parameters
    ----------
    whole
        T among all.
    people, held
        float64 [groups]: how many are in each, and what they have together.
    """
    if whole is None:
        return None, None
    some = people > 0
    between = theil(held[some] / people[some], people[some])
    return max(whole - between, 0.0), between


def _mean(values: Float, weights: Float) -> float | None:
    people = float(weights.sum())
    return float(values @ weights) / people if people > 0 else None
