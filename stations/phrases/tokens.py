"""The characters of a Chinese text about opening hours, gathered into words with their places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from stations.errors import HoursError
from stations.phrases.words import HoursWords, hours_words

NOT_UNDERSTOOD = (
    "Opening hours “{text}” are not understood from character {column} on: “{words}”. Write them like "
    "“周一至周五 08:30-12:00,13:00-17:30；法定节假日休息”, “24小时” or “Mo-Fr 08:00-18:00”, put a remark in quotes, "
    "or leave them empty when they are not known."
)

DAYS = "一二三四五六日"
_NUMERALS = "零一二三四五六七八九"
NUMBER = r"(?:\d{1,2}(?!\d)|[二三四五]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_WEEKDAY = re.compile(r"(?:每逢|每|逢)?个?(?:周|星期|礼拜)([一二三四五六日天七]+(?![点时月十])|[1-7](?![\d:点时月.]))")
_BARE_WEEKDAY = re.compile(r"[一二三四五六日天](?![点时月十一二三四五六七八九半])|[1-7](?![\d:点时月日号.])")
# 一至五 and 六、日 with no 周 before them, where no part of a clock or a calendar follows.
_BARE_WEEKDAYS = re.compile(r"[一二三四五六](?=[-至到、][一二三四五六日](?![一二三四五六七八九十点时月日号个楼层]))")
_ENGLISH_WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs?|rsday|urday)?s?\.?(?![a-z])")
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LAST_ENTRY = re.compile(
    r"(?:(?:最晚|最后|最迟)(?:入场|入馆|入园|进馆|进场|预约|取号|受理)(?:时间)?:?|停止(?:入场|入馆|入园|进馆|进场|取号|受理)时间:?)"
    r"\d{1,2}:\d{2}|\d{1,2}:\d{2}(?:后|以后|起)?(?:停止|谢绝)(?:入场|入馆|入园|进馆|进场|取号|受理|检票)"
)
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d:.])日?")
_DATE = re.compile(
    rf"(?:(\d{{4}})年)?({NUMBER})月份?(?:({NUMBER})(?:[日号]|(?=[-至到]{NUMBER}[日号])))?|(\d{{4}})年(?!\d)"
)
_DAY = re.compile(rf"({NUMBER})[日号]")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?(?![\d:])")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{2})(?![\d.])")
_SPOKEN = re.compile(rf"({NUMBER})[点时](?!间)(?:(半)|([一三])刻|整|({NUMBER})分|({NUMBER})(?![\d:点时分]))?")
_RUN_TOGETHER = re.compile(r"([01]\d|2[0-4])([0-5][05])(?![\d:.])")
_PLAIN = re.compile(r"\d{1,4}(?!\d)")
_SPELT = re.compile(rf"{NUMBER}")
_QUOTE = re.compile('“([^“”]*)”|"([^"]*)"|「([^「」]*)」|『([^『』]*)』')
_LOCAL = (
    "(?:同|按照|按|随|依|与|以|跟随|跟|参照|执行)?(?:所在|本|该)?(?:{hosts})的?"
    "(?:(?:营业|开放|工作|上班|办公|服务|开门)时间)"
)
_LOCAL_END = "(?:内|一致|相同|为准|同步|期间|执行|开放)?|(?:同|与|跟随|随)(?:所在|本|该)?(?:{hosts})(?:同步|一致)"
_BLANK = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text.

    Attributes
    ----------
    kind
        A list of ``words.toml``, or one of season, daypart, unknown, remark, weekday, date, day, time, number, quote.
    value
        Season, part of the day or remark; the text between quotes.
    numbers
        Weekdays from 0 for Monday; year, month and day, 0 for none; hour and minute; or a number.
    start, end
        Place in the text as written, from 0.
    text
        The word as read: full-width digits are narrow, every dash is a hyphen.
    """

    kind: str
    value: str
    numbers: tuple[int, ...]
    start: int
    end: int
    text: str


def refused(template: str, text: str, start: int, end: int, **values: object) -> HoursError:
    """A `HoursError` about the characters of a text from `start` up to `end`, both from 0."""
    before = text[:start]
    words = text[start:end].split("\n", maxsplit=1)[0].strip() or text[start : start + 1]
    return HoursError(
        template,
        text=text if len(text) <= 200 else text[:200] + "…",
        line=before.count("\n") + 1,
        column=start - (before.rfind("\n") + 1) + 1,
        words=words[:60],
        rest=text[start : start + 30].split("\n", maxsplit=1)[0],
        **values,
    )


def narrow(text: str) -> str:
    """The text with the digits, colons and dashes that a grammar of ASCII has."""
    variants = hours_words().characters
    return unicodedata.normalize("NFKC", "".join(variants.get(char, char) for char in text))


