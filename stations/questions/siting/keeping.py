"""A plan as a record that can be kept: its sites by their keys, so that it outlives the numbers of a case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from stations.errors import SitingError
from stations.questions.siting.grounding import Ground
from stations.questions.siting.linear import Ended
from stations.questions.siting.plan import Plan


def to_record(plan: Plan, grounded: Ground) -> dict[str, Any]:
    """Write a plan as texts and numbers that JSON knows.

    Returns
    -------
    dict
        ``keys`` of the sites from west to east, ``value``, ``bound``, ``ended`` (empty of a greedy choice),
        ``seconds``, ``rows``, ``merged``, ``dominated``, ``guarantee`` (None where nothing is known).
    """
    return {
        "keys": tuple(grounded.candidate(one).key for one in plan.sites.tolist()),
        "value": float(plan.value),
        "bound": float(plan.bound) if math.isfinite(plan.bound) else float(plan.value),
        "ended": "" if plan.ended is None else plan.ended.value,
        "seconds": float(plan.seconds),
        "rows": int(plan.rows),
        "merged": int(plan.merged),
        "dominated": int(plan.dominated),
        "guarantee": None if plan.guarantee is None else float(plan.guarantee),
    }


def from_record(record: Mapping[str, Any], grounded: Ground) -> Plan:
    """Read a plan again, over the ground of the same question.

    Raises
    ------
    SitingError
        A candidate of the plan is not there any more, or the record is not one of a plan.
    """
    number = {one.key: at for at, one in enumerate(grounded.candidates, grounded.stations)}
    try:
        keys = [str(key) for key in record["keys"]]
        gone = [key for key in keys if key not in number]
        if gone:
            raise SitingError(
                "The plan has the candidate {key}, which is not there any more. Search again.", key=gone[0][:80]
            )
        return Plan(
            sites=np.array(sorted({number[key] for key in keys}), np.int64),
            value=float(record["value"]),
            bound=float(record["bound"]),
            ended=Ended(record["ended"]) if record["ended"] else None,
            seconds=float(record["seconds"]),
            guarantee=None if record["guarantee"] is None else float(record["guarantee"]),
            rows=int(record["rows"]),
            merged=int(record["merged"]),
            dominated=int(record["dominated"]),
        )
    except (KeyError, TypeError, ValueError) as fault:
        if isinstance(fault, SitingError):
            raise
        raise SitingError("That is not the record of a plan: search again.") from fault
