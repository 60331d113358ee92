"""Dates as people write them, in Chinese, in English or in OpenStreetMap's grammar, read as that grammar.

``6月1日至9月30日、12月至次年2月``, ``每月第一个周六``, ``每月15日``, ``2027年1月28日至2月1日``, ``the first Saturday of
each month``. What can mean two things is refused: after ``6月至9月，`` the first Saturday of each month may be that of
those months, or one more.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from stations.errors import HoursError
from stations.hours.rules import MAX_TEXT
from stations.phrases.clauses import WEEKEND, Dates, Day, Days
from stations.phrases.occasions import NO_TIMES, TOO_LONG, Occasion, checked_dates, in_turn, occasions_of, osm_of
from stations.phrases.tokens import DAYS, NUMBER, number_of, refused
from stations.phrases.words import hours_words

NOT_DATES = (
    "The dates “{text}” are not understood from character {column} on: “{words}”. Write them like "
    "“6月1日至9月30日、12月至次年2月”, “每月第一个周六”, “每月15日” or “2027年1月28日至2月1日”; leave them empty "
    "for all year."
)
TWO_WAYS = (
    "“{words}” at character {column} of the dates “{text}” can mean more than one thing. Write a semicolon before what "
    "is added, or leave the comma out where it lies within the dates before it; and give each date its year, or none."
)
NO_SUCH_DATES = "“{words}” at character {column} of the dates “{text}” are no days of the year. Correct them."
MOST_WEEKS, MOST_DAYS = 5, 31

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_CLOCK = re.compile(r"\d:\d\d|\d[点时]")

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WEEKDAYS = {name.casefold(): number for number, name in enumerate(calendar.day_name)}
_WEEKDAYS |= {name.casefold(): number for number, name in enumerate(calendar.day_abbr)}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_ORDINALS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}

_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY = rf"(?:{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})s?\b"
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)})\b"
_ORDINAL_DAY = r"\d{1,2}(?:st|nd|rd|th)\b"
_AND = r"(?:\s*(?:,|and\b)\s*)+"
_OF_MONTH = r"\s*(?:day\s*)?of\s+(?:each|every|the)\s+month\b"
_ZH_WEEKDAY = r"(?:周|星期|礼拜)"
_ZH_LAST = rf"最后一?个?|倒数第{NUMBER}个?"
_ZH_NTH = rf"(?:{_ZH_LAST}|第{NUMBER}个?)(?:[、,和及与](?:{_ZH_LAST}|第?{NUMBER}个?))*"
_ONE_NTH = re.compile(rf"(?P<last>最后)一?|(?P<back>倒数)?第?(?P<number>{NUMBER})|(?P<english>{_ORDINAL})")

Kind = Literal[
    "date", "day", "months", "nth", "monthly", "weekday", "weekend", "holiday", "range", "and", "comma", "end", "in",
    "all", "filler",
]  # fmt: skip

_ZH_YEAR = r"(?:(?P<y>\d{4})年|(?P<next>次年|翌年|第二年))?"
_EN_YEAR = r"(?:,?\s*(?P<y>\d{4}))?"
_TH = r"(?:st|nd|rd|th)?"
_SPELLINGS: tuple[tuple[Kind, str], ...] = (
    ("end", r"[;。|\n]+"),
    ("nth", rf"(?:每个?月的?)?({_ZH_NTH})(?={_ZH_WEEKDAY})"),
    ("nth", rf"(?:the\s+)?({_ORDINAL}(?:{_AND}{_ORDINAL})*)(?=\s+{_WEEKDAY})"),
    ("monthly", rf"(?:the\s+)?({_ORDINAL_DAY}(?:{_AND}(?:the\s+)?{_ORDINAL_DAY})*){_OF_MONTH}"),
    ("months", rf"每个?月的?|{_OF_MONTH}"),
    ("date", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)日?"),
    ("date", r"(?P<m>\d\d)-(?P<d>\d\d)(?![\d:日号月])"),
    ("date", rf"{_ZH_YEAR}(?P<m>{NUMBER})月份?(?:(?P<d>{NUMBER})(?:[日号]|(?![日号个月周])))?"),
    ("date", r"(?P<y>\d{4})年"),
    ("day", rf"({NUMBER})[日号]"),
    ("date", rf"(?P<month>{_MONTH})(?:\s*(?P<d>\d{{1,2}}){_TH}(?!\d))?{_EN_YEAR}"),
    ("date", rf"(?:the\s+)?(?P<d>\d{{1,2}}){_TH}\s+(?:of\s+)?(?P<month>{_MONTH}){_EN_YEAR}"),
    ("date", r"(?P<y>\d{4})(?![\d-])"),
    ("day", rf"(\d{{1,2}}){_TH}(?=\s*(?:to\b|[-,、和及至到]|and\b))"),
    ("weekend", r"每?个?(?:周末|双休日)|weekends?\b"),
    ("weekday", rf"(?:每逢|每|逢)?个?{_ZH_WEEKDAY}([一二三四五六日天]+)"),
    ("weekday", rf"({_WEEKDAY})"),
    ("holiday", r"(?:国家)?(?:法定)?(?:节假日|假日|节日)|公众假期|public\s+holidays?\b"),
    ("range", r"\.\.|-+|[至到]|through\b|until\b|to\b"),
    ("comma", r","),
    ("and", r"[、&]|以及|还有|[和及与或]|and\b|plus\b"),
    ("in", r"in\b|during\b|within\b"),
    ("all", r"全年|常年|整年|每天|每日|all\s+year\b|every\s*day\b|daily\b"),
    ("filler", r"每年|期间|时段|[的仅只在为均逢]|开放|营业|服务|设点|出摊|(?:only|on|the|from|every|each)\b"),
)
"""What may stand in dates, the likeliest first, in narrow characters and small letters."""

_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _SPELLINGS)


def read_dates(text: str) -> str:
    """Read dates in Chinese, in English or in OSM grammar.

    Parameters
    ----------
    text
        Like ``6月至9月、12月至次年2月``, ``每月第一个周六``, ``2027-01-28 to 2027-02-01`` or ``Jun-Sep``.

    Returns
    -------
    str
        The dates in OSM grammar as `stations.hours.rules` writes it; empty for all year, and for an empty text.

    Raises
    ------
    HoursError
        A text that is not understood, that can be understood in more than one way, or that holds times. Its values
        hold ``text``, ``words`` and the 1-based ``line`` and ``column`` of the first of them.
    """
    if not text.strip():
        return ""
    if len(text) > MAX_TEXT:
        raise HoursError(TOO_LONG, length=len(text), longest=MAX_TEXT, text=text[:80])
    if _LETTER.search(text) and not _HAN.search(text):
        try:
            found = checked_dates(text.strip())
        except HoursError as fault:
            if fault.template == NO_TIMES:
                raise
        else:
            parted = occasions_of(found)
            return osm_of(parted) if parted else found
    occasions = _Reading(text).occasions()
    return osm_of(occasions) if occasions else ""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text, and where it stands there, from 0."""

    kind: Kind
    found: re.Match[str]
    start: int
    end: int


