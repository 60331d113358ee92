"""The list taken away as a file, with all that is private in it, by those who may; the trail says who did."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, request

from stations.exchange.listing import Words
from stations.exchange.writing import Form, Order, write_stations
from stations.people.audit import area_of_all
from stations.people.facts import Action
from stations.station import Station
from stations.web.attached import WORKBOOK, as_file
from stations.web.desk.sifting import PARAMETERS, Sifted, sift
from stations.web.params import BadParameter, first, given
from stations.web.room import Room, asker
from stations.web.who import STAFF, by_asker, needs
from stations.wording.spoken import language

MOST = 20_000
"""Stations in one file: what is written within some seconds. For more there is the command line."""

TYPES = {
    Form.XLSX: WORKBOOK,
    Form.CSV: "text/csv",
    Form.GEOJSON: "application/geo+json",
    Form.GPKG: "application/geopackage+sqlite3",
}


def taking_views(door: Blueprint, room: Room) -> None:
    """Hang a file for each form."""
    for form in TYPES:
        door.add_url_rule(f"/stations.{form}", f"take_{form}", needs(Action.EXPORT_FULL, STAFF)(_taker(room, form)))


def _taker(room: Room, form: Form) -> Callable[[], Response]:
    def take() -> Response:
        """The stations of the list that somebody may take away whole."""
        args = given(request.args)
        sifted = sift(room, args, action=Action.EXPORT_FULL, known=PARAMETERS - {"page"})
        if len(sifted.found) > MOST:
            raise BadParameter(
                "township",
                first(args, "township"),
                "{count} stations are more than one file is written with ({most}). Choose a “{field}”.",
                count=len(sifted.found),
                most=MOST,
            )
        response = Response(_bytes(room, form, sifted), mimetype=TYPES[form])
        as_file(response, f"yizhan-desk.{form}", f"驿站名单（内部）.{form}" if language() == "zh" else "")
        if room.house.people is not None:
            told = f"{form}: {len(sifted.found)} {picked(sifted)}".strip()
            room.house.people.audit.tell(by_asker(request), "exported", told, area_of_all(asker().grants))
        return response

    return take


def _bytes(room: Room, form: Form, sifted: Sifted) -> bytes:
    snapshot = room.desk.registry.snapshot()
    codes = [line.code for line in sifted.found]

    def stations() -> Iterator[Station]:
        return (station for code in codes if (station := snapshot.find(code)) is not None)

    words = Words(language()) if form in {Form.CSV, Form.XLSX} else Words.KEY
    at: datetime = room.now.astimezone(room.house.zone)
    order = Order(form, snapshot.revision, at, full=True, words=words, picked=picked(sifted))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stations.{form}"
        write_stations(path, stations, order, room.names.taxonomy)
        return path.read_bytes()


def picked(sifted: Sifted) -> str:
    """Say in a line which stations were picked; empty for all that are one's own."""
    return "; ".join(f"{name}={text}" for name, text in sifted.asked.items() if name != "order")
