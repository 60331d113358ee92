"""Building Porto's atlas in a process of its own, and loading it."""

from __future__ import annotations

import subprocess
import sys
import tempfile

from benchmarks.places import Porto, seconds_of, tell

BUILD = """
import resource, sys, time
from pathlib import Path
from geodata.building import build_atlas
begun = time.perf_counter()
atlas = build_atlas(Path(sys.argv[1]))
atlas.save(Path(sys.argv[2]))
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
print(", ".join(f"{stage} {seconds:.1f}" for stage, seconds in atlas.summary.seconds.items()))
"""


def run(porto: Porto) -> None:
    """Measure seconds, memory and loading."""
    if porto.extract is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", BUILD, str(porto.extract), folder]
        figures, stages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    seconds, gigabytes = (float(figure) for figure in figures.split())
    tell("Porto, atlas built and saved", f"{seconds:.1f} s", "at most 15 s")
    tell("Porto, memory at most", f"{gigabytes:.2f} GB", "at most 1.5 GB")
    tell("Porto, seconds by stage", stages)
    tell("Porto, atlas loaded", f"{seconds_of(porto.atlas):.3f} s", "at most 0.3 s")
