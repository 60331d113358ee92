"""The dates on which a station serves at all, apart from its times: in OSM grammar, and as parts that words can say.

A part is a stretch of dates, weekdays of it, the first Saturday of each month, or the
15th of each month. Parts that follow each other add up.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from stations.errors import HoursError
from stations.hours.rules import MAX_TEXT, Part, parts_of, written
from stations.hours.rules import WEEKDAYS as DAY_NAMES
from stations.phrases.clauses import Dates, Day, Days
from stations.phrases.telling import dates_of

NO_TIMES = (
    "“{text}” says more than dates. Write here only on which days it serves, like “6月1日至9月30日” or "
    "“每月第一个周六”; its times belong to the opening hours."
)
TOO_LONG = "Dates of {length} characters are too long; at most {longest} are read."
_LEAP_YEAR = 2024
_LEAST_MONTHS = 3
"""One day of so many months in a row is that day of each month."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Dates that are said in one breath.

    Attributes
    ----------
    dates
        Stretches in which the days lie, all of named years or none; empty for all time.
    days
        Weekdays and public holidays, any of which it takes; None for every day.
    nths
        Which of the weekdays in a month: 1 for the first, -1 for the last; empty for all.
    monthly
        Days of the month, from 1; then neither `days` nor `nths` are given, and `dates` are whole months.
    """

    dates: tuple[Dates, ...] = ()
    days: Days | None = None
    nths: tuple[int, ...] = ()
    monthly: tuple[int, ...] = ()

    @property
    def osm(self) -> str:
        """As OpenStreetMap writes it, which has no word for a day of each month."""
        if self.nths and self.days is not None:
            # In a list the library takes "Aug Sa[1]" for a date of its own: "Jul,Aug Sa[1]" is all of July.
            days = ",".join(f"{DAY_NAMES[day]}[{','.join(map(str, self.nths))}]" for day in sorted(self.days.weekdays))
            return "; ".join(f"{one.osm} {days}" for one in self.dates) or days
        dates = self.dates
        if self.monthly:
            dates = tuple(Dates(day, day) for day in _days_of_months(dates, self.monthly))
        days = "" if self.days is None else self.days.osm
        return " ".join(filter(None, (",".join(one.osm for one in dates), days)))


def osm_of(occasions: Sequence[Occasion]) -> str:
    """Write dates in OSM grammar, as the library spells them.

    Raises
    ------
    HoursError
        More dates than a text can hold.
    """
    text = "; ".join(one.osm for one in occasions)
    if len(text) > MAX_TEXT:
        raise HoursError(TOO_LONG, length=len(text), longest=MAX_TEXT, text=text[:80])
    return written(parts_of(text))


def checked_dates(text: str) -> str:
    """Give dates in OSM grammar as the library spells them.

    Raises
    ------
    HoursError
        Not in the grammar, or more than dates: times, remarks, or rules that only close.
    """
    parts = parts_of(text)
    bare = all(not (part.times or part.comment) and part.modifier in {"open", "closed"} for part in parts)
    if not bare or parts[0].modifier == "closed" or any(part.joined == "||" for part in parts):
        raise HoursError(NO_TIMES, text=text[:200], words=text[:60])
    return written(parts)


def occasions_of(text: str) -> list[Occasion] | None:
    """Part dates in OSM grammar into what words can say; None where they cannot say it all.

    Raises
    ------
    HoursError
        A text that is not in the grammar.
    """
    found: list[Occasion] = []
    for part in parts_of(text) if text.strip() else ():
        made = _occasions(part)
        if made is None:
            return None
        found += made
    return _gathered(found)


def _gathered(several: Sequence[Occasion]) -> list[Occasion]:
    """Put the stretches of the same counted weekdays together again, as `Occasion.osm` parts them."""
    found: list[Occasion] = []
    for one in several:
        last = found[-1] if found else None
        alike = last is not None and last.nths and (last.days, last.nths) == (one.days, one.nths)
        if last is not None and alike and _named(last) == _named(one) is not None:
            found[-1] = replace(last, dates=(*last.dates, *one.dates))
        else:
            found.append(one)
    return found


def _named(one: Occasion) -> bool | None:
    """Whether its dates are of named years; None where it has none."""
    return bool(one.dates[0].first.year) if one.dates else None


def yearly_span(text: str) -> tuple[str, str] | None:
    """The first and the last day of dates that are one stretch of every year, as ``06-01``; None where they are not."""
    found = occasions_of(text)
    if found is None or len(found) != 1 or len(found[0].dates) != 1:
        return None
    only = found[0]
    first, last = only.dates[0].first, only.dates[0].last
    if only.days is not None or only.monthly or first.year or not first.day:
        return None
    return f"{first.month:02}-{first.day:02}", f"{last.month:02}-{last.day:02}"


def _occasions(part: Part) -> list[Occasion] | None:
    dates = dates_of(part.dates, years=True)
    plain = (
        not (part.times or part.comment or part.within) and part.modifier == "open" and part.joined in {"", ";", ","}
    )
    days = _days_of(part.days)
    if dates is None or days is None or not plain or not (part.dates or part.days):
        return None
    if len(dates) > 1 and not dates[-1].last.day and any(one.nths for one in days):
        return None  # the library takes the last month and the day for a date of its own
    stretches = [tuple(several) for _, several in groupby(dates, key=lambda one: bool(one.first.year))] or [()]
    found: list[Occasion] = []
    for stretch in stretches:
        in_months = _monthly(stretch) if not part.days else None
        if in_months is not None:
            found.append(in_months)
        else:
            found += [replace(one, dates=stretch) for one in days or [Occasion()]]
    return found


def _days_of(names: Sequence[str]) -> list[Occasion] | None:
    """The weekdays of a rule, those that are counted in the month apart; None where words cannot say them."""
    found, counted = Days(), dict[str, set[int]]()
    for name in names:
        day, bracket, numbers = name.partition("[")
        first, _, last = day.partition("-")
        if name == "PH":
            found |= Days(holidays=True)
        elif first not in DAY_NAMES or (last or first) not in DAY_NAMES or (bracket and not numbers.endswith("]")):
            return None
        elif bracket:
            counted.setdefault(numbers[:-1], set()).add(DAY_NAMES.index(day))
        else:
            begin, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
            found |= Days(frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1)))
    occasions = [Occasion(days=found)] if found != Days() else []
    for numbers, weekdays in counted.items():
        nths = _nths(numbers)
        if nths is None:
            return None
        occasions.append(Occasion(days=Days(frozenset(weekdays)), nths=nths))
    return occasions


def _nths(text: str) -> tuple[int, ...] | None:
    found: set[int] = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-") if not piece.startswith("-") else (piece, "", "")
        if not first.lstrip("-").isdecimal() or (last and not last.isdecimal()):
            return None
        found |= set(range(int(first), int(last or first) + 1))
    return in_turn(found) if found and all(number in range(-5, 6) and number for number in found) else None


def in_turn(nths: Iterable[int]) -> tuple[int, ...]:
    """Counts in a month: from the first on, then from the last back."""
    return tuple(sorted(set(nths), key=lambda number: (number < 0, abs(number))))


def _days_of_months(months: Sequence[Dates], numbers: Sequence[int]) -> list[Day]:
    """Each of some days of the month, in all months that have it."""
    named = months or (Dates(Day(0, 1, 0), Day(0, 12, 0)),)
    return [
        Day(year, month, number)
        for number in numbers
        for stretch in named
        for year, month in _months_of(stretch)
        if number <= calendar.monthrange(year or _LEAP_YEAR, month)[1]
    ]


def _months_of(stretch: Dates) -> list[tuple[int, int]]:
    first, last = stretch.first, stretch.last
    begin, end = first.month or 1, last.month or 12
    if first.year:
        return [(month // 12, month % 12 + 1) for month in range(first.year * 12 + begin - 1, last.year * 12 + end)]
    return [(0, (begin - 1 + step) % 12 + 1) for step in range((end - begin) % 12 + 1)]


def _monthly(dates: Sequence[Dates]) -> Occasion | None:
    """Single days that are the same of each month, said so; None where they are not."""
    if not dates or any(one.first != one.last or not one.first.day for one in dates):
        return None
    months: dict[int, list[int]] = {}
    for one in dates:
        months.setdefault(one.first.day, []).append(one.first.year * 12 + one.first.month - 1)
    every = sorted(set[int]().union(*months.values()))
    numbers = tuple(sorted(months))
    written_out = sorted(one.osm for one in dates)
    for stretch in _stretches(every, named=bool(dates[0].first.year)):
        if sorted(day.osm for day in _days_of_months(stretch, numbers)) == written_out:
            return Occasion(dates=stretch, monthly=numbers)
    return None


def _stretches(months: Sequence[int], *, named: bool) -> Iterator[tuple[Dates, ...]]:
    """What months, by their number since year 0, may be as one stretch: the whole year, or a run of some."""
    if len(months) < _LEAST_MONTHS:
        return
    if not named:
        yield ()
    gaps = [at for at, (one, two) in enumerate(pairwise(months)) if two != one + 1]
    if not gaps:
        yield (_from_to(months[0], months[-1]),)
    elif not named and len(gaps) == 1 and months[0] == 0 and months[-1] == 11:  # past the new year
        yield (_from_to(months[gaps[0] + 1], months[gaps[0]]),)


def _from_to(first: int, last: int) -> Dates:
    return Dates(*(Day(month // 12, month % 12 + 1, 0) for month in (first, last)))