def tokens_of(text: str) -> list[Token]:
    """Take a text apart into words; blanks between them say nothing.

    Raises
    ------
    HoursError
        Characters that are in no word.
    """
    read, places = _plain(text)
    found: list[Token] = []
    at = 0
    while at < len(read):
        blank = _BLANK.match(read, at)
        if blank:
            at = blank.end()
            continue
        match = next(_matches(read, at, found), None)
        if match is None:
            last = at + 1
            while last < len(read) and not read[last].isspace() and next(_matches(read, last, []), None) is None:
                last += 1
            raise refused(NOT_UNDERSTOOD, text, places[at], places[last - 1] + 1)
        end, kind, value, numbers = match
        start, stop = places[at], places[end - 1] + 1
        if kind == "quote":
            value = text[start + 1 : stop - 1]
        found.append(Token(kind, value, numbers, start, stop, read[at:end]))
        at = end
    return found


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in narrow characters, and where each of them stands in the text as written."""
    variants = hours_words().characters
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for narrow in unicodedata.normalize("NFKC", variants.get(char, char)).casefold():
            chars.append("\n" if narrow in "\r\n\v\f" else variants.get(narrow, narrow))
            places.append(place)
    return "".join(chars), places


_Match = tuple[int, str, str, tuple[int, ...]]


def _matches(read: str, at: int, before: list[Token]) -> Iterator[_Match]:
    """What may begin here, the likeliest first: where it ends, its kind, its value and its numbers."""
    quote = _QUOTE.match(read, at)
    if quote:
        yield quote.end(), "quote", "", ()
    if read[at] == "\n":
        yield at + 1, "end", "", ()
    if read[at] == "-":
        yield at + len(read[at:]) - len(read[at:].lstrip("-")), "range", "", ()
    entry = _LAST_ENTRY.match(read, at)
    if entry:
        yield entry.end(), "remark", entry[0], ()
    words = hours_words()
    local = _local().match(read, at)
    word = _longest(words, read, at)
    if local and local.end() > (word[0] if word else 0):
        yield local.end(), "unknown", local[0], ()
    weekday = _weekday(read, at, before)
    if weekday and weekday[0] > (word[0] if word else 0):
        yield weekday
    if word and word[0] > at + 1:
        yield word
    yield from _dates(read, at)
    yield from _times(read, at, before)
    if word:
        yield word


def _longest(words: HoursWords, read: str, at: int) -> _Match | None:
    for length in range(min(words.longest, len(read) - at), 0, -1):
        found = words.meaning.get(read[at : at + length])
        # 8:00 is read before 0 of it could begin a word such as 24小时.
        if found and not (read[at].isdecimal() and at and (read[at - 1].isdecimal() or read[at - 1] == ":")):
            return at + length, *found, ()
    return None


@cache
def _local() -> re.Pattern[str]:
    hosts = "|".join(map(re.escape, hours_words().hosts))
    return re.compile((_LOCAL + _LOCAL_END).format(hosts=hosts))


def _weekday(read: str, at: int, before: list[Token]) -> _Match | None:
    found = _WEEKDAY.match(read, at)
    if found:
        return found.end(), "weekday", "", tuple(_day_number(char) for char in found[1])
    english = _ENGLISH_WEEKDAY.match(read, at)
    if english:
        return english.end(), "weekday", "", (_ENGLISH_DAYS.index(english[1]),)
    opens = not before or before[-1].kind in {"comma", "end", "label", "colon", "left", "time"}
    if opens and (bare := _BARE_WEEKDAYS.match(read, at)):
        return bare.end(), "weekday", "", (_day_number(bare[0]),)
    if len(before) > 1 and before[-1].kind in {"range", "and", "comma"} and before[-2].kind == "weekday":
        bare = _BARE_WEEKDAY.match(read, at)
        if bare:
            return bare.end(), "weekday", "", (_day_number(bare[0]),)
    return None


def _day_number(char: str) -> int:
    return {"天": 6, "七": 6}.get(char, int(char) - 1 if char.isdecimal() else DAYS.find(char))


def _dates(read: str, at: int) -> Iterator[_Match]:
    found = _ISO_DATE.match(read, at)
    if found:
        yield found.end(), "date", "", (int(found[1]), int(found[2]), int(found[3]))
    found = _DATE.match(read, at)
    if found:
        numbers = (int(found[1] or found[4] or 0), number_of(found[2] or "0"), number_of(found[3] or "0"))
        yield found.end(), "date", "", numbers
    found = _DAY.match(read, at)
    if found:
        yield found.end(), "day", "", (number_of(found[1]),)


def _times(read: str, at: int, before: list[Token]) -> Iterator[_Match]:
    found = _CLOCK.match(read, at)
    if found:
        yield found.end(), "time", ":", (int(found[1]), int(found[2]))
    found = _DOTTED.match(read, at)
    if found:
        yield found.end(), "time", ".", (int(found[1]), int(found[2]))
    found = _SPOKEN.match(read, at)
    if found:
        quarters = 30 if found[2] else 15 * number_of(found[3] or "0")
        minutes = number_of(found[4] or found[5] or "0") or quarters
        yield found.end(), "time", "点", (number_of(found[1]), minutes)
    found = _RUN_TOGETHER.match(read, at)
    if found and (read[found.end() :].lstrip()[:1] in set("-至到") or (before and before[-1].kind == "range")):
        yield found.end(), "time", ":", (int(found[1]), int(found[2]))
    found = _PLAIN.match(read, at)
    if found:
        yield found.end(), "number", found[0], (int(found[0]),)
    found = _SPELT.match(read, at)
    if found and before and before[-1].kind == "daypart":
        yield found.end(), "number", found[0], (number_of(found[0]),)


def number_of(text: str) -> int:
    """A number in digits, or in Chinese numerals up to 59."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, ones = text.split("十")
        return 10 * (_NUMERALS.find(tens) if tens else 1) + (_NUMERALS.find(ones) if ones else 0)
    return max(_NUMERALS.find({"两": "二", "〇": "零"}.get(text, text)), 0)
