"""`/api/changes`: what changed in the public list of stations since a revision, for those who keep a copy."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from stations.registry.entries import Changes
from stations.registry.snapshot import Snapshot
from stations.web.api.nearest import JSON
from stations.web.api.stations import station_feature
from stations.web.house import House
from stations.web.params import Args, BadParameter, first, given, refuse_unknown

CHANGES_PARAMETERS = frozenset({"since", "limit", "lang"})
MOST_CHANGES = 1000
"""Entries of the log that one answer covers."""

LARGEST = 2**53
"""Revisions beyond this are no longer whole numbers to a program that reads JSON as JavaScript does."""


def changes_door(house: House) -> Blueprint:
    """Make the door for those who keep a copy of the public stations."""
    door = Blueprint("changes", __name__)

    @door.get("/api/changes")
    def changes() -> Response:
        """Every station that changed after ``since``, as it is now, or that it is gone."""
        args = given(request.args)
        refuse_unknown(args, CHANGES_PARAMETERS)
        since, limit = _whole(args, "since", 0, 0, LARGEST), _whole(args, "limit", MOST_CHANGES, 1, MOST_CHANGES)
        snapshot = house.snapshot()
        page = write_changes(house.registry.changes(since, limit=limit), snapshot)
        return Response(orjson.dumps(page), mimetype=JSON, headers={"Cache-Control": "no-cache"})

    return door


def write_changes(page: Changes, snapshot: Snapshot) -> dict[str, Any]:
    """Write a page of the log for the public.

    A station is given as it is now, never as it was: what was corrected stays corrected. One that is not active, or no
    longer in the registry, is ``gone``. A station that changes again meanwhile comes again on a later page.

    Parameters
    ----------
    snapshot
        The stations as they are. Entries newer than it are left for the next page.
    """
    upto = max(page.since, min(page.upto, snapshot.revision))
    latest = {entry.code: entry for entry in page.entries if entry.revision <= upto}
    changes: list[dict[str, Any]] = []
    for code, entry in sorted(latest.items(), key=lambda item: item[1].revision):
        said: dict[str, Any] = {"revision": entry.revision, "at": entry.batch.at.isoformat(), "code": code}
        station = snapshot.find(code)
        if station is None or not snapshot.active[snapshot.index(code)]:
            changes.append({**said, "gone": True})
        else:
            changes.append({**said, "gone": False, "station": station_feature(station)})
    return {"changes": changes, "since": page.since, "upto": upto, "head": page.head, "more": upto < page.head}


def _whole(args: Args, field: str, default: int, least: int, most: int) -> int:
    text = first(args, field)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 17 and least <= int(text) <= most):
        raise BadParameter(
            field, text, "“{value}” is not a whole number from {least} to {most}.", least=least, most=most
        )
    return int(text)
