"""What a planner takes home: tables as CSV, shapes as GeoJSON, and beside them all that is printed."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from stations.handouts.shapes import coverage_geojson, gaps_geojson, reach_geojson
from stations.handouts.townshiptables import coverage_csv, gaps_csv
from stations.web.attached import as_file
from stations.web.params import Known, given
from stations.web.planning.findings import Asked, Findings
from stations.web.planning.printing import add_printed
from stations.web.planning.reading import named_by
from stations.wording.credit import credit_of
from stations.wording.names import Names


def downloads_door(findings: Findings, known: Known, names: Names) -> Blueprint:
    """Make the addresses of the files; each takes the question of `/planning`."""
    door = Blueprint("downloads", __name__, url_prefix="/planning")
    add_printed(door, findings, known, names)

    @door.get("/coverage.csv")
    def coverage_table() -> Response:
        """The townships, and their total, as CSV."""
        return _csv(coverage_csv(findings.coverage(findings.asked(given(request.args)))), "yizhan-coverage.csv")

    @door.get("/gaps.csv")
    def gaps_table() -> Response:
        """The gaps as CSV."""
        asked = findings.asked(given(request.args))
        table = gaps_csv(findings.coverage(asked), named_by(findings.served(asked).snapshot, names))
        return _csv(table, "yizhan-gaps.csv")

    @door.get("/coverage.geojson")
    def coverage_shapes() -> Response:
        """The townships with their figures as GeoJSON."""
        asked = findings.asked(given(request.args))
        shapes = coverage_geojson(findings.coverage(asked), asked.atlas.townships)
        return _geojson(shapes, asked, "yizhan-coverage.geojson")

    @door.get("/gaps.geojson")
    def gaps_points() -> Response:
        """The gaps as GeoJSON."""
        asked = findings.asked(given(request.args))
        return _geojson(gaps_geojson(findings.coverage(asked)), asked, "yizhan-gaps.geojson")

    @door.get("/reach.geojson")
    def reach_shapes() -> Response:
        """The area within reach by street, in bands of minutes, as GeoJSON."""
        asked = findings.asked(given(request.args))
        return _geojson(reach_geojson(findings.areas(asked)), asked, "yizhan-reach.geojson")

    return door


def _csv(content: bytes, name: str) -> Response:
    return as_file(Response(content, mimetype="text/csv"), name)


def _geojson(shapes: dict[str, Any], asked: Asked, name: str) -> Response:
    content = orjson.dumps(shapes | credit_of(asked.atlas))
    return as_file(Response(content, mimetype="application/geo+json"), name)
