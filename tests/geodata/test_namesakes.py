"""Boundaries beside areas of the same name: a wrong datum shows, however wide the boundaries are."""

import numpy as np
import pytest
import shapely

from geodata.datum import Datum, from_wgs84
from geodata.errors import BoundaryError
from geodata.features import AdminArea
from geodata.namesakes import check_namesakes

NAMES = ("甲镇", "乙镇", "丙乡")
SHAPES = tuple(shapely.box(116.8 + 0.06 * i, 28.5, 116.86 + 0.06 * i, 28.56) for i in range(3))
AREAS = tuple(
    AdminArea(name, 8, None, shape, None, f"r{i}") for i, (name, shape) in enumerate(zip(NAMES, SHAPES, strict=True))
)


def moved(shape, datum, sign=1.0):
    """A shape as somebody has it who wrote it in a datum, or read it wrongly from one."""

    def shift(xy):
        there = np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))
        return xy + sign * (there - xy)

    return shapely.transform(shape, shift)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_another_datum_is_suspected_by_name(datum) -> None:
    shapes = [moved(shape, datum) for shape in SHAPES]
    with pytest.raises(BoundaryError, match=f"read as wgs84 .* Try the boundary datum {datum.value}"):
        check_namesakes(NAMES, shapes, Datum.WGS84, AREAS)


def test_what_is_wgs84_and_said_to_be_another_is_suspected() -> None:
    shapes = [moved(shape, Datum.GCJ02, -1.0) for shape in SHAPES]
    with pytest.raises(BoundaryError, match="Try the boundary datum wgs84"):
        check_namesakes(NAMES, shapes, Datum.GCJ02, AREAS)


def test_what_fits_is_taken_and_so_is_what_cannot_be_told() -> None:
    check_namesakes(NAMES, SHAPES, Datum.WGS84, AREAS)
    check_namesakes(("丁镇",), SHAPES[:1], Datum.WGS84, AREAS)
    check_namesakes(NAMES, [moved(shape, Datum.GCJ02) for shape in SHAPES], Datum.WGS84, ())
    elsewhere = [shapely.box(117.5, 28.5, 117.6, 28.6)] * 3
    check_namesakes(NAMES, elsewhere, Datum.WGS84, AREAS)


def test_an_area_without_an_outline_tells_nothing() -> None:
    broken = [AdminArea(name, 8, None, None, "open ring", "r1") for name in NAMES]
    check_namesakes(NAMES, [moved(shape, Datum.GCJ02) for shape in SHAPES], Datum.WGS84, broken)
