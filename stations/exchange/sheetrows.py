"""Rows of a workbook's sheet, byte by byte as openpyxl would write them, and ten times as quickly.

openpyxl makes an object for every cell and another for its XML. A list of 20,000 stations has a million cells. So it
writes the head of a sheet and what stands around the rows, and the rows themselves are texts.

Source: ECMA-376 part 1, SpreadsheetML (18.3.1.4 cell, 22.9.2.19 how a text is kept from being read as an escape).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from stations.errors import StationsError
from stations.exchange.formulas import not_unguarded
from stations.exchange.listing import Value

LONGEST_CELL = 32_767
"""Most characters of a cell."""

OFTEN = 1 << 13
"""Texts that are kept as XML, as most come again and again."""

LONGER = 8
"""A text is less than so many times as long as it stands in a cell."""

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_PLAIN = re.compile(r"[^&<>\x00-\x1f]*")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
INSTEAD = "\N{REPLACEMENT CHARACTER}"
"""Of a sign that XML cannot hold: somebody's note with such a one must not keep all others from their workbook."""


class TooLongError(StationsError, ValueError):
    """A list that a workbook cannot hold."""


class Row:
    """Writes rows whose cells look alike, column by column.

    Parameters
    ----------
    cells
        A cell of each column, for how it looks.
    headers
        What the columns are called, for errors.
    """

    def __init__(self, cells: Sequence[Cell], headers: Sequence[str]) -> None:
        self._headers = headers
        self._ways = []
        for at, cell in enumerate(cells, start=1):
            style = f' s="{cell.style_id}"' if cell.has_style else ""
            self._ways.append(
                (f'<c r="{get_column_letter(at)}', f'"{style} t="inlineStr"><is><t', f'"{style} t="n"><v>')
            )

    def xml(self, number: int, values: Sequence[Value]) -> str:
        """Give a row as XML.

        Raises
        ------
        TooLongError
            A text that no cell can hold.
        """
        parts = [f'<row r="{number}">']
        for at, ((cell, text, figure), value) in enumerate(zip(self._ways, values, strict=True)):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                if len(value) > LONGEST_CELL // LONGER:
                    cell_text(value, number, self._headers[at])  # refuses what is too long
                parts.append(f"{cell}{number}{text}{_inside(value)}</t></is></c>")
            else:
                parts.append(f"{cell}{number}{figure}{_figure(value)}</v></c>")
        parts.append("</row>")
        return "".join(parts)


def write_beneath(sheet: Any, rows: Iterable[str]) -> None:
    """Write rows beneath those that a sheet has been given, and close it; nothing of it can be set later."""
    sheet.close()
    written = Path(sheet._writer.out)  # noqa: SLF001  no other way to it
    before, end, after = written.read_text("utf-8").rpartition("</sheetData>")
    with written.open("w", encoding="utf-8", newline="\n") as out:
        out.write(before)
        out.writelines(rows)
        out.write(end)
        out.write(after)


def cell_text(value: str, number: int, header: str) -> str:
    """Give a text as it stands in a cell: neither an escape, nor one from which something is taken when it is read.

    `INSTEAD` stands for signs that XML cannot hold.

    Raises
    ------
    TooLongError
        No cell can hold it.
    """
    text = _as_kept(value)
    if len(text) > LONGEST_CELL:
        raise TooLongError(
            "In row {row}, “{column}” has {count} characters; a cell of a workbook holds {most}. "
            "Write CSV or GeoJSON instead.",
            row=number,
            column=header,
            count=len(text),
            most=LONGEST_CELL,
        )
    return text


def _as_kept(value: str) -> str:
    return _ESCAPE.sub("_x005F_", not_unguarded(_NO_XML.sub(INSTEAD, value)))


@lru_cache(OFTEN)
def _inside(value: str) -> str:
    """What stands between ``<t`` and its end."""
    text = _as_kept(value)
    stripped = text.strip()
    kept = ' xml:space="preserve"' if stripped and stripped != text else ""
    if not _PLAIN.fullmatch(text):
        text = escape(text)
    return f"{kept}>{text}"


def _figure(value: float | dt.date) -> str:
    """A number, or a day as the number that spreadsheet programs keep it as."""
    figure = to_excel(value) if isinstance(value, dt.date) else value  # type: ignore[no-untyped-call]  # it has no types
    return f"{figure:.16g}" if math.isfinite(figure) else ""
