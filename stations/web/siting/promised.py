"""Stations that are planned and do not stand yet: no question counts them, unless one supposes that they are built.

Without that, whoever has accepted sites and asks for more is shown the same places again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from flask_babel import ngettext

from stations.errors import WhatIfError
from stations.questions.coverage import Add
from stations.questions.coverage.whatif import MOST_CHANGES, supposed
from stations.station import Station, Status
from stations.web.planned import LONGEST_NAME
from stations.web.siting.arguing import DECIMALS
from stations.web.siting.view import View

MOST_LOOKED_AT = 500
"""Stations out of use that are looked through."""

CHANGES = ("add", "move", "close", "hours")


@dataclass(frozen=True, slots=True)
class Promised:
    """Planned stations that the question does not count.

    Attributes
    ----------
    address
        Of the question with all of them; empty where they are more than can be supposed.
    """

    said: str
    address: str


def promised(view: View) -> Promised | None:
    """Say how many stations are planned and not counted; None where there are none, or nothing that stands counts."""
    if view.asked is None or view.answer is None or view.scenario is not None or not view.asked.query.keep:
        return None
    given = view.question.get("add", [])
    more = [text for text in map(_as_text, _planned(view)) if text not in given]
    if not more:
        return None
    room = MOST_CHANGES - sum(len(view.question.get(name, [])) for name in CHANGES)
    said = ngettext(
        "%(num)s station is planned and not counted, as it does not stand yet.",
        "%(num)s stations are planned and not counted, as they do not stand yet.",
        len(more),
    )
    return Promised(said, view.address(add=[*given, *more]) if len(more) <= room else "")


def _planned(view: View) -> Iterator[Station]:
    """The planned stations that a street leads to."""
    if view.asked is None:
        return
    snapshot, atlas = view.asked.snapshot, view.asked.atlas
    for row in np.flatnonzero(~snapshot.active)[:MOST_LOOKED_AT].tolist():
        station = snapshot.stations[row]
        if station.status is not Status.PLANNED:
            continue
        try:
            supposed((Add(station.position, station.name, station.hours),), snapshot, atlas)
        except WhatIfError:
            continue
        yield station


def _as_text(station: Station) -> str:
    """A station as an address supposes it."""
    name = station.name.replace(";", " ").strip()[:LONGEST_NAME]
    text = f"{station.position.lon:.{DECIMALS}f},{station.position.lat:.{DECIMALS}f},{name}"
    return f"{text};{station.hours}" if station.hours else text
