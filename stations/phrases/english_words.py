"""The words of opening hours in plain English, with their places."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from stations.phrases.tokens import NOT_UNDERSTOOD, refused

_DAY_NAMES = (
    "mon(?:days?)?|tue(?:s|sdays?)?|wed(?:s|nesdays?)?|thu(?:r|rs|rsdays?)?|fri(?:days?)?|sat(?:urdays?)?|sun(?:days?)?"
)
_MONTHS = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in calendar.month_name if name) + "|sept"
_SIGNS = {"comma": ",", "colon": ":", "left": r"\(", "right": r"\)", "end": r"[;.\n|]", "dash": "[-–—−‐]+", "plus": "&"}
_WORDS = {
    "rule": "rule",
    "unknown": "(?:(?:opening )?(?:times|hours) (?:are )?)?(?:not known|unknown)",
    "maybe": "(?:perhaps|possibly|may be) open",
    "as_usual": "(?:including|incl|also on) (?:the )?(?:(?:public|official|national|bank) )?holidays",
    "except": "except(?: (?:on|for))?|excluding|apart from",
    "holiday": "(?:(?:public|official|national|legal|statutory|bank) )?holidays?",
    "workday": "(?:official )?work(?:ing)? ?days?|business days?",
    "weekdays": "weekdays?",
    "weekend": "weekends?",
    "every_day": "every ?day(?: of the week)?|each day|daily|all days|(?:7|seven) days a week",
    "all_day": "all day(?: long)?|24 ?(?:hours?|hrs?|h)(?: (?:a|per) day)?|24/7|(?:a)?round the clock|day and night",
    "next_day": "(?:(?:of |on )?the )?(?:next|following) (?:day|morning)",
    "rest": "closed for lunch|lunch(?: break)?|midday (?:rest|break)",
    "closed": "closed|closes|shut|not open",
    "open": "open|opens|opened",
    "but": "but",
    "also": "also",
    "otherwise": "otherwise|at (?:all )?other times",
    "month": rf"(?:{_MONTHS})\.?",
    "weekday": rf"(?:{_DAY_NAMES})\.?",
    "time": r"\d{1,2}(?:[:.]\d{2})? ?[ap]\.?m\.?|\d{1,2}:\d{2}|noon|midday|midnight|sunrise|sunset|dawn|dusk",
    "number": r"\d{1,4}(?:st|nd|rd|th)?",
    "range": "to|till?|until|through|thru",
    "from": "from",
    "and": "and",
    "filler": "on|the|of|at|in|opening hours|opening times|hours|we are|it is",
}
_QUOTE = '“[^“”]*”|"[^"]*"|「[^「」]*」|『[^『』]*』'
_TOKEN = re.compile(
    "|".join(
        [f"(?P<quote>{_QUOTE})"]
        + [f"(?P<{kind}>(?:{words})(?![a-z0-9]))" for kind, words in _WORDS.items()]
        + [f"(?P<{kind}>{sign})" for kind, sign in _SIGNS.items()]
    ),
    re.IGNORECASE,
)
_BLANK = re.compile(r"[^\S\n]+")
_ANY = re.compile(r"\w+|.", re.DOTALL)
_KINDS = {"dash": "range", "plus": "and"}
_CLOCKS = {"noon": "12:00", "midday": "12:00", "sunrise": "日出", "sunset": "日落", "dawn": "黎明", "dusk": "黄昏"}


@dataclass(frozen=True, slots=True)
class EnglishWord:
    """A word, or several that mean one thing, in small letters."""

    kind: str
    text: str
    start: int
    end: int


def english_words(text: str) -> list[EnglishWord]:
    """Take a text apart into words; blanks between them say nothing.

    Raises
    ------
    HoursError
        Characters that are in no word.
    """
    found, at = [], 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            end = _ANY.match(text, at)
            raise refused(NOT_UNDERSTOOD, text, at, end.end() if end else at + 1)
        kind = _KINDS.get(match.lastgroup, match.lastgroup)
        found.append(EnglishWord(kind, match[0].casefold(), at, match.end()))
        at = match.end()
    return found


def is_english(text: str) -> bool:
    """Whether a text has English words of opening hours, more than “to” and “pm”."""
    return any(_TOKEN.match(text, at.start()) for at in re.finditer(r"(?<![A-Za-z])[A-Za-z]{3,}", text))


def weekday_of(token: EnglishWord) -> int:
    """The number of a weekday, 0 for Monday."""
    return [name[:3].casefold() for name in calendar.day_name].index(token.text[:3])


def month_of(token: EnglishWord) -> int:
    """The number of a month, 1 for January."""
    return [name[:3].casefold() for name in calendar.month_name].index(token.text[:3])


def number_in(token: EnglishWord) -> int:
    """A number, as in ``1st``."""
    return int(re.sub(r"\D", "", token.text))


def is_year(token: EnglishWord) -> bool:
    """Whether a number is a year."""
    return token.kind == "number" and token.text.isdecimal() and len(token.text) == 4


def clock_of(token: EnglishWord, *, midnight: str) -> str:
    """A time as the reader of Chinese knows it: ``9am``, ``17:30``; midnight as it is to be there."""
    if token.text == "midnight":
        return midnight
    return _CLOCKS.get(token.text) or re.sub(r"[.]?m[.]?$", "m", token.text.replace(" ", ""))
