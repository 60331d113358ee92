"""A file's headers and rows as plain text, whatever its form, and what holds for every form.

Rows keep the number a person sees: the line of a spreadsheet, the place of a
feature in its collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from stations.errors import Fault, ImportRefused

MAX_BYTES = 150_000_000
MAX_ROWS = 250_000
"""Largest file that is read: above the country's stations, below what a laptop's memory bears."""

MAX_COLUMNS = 1_000

BLANKS = " \t\r\n\u3000\u00a0\ufeff\u200b"
"""What is trimmed from the ends of a cell: people and programs leave it there, and nobody sees it."""

HEADER_WITHIN = 20
"""A header stands among the first rows; above it are titles, who filled the list in, and when."""

MOST_TOLD = 12
"""Rows that a sentence names; of more, how many."""

NO_VALUE = "#formula"
"""Stands in a cell whose formula was never worked out."""

REASONS = "拒绝原因"
"""Header of the reasons in a file of refused rows; such a column is not read back."""

_SUM = re.compile(r"(?:合\s*计|总\s*计|共\s*计|小\s*计|总数|total)[:：]?", re.IGNORECASE)
_SIGNATURE = re.compile(r"[^\W\d][^:：\d]{0,11}[:：]")

Knows = Callable[[str], bool]
"""Whether a cell is what lists call one of their columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headers and rows, as text.

    Attributes
    ----------
    headers
        As the file has them, trimmed.
    rows
        Row number and cells, as many as headers.
    digest
        SHA-256 of the file's bytes.
    encoding
        How it was read: ``utf-8``, ``gb18030``, ``xlsx``, ``geojson`` or ``gpkg``.
    faults
        Rows whose form is wrong; they are not in `rows`.
    doubts
        What was made of the form that a person might not expect.
    misfits
        Cells of the rows whose form is wrong, by row number.
    part
        The sheet or layer that was read; empty for a file without such.
    """

    name: str
    digest: str
    encoding: str
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    faults: tuple[Fault, ...]
    doubts: tuple[Fault, ...] = ()
    misfits: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    part: str = ""


def header_index(rows: Sequence[Sequence[str]], knows: Knows) -> int:
    """Find the header among the first rows: the one with the most words that lists call their columns.

    Where no row has two of them it is the first with more than one cell.
    """
    first = rows[:HEADER_WITHIN]
    scores = [sum(map(knows, {cell for cell in row if cell})) for row in first]
    best = max(range(len(first)), key=scores.__getitem__)
    if scores[best] >= 2:
        return best
    return next((at for at, row in enumerate(first) if sum(map(bool, row)) > 1), 0)


def formula_fault(row: int, header: str, value: str) -> Fault:
    """Say of a cell that it holds no value but what is wrong with its formula."""
    template = (
        "The cell holds a formula that was never worked out. Write the value itself, or save the workbook "
        "with a spreadsheet program and import it again."
        if value == NO_VALUE
        else "The cell holds the error {value} of its formula. Write the value itself."
    )
    return Fault(row, header, template, {"value": value[:40]})


def left_out_above(rows: Sequence[tuple[int, Sequence[str]]]) -> list[Fault]:
    """Say that rows above the header were taken for titles."""
    if not rows:
        return []
    values: dict[str, object] = {
        "rows": told(number for number, _ in rows),
        "text": next(filter(None, rows[0][1]), "")[:40],
    }
    return [Fault(None, "", "Left out above the header, as titles: “{text}” (rows: {rows}).", values)]


def without_notes_below(
    rows: Sequence[tuple[int, tuple[str, ...]]],
) -> tuple[Sequence[tuple[int, tuple[str, ...]]], list[Fault]]:
    """Leave out sums and signatures under the stations, and say so.

    Only rows at the end that cannot be a station: whose first word is one for a
    sum, or where every cell says what it is before a colon.
    """
    end = len(rows)
    while end > 0 and _is_note([cell for cell in rows[end - 1][1] if cell]):
        end -= 1
    below = rows[end:]
    if not below or not end:  # a list of nothing else is told as it is
        return rows, []
    values: dict[str, object] = {
        "rows": told(number for number, _ in below),
        "text": " ".join(filter(None, below[0][1]))[:40],
    }
    return rows[:end], [
        Fault(None, "", "Left out below the stations, as sums and notes: “{text}” (rows: {rows}).", values)
    ]


def _is_note(cells: Sequence[str]) -> bool:
    return bool(cells) and (bool(_SUM.fullmatch(cells[0])) or all(map(_SIGNATURE.match, cells)))


def checked_headers(name: str, headers: Iterable[str]) -> tuple[str, ...]:
    """Give the headers without empty ones at the end.

    Raises
    ------
    ImportRefused
        Too many, an empty one in between, or one that is there twice.
    """
    found = list(headers)
    while found and not found[-1]:
        found.pop()
    if len(found) > MAX_COLUMNS:
        raise ImportRefused(
            "{name} has {count} columns; at most {most} are read.", name=name, count=len(found), most=MAX_COLUMNS
        )
    seen: set[str] = set()
    for header in found:
        if not header:
            raise ImportRefused("In {name}, a column has no header. Name it or remove it.", name=name)
        if header in seen:
            raise ImportRefused(
                "In {name}, two columns are called “{header}”. Rename one.", name=name, header=header[:80]
            )
        seen.add(header)
    return tuple(found)


def bound_rows(name: str, rows: int) -> None:
    """Refuse a file with more rows than are read.

    Raises
    ------
    ImportRefused
        It has.
    """
    if rows > MAX_ROWS:
        raise ImportRefused("{name} has more than {most} rows. Split it.", name=name, most=MAX_ROWS)


def refuse_without_rows(name: str) -> ImportRefused:
    """Make the refusal of a list that ends with its header."""
    return ImportRefused("{name} has a header and no rows.", name=name)


def text_of(value: object) -> str:
    """Give a value of a map file as the cell of a table."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip(BLANKS)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return ";".join(f"{key}={item}" for key, item in value.items())
    return orjson.dumps(value).decode()


def told(numbers: Iterable[int]) -> str:
    """Row numbers for a sentence, neighbours joined: ``3-7, 12 and 40 more``."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    said = [f"{first}" if first == last else f"{first}-{last}" for first, last in spans[:MOST_TOLD]]
    rest = sum(last - first + 1 for first, last in spans[MOST_TOLD:])
    return ", ".join(said) + (f" and {rest} more" if rest else "")
