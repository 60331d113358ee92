"""The clock: who is served in each of the 168 hours of a week, and through a public holiday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geodata.lonlat import Float
from geodata.standing import Rows
from stations.calendar import Calendar, calendar_of
from stations.hours import STATE_CODES, State
from stations.questions.coverage.nearby import Bool, entries
from stations.questions.coverage.serving import Served

WEEK_HOURS = 168
DAY_HOURS = 24
FARTHEST_HOLIDAY = timedelta(days=366)

Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Week:
    """Coverage hour by hour, as shares of the demand from 0 to 1; NaN where there is none.

    An hour is asked at its beginning. Hour 0 is Monday, 00:00.

    Attributes
    ----------
    monday
        The first day of the week.
    holiday
        A public holiday, by `holiday_for`; None where there is none. Its name is `stations.calendar.HOLIDAY_NAMES` of
        ``holiday_name``.
    codes, names
        Townships, as the rows of `CoverageAnswer`; T of them.
    shares, shares_twice
        float64 [168]: within reach of one station that is open, and of two or more.
    shares_if
        float64 [168]: the same as ``shares``, if the stations of unknown hours were open.
    township_shares, township_shares_if
        float64 [T, 168]
    holiday_shares, holiday_shares_twice, holiday_shares_if
        float64 [24]; empty without a holiday.
    holiday_township_shares, holiday_township_shares_if
        float64 [T, 24]; [T, 0] without a holiday.
    open_stations, unsure_stations
        int64 [168]: stations that are open, and those whose hours are not known.
    demand
        All of it, in ``unit``.
    """

    monday: date
    holiday: date | None
    holiday_name: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    shares: Float
    shares_twice: Float
    shares_if: Float
    township_shares: Float
    township_shares_if: Float
    holiday_shares: Float
    holiday_shares_twice: Float
    holiday_shares_if: Float
    holiday_township_shares: Float
    holiday_township_shares_if: Float
    open_stations: NDArray[np.int64]
    unsure_stations: NDArray[np.int64]
    demand: float
    unit: str

    @property
    def worst(self) -> int:
        """The hour with the least coverage; of several the first."""
        return int(np.argmin(np.nan_to_num(self.shares)))

    @property
    def best(self) -> int:
        """The hour with the most coverage; of several the first."""
        return int(np.argmax(np.nan_to_num(self.shares)))

    def moment(self, hour: int) -> tuple[date, int]:
        """Date and hour of the clock of an hour of the week."""
        return self.monday + timedelta(days=hour // DAY_HOURS), hour % DAY_HOURS


def week(served: Served, week_of: date, holidays: Calendar | None = None) -> Week:
    """Find out who is served in each hour of the week that a date is in.

    Parameters
    ----------
    served
        Of a question; its own moment does not matter.
    week_of
        Any day of the week.
    holidays
        The official calendar; that of the time zone of the stations unless given. Of the holidays that it has,
        `holiday_for` chooses one.
    """
    zone = served.snapshot.timezone
    calendar = calendar_of(zone) if holidays is None else holidays
    monday = week_of - timedelta(days=week_of.weekday())
    holiday = holiday_for(calendar, monday)
    days = [monday + timedelta(days=day) for day in range(7)] + ([holiday] if holiday else [])
    moments = [datetime.combine(day, time(hour), zone) for day in days for hour in range(DAY_HOURS)]
    state = served.snapshot.states_through(moments)[:, served.snapshot.active_rows]
    is_open = (state == STATE_CODES[State.OPEN]) & served.suits
    unsure = (state == STATE_CODES[State.UNKNOWN]) & served.suits

    # Most hours are like others: Tuesday's 09:00 as Monday's. Each kind is worked out once.
    _, first, kind = np.unique(
        np.packbits(np.concatenate((is_open, unsure), axis=1), axis=1), axis=0, return_index=True, return_inverse=True
    )
    kind = kind.ravel()
    once, twice = _through_the_hours(served, is_open[first])
    either, _ = _through_the_hours(served, (is_open | unsure)[first])
    rows = [listed.group for listed in served.listed]
    demand = served.by_group()[rows]
    total = float(demand.sum())

    def shares(sums: Float) -> tuple[Float, Float]:
        by_township = _part(sums[rows], demand[:, None])[:, kind]
        return _part(sums.sum(axis=0), np.float64(total))[kind], by_township

    surely, by_township = shares(once)
    doubly, _ = shares(twice)
    perhaps, by_township_if = shares(either)
    of_week, of_holiday = slice(0, WEEK_HOURS), slice(WEEK_HOURS, None)
    return Week(
        monday=monday,
        holiday=holiday,
        holiday_name=calendar.name_of(holiday) if holiday else "",
        codes=tuple(listed.code for listed in served.listed),
        names=tuple(listed.name for listed in served.listed),
        shares=surely[of_week],
        shares_twice=doubly[of_week],
        shares_if=perhaps[of_week],
        township_shares=by_township[:, of_week],
        township_shares_if=by_township_if[:, of_week],
        holiday_shares=surely[of_holiday],
        holiday_shares_twice=doubly[of_holiday],
        holiday_shares_if=perhaps[of_holiday],
        holiday_township_shares=by_township[:, of_holiday],
        holiday_township_shares_if=by_township_if[:, of_holiday],
        open_stations=is_open[of_week].sum(axis=1),
        unsure_stations=unsure[of_week].sum(axis=1),
        demand=total,
        unit=served.layer.demand.unit,
    )


def holiday_for(calendar: Calendar, monday: date) -> date | None:
    """The first public holiday from a Monday on, within a year.

    Where none is announced yet, as at the end of most years, the first day of the last one: its hours are what a
    holiday's are known to be like. None where the calendar has none in a year either way.
    """
    coming = [day for day in calendar.holidays if monday <= day < monday + FARTHEST_HOLIDAY]
    if coming:
        return min(coming)
    past = {day for day in calendar.holidays if monday - FARTHEST_HOLIDAY < day < monday}
    last = max(past, default=None)
    while last is not None and last - timedelta(days=1) in past:
        last -= timedelta(days=1)
    return last


def _through_the_hours(served: Served, is_open: Bool) -> tuple[Float, Float]:
    """Demand within reach of one open station, and of two or more, float64 [groups, hours] each.

    Parameters
    ----------
    is_open
        bool [hours, active]
    """
    hours = is_open.shape[0]
    words = _packed(is_open.T)
    points = served.weight.size
    once, twice = np.zeros((2, points, words.shape[1]), np.uint64)
    chosen: Bool = np.any(is_open, axis=0)
    for rows in served.pieces():
        _lay_over(rows, chosen, words, served.limit_m, (once, twice))
    return _sums(served, once, hours), _sums(served, twice, hours)


def _packed(bits: Bool) -> Words:
    """Columns as bits of whole words, uint64 [rows, words]; the first column is the lowest bit."""
    packed = np.packbits(bits, axis=1, bitorder="little")
    padded = np.zeros((bits.shape[0], -(-bits.shape[1] // 64) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view("<u8").astype(np.uint64)


def _lay_over(rows: Rows, chosen: Bool, words: Words, limit_m: float, bits: tuple[Words, Words]) -> None:
    """Add what some stations are open at: a second one on top of a first carries into the bits of two and more."""
    taken, first = entries(rows, chosen, limit_m)
    times = np.diff(first)
    # The k-th station of every point at once; points with the most stations stand first, so these are a run.
    order = np.argsort(-times, kind="stable")
    falling = -times[order]
    by_slot, slot = rows.by_slot(words), rows.reach.site[taken]
    once, twice = (each[order] for each in bits)
    for k in range(int(-falling[0]) if falling.size else 0):
        some = int(np.searchsorted(falling, -k))
        coming = by_slot[slot[first[order[:some]] + k]]
        twice[:some] |= once[:some] & coming
        once[:some] |= coming
    bits[0][order], bits[1][order] = once, twice


def _sums(served: Served, bits: Words, hours: int) -> Float:
    """Demand of the points whose bit is set, float64 [groups, hours]."""
    points = served.weight.size
    gather = csr_array((served.weight, (served.group, np.arange(points))), shape=(served.groups, points))
    parts = []
    for word in range(bits.shape[1]):
        bytes_ = np.ascontiguousarray(bits[:, word]).astype("<u8").view(np.uint8).reshape(points, 8)
        parts.append(gather @ np.unpackbits(bytes_, axis=1, bitorder="little").astype(np.float64))
    return np.concatenate(parts, axis=1)[:, :hours]


def _part(sums: Float, whole: Float | np.float64) -> Float:
    """Shares; NaN of nothing."""
    whole = np.broadcast_to(whole, sums.shape)
    return np.divide(sums, whole, out=np.full(sums.shape, np.nan), where=whole > 0)
