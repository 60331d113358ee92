"""Run the measurements: ``python -m benchmarks [name ...]``. ``--seconds`` says how long a load goes on."""

from __future__ import annotations

import argparse
import sys

from benchmarks import (
    atlas,
    beside_spopt,
    coverage,
    growth,
    hours,
    importing,
    load,
    matrix,
    nearest,
    page,
    registry,
    searching,
    serving,
    siting,
    staff,
    starting,
    surface,
    tiles,
)
from benchmarks.places import Porto

BENCHMARKS = {
    "atlas": atlas.run,
    "nearest": nearest.run,
    "matrix": matrix.run,
    "coverage": coverage.run,
    "siting": siting.run,
    "spopt": beside_spopt.run,
    "surface": surface.run,
    "tiles": tiles.run,
    "starting": starting.run,
    "serving": serving.run,
    "growth": growth.run,
    "hours": hours.run,
    "registry": registry.run,
    "importing": importing.run,
    "searching": searching.run,
    "page": page.run,
}

LASTING = {"load": load.run, "staff": staff.run}
"""What goes on for as long as one likes."""


def main() -> int:
    """Run what was named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=load.SECONDS)
    given = parser.parse_args()
    names = given.names or [*BENCHMARKS, *LASTING]
    strange = [name for name in names if name not in BENCHMARKS | LASTING]
    if strange:
        print(f"There is no benchmark “{strange[0]}”. Known are: {', '.join(BENCHMARKS | LASTING)}.")
        return 2
    with Porto.open() as porto:
        for name in names:
            print(f"\n{name}\n{'-' * len(name)}")
            if name in LASTING:
                LASTING[name](porto, given.seconds)
            else:
                BENCHMARKS[name](porto)
    return 0


if __name__ == "__main__":
    sys.exit(main())
