"""What people write beside a plan: its name, a note, and who they are; read, or refused with why."""

from __future__ import annotations

import unicodedata

from stations.errors import ScenarioError

LONGEST_NAME = 60
LONGEST_NOTE = 1_000

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Categories of Unicode characters that are left out."""

JOINER = "\u200d"
"""Holds pictures of several signs together."""


def name_of(text: str) -> str:
    """Give the name of a plan in one line.

    Raises
    ------
    ScenarioError
        None, or one that is too long.
    """
    words = one_line(text)
    if not words:
        raise ScenarioError("Give the plan a name, so that it can be found again.", field="name")
    if len(words) > LONGEST_NAME:
        raise ScenarioError(
            "The name has {length} characters. Say it in {most}.", field="name", length=len(words), most=LONGEST_NAME
        )
    return words


def by_of(text: str) -> str:
    """Give who somebody is, as they write it.

    Raises
    ------
    ScenarioError
        Nothing, or too long.
    """
    words = one_line(text)
    if not words:
        raise ScenarioError("Say who you are, so that others know whom to ask.", field="by")
    if len(words) > LONGEST_NAME:
        raise ScenarioError(
            "Who you are has {length} characters. Say it in {most}.", field="by", length=len(words), most=LONGEST_NAME
        )
    return words


def note_of(text: str) -> str:
    """Give a note, in lines; it may be empty.

    Raises
    ------
    ScenarioError
        One that is too long.
    """
    words = "\n".join(one_line(line) for line in text.strip().splitlines())
    if len(words) > LONGEST_NOTE:
        raise ScenarioError(
            "The note has {length} characters. Say it in {most}.", field="note", length=len(words), most=LONGEST_NOTE
        )
    return words


def one_line(text: str) -> str:
    """Put a text into one line, without characters that cannot be seen."""
    line = " ".join(text.split())
    return "".join(sign for sign in line if sign == JOINER or unicodedata.category(sign) not in UNSEEN).strip()
