"""What the script of the page is told: the stations, the sites, the townships, and where the rest can be had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from stations.handouts.townshiptables import township_name
from stations.questions.coverage import counted_stations
from stations.questions.siting import Ground
from stations.web.pins import position_of, stations_on
from stations.web.siting.reaching import reach_address
from stations.web.siting.view import State, View
from stations.wording.figures import say_share


def data_of(view: View) -> dict[str, Any]:
    """Everything the script of the page is told."""
    told: dict[str, Any] = {
        "address": url_for("siting.show"),
        "page": url_for("station.show", code="CODE"),
        "words": words(),
        "asked": bool(view.question) or view.scenario is not None,
        "state": State.QUICK.value if view.going is None else view.going.state.value,
    }
    if view.answer is None or view.asked is None or view.ground is None or view.reading is None:
        return told
    digest = view.asked.digest
    carried: Mapping[str, Any] = view.taken_over
    return told | {
        "shapes": url_for("answers.shapes", digest=digest[:12]),
        "question": url_for("siting.show", **carried),
        "progress": url_for("siting.progress", **carried),
        "candidates": url_for("siting.candidates", **carried),
        "reach": reach_address(view),
        "classes": [],
        "towns": towns_on(view),
        "stations": _stations(view.ground, view),
        "sites": [
            {
                "key": line.key,
                "number": line.number,
                "name": line.name,
                "kind": line.kind,
                "hours": line.hours,
                "at": position_of(line.candidate.position),
                "said": line.sentence,
                "cost": line.cost,
                "wanted": line.key in view.question.get("force", []),
            }
            for line in view.reading.sites
        ],
    }


def towns_on(view: View) -> list[dict[str, Any]]:
    """The townships of the map, in the order of the atlas: what is covered before and after."""
    if view.answer is None:
        return []
    said = []
    for at, row in enumerate(view.answer.townships):
        before, after = say_share(row.before, row.demand), say_share(row.after, row.demand)
        said.append(
            {
                "at": at if row.name else -1,
                "name": township_name(row.name),
                "share": row.after / row.demand if row.demand > 0 else None,
                "said": {"covered": after if before == after else f"{before} → {after}"},
                "gains": before != after,
            }
        )
    return said


def _stations(ground: Ground, view: View) -> list[dict[str, Any]]:
    snapshot, coverage = ground.snapshot, ground.query.coverage
    counts, perhaps = (frozenset(rows) for rows in counted_stations(coverage, snapshot))
    keep = ground.query.keep
    standing = [
        "counts" if keep and at in counts else "perhaps" if keep and at in perhaps else "not"
        for at in snapshot.active_rows.tolist()
    ]
    return stations_on(coverage.changes, snapshot, standing, view.house.snapshot(), view.names)


def words() -> dict[str, str]:
    """What the script says on the map."""
    return {
        "want": gettext("This one for certain"),
        "refuse": gettext("Not this one"),
        "neither": gettext("Let the search decide"),
        "wanted": gettext("for certain"),
        "refused": gettext("ruled out"),
        "free": gettext("candidate"),
        "reachesNobody": gettext("reaches nobody"),
        "hoursUnknown": gettext("opening hours not known"),
        "put": gettext("A candidate here"),
        "away": gettext("Take it away"),
        "cost": gettext("Costs"),
        "set": gettext("Set"),
        "close": gettext("As if it were closed"),
        "back": gettext("As it was"),
        "page": gettext("Its page"),
        "counts": gettext("counts"),
        "perhaps": gettext("hours not known: does not count"),
        "not": gettext("does not count"),
    }
