"""A text in the grammar of OpenStreetMap, read by opening-hours-py and parted into its rules.

The grammar is ``Key:opening_hours/specification`` of the OSM wiki. The library
reads and judges it; this module parts what it has read, so that the days of a
rule can be matched against an official calendar that the library does not have,
and a rule can be told as a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

import opening_hours

from stations.errors import HoursError

MAX_TEXT = 1000
"""Longest text that is read, in characters. OpenStreetMap itself stops at 255."""

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HALF_A_CHARACTER = re.compile("[\\ud800-\\udfff]")
_FAULT_AT = re.compile(r"--> (\d+):(\d+)")
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r"; | \|\| |, ")
_MODIFIER = re.compile(r"(?:^| )(closed|unknown)$")
_TIMES = re.compile(r"(?:^| )(\(?(?:\d\d:|sun|dawn|dusk)\S*)$")

_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})\b"
_HOLIDAY = r"[PS]H(?: ?[+-]?\d+ days?)?"
_DAY = rf"(?:{_HOLIDAY}|{_WEEKDAY}(?:-{_WEEKDAY}|\[[\d,-]+\](?: ?[+-]\d+ days?)?)?)"
_DAYS = re.compile(rf"(?:^| )({_DAY}(?:,{_DAY})*)$")
_ONE_DAY = re.compile(_DAY)
_OFFSET = re.compile(r"([PS]H) (\d+ days?)")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_OPEN_RANGE = re.compile(rf"(?<!{_MONTH})-{_MONTH}$")

_BLANK_IN_LIST = re.compile(rf"({_DAY})\s*,\s+(?={_DAY})", re.IGNORECASE)
_BLANK_AFTER_HOLIDAY = re.compile(rf"[PS]H\s[^;,]*{_WEEKDAY}", re.IGNORECASE)
_HOLIDAY_ON = re.compile(rf"({_HOLIDAY})(\s+{_WEEKDAY})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One rule of a text, in the library's own spelling.

    Attributes
    ----------
    joined
        How it is joined to the rule before it: ``;`` overrides it, ``,`` adds to
        it, ``||`` holds where it says closed; empty for the first.
    dates
        Years, months, dates and weeks, like ``2026 Feb 16``, ``Jun-Aug`` or
        ``week01-53/2``; empty for all year.
    days
        Weekdays and holidays, any of which it takes: ``Mo-Fr``, ``Sa[1]``,
        ``PH``, ``PH -1 days``, ``SH``; empty for every day.
    within
        Whether both a holiday and a weekday of `days` are needed, as in ``SH Mo-Fr``.
    times
        Spans like ``08:00-18:00``, ``22:00-06:00``, ``sunrise-sunset`` or
        ``14:00+``; empty for the whole day.
    modifier
        ``open``, ``closed`` or ``unknown``.
    comment
        Without its quotation marks.
    """

    joined: str = ""
    dates: str = ""
    days: tuple[str, ...] = ()
    within: bool = False
    times: tuple[str, ...] = ()
    modifier: str = "open"
    comment: str = ""

    @property
    def text(self) -> str:
        """The rule in OSM grammar, without what joins it to another."""
        holidays = [day for day in self.days if day[1] == "H"]
        weekdays = [day for day in self.days if day[1] != "H"]
        days = f"{','.join(holidays)} {','.join(weekdays)}" if self.within else ",".join(self.days)
        selectors = [self.dates, days, ",".join(self.times)]
        if not any(selectors):
            selectors = ["24/7"]
        selectors += ["" if self.modifier == "open" else self.modifier, f'"{self.comment}"' if self.comment else ""]
        return " ".join(word for word in selectors if word)

    @property
    def names_public_holidays(self) -> bool:
        """Whether it names ``PH``."""
        return any(day.startswith("PH") for day in self.days)

    @property
    def names_school_holidays(self) -> bool:
        """Whether it names ``SH``."""
        return any(day.startswith("SH") for day in self.days)


def parts_of(text: str) -> tuple[Part, ...]:
    """Read a text and part it into its rules.

    Two readings are the wiki's, and not the library's: a rule that is nothing
    but a comment is unknown, not open, and ``Sa, Su 10:00-12:00`` is a list of
    days written with a blank, not a Saturday that is open all day.

    Raises
    ------
    HoursError
        A text that is not in the grammar. Its values tell where.
    """
    library = read(text)
    tidy = text if is_plainly_spelled(text) else _without_blanks_in_lists(_with_comments_unsure(text))
    if tidy != text:
        with suppress(HoursError):
            library = _read(tidy)
    parts = _parted(str(library), tidy)
    if not parts:
        raise _not_understood(text, 1, 1)
    return parts


def written(parts: tuple[Part, ...]) -> str:
    """Write rules as one text again."""
    between = {"": "", ";": "; ", ",": ", ", "||": " || "}
    return "".join(f"{between[part.joined if place else '']}{part.text}" for place, part in enumerate(parts))


