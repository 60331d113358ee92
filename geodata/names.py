"""Finding names as somebody types them: in characters, in pinyin, by initials, in any script.

Every name is a row of characters, and every character can be typed in some ways: as
itself, or, a Chinese one, by the beginning of any of its readings. So what was typed
fits a name where it can be cut into pieces, one for each of some characters that
stand side by side: ``gandexian``, ``gdx``, ``gan de x`` and ``甘de县`` all fit 甘德县,
and ``zhongqing`` fits 重庆 as ``chongqing`` does. All names are followed at once, a
character at a time: an automaton whose states are places in what was typed (K.
Thompson, "Regular expression search algorithm", Communications of the ACM 11 (1968),
p. 419), run by numpy over all places where it could begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.pairs import Pairs
from geodata.typed import Typed, fold, readings_of

NONE = 255
"""Grade of a name that does not fit."""

WORDS_APART = 12
"""How much worse it is when words fit each for itself, and not as they were typed."""

MOST_WORDS = 6
"""Words that are looked for each for itself."""

ENOUGH = 20
"""Where so many fit as it was typed, nobody gets to see those that fit word by word."""

WORD, TEXT = 1, 2
"""What may begin at a character: a word, or the whole text."""

DROPPED = 2**16 - 1
"""Number of what is no letter and no digit, while an index is built."""

Int32 = NDArray[np.int32]
Grades = NDArray[np.uint8]

_SYMBOLS = 0x110000


class Field(IntEnum):
    """What a text is to its owner; the number is what it costs to be found by it."""

    NAME = 0
    OTHER_NAME = 1
    HOST = 2
    CODE = 3
    ADDRESS = 8
    CONTEXT = 9


ABBREVIATED = frozenset({Field.NAME, Field.OTHER_NAME, Field.HOST})
"""Where initials are looked for: in a long address some would always fit."""


@dataclass(frozen=True, eq=False)
class NameIndex:
    """Texts, each of which belongs to an owner, to be searched all at once.

    Attributes
    ----------
    owners
        How many there are.
    symbols
        uint16 [C]: the characters of all texts end to end, by their number; 0 after each text.
    begins
        uint8 [C]: `TEXT` where a text begins, `WORD` where a word does, else 0.
    shortened
        So many of the characters, the first ones, stand in texts that may be typed by initials.
    text_start
        int32 [T]: where each text begins.
    text_owner, text_field
        int32 [T] and uint8 [T].
    alphabet
        The character of each number; the first is no character.
    pairs
        Where the characters stand, two by two: looking up the first two is quicker than following each place.
    """

    owners: int
    symbols: NDArray[np.uint16]
    begins: NDArray[np.uint8]
    text_start: Int32
    text_owner: Int32
    text_field: NDArray[np.uint8]
    alphabet: str
    shortened: int
    pairs: Pairs

    @classmethod
    def build(cls, texts: Sequence[str], owner: Sequence[int], field: Sequence[int], owners: int) -> NameIndex:
        """Put texts in an index; empty ones are left out.

        Parameters
        ----------
        texts
            Without line breaks.
        owner, field
            Parallel to the texts; owners are numbered from 0.
        """
        # Those that may be typed by initials come first.
        order = sorted(range(len(texts)), key=lambda at: field[at] not in ABBREVIATED)
        texts = [texts[at] for at in order]
        owner, field = [owner[at] for at in order], [field[at] for at in order]
        codes = _codes("\n".join(texts) + "\n") if texts else np.zeros(0, np.uint32)
        known = np.flatnonzero(np.bincount(codes, minlength=1))
        folded = {code: fold(chr(code)) for code in known.tolist() if code != ord("\n")}
        long = {code: text for code, text in folded.items() if len(text) > 1}
        if long:
            codes = _codes(("\n".join(texts) + "\n").translate(long))
            folded = {code: text for code, text in folded.items() if code not in long}
            folded |= {ord(letter): letter for text in long.values() for letter in text}
        letters = sorted({text for text in folded.values() if text})[: DROPPED - 1]
        number = {letter: at for at, letter in enumerate(letters, 1)}
        table = np.full(_SYMBOLS, DROPPED, np.uint16)
        for code, text in folded.items():
            if text in number:
                table[code] = number[text]
        table[ord("\n")] = 0
        return cls._of_symbols(table[codes], "".join(["\0", *letters]), owner, field, owners)

    @classmethod
    def _of_symbols(
        cls, raw: NDArray[np.uint16], alphabet: str, owner: Sequence[int], field: Sequence[int], owners: int
    ) -> NameIndex:
        kept = np.flatnonzero(raw != DROPPED)
        symbols = raw[kept]
        begins = np.zeros(symbols.size, np.uint8)
        begins[1:][np.diff(kept) > 1] = WORD
        begins[:1] = TEXT
        begins[1:][symbols[:-1] == 0] = TEXT
        del kept, raw
        ends = np.flatnonzero(symbols == 0)
        starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else np.zeros(0, np.int64)
        short = int(np.count_nonzero(np.isin(field, list(ABBREVIATED))))
        return cls(
            owners=owners,
            symbols=symbols,
            begins=begins,
            text_start=starts.astype(np.int32),
            text_owner=np.asarray(owner, np.int32),
            text_field=np.asarray(field, np.uint8),
            alphabet=alphabet,
            shortened=int(ends[short - 1]) + 1 if short else 0,
            pairs=Pairs.of(symbols, len(alphabet)),
        )

    def grades(self, typed: Typed) -> Grades:
        """How well each owner is named by what was typed, uint8 [owners]: 0 best, `NONE` not at all.

        By what stands in the name: the whole of it 0, its beginning 2, the beginning
        of a word 4, a part 6; one more where a syllable was cut short before the
        last; and more where it was not the name, as `Field` says. Several words may
        also fit each for itself, in any of the texts; that is `WORDS_APART` worse.
        """
        whole = self._grades(typed, frozenset(Field) - {Field.CONTEXT})
        words = typed.words
        if len(words) < 2 or np.count_nonzero(whole != NONE) >= ENOUGH:
            return whole
        apart = np.zeros(self.owners, np.uint8)
        for word in words[:MOST_WORDS]:
            apart = np.maximum(apart, self._grades(word, frozenset(Field)))
        return np.minimum(whole, np.where(apart == NONE, NONE, apart + np.uint8(WORDS_APART)))

    def _grades(self, typed: Typed, within: frozenset[Field]) -> Grades:
        best = np.full(self.owners, NONE, np.uint8)
        for start, end, abbreviated in self._fits(typed):
            text = np.searchsorted(self.text_start, start, side="right") - 1
            begins = self.begins[start]
            cover = np.where(begins == TEXT, np.where(self.symbols[end] == 0, 0, 2), np.where(begins == WORD, 4, 6))
            field = self.text_field[text]
            grade = (cover + field + abbreviated).astype(np.uint8)
            if Field.CONTEXT not in within:
                told = field != Field.CONTEXT
                text, grade = text[told], grade[told]
            np.minimum.at(best, self.text_owner[text], grade)
        return best

    def _fits(self, typed: Typed) -> Iterator[tuple[Int32, Int32, bool]]:
        """Where what was typed fits: first places, places behind the last, and whether a syllable was cut short."""
        if not typed.letters:
            return
        steps, goal = _Steps(self, typed), 1 << len(typed.letters)
        yield from self._by_one(steps, goal)
        waiting, taken = self._by_two(steps, goal), 2
        while waiting:
            following: dict[_State, list[Int32]] = {}
            for state, parts in waiting.items():
                at = parts[0] if len(parts) == 1 else np.concatenate(parts)
                if not state[0]:
                    at = at[at < self.shortened]
                if (state[0] | state[1]) & goal:
                    yield self._led(state, at - np.int32(taken), at, goal)
                group, states = steps.groups((state[0] & ~goal, state[1] & ~goal))
                which = group[self.symbols[at]] if states else group
                for number, one in enumerate(states, 1):
                    some = at[which == number]
                    if some.size:
                        following.setdefault(one, []).append(some + np.int32(1))
            waiting, taken = following, taken + 1

    def _by_one(self, steps: _Steps, goal: int) -> Iterator[tuple[Int32, Int32, bool]]:
        """What one character takes whole."""
        for state, characters in steps.groups((1, 0))[1].items():
            if (state[0] | state[1]) & goal:
                first = self.pairs.places_of(self.pairs.beginning_with(characters))
                if steps.is_one_letter:
                    first = first[self.begins[first] > 0]  # it stands somewhere in nearly everything
                yield self._led(state, first, first + np.int32(1), goal)

    def _by_two(self, steps: _Steps, goal: int) -> dict[_State, list[Int32]]:
        """The places behind two characters that fit, by the state they lead to."""
        waiting: dict[_State, list[Int32]] = {}
        for state, characters in steps.groups((1, 0))[1].items():
            group, states = steps.groups((state[0] & ~goal, state[1] & ~goal))
            if states:
                pairs = self.pairs.beginning_with(characters)
                which = group[self.pairs.second[pairs]]
                for number, one in enumerate(states, 1):
                    some = self.pairs.places_of(pairs[which == number])
                    if some.size:
                        waiting.setdefault(one, []).append(some + np.int32(2))
        return waiting

    def _led(self, state: _State, start: Int32, end: Int32, goal: int) -> tuple[Int32, Int32, bool]:
        """What fits, and whether that is by cut syllables alone."""
        cut = not state[0] & goal
        if cut:
            inside = start < self.shortened
            start, end = start[inside], end[inside]
        return start, end, cut

    @cached_property
    def readings(self) -> dict[str, dict[str, list[int]]]:
        """The numbers of the characters by their reading, the readings by their first letter."""
        by_letter: dict[str, dict[str, list[int]]] = {}
        for number, character in enumerate(self.alphabet):
            for reading in sorted(readings_of(character)):
                by_letter.setdefault(reading[0], {}).setdefault(reading, []).append(number)
        return by_letter


_State = tuple[int, int]
"""Places in what was typed, as bits: where every syllable so far was whole, and where one was cut short."""


class _Steps:
    """Where each character leads in what was typed."""

    def __init__(self, index: NameIndex, typed: Typed) -> None:
        self._index, self._typed = index, typed
        self.is_one_letter = len(typed.letters) == 1 and typed.letters.isascii()
        self._reached: dict[int, dict[int, _State]] = {}
        self._groups: dict[_State, tuple[NDArray[np.uint8], dict[_State, list[int]]]] = {}

    def groups(self, state: _State) -> tuple[NDArray[np.uint8], dict[_State, list[int]]]:
        """What follows a state.

        Returns
        -------
        group
            uint8 [A]: for each character the number of the state it leads to, from 1; 0 leads nowhere.
        states
            Those states in the order of their numbers, with the characters that lead there.
        """
        known = self._groups.get(state)
        if known is None:
            states: dict[_State, list[int]] = {}
            for character, reached in self._leads(state).items():
                states.setdefault(reached, []).append(character)
            group = np.zeros(len(self._index.alphabet), np.uint8)
            for number, characters in enumerate(states.values(), 1):
                group[characters] = number
            known = self._groups[state] = group, states
        return known

    def _leads(self, state: _State) -> dict[int, _State]:
        """The state that each character leads to from one; those that lead nowhere are not there."""
        plain, short = state
        leads: dict[int, _State] = {}
        for place in range(len(self._typed.letters)):
            if not (plain | short) >> place & 1:
                continue
            after_plain = plain >> place & 1
            for character, (whole, cut) in self._from(place).items():
                a, b = leads.get(character, (0, 0))
                leads[character] = (a | whole, b | cut) if after_plain else (a, b | whole | cut)
        return leads

    def _from(self, place: int) -> dict[int, _State]:
        """The places, as bits by character, that follow one: by a whole syllable, and by a part of one."""
        known = self._reached.get(place)
        if known is not None:
            return known
        letters, length = self._typed.letters, len(self._typed.letters)
        reached: dict[int, _State] = {}
        itself = self._index.alphabet.find(letters[place])
        if itself > 0:
            reached[itself] = (1 << place + 1, 0)
        stop = min((one for one in self._typed.breaks if one > place), default=length)
        for reading, characters in self._index.readings.get(letters[place], {}).items():
            whole = cut = 0
            for taken in range(1, min(len(reading), stop - place) + 1):
                if reading[taken - 1] != letters[place + taken - 1]:
                    break
                # What is typed last may still be going on.
                if taken == len(reading) or place + taken == length:
                    whole |= 1 << place + taken
                else:
                    cut |= 1 << place + taken
            for character in characters:
                a, b = reached.get(character, (0, 0))
                reached[character] = (a | whole, b | cut)
        self._reached[place] = reached
        return reached


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4")).astype(np.uint32, copy=False)
