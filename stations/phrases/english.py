"""Statements about opening hours in English."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from stations.phrases.clauses import Clause, Dates, Day, Days, runs_of
from stations.phrases.occasions import Occasion
from stations.phrases.telling import Telling, quoted

NOT_KNOWN = "Hours not known"
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")
_EVENTS = ("sunrise", "sunset", "dawn", "dusk")


def told(tellings: Sequence[Telling]) -> str:
    """A whole sentence; that the hours are not known, where nothing is given."""
    if not tellings:
        return NOT_KNOWN
    said = "; ".join(_statement(one, first=not at) for at, one in enumerate(tellings))
    return said[0].upper() + said[1:]


def self_service(tellings: Sequence[Telling]) -> str:
    """The hours in which one gets in without staff."""
    one = tellings[0].clause
    if len(tellings) == 1 and one.spans and one.days is None and not one.dates and one.state == "open":
        return f"self-service {_times(one)} (unstaffed)"
    return f"self-service (unstaffed): {_lower(told(tellings))}"


def season(dates: Sequence[Occasion] | None, tellings: Sequence[Telling]) -> str:
    """The dates outside which a station is closed, as parts where words can say them, else as rules."""
    if dates is not None:
        return f"only {', and '.join(map(_occasion, dates))}"
    return f"season: {_lower(told(tellings))}"


def occasions(several: Sequence[Occasion]) -> str:
    """Dates on which a station serves: 1 June to 30 September; the first Saturday of each month."""
    return "; ".join(map(_occasion, several))


def _occasion(one: Occasion) -> str:
    dates = _dates(one.dates)
    if one.monthly:
        days = f"the {_and([_ordinal(day) for day in one.monthly])} of each month"
    elif one.days is None:
        return dates
    elif one.nths:
        names = [calendar.day_name[day] for day in sorted(one.days.weekdays)]
        days = f"the {_and([_nth(number) for number in one.nths])} {_and(names)} of each month"
    else:
        days = days_of(one.days)
        days = f"every {days}" if one.days.weekdays and "to" not in days else days
    return f"{days} in {dates}" if dates else days


def _nth(number: int) -> str:
    return _ORDINALS[number] if number > 0 else f"{_ORDINALS[-number]} last" if number < -1 else "last"


def _ordinal(number: int) -> str:
    ending = "th" if number in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def closure(first: date, last: date, reason: str) -> str:
    """Days on which a station is closed whatever its hours."""
    ends = [Day(day.year, day.month, day.day) for day in (first, last)]
    return f"closed for now {_range(Dates(*ends))}{': ' if reason else ''}{reason}"


def joined(said: Sequence[str]) -> str:
    """Several statements as one sentence."""
    return "; ".join(said)


def days_of(days: Days) -> str:
    """Names of days: Monday to Friday and public holidays."""
    runs = [[calendar.day_name[day] for day in run] for run in runs_of(days.weekdays)]
    names = [name for run in runs for name in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run)]
    return _and(names + ["public holidays"] * days.holidays)


def span(text: str) -> str:
    """One span of a rule: ``22:00-02:00`` is 22:00–02:00 next day."""
    if text.endswith("+"):
        return f"from {text[:-1]}"
    begin, end = text.split("-")
    if begin in _EVENTS or end in _EVENTS:
        return f"{begin}–{end}"
    if end == "00:00" and begin != "00:00":
        end = "24:00"
    if end > "24:00":
        return f"{begin}–{int(end[:2]) - 24:02}{end[2:]} next day"
    return f"{begin}–{end}" if end > begin else f"{begin}–{end} next day"


def _statement(one: Telling, *, first: bool) -> str:
    clause = one.clause
    lead = {",": "also ", "||": "otherwise "}.get(clause.joint, "but " if clause.firm else "") if not first else ""
    if clause.verbatim:
        return f"{lead}rule {quoted(clause.verbatim)}"
    dates = _dates(clause.dates)
    days = _days(one)
    if clause.bars:
        return f"{lead}closed{' on ' + days if days else ''}{' ' + dates if dates else ''}{_remark(clause)}"
    if clause.state == "unknown" and not clause.spans:
        if not days and not dates:
            return f"{lead}{'not known' if lead == 'otherwise ' else 'hours not known'}{_remark(clause)}"
        return (
            f"{lead}open{' on ' + days if days else ''}{' ' + dates if dates else ''}, times not known{_remark(clause)}"
        )
    if not clause.spans and not days and not dates:
        return f"{lead}open 24 hours{_remark(clause)}"
    when = f"{dates}: " if dates else ""
    # Not “closed Monday 12:00–13:00”, in which the times may be those of the other days.
    before, after = {"closed": ("", " closed"), "unknown": ("perhaps open ", "")}.get(clause.state, ("", ""))
    return f"{lead}{when}{before}{days or 'every day'} {_times(clause) or 'all day'}{after}{_remark(clause)}"


def _days(one: Telling) -> str:
    """Names of the days of a statement; empty for every day."""
    if one.of_workdays:
        return "official workdays"
    days = days_of(one.clause.days) if one.clause.days is not None else ""
    return f"{days or 'every day'} except public holidays" if one.not_on_holidays else days


def _remark(clause: Clause) -> str:
    return f" (“{clause.comment}”)" if clause.comment else ""


def _times(clause: Clause) -> str:
    return _and([span(one) for one in clause.spans])


def _dates(dates: Sequence[Dates]) -> str:
    return _and([_range(one) for one in dates])


def _range(dates: Dates) -> str:
    first, last = dates.first, dates.last
    if first == last:
        return _day(first)
    if first.year == last.year:
        if first.month == last.month and first.day:
            return f"{first.day} to {_day(last)}"
        first = Day(0, first.month, first.day)
    return f"{_day(first)} to {_day(last)}"


def _day(day: Day) -> str:
    month = calendar.month_name[day.month] if day.month else ""
    return " ".join(filter(None, (str(day.day or ""), month, str(day.year or ""))))


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