def alternatives(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """Take ``a || b; c`` apart into what holds first and what holds where that says closed.

    The library applies a fallback to whole days only, and to every day when it
    names none, so that ``Mo-Fr 08:00-18:00 || unknown`` would never be open. By
    the wiki a fallback holds at each moment that the rules before it leave
    closed, and the rules after it override both, hence ``a; c`` and then ``b; c``.
    """
    begins = [0, *(place for place, part in enumerate(parts) if place and part.joined == "||"), len(parts)]
    first, *fallbacks = [parts[begin:end] for begin, end in pairwise(begins)]
    found: list[tuple[Part, ...]] = []
    after: tuple[Part, ...] = ()
    for head, *tail in reversed(fallbacks):
        after = (*tail, *after)
        found.append((replace(head, joined=""), *after))
    found.append((*first, *after))
    return found[::-1]


def is_plainly_spelled(text: str) -> bool:
    """Whether the library reads a text, should it be in the grammar, exactly as `parts_of` does."""
    return not ('"' in text or "|" in text or _BLANK_IN_LIST.search(text) or _BLANK_AFTER_HOLIDAY.search(text))


def read(text: str) -> opening_hours.OpeningHours:
    """Let the library read a text.

    Raises
    ------
    HoursError
        A text that is not in the grammar, or too long. Its values tell where.
    """
    if len(text) > MAX_TEXT:
        raise HoursError(
            "Opening hours of {length} characters are too long; at most {longest} are read.",
            length=len(text),
            longest=MAX_TEXT,
            text=text[:80],
        )
    return _read(text)


def read_parts(parts: tuple[Part, ...]) -> opening_hours.OpeningHours:
    """Let the library read rules that were parted, or rewritten."""
    return _read(written(parts))


def _read(text: str) -> opening_hours.OpeningHours:
    half = _HALF_A_CHARACTER.search(text)
    if half:
        # JSON can carry it, and the library reads nothing but characters.
        before = text[: half.start()].splitlines() or [""]
        raise _not_understood(_HALF_A_CHARACTER.sub("\ufffd", text), len(before), len(before[-1]) + 1)
    try:
        # Country and place are left out on purpose: the library's Chinese holidays are incomplete.
        return opening_hours.OpeningHours(text, auto_country=False, auto_timezone=False)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # left out of the library's stubs
        found = _FAULT_AT.search(str(error))
        if found is None:
            raise HoursError("Opening hours “{text}” are not in OpenStreetMap's grammar.", text=text) from None
        raise _not_understood(text, int(found[1]), int(found[2])) from None


def _not_understood(text: str, line: int, column: int) -> HoursError:
    faulty = text.splitlines()[line - 1] if text.splitlines()[line - 1 :] else ""
    return HoursError(
        "Opening hours “{text}” are not understood from character {column} on: “{rest}”. "
        "Write them like “Mo-Fr 08:00-18:00; Sa 09:00-12:00”, or leave them empty when they are not known.",
        text=text,
        line=line,
        column=column,
        rest=faulty[column - 1 : column + 29],
    )


def _parted(canonical: str, text: str) -> tuple[Part, ...]:
    """Part a text as the library spells it; nothing when it would not be the same put together again."""
    blank = _blanked(canonical)
    begin, joined, parts = 0, "", []
    for found in [*_SEPARATOR.finditer(blank), None]:
        end = found.start() if found else len(blank)
        parts.append(_part(canonical[begin:end], joined))
        if found:
            begin, joined = found.end(), found[0].strip()
    spelled, again = (_OFFSET.sub(r"\1 +\2", one) for one in (canonical, written(tuple(parts))))
    return tuple(_with_holidays_on_weekdays(parts, text)) if again == spelled else ()


def _part(rule: str, joined: str) -> Part:
    comment, modifier, days, times = "", "open", "", ""
    if found := re.search(r' ?"([^"]*)"$', rule):
        rule, comment = rule[: found.start()], found[1]
    if found := _MODIFIER.search(rule):
        rule, modifier = rule[: found.start()], found[1]
    if found := _TIMES.search(rule):
        rule, times = rule[: found.start()], found[1]
    # "Jan 5-Mar Su[-1]" is a range of dates to its end.
    if (found := _DAYS.search(rule)) and not _OPEN_RANGE.search(rule[: found.start()]):
        rule, days = rule[: found.start()], found[1]
    return Part(
        joined,
        "" if rule == "24/7" else rule,
        tuple(_OFFSET.sub(r"\1 +\2", day) for day in _ONE_DAY.findall(days)),
        False,
        tuple(times.split(",")) if times else (),
        modifier,
        comment,
    )


def _with_holidays_on_weekdays(parts: list[Part], text: str) -> Iterator[Part]:
    """Mark ``SH Mo-Fr``, which the library reads as ``SH,Mo-Fr``."""
    named = iter([bool(found[2]) for found in _HOLIDAY_ON.finditer(_blanked(text))])
    for part in parts:
        both = [next(named, False) for day in part.days if day[1] == "H"]
        yield replace(part, within=True) if any(both) else part


def _with_comments_unsure(text: str) -> str:
    """Read a rule that is nothing but a comment as the wiki does: unknown, not open."""
    pieces = re.split(r"(;|\|\|)", _blanked(text))
    begin, found = 0, []
    for piece in pieces:
        rule = text[begin : begin + len(piece)]
        found.append(f" unknown {rule.strip()} " if _QUOTED.fullmatch(rule.strip()) else rule)
        begin += len(piece)
    return "".join(found).strip()


def _without_blanks_in_lists(text: str) -> str:
    begin, found = 0, []
    for blank in _BLANK_IN_LIST.finditer(_blanked(text)):
        found += [text[begin : blank.end(1)], ","]
        begin = blank.end()
    return "".join([*found, text[begin:]])


def _blanked(text: str) -> str:
    """Hide what stands in comments, at the same length."""
    return _QUOTED.sub(lambda found: f'"{"_" * (len(found[0]) - 2)}"', text)
