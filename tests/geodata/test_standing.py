"""Matrices that are kept while sites come, go and move."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geodata.keeping import Keep
from geodata.lonlat import METRES_PER_DEGREE, Float
from geodata.matrix import Reach
from geodata.standing import SPARE_SLOTS, Matrices, Standing
from geodata.straight import Plain

LON = np.linspace(116.30, 116.40, 60)
POINTS = Plain(LON, np.full(60, 28.3))
LIMIT_M = 1500.0


class Making:
    """Works out rows of straight metres, and remembers of how many sites each time."""

    def __init__(self) -> None:
        self.sites: list[int] = []

    def __call__(self, lon: Float, lat: Float) -> tuple[Reach, np.ndarray]:
        self.sites.append(lon.size)
        return POINTS.reach(lon, lat, LIMIT_M), lat < 28.31


def sites(*east_m: float) -> tuple[str, Callable[[], tuple[Float, Float]]]:
    lon = 116.30 + np.array(east_m, np.float64) / METRES_PER_DEGREE
    return str(east_m), lambda: (lon, np.full(lon.size, 28.3))


def found(standing: Standing, *east_m: float) -> np.ndarray:
    """Metres, sites by points."""
    rows = standing.rows(*sites(*east_m))
    table = np.full((len(east_m), rows.reach.points), np.inf)
    site = rows.site[rows.reach.site]
    there = site >= 0
    table[site[there], rows.reach.point()[there]] = rows.reach.metres[there]
    return table


def anew(*east_m: float) -> np.ndarray:
    return found(Standing(Making()), *east_m)


def test_a_site_that_moves_is_the_only_one_worked_out() -> None:
    making = Making()
    standing = Standing(making)
    everybody = tuple(float(i * 100) for i in range(100))
    found(standing, *everybody)
    moved = (55.0, *everybody[1:])
    assert np.array_equal(found(standing, *moved), anew(*moved))
    assert making.sites == [100, 1]
    found(standing, *everybody)
    found(standing, *moved)
    assert making.sites == [100, 1], "where sites stood before costs nothing"
    fewer = everybody[10:]
    assert np.array_equal(found(standing, *fewer), anew(*fewer))
    assert making.sites == [100, 1]


def test_two_at_one_place_are_two() -> None:
    standing = Standing(Making())
    for stand in ((100.0,), (100.0, 100.0), (100.0, 200.0, 100.0), (100.0,)):
        assert np.array_equal(found(standing, *stand), anew(*stand))


def test_the_order_of_the_sites_is_that_in_which_they_are_given() -> None:
    standing = Standing(Making())
    assert np.array_equal(found(standing, 0.0, 3000.0), found(standing, 3000.0, 0.0)[::-1])


def test_what_is_off_the_streets_has_no_slot_and_no_metres() -> None:
    standing = Standing(Making())
    lon, lat = np.array([116.30, 116.31]), np.array([28.32, 28.3])
    rows = standing.rows("off", lambda: (lon, lat))
    assert rows.slot.tolist() == [-1, 1]
    assert rows.by_slot(np.array([True, True])).tolist() == [False, True]
    assert rows.by_slot(np.array([[1, 2], [3, 4]])).tolist() == [[0, 0], [3, 4]]
    assert rows.site.tolist() == [-1, 1]


def test_places_nothing_stands_at_any_more_are_dropped_in_time() -> None:
    making = Making()
    standing = Standing(making)
    fixed = tuple(float(i * 100) for i in range(20))
    dragged: tuple[float, ...] = ()
    for step in range(3 * SPARE_SLOTS):
        dragged = (*fixed, 7.0 * step)
        rows = standing.rows(*sites(*dragged))
        assert rows.reach.slots <= len(dragged) + SPARE_SLOTS
    assert np.array_equal(found(standing, *dragged), anew(*dragged))
    assert making.sites[1:] == [1] * (len(making.sites) - 1)
    before = len(making.sites)
    found(standing, *fixed, 7.0 * (3 * SPARE_SLOTS - 5))
    assert len(making.sites) == before, "the latest places are still there"


def test_equal_ways_stand_in_one_order_whatever_was_asked_before() -> None:
    """Four sites around a point, as far from it as each other; the last comes to one that asks for the first time."""

    def order(*steps: tuple[float, ...]) -> list[list[float]]:
        standing, said = Standing(Making()), []
        for step in steps:
            rows = standing.rows(*sites(*step))
            site = rows.site[rows.reach.site]
            point = int(rows.reach.point()[0])
            said.append([step[at] for at in site[rows.reach.point() == point] if at >= 0])
        return said

    around = (500.0, -500.0, 500.0, -500.0)
    alone = order(around)[0]
    for before in ((500.0,), (-500.0, 9.0), (500.0, 500.0), (-500.0, -500.0, 500.0)):
        assert order(before, around)[-1] == alone
    assert sorted(alone) == sorted(around)


def test_the_same_sites_are_given_the_same_answer() -> None:
    standing = Standing(Making())
    assert standing.rows(*sites(1.0, 2.0)) is standing.rows(*sites(1.0, 2.0))


def test_a_matrix_is_taken_up_from_disk(tmp_path) -> None:
    keep, first, second = Keep(tmp_path), Making(), Making()
    stand = tuple(float(i * 100) for i in range(100))
    before = found(Standing(first, keep, "walk"), *stand)
    assert np.array_equal(found(Standing(second, keep, "walk"), *stand), before)
    assert (first.sites, second.sites) == ([100], [])


def test_after_an_edit_the_matrix_on_disk_serves_for_the_others(tmp_path) -> None:
    keep, making = Keep(tmp_path), Making()
    stand = tuple(float(i * 100) for i in range(100))
    found(Standing(Making(), keep, "walk"), *stand)
    edited = (*stand[1:], 4321.0)
    assert np.array_equal(found(Standing(making, keep, "walk"), *edited), anew(*edited))
    assert making.sites == [1]


def test_what_was_kept_of_another_ground_is_not_used(tmp_path) -> None:
    keep, making = Keep(tmp_path), Making()
    found(Standing(Making(), keep, "walk"), 1.0, 2.0)
    found(Standing(making, keep, "ebike"), 1.0, 2.0)
    assert making.sites == [2]


def test_what_lacks_a_part_on_disk_is_made_anew(tmp_path) -> None:
    keep, making = Keep(tmp_path), Making()
    keep.write("walk", "x", {"start": np.zeros(3)})
    assert np.array_equal(found(Standing(making, keep, "walk"), 1.0), anew(1.0))


@pytest.mark.parametrize(("most_bytes", "made"), [(1, 3), (10**9, 2)])
def test_matrices_that_are_too_large_together_are_forgotten(most_bytes, made) -> None:
    matrices, making = Matrices(most_bytes), Making()
    for family in ("walk", "ebike", "walk"):
        matrices.rows(family, making, *sites(1.0, 2.0))
    assert len(making.sites) == made


def test_without_sites_there_are_no_rows() -> None:
    standing = Standing(Making())
    assert found(standing).shape == (0, 60)
    assert np.array_equal(found(standing, 5.0), anew(5.0))
    assert found(standing).shape == (0, 60)
