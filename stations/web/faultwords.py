"""What is said of a list that somebody brings, in a reader's language: at the command line, and on pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from stations.errors import Fault, Say
from stations.web.language import LOCALES
from stations.web.messages import read_catalogue

FOLDER = Path(__file__).parents[2] / "translations"

FAULTS = (
    "has blanks at an end, or control characters",
    "has control characters",
    "a code may not begin or end with a full stop",
    "a code may not hold characters that cannot be seen",
    "a code may not hold {wrong}, as it stands in addresses and file names; write - instead",
    "a closure must not end before it begins",
    "a season needs both its first and its last day",
    "either a season or dates say when it serves, not both",
    "month must be in {span}",
    "day is out of range for month",
    "day {day} must be in range {span} for month {month} in year {year}",
    "month must be in 1..12, not {month}",
    "year must be in 1..9999, not {year}",
    "Input should be a finite number",
    "Input should be a valid number",
    "Input should be greater than or equal to {least}",
    "Input should be greater than {least}",
    "Input should be less than or equal to {most}",
    "Input should be a valid date or datetime, {why}",
    "Input should be a valid date in the format YYYY-MM-DD, {why}",
    "String should have at most {most} characters",
    "String should have at least {least} character",
    "String should match pattern '{pattern}'",
    "Dictionary should have at most {most} items after validation, not {count}",
    "Tuple should have at most {most} items after validation, not {count}",
    "it is a folder",
    "it is not an ordinary file",
    "No such file or directory",
    "Permission denied",
    "No space left on device",
    "Is a directory",
    "{rows} and {count} more",
)
"""What fills ``{fault}`` of a sentence: reasons that are made below, or by a library, in English."""

WORDS = (
    "amenities",
    "kinds",
    "hosts",
    "access",
    "eligible",
    "built by",
    "statuses",
    "states",
    "services",
    "closures",
    "photos",
    "longitude",
    "latitude",
    "people",
    "workers",
    "square metres",
    "metres of street",
)
"""What fills ``{vocabulary}``, ``{field}``, ``{axis}``, ``{other}`` or ``{unit}`` of a sentence."""

IN_ENGLISH = frozenset({"rows", "fault", "vocabulary", "field", "axis", "other", "unit"})
"""Values that are English themselves, and not from the file."""


_KEYED = re.compile(r"\b([a-z0-9_]+) \(([^\x00-\x7f][^()]*)\)")


@cache
def speaker(language: str) -> Say:
    """Make what puts a template and its values in a language, ``zh`` or else English.

    What the catalogue does not have stays English.
    """
    messages = read_catalogue(FOLDER, LOCALES.get(language, "en"))

    def say(template: str, values: Mapping[str, object]) -> str:
        told = messages.gettext(template)
        if told != template:
            values = {name: _value(name, value) for name, value in values.items()}
        return told.format(**values)

    def _value(name: str, value: object) -> object:
        if name == "known":
            return words_first(str(value))
        if name not in IN_ENGLISH:
            return value
        text = str(value)
        for fault in (*WORDS, *FAULTS):
            found = _pattern(fault).fullmatch(text)
            if found:
                return messages.gettext(fault).format(**found.groupdict())
        return value

    return say


def told_of(fault: Fault, say: Say) -> str:
    """Tell a fault with its row and column, as ``str`` does in English."""
    where = [] if fault.row is None else [say("row {row}", {"row": fault.row})]
    where += [fault.column] if fault.column else []
    told = say(fault.template, fault.values)
    return say("{where}: {told}", {"where": say(", ", {}).join(where), "told": told}) if where else told


def words_first(known: str) -> str:
    """Put the Chinese words of ``planned (拟建), active (在用)`` before the keys that stand for them in files."""
    return _KEYED.sub(r"\2（\1）", known)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    pattern = "".join(f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile(pattern, re.DOTALL)
