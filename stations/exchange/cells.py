"""What one cell of a list says, and how a fact is written as one.

A cell that cannot be read raises `CellError` with what was expected; the row and
column are the caller's to add.
"""

from __future__ import annotations

import re
import unicodedata

from stations.errors import StationsError
from stations.station import AmenityState
from stations.taxonomy import Taxonomy, Vocabulary

LONGEST_WORD = 60
"""Longest word of a vocabulary, in characters."""

_PARTING = re.compile(r"[;；,，、|/\n:：=\[\]【】()（）\"＂]")
_WORD_END = re.compile(r"[\s\[【［(（:：\"＂¥￥\d]|免费|free", re.IGNORECASE)
_LIST = re.compile(r"[;；,，、|/\n]+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_NEXT_DOOR = re.compile(r"附近|旁边|周边|邻近|隔壁|就近")
_SO_MANY = re.compile(r"[1-9]\d{0,3}\s?(?:台|个|张|把|套|只|组|处|间|部|辆)")
_ABOUT = re.compile(r"大约|约|近")
_AREA_UNIT = re.compile(r"(?:平方米|平米|平方|平|m2|m²|sqm)?(?:左右)?$", re.IGNORECASE)


class CellError(StationsError, ValueError):
    """A cell that cannot be read."""


def read_number(text: str) -> float:
    """Read a decimal number, in half or full width.

    Raises
    ------
    CellError
        Not a number.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _NUMBER.fullmatch(plain):
        raise CellError("“{value}” is not a number. Write decimal degrees, like 116.3245.", value=text[:80])
    return float(plain)


def read_count(text: str) -> int:
    """Read a whole number; ``20.0`` is one too, as spreadsheets write it.

    Raises
    ------
    CellError
        Not a whole number.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"\d{1,9}(\.0*)?", plain):
        raise CellError("“{value}” is not a whole number.", value=text[:80])
    return int(float(plain))


def read_area(text: str) -> float:
    """Read square metres, with or without the unit, also where they are only about so many.

    Raises
    ------
    CellError
        Not a number.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    about = _ABOUT.match(plain)
    plain = _AREA_UNIT.sub("", plain[about.end() if about else 0 :], count=1).strip()
    if not _NUMBER.fullmatch(plain):
        raise CellError("“{value}” is not an area. Write square metres, like 20.", value=text[:80])
    return float(plain)


def read_date(text: str) -> str:
    """Read a date, ``2025-03-01``, ``2025/3/1`` or ``2025年3月1日``, as ISO 8601.

    Raises
    ------
    CellError
        Not a date.
    """
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise CellError("“{value}” is not a date. Write it like 2025-03-01.", value=text[:80])
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def read_month_day(text: str) -> str:
    """Read a day of every year, ``06-01`` or ``6月1日``.

    Raises
    ------
    CellError
        Not such a day.
    """
    found = _MONTH_DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise CellError("“{value}” is not a day of the year. Write it like 06-01.", value=text[:80])
    return f"{int(found[1]):02}-{int(found[2]):02}"


def read_key(text: str, vocabulary: Vocabulary) -> str:
    """Read a word of a vocabulary.

    Raises
    ------
    CellError
        Not one of its words. Lists them.
    """
    key = vocabulary.key_of(text)
    if key is None:
        raise CellError(
            "“{value}” is not one of the {vocabulary}. Write one of: {known}.",
            value=text[:80],
            vocabulary=vocabulary.name.replace("_", " "),
            known=", ".join(f"{key} ({term.zh})" for key, term in vocabulary.terms.items()),
        )
    return key


def read_keys(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Read a list of words of a vocabulary, parted by commas or semicolons of either width.

    Raises
    ------
    CellError
        A word that is not one of its words.
    """
    return tuple(dict.fromkeys(read_key(word, vocabulary) for word in split_list(text)))


def read_amenities(text: str, taxonomy: Taxonomy) -> dict[str, AmenityState]:
    """Read a list of amenities that a station has. ``toilet=nearby`` gives another state than yes.

    What the list leaves out stays unknown.

    Raises
    ------
    CellError
        An amenity or a state that is not known.
    """
    states: dict[str, AmenityState] = {}
    for item in split_list(text):
        word, _, state = unicodedata.normalize("NFKC", item).replace(":", "=").partition("=")
        states[read_key(word, taxonomy.amenities)] = read_state(state or "yes", taxonomy)
    return states


def read_state(text: str, taxonomy: Taxonomy) -> AmenityState:
    """Read whether an amenity is there; an empty cell is unknown, ``附近公厕`` is nearby, ``2台`` is there.

    Raises
    ------
    CellError
        Not a state.
    """
    if not text:
        return AmenityState.UNKNOWN
    if text not in taxonomy.states:
        plain = unicodedata.normalize("NFKC", text).strip()
        if _SO_MANY.fullmatch(plain):
            return AmenityState.YES
        if taxonomy.states.key_of(text) is None and _NEXT_DOOR.match(plain):
            return AmenityState.NEARBY
    return AmenityState(read_key(text, taxonomy.states))


def key_at_start(text: str, vocabulary: Vocabulary) -> tuple[str, str, str] | None:
    """Find the longest word of a vocabulary that a text begins with.

    Returns
    -------
    tuple or None
        Its key, the word as written, and the rest of the text; None when there is none.
    """
    ends = [len(text), *(found.start() for found in _WORD_END.finditer(text))]
    for end in sorted(set(ends), reverse=True):
        key = vocabulary.key_of(text[:end]) if 0 < end <= LONGEST_WORD else None
        if key is not None:
            return key, text[:end].strip(), text[end:].lstrip()
    return None


def word_of(key: str, vocabulary: Vocabulary, language: str) -> str:
    """Give the word of a key in ``zh`` or ``en``; for ``key``, or where it could not be read back, the key itself."""
    if language == "key" or key not in vocabulary:
        return key
    word = vocabulary[key].zh if language == "zh" else vocabulary[key].en
    return key if _PARTING.search(word) else word


def split_list(text: str) -> list[str]:
    """Part a list at commas, semicolons and the like, of either width."""
    return [item.strip() for item in _LIST.split(text) if item.strip()]
