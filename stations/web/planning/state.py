"""What the page shows, as an address: the question, what it is compared with, and the part that lies open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from flask import url_for

from stations.errors import UnknownRevisionError
from stations.questions.coverage import CoverageQuery
from stations.registry.snapshot import Snapshot
from stations.web.house import House
from stations.web.params import (
    Args,
    BadParameter,
    Known,
    first,
    read_minutes,
    read_mode,
    read_moment,
)

QUESTION = ("mode", "minutes", "weight", "speed", "at", "amenity", "add", "move", "close", "hours", "vs")
"""What an answer depends on. The files and the map take the same."""

SUPPOSED = ("add", "move", "close", "hours")
"""What is tried out: a station added, moved, closed, or open at other hours."""

PLANNING_PARAMETERS = frozenset({*QUESTION, "part", "lang"})

PARTS = ("townships", "gaps", "stations", "clock", "double15", "sure", "fair", "compare")
"""What may lie open beside the map, in the order of the tabs."""

BEFORE = "before"

Carried = dict[str, Any]
"""Parameters of an address, each with all its values."""


def read_part(args: Args) -> str:
    """Read which part lies open; the townships when not given.

    Raises
    ------
    BadParameter
        A part that does not exist.
    """
    part = first(args, "part") or PARTS[0]
    if part not in PARTS:
        raise BadParameter(
            "part", part, "There is no part “{value}” of this page. Known are: {known}.", known=", ".join(PARTS)
        )
    return part


def on_the_wall(args: Args, zone: tzinfo) -> str:
    """The moment asked for as a form writes it, by the clock on the wall; empty for any, and as given if unreadable."""
    at = first(args, "at")
    try:
        return f"{read_moment(at, zone).astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""
    except BadParameter:
        return at


def carried(args: Args, *, but: Iterable[str] = ()) -> Carried:
    """The question as it was asked, for the addresses that take it over; left out are those in `but`."""
    left_out = set(but)
    return {key: [one for one in args[key] if one] for key in QUESTION if first(args, key) and key not in left_out}


def with_part(args: Args, part: str) -> str:
    """Address of the page with another part open."""
    return url_for("planning.show", **carried(args), part=None if part == PARTS[0] else part)


def without(args: Args, name: str, at: int) -> str:
    """Address of the page without one of the things that are tried out."""
    asked = carried(args)
    asked[name] = [one for place, one in enumerate(asked.get(name, [])) if place != at]
    return url_for("planning.show", **asked, part=first(args, "part") or None)


def held(args: Args) -> list[tuple[str, str]]:
    """What the form holds without showing it: what is tried out, and the part that lies open."""
    said = [(name, one) for name in SUPPOSED for one in args.get(name, ()) if one]
    part = first(args, "part")
    return [*said, ("part", part)] if part and part != PARTS[0] else said


@dataclass(frozen=True, slots=True)
class Versus:
    """What an answer is held against.

    Attributes
    ----------
    kind
        ``before`` what is tried out, or which part of the question differs: ``at``, ``mode``, ``minutes``; or another
        ``revision`` of the registry.
    query
        The question of the other side.
    revision
        Of the registry; None for the newest.
    """

    kind: str
    query: CoverageQuery
    revision: int | None = None


def read_versus(args: Args, query: CoverageQuery, known: Known) -> Versus | None:
    """Read with what the answer is compared; with how things stand where something is tried out, else with nothing.

    Raises
    ------
    BadParameter
        A comparison that does not exist, or with a value that cannot be used.
    """
    text = first(args, "vs")
    if not text:
        return Versus(BEFORE, replace(query, changes=())) if query.changes else None
    kind, _, value = text.partition("=")
    one = {kind: [value]}
    try:
        match kind:
            case "before" if not value:
                return Versus(kind, replace(query, changes=()))
            case "at":
                return Versus(kind, replace(query, at=read_moment(value, known.zone) if value else None))
            case "mode":
                return Versus(kind, replace(query, mode=read_mode(one, known), speed_kmh=None))
            case "minutes":
                return Versus(kind, replace(query, minutes=read_minutes(one)))
            case "revision" if value.isascii() and value.isdigit() and len(value) < 18:
                return Versus(kind, replace(query, changes=()), int(value))
    except BadParameter as fault:
        raise BadParameter("vs", text, fault.template, **(fault.values | {"field": "vs", "value": value})) from None
    raise BadParameter(
        "vs",
        text,
        "“{value}” cannot be compared with. Give before, at=2026-03-02T22:00, mode=ebike, minutes=10 or revision=12.",
    )


def snapshot_of(house: House, versus: Versus) -> Snapshot:
    """The stations of the other side.

    Raises
    ------
    BadParameter
        The registry has no such revision.
    """
    if versus.revision is None:
        return house.snapshot()
    try:
        return house.registry.as_of(versus.revision)
    except UnknownRevisionError:
        raise BadParameter(
            "vs",
            f"revision={versus.revision}",
            "The registry has no revision {revision}. The newest is {newest}.",
            revision=versus.revision,
            newest=house.snapshot().revision,
        ) from None
