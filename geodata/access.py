"""Who may use a street: OpenStreetMap tags read for a travel mode, as the OSM wiki defines them.

Sources (OSM wiki): "Key:access" for the hierarchy of transport modes and the
meaning of values, "OSM tags for routing/Access restrictions" for what is open
where no tag says, "Key:oneway" and "Key:oneway:bicycle" for direction,
"Key:barrier" for what a node on the way stops, "Conditional restrictions" for
the ``:conditional`` keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import opening_hours

from geodata.errors import ModeError

Tags = Mapping[str, str]

OPEN_VALUES = frozenset(
    "yes designated permissive official destination customers public discouraged optional_sidepath allowed true".split()
)
REFUSING_VALUES = frozenset(
    "no private restricted agricultural forestry military emergency employees staff residents members delivery permit "
    "use_sidepath dismount false never psv bus motor_vehicle".split()
)
"""Values that close a street to a stranger on the way through. ``dismount`` stops a rider, ``use_sidepath`` says that
the way to go is mapped beside."""

NOT_STREETS = frozenset(
    "construction proposed planned abandoned razed demolished disused dismantled removed historic raceway bus_guideway "
    "via_ferrata services rest_area escape street_lamp bus_stop crossing toll_gantry milestone emergency_bay no "
    "traffic_signals stop give_way turning_circle turning_loop passing_place speed_camera trailhead ladder".split()
)
"""Values of ``highway`` that are no street to move along, whatever else is tagged."""

NEVER_RIDDEN = frozenset({"motorway", "motorway_link", "steps", "corridor", "elevator", "platform"})
"""Ways that a mode bound by one-way rules never takes, even where a tag allows bicycles to be carried."""

CLOSED_BARRIERS = frozenset("wall fence hedge retaining_wall city_wall guard_rail wire_fence ditch delineators".split())
"""Barriers that stop everybody when they stand across a way and nothing says otherwise."""

FOOT_ONLY_BARRIERS = frozenset(
    "stile horse_stile step_over turnstile full-height_turnstile kissing_gate log squeezer wicket_gate debris".split()
)
"""Barriers that a person on foot passes and a rider does not."""

ROUGH_PATHS = frozenset(
    "mountain_hiking demanding_mountain_hiking alpine_hiking demanding_alpine_hiking difficult_alpine_hiking".split()
)
"""Values of ``sac_scale`` from T2 up: steep, with a hazard of falling. Nobody walks them at a street's pace at work."""

OPPOSITE_LANES = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})

HOURS_IN_YEAR = 8760.0


