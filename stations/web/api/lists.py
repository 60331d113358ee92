"""The list of stations to take away, in each form that an import reads: what `/api/stations` gives, as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, request

from stations.exchange.listing import Words
from stations.exchange.picking import Pick, pick_stations
from stations.exchange.writing import Form, Order, write_stations
from stations.station import Station, Status
from stations.taxonomy import Taxonomy
from stations.web.attached import WORKBOOK, as_file
from stations.web.house import House
from stations.web.params import BadParameter, first, given, read_bbox, refuse_unknown
from stations.wording.spoken import language

LIST_PARAMETERS = frozenset({"bbox", "lang"})
MOST_STATIONS = 20_000
"""Stations in one file: what is written within seconds, whatever its form."""

TYPES = {
    Form.CSV: "text/csv",
    Form.XLSX: WORKBOOK,
    Form.GEOJSON: "application/geo+json",
    Form.GPKG: "application/geopackage+sqlite3",
}


def lists_door(house: House, taxonomy: Taxonomy) -> Blueprint:
    """Make the addresses of the lists; each takes the box of `/api/stations`."""
    door = Blueprint("lists", __name__, url_prefix="/download")

    @door.get("/stations.csv")
    def table() -> Response:
        """The active stations as CSV that a spreadsheet program opens."""
        return _list(house, taxonomy, Form.CSV)

    @door.get("/stations.xlsx")
    def workbook() -> Response:
        """The active stations as a workbook."""
        return _list(house, taxonomy, Form.XLSX)

    @door.get("/stations.geojson")
    def features() -> Response:
        """The active stations as GeoJSON."""
        return _list(house, taxonomy, Form.GEOJSON)

    @door.get("/stations.gpkg")
    def layer() -> Response:
        """The active stations as a GeoPackage."""
        return _list(house, taxonomy, Form.GPKG)

    return door


def _list(house: House, taxonomy: Taxonomy, form: Form) -> Response:
    args = given(request.args)
    refuse_unknown(args, LIST_PARAMETERS)
    asked = first(args, "bbox")
    bounds = read_bbox(asked) if "bbox" in args else None
    snapshot = house.snapshot()
    pick = Pick(statuses=frozenset({Status.ACTIVE.value}), bounds=bounds)
    rows = pick_stations(snapshot, pick).tolist()
    if len(rows) > MOST_STATIONS:
        raise BadParameter(
            "bbox",
            asked,
            "{count} stations are more than one file is written with ({most}). Give a smaller box as “{field}”.",
            count=len(rows),
            most=MOST_STATIONS,
        )
    words = Words(language()) if form in {Form.CSV, Form.XLSX} else Words.KEY
    response = Response(mimetype=TYPES[form])
    as_file(response, f"yizhan-stations.{form}", f"驿站名单.{form}" if language() == "zh" else "")
    response.vary.update(("Accept-Language", "Cookie"))
    # Weak, as a workbook says in itself when it was written.
    response.set_etag(f"r{snapshot.revision}-{words}", weak=True)
    response.make_conditional(request)
    if response.status_code == 304:
        return response

    def stations() -> Iterator[Station]:
        return (snapshot.stations[row] for row in rows)

    order = Order(form, snapshot.revision, datetime.now(house.zone), words=words, picked=pick.told())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stations.{form}"
        write_stations(path, stations, order, taxonomy)
        response.set_data(path.read_bytes())
    return response
