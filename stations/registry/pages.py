"""A long sequence that is never changed; a later version shares with it all but the pages that differ."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice
from operator import index
from typing import Any, SupportsIndex, TypeVar, overload

Value = TypeVar("Value", str, bytes)

Edit = tuple[int, bool, int]
"""A place, whether a value stands there already, and the number of the value that comes; -1 for none."""

PAGE = 512
"""Values in a page as it is laid out; one that grows to twice as many is parted."""


class Pages(Sequence[Value]):
    """Texts or bytes in pages, equal to any tuple of the same."""

    __slots__ = ("_pages", "_starts")

    def __init__(self, pages: Sequence[tuple[Value, ...]]) -> None:
        self._pages: Sequence[tuple[Value, ...]] = pages
        self._starts = [0, *accumulate(map(len, pages))]

    @classmethod
    def of(cls, values: Sequence[Value]) -> Pages[Value]:
        """Lay out values in pages."""
        return cls([tuple(values[at : at + PAGE]) for at in range(0, len(values), PAGE)])

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, at: SupportsIndex) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Value, ...]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Value | tuple[Value, ...]:
        if isinstance(at, slice):
            first, last, step = at.indices(len(self))
            if step == 1:
                return tuple(islice(self._from(first), max(last - first, 0)))
            return tuple(self[place] for place in range(first, last, step))
        place = index(at)
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            message = "no such place"
            raise IndexError(message)
        page = bisect_right(self._starts, place) - 1
        return self._pages[page][place - self._starts[page]]

    def __iter__(self) -> Iterator[Value]:
        return chain.from_iterable(self._pages)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Pages, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as for a list, lest somebody hash a whole country

    def __repr__(self) -> str:
        return f"<{len(self)} in {len(self._pages)} pages>"

    def place(self, value: Value) -> tuple[int, bool]:
        """Tell where a value stands, or would, in a sequence that is sorted; and whether it stands there."""
        page = bisect_left(self._pages, value, key=_last)
        if page == len(self._pages):
            return len(self), False
        at = bisect_left(self._pages[page], value)
        return self._starts[page] + at, self._pages[page][at] == value

    def edited(self, edits: Sequence[Edit], fresh: Sequence[Value]) -> Pages[Value]:
        """Give a later version.

        Parameters
        ----------
        edits
            Places are those in this version; a value that stands there is replaced
            or taken out, others come in before it, by rising number.
        fresh
            The values that come.
        """
        if not self._pages:
            return Pages.of([fresh[number] for _, _, number in sorted(edits)])
        drafts: dict[int, list[Value]] = {}
        # From the end, so that places still to come stay as they are; at one place, what stands before what comes.
        for place, stands, number in sorted(edits, reverse=True):
            page = min(bisect_right(self._starts, place), len(self._pages)) - 1
            draft = drafts.setdefault(page, list(self._pages[page])) if page not in drafts else drafts[page]
            at = place - self._starts[page]
            if not stands:
                draft.insert(at, fresh[number])
            elif number >= 0:
                draft[at] = fresh[number]
            else:
                del draft[at]
        pages = list(self._pages)
        for page in sorted(drafts, reverse=True):
            draft, step = drafts[page], PAGE if len(drafts[page]) >= 2 * PAGE else 2 * PAGE
            pages[page : page + 1] = [tuple(draft[at : at + step]) for at in range(0, len(draft), step)]
        return Pages(pages)

    def _from(self, first: int) -> Iterator[Value]:
        page = max(min(bisect_right(self._starts, first), len(self._pages)) - 1, 0)
        skipped: Any = self._starts[page]
        return islice(chain.from_iterable(self._pages[page:]), first - skipped, None)


def _last(page: tuple[Value, ...]) -> Value:
    return page[-1]
