"""How alike the names of two stations are, in writing and in sound: from 0, another place, to 1, the same words.

Two lists seldom write a station alike: one says 工会驿站(郑州市张仲景大药房互助路店),
the other 张中景大药房互助路店. And two branches of one chain are alike but for what
tells them apart. So a name is cut into tokens that weigh by what they say
(``likeness.toml``), the tokens of both are aligned, and what is left over on **both**
sides counts heavily, while what one side merely leaves out counts little.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from geodata.typed import HANZI, sounds_of
from stations.errors import TaxonomyError
from stations.exchange.alignment import OWN, SOUND, Profile, longest

FILE = Path(__file__).with_name("likeness.toml")

MOVED = 0.85
"""What words are worth that stand in another order."""

INSTEAD, LEFT_OUT = 2.5, 0.2
"""How much it counts that a name says something else, and that it merely says less."""

APART = 0.45
"""What remains of a likeness when numbers, gates or kinds differ."""

NOTHING_OWN = 0.65
"""Likeness of the same names where they say no more than what every station is called."""

_PIECE = re.compile(r"[0-9]+|[^\W\d_]+", re.UNICODE)
_CHINESE_NUMBER = re.compile(r"[〇零一二两三四五六七八九十百]+")
_DIGITS = MappingProxyType(
    {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
)
_UNITS = MappingProxyType({"十": 10, "百": 100})

Weight = Annotated[float, Field(ge=0.0, le=1.0)]
Words = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


@with_config(ConfigDict(extra="forbid", strict=True))
class _Weights(TypedDict):
    legal: Weight
    district: Weight
    common: Weight


@with_config(ConfigDict(extra="forbid", strict=True))
class _Words(TypedDict):
    generic: Words
    legal: Words
    common: Words


@with_config(ConfigDict(extra="forbid", strict=True))
class _Districts(TypedDict):
    ends: Words
    others: Words


@with_config(ConfigDict(extra="forbid", strict=True))
class _Numbers(TypedDict):
    measures: Words


@with_config(ConfigDict(extra="forbid", strict=True))
class _Contrasts(TypedDict):
    rows: Words


@with_config(ConfigDict(extra="forbid", strict=True))
class _File(TypedDict):
    weights: _Weights
    words: _Words
    districts: _Districts
    numbers: _Numbers
    contrasts: _Contrasts
    kinds: dict[str, Words]


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike two names are.

    Attributes
    ----------
    value
        0 to 1.
    same
        Whether they are the same but for words that every station has.
    sound
        Whether characters that differ sound the same.
    """

    value: float
    same: bool = False
    sound: bool = False


@dataclass
class Sounds:
    """Toneless pinyin of single characters; those that were asked for once are kept."""

    _kept: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, character: str) -> frozenset[str]:
        """Give every common way to read a character; none for what is not hanzi."""
        found = self._kept.get(character)
        if found is None:
            found = self._kept[character] = sounds_of(character)
        return found


