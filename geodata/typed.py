"""What somebody typed, and in which ways a character can be typed."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

LONGEST_TYPED = 48
"""Letters that count of what was typed: more than people type of any name."""

READINGS = 3
"""Readings of a character that are known, the commonest first. The rarer ones would fit where nobody meant them."""

HANZI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""A Chinese character."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, as names are compared with it.

    Attributes
    ----------
    letters
        Without capitals, accents, tones, blanks and punctuation; at most `LONGEST_TYPED`.
    breaks
        Places in the letters where there was something else: no syllable goes across.
    blanks
        Those of them that part words.
    """

    letters: str
    breaks: frozenset[int] = frozenset()
    blanks: frozenset[int] = frozenset()

    @classmethod
    def read(cls, text: str) -> Typed:
        """Read what was typed."""
        letters, breaks, blanks = "", set(), set()
        for character in text:
            folded = fold(character)
            if folded:
                letters += folded
            elif not unicodedata.combining(character):
                breaks.add(len(letters))
                if character.isspace():
                    blanks.add(len(letters))
            if len(letters) >= LONGEST_TYPED:
                break
        letters = letters[:LONGEST_TYPED]
        ends = {0, len(letters)}
        return cls(letters, frozenset(breaks - ends), frozenset(blanks - ends))

    @property
    def words(self) -> list[Typed]:
        """Its words, each for itself."""
        cuts = [0, *sorted(self.blanks), len(self.letters)]
        return [
            Typed(self.letters[a:b], frozenset(one - a for one in self.breaks if a < one < b))
            for a, b in pairwise(cuts)
            if a < b
        ]


def fold(text: str) -> str:
    """Give a text without capitals, full width, accents and tones, and without all that is no letter and no digit."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in plain if character.isalnum())


def sounds_of(character: str) -> frozenset[str]:
    """Every common way to read a character, in pinyin without tones, ü as v; none for what is not hanzi."""
    if not HANZI.fullmatch(character):
        return frozenset()
    # Its 40 MB of phrases say nothing of a single character; this is how it is told to leave them out.
    os.environ["PYPINYIN_NO_PHRASES"] = "true"
    from pypinyin import Style, pinyin  # only when names are searched or compared

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(found[0][:READINGS]) if found else frozenset()


def readings_of(character: str) -> frozenset[str]:
    """Every common way to read a character as people type it: ü as v, u and yu."""
    known = set(map(fold, sounds_of(character)))
    return frozenset(known | {reading.replace("v", other) for reading in known for other in ("u", "yu")})
