"""Supplies in words: what there is, what is wanted, what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from stations.desk.roll import Line
from stations.stock.items import Item
from stations.stock.levels import Held, Kind
from stations.web.deskwords import say_day, say_township
from stations.web.house import House
from stations.web.supplied import Short, say_amount, say_item, short_of


@dataclass(frozen=True, slots=True)
class Need:
    """One station in use: what it needs, and when it was counted last."""

    line: Line
    held: Sequence[Held]
    counted: date | None


@dataclass(frozen=True, slots=True)
class Stop:
    """One station of a round, in words."""

    line: Line
    shorts: tuple[Short, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Part:
    """One township of a round, and how much to take along for it in all."""

    code: str
    name: str
    stops: tuple[Stop, ...]
    totals: tuple[tuple[str, str], ...]


def say_kind(kind: Kind) -> str:
    """Say what was done."""
    return {
        Kind.COUNT: gettext("counted"),
        Kind.BROUGHT: gettext("brought"),
        Kind.TAKEN: gettext("taken away"),
    }[kind]


def stops_of(needs: Iterable[Need], today: date) -> list[Stop]:
    """Put what some stations need into words; the same words are found once."""
    counted: dict[date | None, str] = {None: gettext("never counted")}
    shorts: dict[tuple[object, ...], Short] = {}
    stops = []
    for need in needs:
        if need.counted is not None and need.counted not in counted:
            counted[need.counted] = gettext("counted %(day)s", day=say_day(need.counted))
        told = []
        for held in need.held:
            level = held.level
            alike = (held.key, held.target, held.low, level and level.there, level and level.expires)
            if alike not in shorts:
                shorts[alike] = short_of(held, today)
            told.append(shorts[alike])
        stops.append(Stop(need.line, tuple(told), counted[need.counted]))
    return stops


def parts_of(stops: Iterable[Stop], house: House) -> list[Part]:
    """Group the stops of a round by their townships."""
    found: dict[str, list[Stop]] = {}
    for stop in stops:
        found.setdefault(stop.line.township, []).append(stop)
    return [
        Part(
            township,
            say_township(house, township),
            tuple(inside),
            totals_of((short.held, short.bring) for stop in inside for short in stop.shorts),
        )
        for township, inside in sorted(found.items())
    ]


def totals_of(brought: Iterable[tuple[Held, int]]) -> tuple[tuple[str, str], ...]:
    """How many of each thing to take along: its name, and the amount in words."""
    items: dict[str, Item | None] = {}
    sums: Counter[str] = Counter()
    for held, amount in brought:
        if amount:
            items[held.key] = held.item
            sums[held.key] += amount
    return tuple((say_item(key, items[key]), say_amount(amount, items[key])) for key, amount in sums.items())
