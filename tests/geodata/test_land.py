"""Land as demand: cells of every township that make up exactly its own area."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geodata.land import LEAST_CELL_M, demand_from_land
from geodata.townships import Townships


def townships_of(*shapes: shapely.Geometry) -> Townships:
    names = tuple(f"镇{i}" for i in range(len(shapes)))
    return Townships(("",) * len(shapes), names, np.array(shapes, dtype=object), (), declared=True)


BENT = shapely.Polygon([(116.3, 28.3), (116.36, 28.29), (116.35, 28.34), (116.33, 28.32), (116.31, 28.35)])
BESIDE = shapely.box(116.36, 28.29, 116.40, 28.34)
HOLED = BESIDE.difference(shapely.box(116.37, 28.30, 116.38, 28.31))


@pytest.mark.parametrize("shape", [BENT, HOLED, shapely.MultiPolygon([BENT, BESIDE]), shapely.box(24, 69, 24.1, 69.05)])
def test_the_cells_of_a_township_make_up_its_area_on_the_ellipsoid(shape) -> None:
    true_m2 = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shape)[0])
    assert demand_from_land(townships_of(shape)).weight.sum() == pytest.approx(true_m2, rel=5e-5)


def test_a_degree_at_the_equator_has_its_published_area() -> None:
    """A band of one degree from the equator is 110,574.39 m by 111,319.49 m at its foot (Snyder 1987, table 4)."""
    cell = demand_from_land(townships_of(shapely.box(0, 0, 1, 1)))
    assert cell.weight.sum() == pytest.approx(1.2308e10, rel=1e-3)
    assert cell.weight.sum() < 110_574.39 * 111_319.49


def test_a_whole_cell_is_a_square_of_its_side() -> None:
    demand = demand_from_land(townships_of(BESIDE))
    assert np.median(demand.weight) == pytest.approx(LEAST_CELL_M**2, rel=0.01)
    assert demand.weight.max() <= LEAST_CELL_M**2 * 1.01
    assert demand.unit == "square metres"


def test_every_piece_lies_in_its_township_and_none_is_lost_at_a_border() -> None:
    townships = townships_of(BENT, HOLED)
    demand = demand_from_land(townships)
    inside = townships.townships_at(demand.lon, demand.lat) == demand.township
    assert demand.weight[inside].sum() > 0.999 * demand.weight.sum()
    whole = demand_from_land(townships_of(shapely.union(BENT, HOLED)))
    assert demand.weight.sum() == pytest.approx(whole.weight.sum(), rel=1e-9)


def test_large_land_gets_larger_cells_and_no_more_points() -> None:
    fine, coarse = (demand_from_land(townships_of(BENT, BESIDE), most) for most in (60_000, 500))
    assert coarse.weight.size <= 500 < fine.weight.size
    assert coarse.weight.sum() == pytest.approx(fine.weight.sum(), rel=1e-9)
    assert coarse.notes != fine.notes


def test_cells_lie_on_one_grid_whatever_else_is_there() -> None:
    alone, among = demand_from_land(townships_of(BESIDE)), demand_from_land(townships_of(BENT, BESIDE))
    mine = among.township == 1
    assert np.array_equal(among.lon[mine], alone.lon)
    assert np.array_equal(among.weight[mine], alone.weight)


def test_a_township_of_no_land_has_no_points() -> None:
    demand = demand_from_land(townships_of(shapely.Polygon(), BESIDE))
    assert set(demand.township.tolist()) == {1}
    assert demand_from_land(townships_of(shapely.Polygon())).weight.size == 0
