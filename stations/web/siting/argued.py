"""What a planner said of single places, each thing in words with the address that takes it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from stations.handouts.siting.naming import Naming
from stations.questions.siting import Candidate
from stations.web.pins import station_name
from stations.web.siting.arguing import taking_back, with_cost, without_point
from stations.web.siting.view import View

SUPPOSED = ("force", "forbid", "point", "cost", "list", "add", "move", "close", "hours")
"""Parameters that speak of single places."""


@dataclass(frozen=True, slots=True)
class Argued:
    """One thing that was said.

    Attributes
    ----------
    key
        Of the candidate, or code of the station; empty where it is of neither.
    back
        Address of the page without it.
    """

    key: str
    icon: str
    said: str
    back: str


def arguments(view: View, naming: Naming) -> list[Argued]:
    """Everything that was said, in a fixed order."""
    by_key = {} if view.ground is None else {one.key: one for one in view.ground.candidates}
    return list(_arguments(view, by_key, naming))


def _arguments(view: View, by_key: dict[str, Candidate], naming: Naming) -> Iterator[Argued]:
    asked = view.question

    def name(key: str) -> str:
        return naming.name(by_key[key]) if key in by_key else key

    for number, text in enumerate(asked.get("point", []), 1):
        key = f"point-{number}"
        said = name(key) if key in by_key else text
        yield Argued(key, "map-pin-plus", said, page_of(without_point(asked, number)))
    for key in asked.get("force", []):
        yield Argued(key, "pin", gettext("For certain: %(name)s", name=name(key)), page_of(taking_back(asked, key)))
    for key in asked.get("forbid", []):
        yield Argued(key, "ban", gettext("Not: %(name)s", name=name(key)), page_of(taking_back(asked, key)))
    for text in asked.get("cost", []):
        key, _, cost = text.rpartition(":")
        what = name(key) if key in by_key else _kind(view, key)
        said = gettext("%(name)s costs %(cost)s", name=what, cost=cost)
        yield Argued(key if key in by_key else "", "coins", said, page_of(with_cost(asked, key, "")))
    if asked.get("list"):
        said = gettext("Your list of %(count)s places", count=view.rows_listed)
        yield Argued("", "table", said, view.address(list=None))
    yield from _supposed(view)


def _supposed(view: View) -> Iterator[Argued]:
    """What is supposed of the stations that there are, as coverage has it."""
    asked, snapshot = view.question, view.house.snapshot()

    def called(code: str) -> str:
        station = snapshot.find(code)
        return code if station is None else station_name(code, view.names.station(station))

    for at, text in enumerate(asked.get("add", [])):
        label = text.partition(",")[2].partition(",")[2].partition(";")[0].strip()
        said = label or gettext("New station %(number)s", number=at + 1)
        yield Argued(f"+{at + 1}", "map-pin-plus", said, _without(view, "add", at))
    for at, text in enumerate(asked.get("move", [])):
        code = text.partition(",")[0].strip()
        yield Argued(code, "move", gettext("%(name)s moved", name=called(code)), _without(view, "move", at))
    for at, code in enumerate(asked.get("close", [])):
        yield Argued(code, "door-closed", gettext("Without %(name)s", name=called(code)), _without(view, "close", at))
    for at, text in enumerate(asked.get("hours", [])):
        code, _, hours = text.partition(";")
        said = gettext("%(name)s open %(hours)s", name=called(code.strip()), hours=hours.strip() or "–")
        yield Argued(code.strip(), "clock", said, _without(view, "hours", at))


def _kind(view: View, key: str) -> str:
    return view.names.host(key) if key in view.names.taxonomy.hosts.terms else key


def _without(view: View, name: str, at: int) -> str:
    left = [one for place, one in enumerate(view.question.get(name, [])) if place != at]
    return view.address(**{name: left or None})


def page_of(question: Mapping[str, Any]) -> str:
    """Address of the page of a question."""
    return url_for("siting.show", **question)
