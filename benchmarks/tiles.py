"""Vector tiles of the demo county and of Porto: how long one takes, and how large it is."""

from __future__ import annotations

import gzip
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.places import Porto, tell
from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.demo import write_demo
from geodata.drawing import WORLD, world
from geodata.tiles import encode

ZOOMS = range(11, 16)
SAMPLE = 250


def run(porto: Porto) -> None:
    """Measure tiles by zoom."""
    with tempfile.TemporaryDirectory() as folder:
        measure("demo", build_atlas(write_demo(Path(folder)).extract))
    atlas = porto.atlas()
    if atlas is not None:
        measure("Porto", atlas)


def measure(what: str, atlas: Atlas) -> None:
    """Make tiles all over an area; seconds are of the processor, as a phone asks for several at once."""
    for zoom in ZOOMS:
        took, sizes = [], []
        for x, y in tiles_of(atlas, zoom):
            begun = time.process_time()
            made = encode(atlas.drawing, zoom, x, y)
            took.append((time.process_time() - begun) * 1e3)
            if made:
                sizes.append(len(gzip.compress(made)) / 1e3)
        tell(
            f"{what}, a tile of zoom {zoom}, median and most",
            f"{np.median(took):.0f} / {max(took):.0f} ms, {np.median(sizes):.1f} / {max(sizes):.1f} KB",
            "at most 100 ms, 50 KB",
        )


def tiles_of(atlas: Atlas, zoom: int) -> list[tuple[int, int]]:
    """Tiles of an area, some of them where there are many."""
    west, south, east, north = atlas.summary.bounds
    x, y = (edge.astype(np.int64) + WORLD // 2 for edge in world(np.array([west, east]), np.array([north, south])))
    span = WORLD >> zoom
    every = [(i, j) for i in range(x[0] // span, x[1] // span + 1) for j in range(y[0] // span, y[1] // span + 1)]
    if len(every) <= SAMPLE:
        return every
    return [every[k] for k in np.random.default_rng(1).choice(len(every), SAMPLE, replace=False)]
