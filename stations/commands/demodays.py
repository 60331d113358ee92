"""The last weeks at the made-up stations: what is on their shelves, a breakfast, and who came."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from stations.facts import Service
from stations.station import Station, Status
from stations.stock.levels import Kind, Moved
from stations.stock.offers import Offer
from stations.stock.scope import Where
from stations.stock.stock import Stock
from stations.stock.visits import Entered, Source

SEED = 20260301
STATIONS, BREAKFASTS = 24, 4
DAYS = 65
WHO = "demo"
SHELF = ("full", "full", "full", "half", "low")
WEEKEND = 5
"""The first day of a weekend, from Monday as 0."""


def fill_demo_days(stock: Stock, stations: Sequence[Station], at: datetime, today: date) -> None:
    """Make up what the staff would have written down of some stations; the same each time, but for the days.

    Parameters
    ----------
    at
        The moment, aware.
    today
        The day, where the stations are.
    """
    dice = random.Random(SEED)  # noqa: S311  a made-up county has no secrets
    kept = [one for one in stations if one.status is Status.ACTIVE and one.township][:STATIONS]
    for station in kept:
        _count(stock, station, dice, at, today)
    for station in kept[:BREAKFASTS]:
        _serve(stock, station, dice, at, today)
    stock.visits.enter(
        [one for station in kept for one in _came(station, dice, today)],
        today=today,
        who=WHO,
        at=at,
        mark="",
        seen=0,
    )


def _count(stock: Stock, station: Station, dice: random.Random, at: datetime, today: date) -> None:
    moved = []
    for key, item in stock.supplies.items.items():
        left = {"full": item.target, "half": item.target // 2, "low": item.low // 2}[dice.choice(SHELF)]
        use_by = today + timedelta(days=dice.choice((20, 200, 400))) if item.expires and left else None
        moved.append(Moved(key, left, use_by))
    day = today - timedelta(days=dice.randrange(1, 15))
    where = Where(station.code, station.township)
    stock.supplies.enter(where, Kind.COUNT, moved, day=day, today=today, who=WHO, at=at, mark="")


def _serve(stock: Stock, station: Station, dice: random.Random, at: datetime, today: date) -> None:
    begun = today - timedelta(days=DAYS)
    breakfast = Service(key="breakfast", price_yuan=2.0, eligible=("sanitation",), hours="Mo-Fr 06:00-08:00")
    where = Where(station.code, station.township)
    entry = stock.services.put(where, Offer(breakfast, begun, places=60), who=WHO, at=at, mark="")
    days = (begun + timedelta(days=number) for number in range(DAYS))
    meals = {day: dice.randrange(20, 58) for day in days if day.weekday() < WEEKEND}
    stock.services.count(entry, meals, today=today, who=WHO, at=at, mark="", seen=0)


def _came(station: Station, dice: random.Random, today: date) -> list[Entered]:
    usual = dice.choice((8, 15, 30, 60))
    came = []
    for number in range(1, DAYS + 1):
        day = today - timedelta(days=number)
        share = dice.uniform(0.7, 1.3) * (0.6 if day.weekday() >= WEEKEND else 1.0)
        came.append(Entered(Where(station.code, station.township), day, Source.DOOR, round(usual * share)))
    return came