class Permission(NamedTuple):
    """Whether a mode may travel a way along its drawn direction, against it, and why not."""

    forward: bool
    backward: bool
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of travelling: its speed, what it may use, how far tables of times reach."""

    key: str
    zh: str
    en: str
    speed_kmh: float
    max_speed_kmh: float
    keys: tuple[str, ...]
    obeys_oneway: bool
    min_component_m: float
    horizon_m: float
    highways: frozenset[str]

    @property
    def metres_per_second(self) -> float:
        """The speed that is used unless a question says otherwise."""
        return self.speed_kmh / 3.6

    @property
    def own_keys(self) -> tuple[str, ...]:
        """Access keys that name this mode alone, and so open a way that is closed to it by default."""
        return tuple(key for key in self.keys if key not in {"access", "vehicle"})


def load_modes(text: str | None = None) -> dict[str, Mode]:
    """The travel modes of ``modes.toml``, or of a text like it, in its order.

    Raises
    ------
    ModeError
        A speed that is not above 0, or above the fastest that the mode may travel.
    """
    if text is None:
        text = files("geodata").joinpath("modes.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    for key, entry in table.items():
        if not 0.0 < entry["speed_kmh"] <= entry["max_speed_kmh"]:
            raise ModeError(
                "The travel mode {mode} has a speed of {speed} km/h. Give one above 0 and at most {most}.",
                mode=key,
                speed=entry["speed_kmh"],
                most=entry["max_speed_kmh"],
            )
    return {
        key: Mode(
            key=key,
            zh=entry["zh"],
            en=entry["en"],
            speed_kmh=float(entry["speed_kmh"]),
            max_speed_kmh=float(entry["max_speed_kmh"]),
            keys=tuple(entry["keys"]),
            obeys_oneway=bool(entry["obeys_oneway"]),
            min_component_m=float(entry["min_component_m"]),
            horizon_m=float(entry["horizon_m"]),
            highways=frozenset(entry["highways"]),
        )
        for key, entry in table.items()
    }


def street_class(tags: Tags) -> str | None:
    """The kind of street a way is, in terms of ``highway``, or None when it is no street."""
    highway = tags.get("highway")
    if highway is not None:
        highway = highway.partition(";")[0].strip()
        return None if highway in NOT_STREETS else highway
    if tags.get("railway") == "platform" or tags.get("public_transport") == "platform":
        return "platform"
    return "footway" if tags.get("man_made") == "pier" else None


def way_permission(tags: Tags, mode: Mode) -> Permission:
    """Read a way's tags for a mode.

    Parameters
    ----------
    tags
        The tags of a way for which :func:`street_class` is not None.
    mode
        The travel mode.

    Returns
    -------
    Permission
        Both directions false means that the mode may not use the way; ``refusal`` then says which tag closed it.
    """
    highway = street_class(tags)
    if highway is None:
        return Permission(False, False, f"highway={tags.get('highway', '')}")
    if mode.obeys_oneway and highway in NEVER_RIDDEN:
        return Permission(False, False, f"highway={highway}")
    if tags.get("sac_scale") in ROUGH_PATHS:
        return Permission(False, False, f"sac_scale={tags['sac_scale']}")
    allowed, why = _allowed(tags, mode, highway)
    forward, backward = _directions(tags, mode)
    along = _direction_allowed(tags, mode, "forward", otherwise=forward and allowed)
    against = _direction_allowed(tags, mode, "backward", otherwise=backward and allowed)
    if along or against:
        return Permission(along, against)
    return Permission(False, False, why or "oneway")


def node_blocks(tags: Tags, mode: Mode) -> bool:
    """Whether a node on a way stops the mode from passing.

    Only a node with ``barrier`` can; its own access tags come before what the kind of barrier does by default.
    """
    barrier = tags.get("barrier")
    if barrier is None or barrier == "no":
        return False
    said = _said(tags, mode.keys)
    if said is not None:
        return not said[0]
    if tags.get("locked") == "yes" or barrier in CLOSED_BARRIERS:
        return True
    return mode.obeys_oneway and barrier in FOOT_ONLY_BARRIERS


def _allowed(tags: Tags, mode: Mode, highway: str) -> tuple[bool, str]:
    default = highway in mode.highways
    said = _said(tags, mode.keys)
    if tags.get("motorroad") == "yes" and (said is None or said[2] not in mode.own_keys):
        return False, "motorroad=yes"
    if said is None:
        return default, "" if default else f"highway={highway}"
    open_to_mode, why, key = said
    if not open_to_mode:
        return False, why
    if default or key in mode.own_keys:
        return True, ""
    return False, f"highway={highway}"


def _said(tags: Tags, keys: tuple[str, ...]) -> tuple[bool, str, str] | None:
    """What the most specific access tag says: (open, "key=value", key), or None when none speaks."""
    for key in keys:
        conditional = tags.get(f"{key}:conditional")
        if conditional is not None:
            value = usual_value(conditional)
            if value in OPEN_VALUES or value in REFUSING_VALUES:
                return value in OPEN_VALUES, f"{key}:conditional={value}", key
        value = tags.get(key)
        if value is None:
            continue
        values = [part.strip() for part in value.split(";")]
        if any(part in OPEN_VALUES for part in values):
            return True, f"{key}={value}", key
        if any(part in REFUSING_VALUES for part in values):
            return False, f"{key}={value}", key
    return None


def _direction_allowed(tags: Tags, mode: Mode, direction: str, *, otherwise: bool) -> bool:
    for key in mode.keys:
        value = tags.get(f"{key}:{direction}")
        if value in OPEN_VALUES:
            return True
        if value in REFUSING_VALUES:
            return False
    return otherwise


def _directions(tags: Tags, mode: Mode) -> tuple[bool, bool]:
    """Directions of travel that one-way tags leave: (along, against) the way as drawn."""
    if not mode.obeys_oneway:
        moving = tags.get("conveying", "") if tags.get("conveying") in {"forward", "backward"} else ""
        said = next((tags[f"oneway:{key}"] for key in mode.keys if f"oneway:{key}" in tags), moving)
        return _read_oneway(said)
    for key in mode.keys:
        if f"oneway:{key}" in tags:
            return _read_oneway(tags[f"oneway:{key}"])
    oneway = tags.get("oneway")
    conditional = tags.get("oneway:conditional")
    if conditional is not None:
        oneway = usual_value(conditional) or oneway
    if oneway is None and tags.get("junction") in {"roundabout", "circular"}:
        oneway = "yes"
    forward, backward = _read_oneway(oneway or "no")
    if forward != backward and _contraflow(tags):
        return True, True
    return forward, backward


def _read_oneway(value: str) -> tuple[bool, bool]:
    if value in {"yes", "true", "1", "forward"}:
        return True, False
    if value in {"-1", "reverse", "backward"}:
        return False, True
    return True, True


def _contraflow(tags: Tags) -> bool:
    """Whether a cycle lane against the traffic is tagged ("Key:cycleway", contraflow)."""
    for side in ("", ":left", ":right", ":both"):
        if tags.get(f"cycleway{side}") in OPPOSITE_LANES:
            return True
        lane = tags.get(f"cycleway{side}", "no")
        if side and lane not in {"no", "none", "separate"} and tags.get(f"cycleway{side}:oneway") in {"no", "-1"}:
            return True
    return False


@lru_cache(maxsize=4096)
def usual_value(conditional: str) -> str | None:
    """The value that a conditional restriction gives for most of the year, if any.

    The network is one for all hours, so a clause counts when its times cover more than half of the year: a street
    closed for the night stays open, one closed but for a market morning stays closed. Conditions that are no times
    (weight, weather, permits) do not describe a person passing on foot or by bicycle and are passed over.

    Parameters
    ----------
    conditional
        For example ``no @ (22:00-06:00); destination @ (Mo-Fr)``.
    """
    value: str | None = None
    for clause in _clauses(conditional):
        said, at, condition = clause.partition("@")
        if at and _share_of_year(condition.strip().strip("()").strip()) > 0.5:
            value = said.strip()
    return value


def _clauses(conditional: str) -> list[str]:
    clauses, depth, start = [], 0, 0
    for position, character in enumerate(conditional):
        depth += (character == "(") - (character == ")")
        if character == ";" and depth <= 0:
            clauses.append(conditional[start:position])
            start = position + 1
    return [*clauses, conditional[start:]]


def _share_of_year(condition: str) -> float:
    if not condition or not opening_hours.validate(condition):
        return 0.0
    start, end = datetime(2025, 1, 1), datetime(2026, 1, 1)  # noqa: DTZ001 any plain year, on the street's own clock
    open_s = 0.0
    for begin, until, state, _ in opening_hours.OpeningHours(condition).intervals(start, end):
        if state == opening_hours.State.OPEN:
            open_s += (min(until, end) - begin).total_seconds()
    return open_s / 3600.0 / HOURS_IN_YEAR
