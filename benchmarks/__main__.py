"""Run the measurements: ``python -m benchmarks [name ...]``."""

from __future__ import annotations

import sys

from benchmarks import atlas, coverage, growth, hours, importing, nearest, registry, serving, surface
from benchmarks.places import Porto

BENCHMARKS = {
    "atlas": atlas.run,
    "nearest": nearest.run,
    "coverage": coverage.run,
    "surface": surface.run,
    "serving": serving.run,
    "growth": growth.run,
    "hours": hours.run,
    "registry": registry.run,
    "importing": importing.run,
}


def main() -> int:
    """Run what was named, or everything."""
    names = sys.argv[1:] or list(BENCHMARKS)
    strange = [name for name in names if name not in BENCHMARKS]
    if strange:
        print(f"There is no benchmark “{strange[0]}”. Known are: {', '.join(BENCHMARKS)}.")
        return 2
    with Porto.open() as porto:
        for name in names:
            print(f"\n{name}\n{'-' * len(name)}")
            BENCHMARKS[name](porto)
    return 0


if __name__ == "__main__":
    sys.exit(main())
