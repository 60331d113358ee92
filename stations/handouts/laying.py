"""The pieces of a report as reportlab lays them out: texts, figures, maps, tables and the clock."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from flask_babel import format_date, gettext

from stations.handouts.clocktables import whole_per_cent
from stations.handouts.colours import INK, SOFT, colour_of, is_dark
from stations.handouts.pieces import (
    Clock,
    Document,
    Facts,
    Finding,
    Heading,
    Map,
    Maps,
    Piece,
    Points,
    Tabled,
    Words,
)
from stations.handouts.tables import Column, Table, Value, printed, printed_heading
from stations.wording.spoken import language

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

REGULAR, BOLD = "YizhanSans", "YizhanSans-Bold"
MARGIN_MM = 17.0
WIDTH_MM = 210.0 - 2 * MARGIN_MM
HEAD_FILL = "#efe8da"
RULE = "#cfc8bb"
ACCENT = "#8a4b12"
CELL_PT = 7.6
KEPT_ROWS = 16
"""A table with no more rows stays on one page with its heading."""


def _sections(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Each heading, and each map, with what belongs to it."""
    section: list[Piece] = []
    for piece in pieces:
        told = any(isinstance(one, Finding | Tabled) for one in section)
        starts = isinstance(piece, Heading) or (isinstance(piece, Map) and told)
        if starts and section:
            yield section
            section = []
        section.append(piece)
    yield section


