"""Names cut into tokens, and the tokens of two of them aligned: which stand for the same, in writing or in sound."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

SOUND = 0.92
"""What two characters that sound alike are worth, beside two that are the same."""

TELLING, OWN = 0.4, 0.75
"""Weight from which a token tells stations apart at all, and from which it is a station's own."""

ALIKE_LATIN = 0.8
"""Share of common letters, of words of four letters and more, from which one is the other misspelt."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A name, cut up.

    Attributes
    ----------
    tokens, weights
        Characters, numbers and words of other scripts that say anything of the station, and what they weigh.
    sounds
        Every way to read each token, in toneless pinyin; none for what is not hanzi.
    kind
        What the name says the place is, beside a rest station; empty for one.
    """

    tokens: tuple[str, ...]
    weights: tuple[float, ...]
    sounds: tuple[frozenset[str], ...]
    kind: str

    @property
    def own(self) -> float:
        """Weight of what no other station need have in its name."""
        return sum(weight for weight in self.weights if weight >= OWN)

    @property
    def own_tokens(self) -> tuple[str, ...]:
        """The tokens that no other station need have in its name."""
        return tuple(token for token, weight in zip(self.tokens, self.weights, strict=True) if weight >= OWN)

    @property
    def telling(self) -> tuple[str, ...]:
        """What remains of the tokens without districts and the papers of companies."""
        return tuple(token for token, weight in zip(self.tokens, self.weights, strict=True) if weight >= TELLING)


def longest(first: Profile, second: Profile, a: Sequence[int], b: Sequence[int]) -> list[tuple[int, int, float]]:
    """The heaviest common subsequence of two rows of tokens: pairs of places, and how alike they are there."""
    pairs: list[tuple[int, int, float]] = []
    front, most = 0, min(len(a), len(b))
    while front < most and first.tokens[a[front]] == second.tokens[b[front]]:
        pairs.append((a[front], b[front], 1.0))
        front += 1
    back = 0
    while back < most - front and first.tokens[a[-1 - back]] == second.tokens[b[-1 - back]]:
        back += 1
        pairs.append((a[-back], b[-back], 1.0))
    a, b = a[front : len(a) - back], b[front : len(b) - back]
    if not a or not b:
        return pairs

    others = [(second.tokens[j], second.sounds[j]) for j in b]
    alike = [
        [likeness_of(token, sounds, other, heard) for other, heard in others]
        for token, sounds in [(first.tokens[i], first.sounds[i]) for i in a]
    ]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below, weight, worths = best[i], best[i + 1], first.weights[a[i]], alike[i]
        ahead = 0.0
        for j in range(len(b) - 1, -1, -1):
            ahead = max(ahead, below[j])
            if worths[j]:
                ahead = max(ahead, below[j + 1] + worths[j] * (weight + second.weights[b[j]]))
            row[j] = ahead
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((a[i], b[j], alike[i][j]))
            i, j = i + 1, j + 1
    return pairs


def likeness_of(a: str, sounds_a: frozenset[str], b: str, sounds_b: frozenset[str]) -> float:
    """How alike two tokens are."""
    if a == b:
        return 1.0
    if not sounds_a.isdisjoint(sounds_b):
        return SOUND
    if len(a) >= 4 and len(b) >= 4 and a[0] == b[0] and a.isalpha() and b.isalpha():
        ratio = difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
        return ratio if ratio >= ALIKE_LATIN else 0.0
    return 0.0
