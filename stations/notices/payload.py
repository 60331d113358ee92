"""Notices as webhooks are sent them: JSON with what happened, where, and to which stations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from stations.notices.facts import Delivery, Event, Hook, Kind
from stations.station import PRIVATE_FIELDS

MOST = 500
"""Stations that are listed; ``count`` says how many there are."""

TOLD = (
    "code",
    "name",
    "name_en",
    "report",
    "amenity",
    "people",
    "aspects",
    "did",
    "fields",
    "fault",
    "due",
    "late",
    "supplies",
    "list",
)
"""Of a station, or of a list; nothing else is sent, whatever an event holds."""


def payload(hook: Hook, delivery: Delivery, event: Event, address: str) -> bytes:
    """Write what a webhook is sent.

    Parameters
    ----------
    address
        That people know the house by; links are left out where it is empty.
    """
    stations = [one for one in event.stations if "code" in one]
    told: dict[str, Any] = {
        "id": delivery_id(delivery),
        "event": event.kind,
        "number": event.number,
        "at": event.at.isoformat(),
        "area": hook.area,
        "township": event.township,
        "count": len(stations),
        "stations": [_station(one, address) for one in stations[:MOST]],
    }
    told |= {name: event.facts[name] for name in ("task", "list") if name in event.facts}
    if event.kind in {Kind.PROPOSED, Kind.SETTLED}:
        told["proposal"] = event.facts.get("proposal")
    if event.kind == Kind.SETTLED:
        told["outcome"] = event.facts.get("state")
    return orjson.dumps(told)


def delivery_id(delivery: Delivery) -> str:
    """What a delivery is known by, however often it is tried."""
    return f"{delivery.number}-{delivery.made:%Y%m%d%H%M%S}"


def public(station: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a station to whoever is not of the staff."""
    told = {name: station[name] for name in TOLD if name in station}
    if "fields" in told:
        told["fields"] = [one for one in told["fields"] if one not in PRIVATE_FIELDS]
    return told


def _station(station: Mapping[str, Any], address: str) -> dict[str, Any]:
    told = public(station)
    if address and station.get("code"):
        told["url"] = f"{address}/s/{quote(station['code'], safe='')}"
    return told
