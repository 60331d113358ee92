"""Coverage to look at: the area within reach, in bands of minutes. No figure is taken from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geodata.atlas import Atlas
from geodata.snapping import Snaps
from geodata.surface import reached_areas
from stations.questions.coverage.query import CoverageQuery
from stations.questions.coverage.serving import counted_of, speed_of
from stations.questions.coverage.whatif import supposed
from stations.questions.reach import sites_on
from stations.registry.snapshot import Snapshot


def reached_area(
    query: CoverageQuery, snapshot: Snapshot, atlas: Atlas, bands: Sequence[float] | None = None
) -> dict[float, shapely.MultiPolygon]:
    """The area from which a station that counts is within each of some minutes: minutes to shapes in WGS-84.

    Parameters
    ----------
    bands
        Ascending; None for the query's own.

    Raises
    ------
    As `serve`.
    """
    speed_ms = speed_of(query, atlas)
    snapshot = supposed(query.changes, snapshot, atlas)
    sites = sites_on(snapshot, atlas, query.mode)
    surely = counted_of(query, snapshot).surely
    counting = Snaps(np.where(surely, sites.edge, np.int32(-1)), sites.offset_m, sites.off_m)
    asked = query.bands if bands is None else tuple(bands)
    limits_m = tuple(minutes * 60.0 * speed_ms for minutes in asked)
    network = atlas.network(query.mode)
    return dict(zip(asked, reached_areas(atlas.mesh, network, counting, limits_m), strict=True))


def service_radius_m(query: CoverageQuery, atlas: Atlas) -> float:
    """Radius of the plain circle of the same minutes."""
    return query.minutes * 60.0 * speed_of(query, atlas)
