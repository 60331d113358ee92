"""Coverage through the hours of a week, as tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import format_date, gettext

from geodata.lonlat import Float
from stations.handouts.tables import Column, Kind, Table, Value
from stations.handouts.townshiptables import township_name
from stations.questions.coverage.clock import DAY_HOURS, Week


def day_names(week: Week) -> list[str]:
    """The days of a week as the head of a table names them, Monday first."""
    days = (week.monday + timedelta(days=day) for day in range(7))
    return [str(format_date(day, "EEE", rebase=False)) for day in days]


def holiday_name(week: Week) -> str:
    """The holiday's day as the head of a table names it; empty where there is none."""
    if week.holiday is None:
        return ""
    return gettext("Holiday %(day)s", day=f"{week.holiday:%m-%d}")


def hour_table(week: Week, *, unknown_open: bool = False) -> Table:
    """The share covered in each hour, a column for each day.

    Parameters
    ----------
    unknown_open
        As if the stations of unknown hours were open.
    """
    shares = week.shares_if if unknown_open else week.shares
    holiday = week.holiday_shares_if if unknown_open else week.holiday_shares
    columns = [Column("hour", gettext("Hour"))]
    columns += [Column(f"day{day + 1}", name, Kind.SHARE) for day, name in enumerate(day_names(week))]
    if week.holiday is not None:
        columns.append(Column("holiday", holiday_name(week), Kind.SHARE))
    rows: list[list[Value]] = []
    for hour in range(DAY_HOURS):
        row: list[Value] = [f"{hour:02d}:00", *(_share(shares[day * DAY_HOURS + hour]) for day in range(7))]
        if week.holiday is not None:
            row.append(_share(holiday[hour]))
        rows.append(row)
    if unknown_open:
        return Table("clock_if", gettext("The clock, if unknown hours are open"), columns, rows)
    last = week.monday + timedelta(days=6)
    return Table(
        "clock",
        gettext("The clock"),
        columns,
        rows,
        note=gettext(
            "Share covered by stations that are open at the beginning of each hour, %(first)s to %(last)s. "
            "Stations of unknown hours are not counted.",
            first=week.monday.isoformat(),
            last=last.isoformat(),
        ),
    )


def township_clock_table(week: Week) -> Table:
    """The share covered of each township in each hour of the week, a row for each township and day."""
    columns = [
        Column("code", gettext("Code")),
        Column("name", gettext("Township")),
        Column("day", gettext("Day")),
        *(Column(f"h{hour:02d}", f"{hour:02d}:00", Kind.SHARE) for hour in range(DAY_HOURS)),
    ]
    rows: list[Sequence[Value]] = []
    names = day_names(week)
    for code, name, shares in zip(week.codes, week.names, week.township_shares, strict=True):
        for day, day_name in enumerate(names):
            hours: Float = shares[day * DAY_HOURS : (day + 1) * DAY_HOURS]
            rows.append([code, township_name(name), day_name, *map(_share, hours)])
    return Table("clock_townships", gettext("The clock by township"), columns, rows)


def whole_per_cent(share: Value) -> str:
    """A share in whole per cent, for a cell as small as an hour."""
    if share is None or isinstance(share, str):
        return "–"
    per_cent = 100.0 * share
    # 99.6 must not read as all, nor 0.4 as none.
    if 99.0 < per_cent < 100.0:
        per_cent = 99.0
    elif 0.0 < per_cent < 1.0:
        per_cent = 1.0
    return f"{per_cent:.0f}"


def _share(share: float) -> float | None:
    return None if math.isnan(share) else float(share)