class _End(NamedTuple):
    """A day as it is written: 0 for what goes without saying."""

    year: int
    month: int
    day: int
    next_year: bool = False


@dataclass(slots=True)
class _Draft:
    """An occasion as far as it is read; `of_months` where it waits for its days of the month."""

    start: int
    spans: list[tuple[_End, _End | None]] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    holidays: bool = False
    nths: tuple[int, ...] = ()
    monthly: list[int] = field(default_factory=list)
    of_months: bool = False

    @property
    def qualified(self) -> bool:
        """Whether it names more than dates."""
        return bool(self.weekdays or self.holidays or self.nths or self.monthly or self.of_months)


class _Reading:
    """Reads one text, word by word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.made: list[Occasion] = []
        self.draft = _Draft(0)
        self.link: Kind | None = None
        self.to: _Word | None = None
        self.last: Kind = "end"

    def occasions(self) -> list[Occasion]:
        """What the text names; nothing for all year."""
        read: Mapping[str, Callable[[_Word], None]] = {
            "date": self._date, "day": self._day, "months": self._months, "nth": self._nth, "monthly": self._monthly,
            "weekday": self._weekday, "weekend": self._weekday, "holiday": self._holiday,
        }  # fmt: skip
        always = False
        for word in _words(self.text):
            kind = word.kind
            if kind == "filler":
                continue
            if kind in {"and", "comma", "in"}:
                self.link = self.link or kind
                continue
            if kind == "range":
                if self.last not in {"date", "day", "weekday"} or self.to is not None:
                    raise self._not_understood(word)
                self.to = word
                continue
            if kind == "end":
                self._flush(word.start)
            elif kind == "all":
                always = True
            else:
                read[kind](word)
            self.last, self.link, self.to = kind, None, None
        if self.to is not None:
            raise self._not_understood(self.to)
        self._flush(len(self.text))
        if not self.made and not always:
            raise refused(NOT_DATES, self.text, 0, len(self.text))
        return self.made

    def _date(self, word: _Word) -> None:
        said = {name: text for name, text in word.found.groupdict().items() if text}
        month = _MONTHS[said["month"].rstrip(".")] if "month" in said else number_of(said.get("m", "0"))
        end = _End(int(said.get("y", 0)), month, number_of(said.get("d", "0")), "next" in said)
        if self.to is not None:
            self._close(end, word)
            return
        if self.draft.qualified and self.link != "in" and self.last != "date":
            self._flush(word.start)
        self.draft.spans.append((end, None))

    def _close(self, end: _End, word: _Word) -> None:
        spans = self.draft.spans
        if not spans or spans[-1][1] is not None:
            raise self._not_understood(word)
        first = spans[-1][0]
        if self.last == "day" and word.found.groupdict().get("month"):
            first = _End(0, 0, first.day)  # 1 to 2 February: the month is said at the end, not before
        spans[-1] = (first, end)

    def _day(self, word: _Word) -> None:
        day, draft = number_of(word.found[1]), self.draft
        if draft.of_months or draft.monthly:
            if self.to is None:
                draft.monthly.append(day)
            elif draft.monthly and draft.monthly[-1] < day:
                draft.monthly += range(draft.monthly[-1] + 1, day + 1)
            else:
                raise self._not_understood(word)
        elif self.to is not None:
            self._close(_End(0, 0, day), word)
        else:
            before = next((end for span in draft.spans[-1:] for end in reversed(span) if end), _End(0, 0, 0))
            draft.spans.append((_End(before.year, before.month, day), None))

    def _months(self, word: _Word) -> None:
        if not (self.draft.nths and self.last == "weekday"):  # else: the first Saturday of each month
            self._qualify(word)
            self.draft.of_months = True

    def _monthly(self, word: _Word) -> None:
        self._qualify(word)
        self.draft.monthly += [int(one) for one in re.findall(r"\d+", word.found[1])]

    def _nth(self, word: _Word) -> None:
        if self.draft.of_months and not self.draft.monthly:
            self.draft.of_months = False
        else:
            self._qualify(word)
        nths: list[int] = []
        for one in _ONE_NTH.finditer(word.found[1]):
            number = -1 if one["last"] else _ORDINALS[one["english"]] if one["english"] else number_of(one["number"])
            nths.append(-number if one["back"] else number)
        if not all(1 <= abs(nth) <= MOST_WEEKS for nth in nths):
            raise refused(NO_SUCH_DATES, self.text, word.start, word.end)
        self.draft.nths = in_turn(nths)

    def _weekday(self, word: _Word) -> None:
        named = sorted(WEEKEND) if word.kind == "weekend" else _weekdays_of(word.found[1])
        if self.to is not None:
            if self.last != "weekday":
                raise self._not_understood(word)
            first = self.draft.weekdays[-1]
            named = [*((first + step) % 7 for step in range(1, (named[0] - first) % 7)), *named]
        elif not (self.draft.nths and not self.draft.weekdays) and self.last not in {"weekday", "weekend", "holiday"}:
            self._qualify(word)
        self.draft.weekdays += named

    def _holiday(self, word: _Word) -> None:
        if self.last not in {"weekday", "weekend"} or self.draft.nths:
            self._qualify(word)
        self.draft.holidays = True

    def _qualify(self, word: _Word) -> None:
        """Begin to say which of the dates before it are meant, or what is meant beside them."""
        draft = self.draft
        if self.to is not None:
            raise self._not_understood(word)
        if draft.spans and not draft.qualified and self.link == "comma":
            raise refused(TWO_WAYS, self.text, word.start, word.end)
        if draft.qualified or (draft.spans and self.link == "and"):
            self._flush(word.start)

    def _flush(self, end: int) -> None:
        draft, self.draft = self.draft, _Draft(end)
        if not (draft.spans or draft.qualified):
            return
        waits = (draft.of_months and not draft.monthly) or (draft.nths and not draft.weekdays)
        if waits or (draft.monthly and any(first.day for first, _ in draft.spans)):
            raise refused(NOT_DATES, self.text, draft.start, end)
        dates: list[Dates] = []
        for first, last in draft.spans:
            settled = _settled(first, last, dates[-1].last.year if dates else 0)
            if settled is None:
                raise refused(NO_SUCH_DATES, self.text, draft.start, end)
            dates.append(settled)
        if len({bool(one.first.year) for one in dates}) > 1:
            raise refused(TWO_WAYS, self.text, draft.start, end)
        days = Days(frozenset(draft.weekdays), draft.holidays)
        monthly = tuple(sorted(set(draft.monthly)))
        one = Occasion(tuple(dates), None if days == Days() else days, draft.nths, monthly)
        if not one.osm or not all(1 <= day <= MOST_DAYS for day in monthly):
            raise refused(NO_SUCH_DATES, self.text, draft.start, end)
        self.made.append(one)

    def _not_understood(self, word: _Word) -> HoursError:
        return refused(NOT_DATES, self.text, word.start, word.end)


def _words(text: str) -> Iterator[_Word]:
    """Take a text apart into words; blanks between them say nothing.

    Raises
    ------
    HoursError
        Characters that are in no word.
    """
    read, places = _narrow(text)
    at = 0
    while at < len(read):
        if read[at].isspace() and read[at] != "\n":
            at += 1
            continue
        matches = ((kind, pattern.match(read, at)) for kind, pattern in _PATTERNS)
        kind, found = next(((kind, found) for kind, found in matches if found and found.end() > at), (None, None))
        if kind is None or found is None:
            if _CLOCK.search(read):
                raise HoursError(NO_TIMES, text=text[:200], words=text[places[at] :][:60])
            raise refused(NOT_DATES, text, places[at], len(text))
        yield _Word(kind, found, places[at], places[found.end() - 1] + 1)
        at = found.end()


def _narrow(text: str) -> tuple[str, list[int]]:
    """The text in narrow characters and small letters, and where each of them stands in the text as written."""
    variants = hours_words().characters
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for one in unicodedata.normalize("NFKC", variants.get(char, char)).casefold():
            chars.append("\n" if one in "\r\n\v\f" else variants.get(one, one))
            places.append(place)
    return "".join(chars), places


def _weekdays_of(said: str) -> list[int]:
    if said.isascii():
        return [_WEEKDAYS.get(said, _WEEKDAYS.get(said.removesuffix("s"), 0))]
    return [6 if char == "天" else DAYS.index(char) for char in said]


def _settled(first: _End, last: _End | None, year: int) -> Dates | None:
    """A stretch with all that goes without saying; None where there are no such days.

    Parameters
    ----------
    year
        The year that was said before it; 0 for none.
    """
    if last is None:
        begin = end = Day(_year(first, year), first.month, first.day)
    else:
        month = first.month or last.month
        from_year = _year(first, 0 if last.year else year)
        to_month = last.month or first.month
        backwards = (to_month, last.day) < (month, first.day)
        to_year = last.year or (from_year + (backwards or last.next_year) if from_year else 0)
        if to_year and not from_year:
            from_year = to_year - backwards
        begin, end = Day(from_year, month, first.day), Day(to_year, to_month, last.day)
    ordered = not begin.year or (begin.year, begin.month, begin.day) <= (end.year, end.month, end.day)
    same_kind = bool(begin.day) == bool(end.day) and bool(begin.month) == bool(end.month)
    return Dates(begin, end) if ordered and same_kind and begin.possible and end.possible else None


def _year(end: _End, before: int) -> int:
    return end.year or (before + end.next_year if before else 0)
