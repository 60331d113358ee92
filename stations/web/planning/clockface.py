"""The clock: the share covered at each hour of a week, as a table one can press and as the bars behind the slider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any

import numpy as np
from flask import url_for
from flask_babel import format_date, gettext

from geodata.lonlat import Float
from stations.calendar import HOLIDAY_NAMES
from stations.questions.coverage.clock import DAY_HOURS, WEEK_HOURS, Week
from stations.web.params import Args, first
from stations.web.planning.state import carried, on_the_wall
from stations.wording.figures import say_share
from stations.wording.spoken import language

HEATS = 6
"""Steps of colour between the week's least and most."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that one may choose an hour of.

    Attributes
    ----------
    first
        Place of its first hour among those of `figures`.
    """

    date: str
    name: str
    first: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of the table: how warm, what it says, and the address that asks for it."""

    hour: int
    heat: int
    share: str
    said: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the table."""

    name: str
    holiday: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Face:
    """The clock in words.

    Attributes
    ----------
    steps
        What each step of colour stands for.
    unsure
        Whether at some hour stations of unknown hours would make a difference.
    holiday
        The holiday of the last row; empty where there is none. ``past`` where it is the last one, as none to come is
        announced.
    """

    rows: Sequence[Row]
    worst: str
    worst_share: str
    worst_address: str
    best: str
    best_share: str
    steps: Sequence[str]
    unsure: bool
    holiday: str
    past: bool


def days_of(monday: date, holiday: date | None, holiday_name: str, at: str) -> list[Day]:
    """The days of a week, and the holiday, as one chooses among them."""
    days = [monday + timedelta(days=day) for day in range(7)]
    said = [Day(f"{day}", _weekday(day), DAY_HOURS * place, at[:10] == f"{day}") for place, day in enumerate(days)]
    if holiday is not None:
        name = _holiday(holiday, holiday_name)
        if holiday in days:
            place = days.index(holiday)
            said[place] = Day(f"{holiday}", name, DAY_HOURS * place, said[place].chosen)
        else:
            said.append(Day(f"{holiday}", name, WEEK_HOURS, at[:10] == f"{holiday}"))
    return said


def read_face(week: Week, args: Args, zone: tzinfo) -> Face:
    """Put the week into words."""
    low, high = _scale(week)
    asked = carried(args, but=["at"])
    part = first(args, "part") or None
    at = on_the_wall(args, zone)

    def cell(day: date, hour: int, share: float, share_if: float) -> Cell:
        moment = f"{day}T{hour:02d}:00"
        return Cell(
            hour=hour,
            heat=_heat(share, low, high),
            share="–" if np.isnan(share) else f"{100.0 * share:.0f}",
            said=_say(share, share_if),
            address=url_for("planning.show", **asked, at=moment, part=part),
            chosen=at[:13] == moment[:13],
        )

    def row(day: date, name: str, shares: Float, shares_if: Float, *, holiday: bool = False) -> Row:
        pairs = zip(shares.tolist(), shares_if.tolist(), strict=True)
        return Row(name, holiday, [cell(day, hour, *pair) for hour, pair in enumerate(pairs)])

    rows = []
    for place in range(7):
        hours = slice(DAY_HOURS * place, DAY_HOURS * (place + 1))
        day = week.monday + timedelta(days=place)
        rows.append(row(day, _weekday(day), week.shares[hours], week.shares_if[hours]))
    if week.holiday is not None:
        name = _holiday(week.holiday, week.holiday_name)
        rows.append(row(week.holiday, name, week.holiday_shares, week.holiday_shares_if, holiday=True))
    return Face(
        rows=rows,
        worst=_when(week, week.worst),
        worst_share=_share(week.shares[week.worst]),
        worst_address=rows[week.worst // DAY_HOURS].cells[week.worst % DAY_HOURS].address,
        best=_when(week, week.best),
        best_share=_share(week.shares[week.best]),
        steps=[_step(low, high, step) for step in range(HEATS)],
        unsure=bool(np.any(week.shares_if > week.shares + 1e-9)),
        holiday="" if week.holiday is None else _holiday(week.holiday, week.holiday_name),
        past=week.holiday is not None and week.holiday < week.monday,
    )


def figures(week: Week) -> dict[str, Any]:
    """The clock for the slider: the 168 hours, and behind them the 24 of the holiday."""
    shares = np.concatenate((week.shares, week.holiday_shares))
    shares_if = np.concatenate((week.shares_if, week.holiday_shares_if))
    pairs = list(zip(shares.tolist(), shares_if.tolist(), strict=True))
    return {
        "monday": f"{week.monday}",
        "holiday": None if week.holiday is None else f"{week.holiday}",
        "shares": [_number(share) for share, _ in pairs],
        "shares_if": [_number(share_if) for _, share_if in pairs],
        "said": [_say(share, share_if) for share, share_if in pairs],
        "worst": week.worst,
        "best": week.best,
    }


def _number(share: float) -> float:
    return 0.0 if np.isnan(share) else round(share, 4)


def _share(share: float) -> str:
    return "–" if np.isnan(share) else say_share(share, 1.0)


def _say(share: float, share_if: float) -> str:
    """A share; where unknown hours make a difference, from where to where."""
    least, most = _share(share), _share(share_if)
    return least if least == most else f"{least} – {most}"


def _scale(week: Week) -> tuple[float, float]:
    """The least and the most of the week, rounded outwards to five per cent."""
    shares = np.nan_to_num(np.concatenate((week.shares, week.holiday_shares)))
    low, high = np.floor(20.0 * shares.min()) / 20.0, np.ceil(20.0 * shares.max()) / 20.0
    return float(low), float(max(high, low + 0.05))


def _heat(share: float, low: float, high: float) -> int:
    if np.isnan(share):
        return 0
    return min(int(HEATS * (share - low) / (high - low)), HEATS - 1)


def _step(low: float, high: float, step: int) -> str:
    width = (high - low) / HEATS
    return f"{100.0 * (low + step * width):.0f}–{100.0 * (low + (step + 1) * width):.0f}%"


def _when(week: Week, hour: int) -> str:
    day, clock = week.moment(hour)
    return gettext("%(day)s %(clock)s", day=_weekday(day), clock=f"{clock:02d}:00")


def _weekday(day: date) -> str:
    return str(format_date(day, "EEE d MMM" if language() == "en" else "EEE M/d", rebase=False))


def _holiday(day: date, key: str) -> str:
    name = HOLIDAY_NAMES.get(key)
    said = key if name is None else (name.en if language() == "en" else name.zh)
    return f"{said} {day:%-m/%-d}"
