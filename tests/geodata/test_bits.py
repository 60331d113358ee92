"""A row of yes and no as bits: the same counts and the same next ones as looking through it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.bits import Bits


@given(st.lists(st.booleans(), max_size=300))
def test_what_stands_before_a_place_is_counted(row) -> None:
    places = np.arange(len(row) + 1)
    assert Bits.of(np.array(row, bool)).before(places).tolist() == [sum(row[:place]) for place in places]


@given(st.lists(st.booleans(), max_size=300), st.integers(0, 200))
def test_the_next_one_is_found_however_far(row, gap) -> None:
    whole = np.array([*row, *[False] * gap, True], bool)
    found = Bits.of(whole).following(np.arange(whole.size))
    assert found.tolist() == [place + int(np.argmax(whole[place:])) for place in range(whole.size)]
