"""Straight distances from demand points to sites, in the form of a reach matrix: the plain circle beside the street."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from geodata.lonlat import EARTH_RADIUS_M, Float
from geodata.matrix import CENTIMETRES, Reach


class Plain:
    """Demand points in space, made ready for being measured from many sites.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, float64 [P].
    """

    def __init__(self, lon: Float, lat: Float) -> None:
        self._tree = cKDTree(_on_sphere(lon, lat))

    def __len__(self) -> int:
        return int(self._tree.n)

    def reach(self, lon: Float, lat: Float, limit_m: float) -> Reach:
        """Great-circle metres from every point to every site in degrees, float64 [S], within ``limit_m``."""
        # A little more, for a metre is rounded to the centimetre and never a point lost by it.
        chord_m = 2.0 * EARTH_RADIUS_M * np.sin(min((limit_m + 1.0) / EARTH_RADIUS_M, np.pi) / 2.0)
        sites = cKDTree(_on_sphere(lon, lat))
        pairs = sites.sparse_distance_matrix(self._tree, chord_m, output_type="ndarray") if lon.size else _NO_PAIRS
        metres = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(pairs["v"] / (2.0 * EARTH_RADIUS_M), 1.0))
        centimetres = np.rint(metres * CENTIMETRES).astype(np.int64)
        near = centimetres <= limit_m * CENTIMETRES
        point, site = pairs["j"][near].astype(np.int64), pairs["i"][near].astype(np.int64)
        return Reach.gathered(limit_m, len(self), int(lon.size), point, site, centimetres[near])


_NO_PAIRS = np.empty(0, [("i", np.intp), ("j", np.intp), ("v", np.float64)])


def _on_sphere(lon: Float, lat: Float) -> Float:
    """Positions as float64 [K, 3] in metres from the middle of the Earth; chords order as great circles do."""
    x, y = np.radians(lon), np.radians(lat)
    return EARTH_RADIUS_M * np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))
