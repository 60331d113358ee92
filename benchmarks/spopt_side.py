"""spopt's side of the comparison: runs in an environment of its own, ``python spopt_side.py case.npz``."""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

import numpy as np


def main(path: str) -> None:
    """Solve the case of a file and print the seconds from data to answer, and the value."""
    locate: Any = importlib.import_module("spopt.locate")
    pulp: Any = importlib.import_module("pulp")
    case = np.load(path)
    metres, weight, radius, sites = case["metres"], case["weight"], float(case["radius"]), int(case["sites"])
    begun = time.perf_counter()
    solver = pulp.HiGHS(msg=False, gapRel=0.0, threads=1)
    match str(case["kind"]):
        case "most":
            model = locate.MCLP.from_cost_matrix(metres, weight, radius, p_facilities=sites)
        case "fewest":
            model = locate.LSCP.from_cost_matrix(metres, radius)
        case _:
            model = locate.PMedian.from_cost_matrix(metres, weight, p_facilities=sites)
    model = model.solve(solver)
    spent = time.perf_counter() - begun
    chosen = np.array([bool(some) for some in model.fac2cli]) if str(case["kind"]) == "median" else None
    if chosen is None:
        chosen = np.array([round(one.value() or 0.0) == 1 for one in model.fac_vars])
    near = metres[:, chosen].min(axis=1)
    match str(case["kind"]):
        case "most":
            value = float(weight[near <= radius].sum())
        case "fewest":
            value = float(chosen.sum())
        case _:
            value = float(near @ weight / weight.sum())
    print(json.dumps({"seconds": spent, "value": value}))


if __name__ == "__main__":
    main(sys.argv[1])
