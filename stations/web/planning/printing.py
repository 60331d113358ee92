"""The files that take seconds: a report to read and to print, its maps, its tables as a workbook, its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, request

from stations.handouts.layers import write_layers
from stations.handouts.pages import write_pages
from stations.handouts.picture import draw
from stations.handouts.report import Report
from stations.handouts.scene import POSTER, PRINTED, Theme
from stations.handouts.story import document_of
from stations.handouts.webpage import policy, write_page
from stations.web.attached import as_file
from stations.web.params import Known, given
from stations.web.planning.findings import Findings
from stations.web.planning.reports import order, question_of, report_of
from stations.web.press import Press
from stations.wording.names import Names
from stations.wording.spoken import language

Maps = Callable[[], Mapping[Theme, bytes]]
"""Gives the maps of a report, drawn once for its page and its PDF."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A file that is made from a report.

    Attributes
    ----------
    file
        Its name; the address has it, too.
    chinese
        Its name for those who read Chinese.
    """

    file: str
    chinese: str
    kind: str
    make: Callable[[Report, Maps], bytes]


def _workbook(report: Report) -> bytes:
    from stations.handouts.workbook import write_workbook  # openpyxl is slow to import

    return write_workbook(list(report.tables.values()), report.about)


PRINTED_FILES: Mapping[str, Printed] = {
    "report_pdf": Printed(
        "report.pdf",
        "驿站覆盖报告.pdf",
        "application/pdf",
        lambda report, maps: write_pages(document_of(report), maps()),
    ),
    "workbook": Printed(
        "workbook.xlsx",
        "驿站覆盖表.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda report, _: _workbook(report),
    ),
    "layers": Printed(
        "coverage.gpkg",
        "驿站覆盖图层.gpkg",
        "application/geopackage+sqlite3",
        lambda report, _: write_layers(report),
    ),
    "picture": Printed(
        "map.png", "驿站覆盖图.png", "image/png", lambda report, _: draw(report.scene, Theme.TOWNSHIPS, POSTER)
    ),
    "reach_picture": Printed(
        "reach.png", "驿站可达范围图.png", "image/png", lambda report, _: draw(report.scene, Theme.REACH, POSTER)
    ),
}
"""By the name of the view."""

PAGE = "report"
QUESTION = "question.json", "驿站覆盖问题.json"


def add_printed(door: Blueprint, findings: Findings, known: Known, names: Names) -> None:
    """Add the addresses of the files to a door; each takes the question of `/planning`."""
    press = Press()

    def printed(name: str, make: Callable[[Report, Maps], bytes]) -> bytes:
        args = given(request.args)
        wanted = order(findings, args, known, names, datetime.now(known.zone).date(), language())

        def work() -> bytes:
            report = report_of(findings, wanted, args, known, names)
            return make(report, lambda: {theme: drawn(report, theme) for theme in Theme})

        def drawn(report: Report, theme: Theme) -> bytes:
            return press.within((theme, wanted), lambda: draw(report.scene, theme, PRINTED))

        return press.make((name, wanted), work)

    def file_of(name: str, one: Printed) -> Callable[[], Response]:
        def view() -> Response:
            return _named(Response(printed(name, one.make), mimetype=one.kind), one.file, one.chinese)

        return view

    for name, one in PRINTED_FILES.items():
        door.add_url_rule(f"/{one.file}", name, file_of(name, one))

    @door.get("/report")
    def report() -> Response:
        """The report as a page, which is printed or kept as it is."""
        content = printed(PAGE, lambda told, maps: write_page(document_of(told), maps()).encode())
        response = Response(content, mimetype="text/html")
        response.headers["Content-Security-Policy"] = f"{policy()}; frame-ancestors 'none'"
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @door.get("/question.json")
    def question() -> Response:
        """The question itself, for ``flask coverage report``."""
        args = given(request.args)
        wanted = order(findings, args, known, names, datetime.now(known.zone).date(), language())
        return _named(Response(question_of(wanted, args).to_json(), mimetype="application/json"), *QUESTION)


def _named(response: Response, name: str, chinese: str) -> Response:
    response.vary.update(("Accept-Language", "Cookie"))
    return as_file(response, f"yizhan-{name}", chinese if language() == "zh" else "")