@dataclass(frozen=True)
class Wording:
    """What the words of names weigh. Made by `Wording.load`."""

    weights: Mapping[str, float]
    ends: tuple[str, ...]
    other_ends: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]]
    district: float
    starts: Mapping[str, tuple[str, ...]]
    sounds: Sounds = field(default_factory=Sounds)

    @classmethod
    def load(cls, path: Path = FILE) -> Wording:
        """Read the words.

        Raises
        ------
        TaxonomyError
            A file that cannot be read.
        """
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            file = TypeAdapter(_File).validate_python(content, strict=False)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise TaxonomyError("{file} cannot be read: {fault}.", file=path.name, fault=error) from None
        weights = {"generic": 0.0, "legal": file["weights"]["legal"], "common": file["weights"]["common"]}
        by_word = {word: weights[group] for group, words in file["words"].items() for word in words}  # type: ignore[attr-defined]
        return cls(
            MappingProxyType(by_word),
            tuple(file["districts"]["ends"]),
            tuple(file["districts"]["others"]),
            tuple(file["numbers"]["measures"]),
            tuple(file["contrasts"]["rows"]),
            MappingProxyType({kind: tuple(words) for kind, words in file["kinds"].items()}),
            file["weights"]["district"],
            MappingProxyType(
                {
                    start: tuple(sorted((word for word in by_word if word[0] == start), key=len, reverse=True))
                    for start in {word[0] for word in by_word}
                }
            ),
        )

    def profile(self, name: str) -> Profile:
        """Cut a name into tokens that weigh something."""
        plain = unicodedata.normalize("NFKC", name).casefold()
        kind = next((kind for kind, words in self.kinds.items() if any(word in plain for word in words)), "")
        tokens: list[str] = []
        weights: list[float] = []
        head = True
        for piece in _PIECE.findall(plain):
            if piece[0].isdecimal():
                tokens.append(str(int(piece)))
                weights.append(1.0)
            elif HANZI.match(piece):
                self._cut(piece, tokens, weights, head=head)
            elif self.weights.get(piece, 1.0) > 0.0:
                tokens.append(piece)
                weights.append(self.weights.get(piece, min(len(piece), 4) * 0.5 if len(piece) > 1 else 1.0))
            head = True
        return Profile(tuple(tokens), tuple(weights), tuple(map(self.sounds.of, tokens)), kind)

    def _cut(self, piece: str, tokens: list[str], weights: list[float], *, head: bool) -> None:
        at = 0
        while at < len(piece):
            if head and (length := self._district(piece, at)):
                tokens.extend(piece[at : at + length])
                weights.extend([self.district] * length)
                at += length
                continue
            if word := self._word(piece, at):
                weight = self.weights[word]
                if weight:
                    tokens.extend(word)
                    weights.extend([weight] * len(word))
                head = head and weight == 0.0
                at += len(word)
                continue
            head = False
            number = _CHINESE_NUMBER.match(piece, at)
            if number and (piece.startswith(self.measures, number.end()) or piece[at - 1 : at] == "第"):
                tokens.append(str(_number(number[0])))
                weights.append(1.0)
                at = number.end()
                continue
            if piece[at] != "第":
                tokens.append(piece[at])
                weights.append(1.0)
            at += 1

    def _word(self, piece: str, at: int) -> str:
        return next((word for word in self.starts.get(piece[at], ()) if piece.startswith(word, at)), "")

    def _district(self, piece: str, at: int) -> int:
        """Length of the district that a name begins with at a place; 0 when it begins with none."""
        for length in range(2, 6):
            part = piece[at : at + length]
            if not part.endswith(self.ends):
                continue
            for end in self.ends:
                if not part.endswith(end) or len(part) - len(end) < (1 if end == "县" else 2):
                    continue
                last = at + length - 1
                if not any(
                    piece.startswith(word, start)
                    for word in self.other_ends
                    for start in range(max(at, last - len(word) + 1), last + 1)
                ):
                    return len(part)
        return 0

    def compare(self, first: Profile, second: Profile) -> Alike:
        """Say how alike two names are."""
        apart = APART if first.kind != second.kind else 1.0
        if first.tokens == second.tokens and first.own:
            return Alike(apart, same=True)
        if first.own or second.own:
            return self._aligned(first, second, apart)
        if first.telling == second.telling:
            return Alike(NOTHING_OWN * apart, same=True)
        aligned = self._aligned(first, second, apart)
        return replace(aligned, value=NOTHING_OWN * aligned.value)

    def _aligned(self, first: Profile, second: Profile, apart: float) -> Alike:
        a, b = list(range(len(first.tokens))), list(range(len(second.tokens)))
        together, sound = 0.0, False
        for worth in (1.0, MOVED):
            pairs = longest(first, second, a, b)
            if worth < 1.0 and len(pairs) < 2:
                break
            for i, j, alike in pairs:
                together += worth * alike * (first.weights[i] + second.weights[j]) / 2.0
                sound = sound or alike == SOUND
            taken_a, taken_b = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
            a, b = [i for i in a if i not in taken_a], [j for j in b if j not in taken_b]
            if len({first.tokens[i] for i in a} & {second.tokens[j] for j in b}) < 2:
                break  # one character in another place is chance
        left_a, left_b = sum(first.weights[i] for i in a), sum(second.weights[j] for j in b)
        instead, left_out = min(left_a, left_b), abs(left_a - left_b)
        whole = together + INSTEAD * instead + LEFT_OUT * left_out
        value = together / whole if whole else 0.0
        if self._contrary(
            [first.tokens[i] for i in a if first.weights[i] >= OWN],
            [second.tokens[j] for j in b if second.weights[j] >= OWN],
        ):
            apart = min(apart, APART)
        return Alike(value * apart, sound=sound)

    def _contrary(self, a: Sequence[str], b: Sequence[str]) -> bool:
        """Whether what is left of two names says that they are of two places: other numbers, other gates."""
        for numeric in (str.isdecimal, lambda token: len(token) == 1 and token.isascii() and token.isalpha()):
            if any(map(numeric, a)) and any(map(numeric, b)):
                return True
        return any(any(token in row for token in a) and any(token in row for token in b) for row in self.rows)


def likeness(first: str, second: str, wording: Wording) -> float:
    """How alike two names are, 0 to 1."""
    return wording.compare(wording.profile(first), wording.profile(second)).value


def _number(text: str) -> int:
    """Read a Chinese number: 十二 is 12, 一百零三 is 103, 二七 is 27."""
    if not any(character in _UNITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    whole = digit = 0
    for character in text:
        if character in _UNITS:
            whole += max(digit, 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return whole + digit
