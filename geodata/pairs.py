"""Where each pair of neighbouring characters stands in a long row of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.runs import expand_runs

Int32 = NDArray[np.int32]
Symbols = NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs in a row of characters, which are numbers from 0 on.

    Attributes
    ----------
    second
        uint16 [P]: the second character of each pair; pairs that begin alike stand together, by rising number.
    beginning
        int32 [A + 1]: where the pairs that begin with each character begin.
    start
        int32 [P + 1]: where the places of each pair begin.
    places
        int32 [C]: where the first of the pair stands, rising within each pair.
    """

    second: Symbols
    beginning: Int32
    start: Int32
    places: Int32

    @classmethod
    def of(cls, symbols: Symbols, characters: int) -> Pairs:
        """Put the pairs of a row in order.

        Parameters
        ----------
        symbols
            uint16 [C]; the last is taken to stand before a 0.
        characters
            How many different ones there are.
        """
        following = np.zeros_like(symbols)
        following[:-1] = symbols[1:]
        # Twice by one character, which numpy sorts by counting, is quicker than once by two.
        order = np.argsort(following, kind="stable").astype(np.int32)
        order = order[np.argsort(symbols[order], kind="stable")]
        first, second = symbols[order], following[order]
        begins = np.ones(order.size, np.bool_)
        begins[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
        start = np.flatnonzero(begins).astype(np.int32)
        beginning = np.searchsorted(first[start], np.arange(characters + 1)).astype(np.int32)
        return cls(second[start], beginning, np.append(start, np.int32(order.size)), order)

    def beginning_with(self, characters: Iterable[int]) -> Int32:
        """The pairs that begin with one of some characters."""
        runs = [np.arange(self.beginning[one], self.beginning[one + 1], dtype=np.int32) for one in characters]
        return np.concatenate(runs) if runs else np.zeros(0, np.int32)

    def places_of(self, pairs: Int32) -> Int32:
        """Where the first characters of some pairs stand."""
        return self.places[expand_runs(self.start[pairs], self.start[pairs + 1])]
