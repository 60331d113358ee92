"""What the script of the page asks for: the figures that follow a drag, the week, and the outlines of townships."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import shapely
from flask import Blueprint, Response, request

from geodata.townships import Townships
from stations.handouts.shapes import collection
from stations.web.headers import A_YEAR
from stations.web.house import House
from stations.web.params import Args, Known, first, given, refuse_unknown
from stations.web.planning.board import states_of, town_of
from stations.web.planning.clockface import figures as clock_figures
from stations.web.planning.contrast import Contrast
from stations.web.planning.findings import Findings
from stations.web.planning.reading import read_out
from stations.web.planning.showing import contrast_of, joined
from stations.web.planning.state import read_part
from stations.wording.credit import credit_of
from stations.wording.names import Names

FINEST_DEG = 0.0001
"""Outlines on a map of a county need be no finer than some ten metres."""


def answers_door(house: House, known: Known, names: Names, findings: Findings) -> Blueprint:
    """Make the addresses behind the page."""
    door = Blueprint("answers", __name__, url_prefix="/planning")

    @door.get("/answer.json")
    def figures() -> Response:
        """The figures of a question, in numbers and in words; with ``part=clock`` the week, too."""
        args = given(request.args)
        response = Response(orjson.dumps(_figures(args)), mimetype="application/json")
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def _figures(args: Args) -> dict[str, Any]:
        asked = findings.asked(args)
        if read_part(args) == "clock":
            return _made(findings, args) | {
                "clock": clock_figures(findings.week(asked, datetime.now(known.zone).date()))
            }
        served = findings.served(asked)
        reading = read_out(findings.coverage(asked), served.snapshot, names)
        contrast = contrast_of(findings, args, asked, known, names)
        towns = [town_of(line) for line in reading.lines]
        total = town_of(reading.total) | {"at": "total"}
        if contrast is not None:
            for town in towns:
                town["change"] = contrast.by_town[town["at"]].amount
                town["said"]["change"] = contrast.by_town[town["at"]].said
            total["change"] = contrast.total.amount
            total["said"]["change"] = contrast.total.said
        return _made(findings, args) | {
            "unit": reading.answer.unit,
            "said": {
                "figure": reading.figure,
                "headline": reading.headline,
                "more": joined(list(reading.more)),
                **_said(contrast),
            },
            "total": total,
            "townships": towns,
            "stations": states_of(served),
        }

    @door.get("/townships.json")
    def shapes() -> Response:
        """The outlines of the townships, for the map of the page: they change with the atlas alone."""
        args = given(request.args)
        refuse_unknown(args, frozenset({"digest", "lang"}))
        if house.atlas is None:
            return Response(orjson.dumps(collection(())), mimetype="application/geo+json")
        content = orjson.dumps(outlines(house.atlas.townships) | credit_of(house.atlas))
        response = Response(content, mimetype="application/geo+json")
        same = first(args, "digest") == house.atlas.digest[:12]
        response.headers["Cache-Control"] = A_YEAR if same else "no-cache"
        return response

    return door


def _made(findings: Findings, args: Args) -> dict[str, Any]:
    asked = findings.asked(args)
    return {"revision": asked.revision, "digest": asked.digest}


def _said(contrast: Contrast | None) -> dict[str, str]:
    if contrast is None:
        return {}
    return {"change": contrast.said, "before": contrast.before, "after": contrast.after}


def outlines(townships: Townships) -> dict[str, Any]:
    """The townships, each with its place, its name, and where that is written."""
    features = []
    for at, (code, name, shape) in enumerate(zip(townships.codes, townships.names, townships.geometry, strict=True)):
        plain = shapely.simplify(shape, FINEST_DEG, preserve_topology=True)
        label = shapely.point_on_surface(plain)
        place = [round(label.x, 5), round(label.y, 5)] if not label.is_empty else None
        features.append((plain, {"at": at, "code": code, "name": name, "label": place}))
    return collection(features)
