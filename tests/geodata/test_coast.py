"""The sea lies to the right of a coast."""

import numpy as np
import pytest
import shapely

from geodata.coast import sea_beside

FRAME = (0.0, 0.0, 1.0, 1.0)


def coast(*lines: list[tuple[float, float]]) -> np.ndarray:
    return shapely.linestrings([shapely.LineString(line).coords for line in lines]) if lines else np.empty(0, object)


def test_a_coast_that_runs_north_has_the_sea_to_the_east() -> None:
    (sea,) = sea_beside(coast([(0.4, -0.5), (0.4, 1.5)]), FRAME)
    assert sea.equals(shapely.box(0.4, 0.0, 1.0, 1.0))


def test_an_island_is_no_sea() -> None:
    island = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4)]  # anticlockwise: land to the left
    (sea,) = sea_beside(coast(island), FRAME)
    assert sea.area == pytest.approx(1.0 - 0.04)
    assert not sea.contains(shapely.Point(0.5, 0.5))


def test_a_coast_that_is_cut_off_is_led_to_the_edge() -> None:
    (sea,) = sea_beside(coast([(0.4, -0.5), (0.4, 0.9)]), FRAME)
    assert sea.equals(shapely.box(0.4, 0.0, 1.0, 1.0))


def test_a_coast_that_says_both_says_nothing() -> None:
    both = [[(0.4, -0.5), (0.4, 1.5)], [(0.8, -0.5), (0.8, 1.5)]]
    (sea,) = sea_beside(coast(*both), FRAME)
    assert sea.equals(shapely.box(0.8, 0.0, 1.0, 1.0)), "between the two lies the sea of one and the land of the other"


def test_no_coast_no_sea() -> None:
    assert sea_beside(coast(), FRAME).size == 0
    assert sea_beside(coast([(2.0, 2.0), (3.0, 2.0)]), FRAME).size == 0
