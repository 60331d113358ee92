"""A report as pages of A4: PDF, with letters of its own, so that it looks and reads the same everywhere."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from stations.handouts.colours import SOFT
from stations.handouts.laying import BOLD, MARGIN_MM, REGULAR, RULE, Printer
from stations.handouts.lettering import font_files
from stations.handouts.pieces import Document, Maps
from stations.wording.spoken import language

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Flowable


def write_pages(told: Document, maps: Maps | None = None) -> bytes:
    """Print a report as PDF, in the language being spoken; the same report gives the same bytes.

    Parameters
    ----------
    maps
        The maps as PNG, where they were drawn already.

    Raises
    ------
    NoFontError
        There are no letters to print with.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    _load_fonts()
    page = io.BytesIO()
    margin = MARGIN_MM * mm
    document: Any = BaseDocTemplate(
        page,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=told.title,
        subject=told.headline,
        author="Yizhan",
        creator="Yizhan",
        keywords=[told.made],
        lang="en" if language() == "en" else "zh-CN",
        invariant=1,
    )
    frame = Frame(margin, 19 * mm, A4[0] - 2 * margin, A4[1] - 36 * mm, 0, 0, 0, 0, id="page")
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.afterFlowable = lambda flowable: _mark(document, flowable)
    printer = Printer(told, told.drawn(maps))
    document.build(list(printer.flowables()), canvasmaker=_canvas_of(told))
    return page.getvalue()


@lru_cache(maxsize=1)
def _load_fonts() -> None:
    """Read the font once in a process: it has thirty thousand letters. No line begins with a Chinese comma."""
    from reportlab import rl_config
    from reportlab.lib import textsplit
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import paragraph

    modules: list[Any] = [textsplit, paragraph]
    for module in modules:
        # Their own list has what Japanese sets, and lacks what Chinese does.
        module.ALL_CANNOT_START += "，；：！？"
    rl_config.useA85 = 0  # pictures as bytes, not as text: a third smaller, and a second sooner
    for name, path in zip((REGULAR, BOLD), font_files(), strict=True):
        pdfmetrics.registerFont(TTFont(name, str(path)))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, BOLD if bold else REGULAR)


def _mark(document: BaseDocTemplate, flowable: Flowable) -> None:
    """Put headings into the outline of the file, where a reader of PDF files lists them."""
    text = getattr(flowable, "outlined", None)
    if text is not None:
        canvas: Any = document.canv
        key = f"part{document.seq.nextf('part')}"  # type: ignore[attr-defined]
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(text, key, 0)


def _canvas_of(told: Document) -> type[Canvas]:
    """The kind of page that has a head, and a foot with its number of how many."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):
        """Pages that wait until it is known how many they are."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._waiting: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  reportlab's name
            self._waiting.append(dict(self.__dict__))
            begin: Any = self._startPage  # type: ignore[attr-defined]
            begin()

        def save(self) -> None:
            for number, state in enumerate(self._waiting, 1):
                self.__dict__.update(state)
                self._dress(number, len(self._waiting))
                super().showPage()
            super().save()

        def _dress(self, number: int, count: int) -> None:
            left, right = MARGIN_MM * mm, A4[0] - MARGIN_MM * mm
            self.setStrokeColor(HexColor(RULE))
            self.setLineWidth(0.5)
            self.line(left, 14 * mm, right, 14 * mm)
            self.setFillColor(HexColor(SOFT))
            self.setFont(REGULAR, 7)
            self.drawString(left, 10 * mm, told.source)
            self.drawRightString(right, 10 * mm, gettext("Page %(number)s of %(count)s", number=number, count=count))
            if number > 1:
                self.drawString(left, A4[1] - 11 * mm, f"{told.title} · {told.caption}")

    return Numbered
