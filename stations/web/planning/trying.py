"""What is tried out, each thing in words with the address that takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from stations.questions.coverage.gaps import Gap
from stations.registry.snapshot import Snapshot
from stations.web.params import Args, first
from stations.web.planning.reading import named_by
from stations.web.planning.state import SUPPOSED, carried, without
from stations.wording.names import Names

ALWAYS = "24/7"
"""The hours of a station that is tried out, unless one says others."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that is tried out.

    Attributes
    ----------
    back
        Address of the page without it.
    """

    code: str
    icon: str
    said: str
    back: str


def read_tried(args: Args, snapshot: Snapshot, names: Names) -> list[Tried]:
    """Everything that is tried out, in the order of the address.

    Parameters
    ----------
    args
        As they were read without a fault.
    snapshot
        As supposed: stations that are closed are in it, too.
    """
    name = named_by(snapshot, names)
    asked = carried(args)
    tried = []
    for at in range(len(asked.get("add", []))):
        code = f"+{at + 1}"
        tried.append(Tried(code, "map-pin-plus", name(code), without(args, "add", at)))
    for field, parting, mark in (("move", ",", "move"), ("close", "\0", "door-closed"), ("hours", ";", "clock")):
        for at, text in enumerate(asked.get(field, [])):
            code, _, rest = text.partition(parting)
            tried.append(Tried(code.strip(), mark, _say(field, name(code.strip()), rest), without(args, field, at)))
    return tried


def _say(field: str, name: str, rest: str) -> str:
    if field == "move":
        return gettext("%(name)s moved", name=name)
    if field == "close":
        return gettext("Without %(name)s", name=name)
    return gettext("%(name)s open %(hours)s", name=name, hours=rest.strip() or "–")


def all_back(args: Args) -> str:
    """Address of the page with nothing tried out."""
    return url_for("planning.show", **carried(args, but=SUPPOSED), part=first(args, "part") or None)


def try_at(args: Args, gap: Gap) -> str:
    """Address of the page with a station tried out at a gap."""
    asked = carried(args)
    more = f"{gap.position.lon:.4f},{gap.position.lat:.4f},;{ALWAYS}"
    asked["add"] = [*asked.get("add", []), more]
    return url_for("planning.show", **asked, part=first(args, "part") or None)


def without_station(args: Args, code: str) -> str:
    """Address of the page with a station tried without; one that is itself tried out is taken back."""
    asked = carried(args)
    if code.startswith("+") and code[1:].isdigit() and int(code[1:]) <= len(asked.get("add", [])):
        return without(args, "add", int(code[1:]) - 1)
    asked["close"] = [*asked.get("close", []), code]
    for name, parting in (("move", ","), ("hours", ";")):
        asked[name] = [one for one in asked.get(name, []) if one.partition(parting)[0].strip() != code]
    return url_for("planning.show", **asked, part=first(args, "part") or None)