class Printer:
    """Lays the pieces of a report out.

    Parameters
    ----------
    document
        What is told.
    maps
        All of its maps.
    """

    def __init__(self, document: Document, maps: Maps) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.enums import TA_RIGHT
        from reportlab.lib.styles import ParagraphStyle

        self.document, self.maps = document, maps
        # Chinese may break between any two characters; English between words.
        breaks = None if language() == "en" else "CJK"

        def style(name: str, size: float, *, bold: bool = False, colour: str = INK, **more: Any) -> ParagraphStyle:
            return ParagraphStyle(
                name,
                fontName=BOLD if bold else REGULAR,
                fontSize=size,
                leading=more.pop("leading", size * 1.5),
                textColor=HexColor(colour),
                wordWrap=breaks,
                splitLongWords=True,
                **more,
            )

        self.kicker = style("kicker", 9.5, colour=ACCENT, bold=True, spaceAfter=3)
        self.headline = style("headline", 21, bold=True, leading=28, spaceAfter=3)
        self.caption = style("caption", 9.5, colour=SOFT, spaceAfter=8)
        self.figure = style("figure", 14, bold=True, leading=18)
        self.label = style("label", 7.6, colour=SOFT, leading=10)
        self.heading = style("heading", 13, bold=True, leading=18, spaceBefore=12, spaceAfter=3, keepWithNext=1)
        self.text = style("text", 9.2, spaceAfter=5)
        self.soft = style("soft", 7.8, colour=SOFT, spaceAfter=5)
        self.cell = style("cell", CELL_PT, leading=CELL_PT * 1.3)
        self.total = style("total", CELL_PT, bold=True, leading=CELL_PT * 1.3)
        self.number = style("number", CELL_PT, leading=CELL_PT * 1.3, alignment=TA_RIGHT)
        self.number_total = style("number_total", CELL_PT, bold=True, leading=CELL_PT * 1.3, alignment=TA_RIGHT)
        self.head = style("head", 7.0, bold=True, leading=9)
        self.head_number = style("head_number", 7.0, bold=True, leading=9, alignment=TA_RIGHT)

    def flowables(self) -> Iterator[Flowable]:
        """Everything in the order of the pages."""
        from reportlab.platypus import KeepTogether, Paragraph

        day = str(format_date(self.document.day, "long", rebase=False))
        yield Paragraph(escape(f"{self.document.title} · {day}"), self.kicker)
        for section in _sections(self.document.pieces):
            laid = [flowable for piece in section for flowable in self._laid(piece)]
            if all(len(piece.table.rows) <= KEPT_ROWS for piece in section if isinstance(piece, Tabled)):
                yield KeepTogether(laid)
            else:
                yield from laid

    def _laid(self, piece: Piece) -> Iterator[Flowable]:
        from reportlab.platypus import Paragraph

        match piece:
            case Finding():
                yield from self._finding(piece)
            case Heading(text):
                heading: Any = Paragraph(escape(text), self.heading)
                heading.outlined = text
                yield heading
            case Words(text, soft):
                if text:
                    yield Paragraph(escape(text), self.soft if soft else self.text)
            case Points(texts):
                yield from self._points(texts)
            case Map(theme, caption):
                yield from self._map(self.maps[theme], caption)
            case Tabled(table, left_out):
                yield from self._table(table, left_out)
            case Clock(table):
                yield self._clock(table)
            case Facts(facts):
                yield self._facts(facts)

    def _finding(self, piece: Finding) -> Iterator[Flowable]:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph, Spacer, Table

        headline: Any = Paragraph(escape(piece.headline), self.headline)
        headline.outlined = self.document.title
        yield headline
        yield Paragraph(escape(self.document.caption), self.caption)
        cells = [
            [Paragraph(escape(value), self.figure), Paragraph(escape(label), self.label)]
            for label, value in piece.figures
        ]
        rule = HexColor(RULE)
        yield Table(
            [cells],
            colWidths=[WIDTH_MM * mm / len(cells)] * len(cells),
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 1.2, HexColor(ACCENT)),
                ("LINEBELOW", (0, 0), (-1, 0), 0.5, rule),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ],
        )
        yield Spacer(0, 6)
        if piece.more:
            yield Paragraph(escape(piece.more), self.text)

    def _points(self, texts: Sequence[str]) -> Iterator[Flowable]:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        style = ParagraphStyle("point", self.text, leftIndent=10, bulletFontName=REGULAR, spaceAfter=2)
        for text in texts:
            yield Paragraph(escape(text), style, bulletText="•")

    def _map(self, content: bytes, caption: str) -> Iterator[Flowable]:
        from reportlab.lib.units import mm
        from reportlab.platypus import Image, Paragraph

        picture = Image(io.BytesIO(content))
        shape = picture.imageHeight / picture.imageWidth
        picture.drawWidth, picture.drawHeight = WIDTH_MM * mm, WIDTH_MM * mm * shape
        yield picture
        yield Paragraph(escape(caption), self.soft)

    def _table(self, table: Table, left_out: int) -> Iterator[Flowable]:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Paragraph, Spacer
        from reportlab.platypus import Table as Laid

        kept = [at for at, column in enumerate(table.columns) if column.printed]
        columns = [table.columns[at] for at in kept]
        lines = [[line[at] for at in kept] for line in table.lines]
        texts = [
            [printed(value, column, table.unit) for value, column in zip(line, columns, strict=True)] for line in lines
        ]
        heads = [printed_heading(column, table.unit) for column in columns]
        totals = len(lines) - 1 if table.total is not None else len(lines)
        body: list[list[Any]] = [
            [
                Paragraph(escape(head), self.head if column.is_text else self.head_number)
                for head, column in zip(heads, columns, strict=True)
            ]
        ]
        for number, line in enumerate(texts):
            is_total = number >= totals
            body.append(
                [self._cell(text, column, is_total=is_total) for text, column in zip(line, columns, strict=True)]
            )
        style: list[Any] = [
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("VALIGN", (0, 1), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), HexColor(HEAD_FILL)),
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, HexColor(RULE)),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
        ]
        if table.total is not None:
            style.append(("LINEABOVE", (0, -1), (-1, -1), 0.9, HexColor(INK)))
        yield Laid(
            body, colWidths=self._widths(columns, heads, texts), repeatRows=1, style=style, spaceBefore=2, spaceAfter=2
        )
        if left_out:
            yield Paragraph(escape(gettext("%(count)s more are in the workbook.", count=left_out)), self.soft)
        else:
            yield Spacer(0, 4)

    def _cell(self, text: str, column: Column, *, is_total: bool) -> Any:
        from reportlab.platypus import Paragraph

        if column.is_text:
            return Paragraph(escape(text), self.total if is_total else self.cell)
        return Paragraph(escape(text), self.number_total if is_total else self.number)

    @staticmethod
    def _widths(columns: Sequence[Column], heads: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
        """As wide as the longest cell; where that is too much in all, texts give way and are broken."""
        from reportlab.lib.units import mm
        from reportlab.pdfbase.pdfmetrics import stringWidth

        room = WIDTH_MM * mm
        wanted = []
        for at, (column, head) in enumerate(zip(columns, heads, strict=True)):
            longest = max((stringWidth(line[at], BOLD, CELL_PT) for line in texts), default=0.0)
            words = stringWidth(head, BOLD, 7.0)
            least = min(words, max(words / 2.0 + 6.0, 26.0)) if not column.is_text else min(words, 60.0)
            wanted.append(max(longest, least) + 9.0)
        over = sum(wanted) - room
        if over > 0.0:
            soft = [
                max(width - 58.0, 0.0) if column.is_text else 0.0 for width, column in zip(wanted, columns, strict=True)
            ]
            give = min(over, sum(soft))
            if sum(soft) > 0.0:
                wanted = [width - give * part / sum(soft) for width, part in zip(wanted, soft, strict=True)]
        over = sum(wanted) - room
        if over > 0.0:
            return [width * room / sum(wanted) for width in wanted]
        # What is left over goes to the columns alike.
        return [width - over / len(wanted) for width in wanted]

    def _clock(self, table: Table) -> Flowable:
        """Days in rows, hours in columns, each hour in the colour that its share has on the map."""
        from reportlab.lib.colors import HexColor, white
        from reportlab.lib.units import mm
        from reportlab.platypus import Table as Laid

        days = table.columns[1:]
        hours = [str(row[0])[:2] for row in table.rows]
        body: list[list[Any]] = [["", *hours]]
        style: list[Any] = [
            ("FONT", (0, 0), (-1, -1), REGULAR, 6.2),
            ("FONT", (0, 0), (0, -1), REGULAR, 7.4),
            ("ALIGN", (1, 0), (-1, -1), "CENTER"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0.5),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0.5),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("INNERGRID", (1, 1), (-1, -1), 0.6, white),
            ("TEXTCOLOR", (0, 0), (-1, 0), HexColor(SOFT)),
        ]
        for number, day in enumerate(days, 1):
            shares: list[Value] = [row[number] for row in table.rows]
            body.append([day.heading, *(whole_per_cent(share) for share in shares)])
            for at, share in enumerate(shares, 1):
                colour = colour_of(None if share is None else float(share))
                style.append(("BACKGROUND", (at, number), (at, number), HexColor(colour)))
                if is_dark(colour):
                    style.append(("TEXTCOLOR", (at, number), (at, number), white))
        first = 22.0
        widths = [first * mm] + [(WIDTH_MM - first) / 24.0 * mm] * 24
        return Laid(
            body, colWidths=widths, rowHeights=[12] + [16] * len(days), style=style, spaceBefore=3, spaceAfter=4
        )

    def _facts(self, facts: Sequence[tuple[str, str]]) -> Flowable:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph
        from reportlab.platypus import Table as Laid

        body = [[Paragraph(escape(what), self.total), Paragraph(escape(value), self.cell)] for what, value in facts]
        return Laid(
            body,
            colWidths=[38 * mm, (WIDTH_MM - 38) * mm],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, HexColor(RULE)),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2.2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
            ],
            spaceAfter=4,
        )
