"""Opening hours of a whole country: 186,000 stations with 3,000 distinct rules, at an instant and through a week."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import SEED, SHANGHAI, Porto, seconds_of, tell
from stations.hours import Hours
from stations.hours.table import RuleTable

STATIONS = 186_000
RULES = 3_000
SAMPLE = 4_000
"""Stations that the simple alternative asks one by one; its time is scaled to all."""

WEEK = tuple(timedelta(hours=step) for step in range(168))

SHAPES = (
    (10, "{early}-{late}"),
    (25, "Mo-Fr {early}-{late}"),
    (15, "Mo-Fr {early}-12:00,{noon}-{late}"),
    (15, "Mo-Fr {early}-{late}; PH off"),
    (15, "Mo-Fr {early}-12:00,{noon}-{late}; Sa,Su {mid}-{tea}; PH {mid}-16:00"),
    (8, "Mo-Sa {early}-{late}; Su {mid}-{tea}"),
    (6, "Mo-Th {tea}-{small}; Fr-Su {tea}-{night}"),
    (6, "Jun-Sep {early}-{late}; Oct-May {mid}-{tea}"),
)
"""Kinds of rules with their share in hundred, after what is found in lists."""

TIMES = {
    "early": (6, 9),
    "mid": (9, 10),
    "noon": (13, 14),
    "tea": (15, 17),
    "late": (18, 21),
    "small": (0, 1),
    "night": (2, 5),
}


def run(porto: Porto) -> None:
    """Measure an instant and a week, against asking the rule of each station."""
    del porto  # no ground is needed
    rules = distinct_rules()
    kept = np.random.default_rng(SEED).integers(0, RULES, STATIONS)
    table = RuleTable(rules)
    begun = datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)

    alone = _station_by_station(rules, kept, begun)

    def instant(moment: datetime) -> float:
        return _once(lambda: table.states_at(moment)[kept])

    first = instant(begun + timedelta(days=7))
    cold = float(np.median([instant(begun + timedelta(days=day)) for day in range(9, 16)]))
    first_night, *nights = [instant(datetime(2026, 4, day, 0, 30, tzinfo=SHANGHAI)) for day in range(14, 21)]
    night = float(np.median(nights))
    working_out = max(instant(begun) for _ in range(4))
    ready = seconds_of(lambda: table.states_at(begun)[kept], 15)
    tell("an instant, station by station (sample, scaled)", f"{alone * 1000.0:.0f} ms")
    for what, seconds in (
        ("the first of all", first),
        ("a new day", cold),
        ("the first past midnight", first_night),
        ("a new day, past midnight", night),
        ("a day asked before", ready),
    ):
        tell(f"an instant, {what}", f"{seconds * 1000.0:.1f} ms = 1/{alone / seconds:.0f}", "at most 10 ms")
    tell("working out a day for later, once", f"{working_out * 1000.0:.0f} ms")

    for what, monday in (("in March", datetime(2026, 3, 2)), ("of Spring Festival", datetime(2026, 2, 14))):  # noqa: DTZ001  local below
        moments = [monday.replace(tzinfo=SHANGHAI) + wait for wait in WEEK]
        fresh = RuleTable(distinct_rules())
        week = _once(lambda fresh=fresh, moments=moments: fresh.states_through(moments)[:, kept])  # type: ignore[misc]
        tell(
            f"a week {what} in 168 steps, from cold", f"{week:.2f} s = 1/{alone * len(WEEK) / week:.0f}", "at most 2 s"
        )


def distinct_rules() -> list[Hours]:
    """Distinct rules of usual kinds, the same each time; some with self-service, some with a season."""
    dice = random.Random(SEED)
    texts: dict[str, None] = {}
    kinds, shares = [shape for _, shape in SHAPES], [share for share, _ in SHAPES]
    while len(texts) < RULES:
        times = {
            name: f"{dice.randint(*between):02}:{dice.choice((0, 15, 30, 45)):02}" for name, between in TIMES.items()
        }
        texts[dice.choices(kinds, shares)[0].format(**times)] = None
    return [
        Hours.parse(
            text,
            SHANGHAI,
            self_service="22:00-06:00" if dice.random() < 0.1 else "",
            season="Jun 01-Sep 30" if dice.random() < 0.02 else "",
        )
        for text in texts
    ]


def _station_by_station(rules: list[Hours], kept: NDArray[np.int64], moment: datetime) -> float:
    """Seconds to ask each station's rule, all of them worked out before: what a simple program comes to at best."""
    sample = [rules[number] for number in kept[:SAMPLE]]
    for rule in sample:
        rule.state_at(moment)
    return seconds_of(lambda: [rule.state_at(moment).state for rule in sample]) * STATIONS / SAMPLE


def _once(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
