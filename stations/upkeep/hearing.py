"""What somebody at a door says, read; what cannot be is refused, and they are told why."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from stations.errors import SayingError
from stations.upkeep.facts import Aspect
from stations.upkeep.kinds import Kind

LONGEST_NOTE = 200

OLDEST = timedelta(days=7)
"""How long ago something may have been found that is said only now, from a phone that had no network."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""So far in the future is taken for now."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Categories of Unicode characters that are left out of notes."""

JOINER = "\u200d"
"""Holds pictures of several signs together."""


def kind_of(key: str, kinds: Mapping[str, Kind]) -> Kind:
    """Give what is reported.

    Raises
    ------
    SayingError
        A kind that does not exist.
    """
    kind = kinds.get(key)
    if kind is None:
        raise SayingError(
            "“{value}” is nothing that can be reported. Known are: {known}.",
            field="kind",
            value=key,
            known=", ".join(kinds),
        )
    return kind


def amenity_of(key: str, kind: Kind, known: Collection[str]) -> str:
    """Give the amenity that is meant; empty where the kind does not ask for one.

    Raises
    ------
    SayingError
        An amenity that does not exist, or none.
    """
    if kind.asks != "amenity":
        return ""
    if key not in known:
        raise SayingError(
            "Say which: “{value}” is no amenity. Known are: {known}."
            if key
            else "Say which amenity is meant. Known are: {known}.",
            field="amenity",
            value=key,
            known=", ".join(sorted(known)),
        )
    return key


def note_of(text: str, kind: Kind) -> str:
    """Give a note in one line, without characters that cannot be seen.

    Raises
    ------
    SayingError
        One that is too long, or none where the kind asks for one.
    """
    line = " ".join(text.split())
    words = "".join(sign for sign in line if sign == JOINER or unicodedata.category(sign) not in UNSEEN).strip()
    if len(words) > LONGEST_NOTE:
        raise SayingError(
            "The note has {length} characters. Say it in {most}.",
            field="note",
            value=words,
            length=len(words),
            most=LONGEST_NOTE,
        )
    if kind.asks == "note" and not words:
        raise SayingError("Say in a few words what would help, like where the door is.", field="note", value="")
    return words


def aspect_of(key: str) -> Aspect:
    """Give that of which somebody says that it is still right.

    Raises
    ------
    SayingError
        One that does not exist.
    """
    try:
        return Aspect(key)
    except ValueError:
        raise SayingError(
            "“{value}” cannot be confirmed. Known are: {known}.",
            field="aspect",
            value=str(key),
            known=", ".join(Aspect),
        ) from None


def moment_of(found: datetime, now: datetime) -> datetime:
    """Give when something was found; UTC, to the minute.

    Raises
    ------
    SayingError
        A moment in the future, or longer ago than `OLDEST`.
    """
    if found > now + CLOCKS_DIFFER:
        raise SayingError(
            "“{value}” is in the future. See that the clock of the phone is right.", field="found", value=str(found)
        )
    if found < now - OLDEST:
        raise SayingError(
            "“{value}” is too long ago: only what was found within the last {days} days can be sent.",
            field="found",
            value=str(found),
            days=OLDEST.days,
        )
    return min(found, now).astimezone(UTC).replace(second=0, microsecond=0)
