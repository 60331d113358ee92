"""Opening hours as people write them, in Chinese or in OpenStreetMap's grammar, read as that grammar.

Nothing is left out: each character belongs to a word of ``words.toml``, a time, a
date or a weekday, and each word is used, or the text is refused with the words
that were not understood.
"""

from __future__ import annotations

import re
from contextlib import suppress

from stations.errors import HoursError
from stations.hours.rules import MAX_TEXT, parts_of, written
from stations.phrases.clauses import Clause, in_order, only_closes, osm_text, without_idle_closures
from stations.phrases.completing import clauses_of
from stations.phrases.english_words import is_english
from stations.phrases.statements import statements_of
from stations.phrases.tokens import NOT_UNDERSTOOD, narrow, refused, tokens_of
from stations.phrases.translating import translated

TOO_LONG = "Opening hours of {length} characters are too long; at most {longest} are read."

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_SAYS_ANYTHING = re.compile(r"[A-Za-z0-9\"]")
_QUOTED = re.compile('"[^"]*"|“[^“”]*”|「[^「」]*」|『[^『』]*』')
_LOOSE_TIME = re.compile(r"(?<![\d:])\d:\d\d")


def read_hours(text: str) -> str:
    """Read opening hours in Chinese or in OSM grammar.

    Parameters
    ----------
    text
        Like ``周一至周五 08:30-12:00,13:00-17:30``, ``24小时`` or ``Mo-Fr 08:00-18:00``.

    Returns
    -------
    str
        The hours in OSM grammar as `stations.hours.rules` writes it; empty for an empty text.

    Raises
    ------
    HoursError
        A text that is not understood, or that can be understood in more than one
        way. Its values hold ``text``, ``words`` that were not understood, and the
        1-based ``line`` and ``column`` of the first of them in the text as written.
    """
    if not text.strip():
        return ""
    if len(text) > MAX_TEXT:
        raise HoursError(TOO_LONG, length=len(text), longest=MAX_TEXT, text=text[:80])
    bare = _QUOTED.sub("", text)
    chinese = bool(_HAN.search(bare))
    # 8:30-5:30 is in the grammar, and ends at half past five in the morning there.
    if not chinese and (_LETTER.search(bare) or not _LOOSE_TIME.search(bare)):
        try:
            return _grammar(text.strip())
        except HoursError as error:
            if _LETTER.search(bare):
                return _in_narrow_letters(text, error)
    return _phrase(text)


def _in_narrow_letters(text: str, fault: HoursError) -> str:
    """What a Chinese keyboard makes of the grammar, ``Mo-Fr 08：30—12：00``, and what is in no grammar: ``9am-5pm``."""
    with suppress(HoursError):
        return _grammar(narrow(text).strip())
    if is_english(_QUOTED.sub("", text)):
        return _english(text)
    try:
        return _phrase(text)
    except HoursError:
        raise _at_words(fault, text) from None


def _english(text: str) -> str:
    chinese = translated(text)
    try:
        return _phrase(chinese)
    except HoursError as error:
        # Its words and places are those of the Chinese.
        raise refused(error.template, text, 0, len(text)) from None


def _grammar(text: str) -> str:
    if not _SAYS_ANYTHING.search(text):
        # To the library a lone colon is open all day.
        raise refused(NOT_UNDERSTOOD, text, 0, len(text))
    found = written(parts_of(text))
    # Where the library cannot read what it wrote, the text stays as it is.
    return found if parts_of(found) == parts_of(text) else text


def _at_words(error: HoursError, text: str) -> HoursError:
    """The same fault, placed in the text as written and with the words at fault."""
    values = dict(error.values)
    column = values.get("column")
    if isinstance(column, int) and values.get("line") == 1:
        values["column"] = column + len(text) - len(text.lstrip())
    values.setdefault("words", values.get("rest") or text.strip()[-30:])
    return HoursError(error.template, **values)


def _phrase(text: str) -> str:
    tokens = tokens_of(text)
    units = clauses_of(statements_of(text, tokens), text)
    ordered = in_order(units)
    if any(clause.joint == "||" for unit in ordered[:-1] for clause in unit):
        # 其余时间 is the rest of all that stands before it.
        raise refused(CANNOT_SAY, text, 0, len(text))
    clauses: list[Clause] = [clause for unit in ordered for clause in unit]
    if only_closes(clauses):
        # 周一休息 says nothing of when it is open, and not that it never is.
        clauses.insert(0, Clause(state="unknown"))
    osm = osm_text(without_idle_closures(clauses))
    try:
        return _grammar(osm)
    except HoursError:
        raise refused(CANNOT_SAY, text, 0, len(text)) from None


CANNOT_SAY = "Opening hours “{text}” cannot be kept as one rule. Write less of them, like “周一至周五 08:30-17:30”."
