"""Texts that a spreadsheet program must take as they are: no formula, no date, no rounded number.

A spreadsheet program runs a text of a CSV file that begins like a formula (OWASP,
"CSV Injection"), makes 24/7 a day in July, and takes the zeros from 001. The first
is kept from it by an apostrophe before the text, the second by a tab behind it.
Both are taken off when such a file is read again, so that every text comes back as
it was.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_GUARDED = re.compile(r"''*[=+\-@＝＋－＠\t\r\n]")
_MANGLED = re.compile(r"[0-9０-９][0-9０-９ ./:,%eE\-年月日时分]*")


def guarded(text: str) -> str:
    """Give a text in a form that no spreadsheet program runs as a formula; `unguarded` takes it back."""
    return "'" + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Take back what `guarded` did; every other text stays as it is."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def not_unguarded(text: str) -> str:
    """Give a text in a form of which `unguarded` takes nothing that is its own, where no formula can be."""
    return "'" + text if _GUARDED.match(text) else text


def kept_as_text(text: str) -> str:
    """Give a text in a form that no spreadsheet program makes a number or a day of, with a tab behind it.

    Readers of lists trim it, as they trim every blank at an end.
    """
    return text + "\t" if _MANGLED.fullmatch(text) else text
