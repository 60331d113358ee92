"""What the script of the page is told: the stations, the gaps and the townships, as figures and as words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from stations.handouts.colours import COVERAGE_CLASSES
from stations.handouts.shapes import figures_of
from stations.questions.coverage.serving import Served
from stations.registry.snapshot import Snapshot
from stations.web.coarse import DECIMALS
from stations.web.pins import position_of, stations_on
from stations.web.planning.reading import GapLine, Line, Reading
from stations.wording.names import Names


def states_of(served: Served) -> dict[str, str]:
    """How each station counts, by its code: what follows a drag."""
    return dict(zip(served.codes, standing_of(served), strict=True))


def standing_of(served: Served) -> list[str]:
    """How each station in service counts, in the order of the snapshot."""
    pairs = zip(served.counts.tolist(), served.perhaps.tolist(), strict=True)
    return ["counts" if counts else "perhaps" if perhaps else "not" for counts, perhaps in pairs]


def gaps_on(lines: Sequence[GapLine]) -> list[dict[str, Any]]:
    """The gaps of a map; the area of a ring is as the demand in it."""
    most = max((line.gap.demand for line in lines), default=1.0)
    return [
        {
            "rank": line.rank,
            "name": line.name,
            "at": position_of(line.gap.position),
            "demand": line.demand,
            "township": line.township,
            "radius": round(4.0 + 12.0 * math.sqrt(line.gap.demand / most), 1),
        }
        for line in lines
    ]


def towns_on(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The townships of a map and of a table."""
    return [town_of(line) for line in lines]


def town_of(line: Line) -> dict[str, Any]:
    """A township, or the total, as numbers and as the table says them."""
    row = line.row
    return {
        "at": line.at,
        **figures_of(row),
        "name": line.name,
        "said": {
            "stations": str(row.stations),
            "covered": line.covered,
            "covered_twice": line.covered_twice,
            "circle": line.circle,
            "uncovered": line.uncovered,
        },
    }


def words() -> dict[str, str]:
    """What the script says on the map."""
    return {
        "try": gettext("Try a station here"),
        "move": gettext("Move it"),
        "close": gettext("Try without it"),
        "hours": gettext("Other hours"),
        "hoursField": gettext("Hours, like 08:00-22:00 or 24/7"),
        "set": gettext("Try these hours"),
        "back": gettext("As it was"),
        "remove": gettext("Take it away"),
        "page": gettext("Its page"),
        "covered": gettext("Covered"),
        "uncovered": gettext("Uncovered"),
        "gap": gettext("Gap"),
        "counts": gettext("counts"),
        "perhaps": gettext("hours not known: does not count"),
        "not": gettext("does not count"),
        "moveSays": gettext("Move the map until the cross is where it should stand, or tap the place."),
    }


def data_of(
    reading: Reading, served: Served, registered: Snapshot, names: Names, addresses: Mapping[str, object]
) -> dict[str, Any]:
    """Everything the script of the page is told."""
    return {
        **addresses,
        # Where nobody declared townships, the land of the whole extract is not shaded as if all of it were alike.
        "classes": [bound for bound, _ in COVERAGE_CLASSES[:-1]] if served.atlas.townships.declared else [],
        "decimals": DECIMALS,
        "towns": towns_on(reading.lines),
        "gaps": gaps_on(reading.gaps),
        "stations": stations_on(served.query.changes, served.snapshot, standing_of(served), registered, names),
        "words": words(),
    }
