"""Every file of a plan: what it is called, what it is, and how it is made; doors and commands hand out the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from stations.handouts.siting.report import PlanReport
from stations.handouts.siting.shapes import candidates_geojson, plan_geojson
from stations.handouts.siting.tables import chosen_of, plan_csv


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file that is made of a plan.

    Attributes
    ----------
    file
        Its name.
    chinese
        Its name for those who read Chinese.
    kind
        Its media type.
    make
        In the language being spoken; the same report gives the same bytes.
    """

    file: str
    chinese: str
    kind: str
    make: Callable[[PlanReport], bytes]


def _geojson(report: PlanReport) -> bytes:
    return orjson.dumps(plan_geojson(report))


def _candidates(report: PlanReport) -> bytes:
    return orjson.dumps(candidates_geojson(report.grounded, report.naming, chosen_of(report.answer)))


# What prints and draws takes seconds to import, and is imported when it is first asked for.
def _workbook(report: PlanReport) -> bytes:
    from stations.handouts.workbook import write_workbook

    return write_workbook(list(report.tables.values()), report.about)


def _layers(report: PlanReport) -> bytes:
    from stations.handouts.siting.layers import write_plan_layers

    return write_plan_layers(report)


def _picture(report: PlanReport) -> bytes:
    from stations.handouts.siting.picture import draw_plan

    return draw_plan(report.scene)


def _map(report: PlanReport) -> bytes:
    from stations.handouts.siting.webpage import write_plan_map

    return write_plan_map(report).encode()


def _page(report: PlanReport) -> bytes:
    from stations.handouts.siting.story import document_of
    from stations.handouts.webpage import write_page

    return write_page(document_of(report)).encode()


def _pages(report: PlanReport) -> bytes:
    from stations.handouts.pages import write_pages
    from stations.handouts.siting.story import document_of

    return write_pages(document_of(report))


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PLAN_FILES: Mapping[str, PlanFile] = {
    "plan.csv": PlanFile("plan.csv", "驿站选址表.csv", "text/csv", plan_csv),
    "plan.geojson": PlanFile("plan.geojson", "驿站选址.geojson", "application/geo+json", _geojson),
    "candidates.geojson": PlanFile("candidates.geojson", "候选点.geojson", "application/geo+json", _candidates),
    "plan.xlsx": PlanFile("plan.xlsx", "驿站选址表.xlsx", SHEET, _workbook),
    "plan.gpkg": PlanFile("plan.gpkg", "驿站选址图层.gpkg", "application/geopackage+sqlite3", _layers),
    "plan.png": PlanFile("plan.png", "驿站选址图.png", "image/png", _picture),
    "map.html": PlanFile("plan-map.html", "驿站选址地图.html", "text/html", _map),
    "report": PlanFile("plan-report.html", "驿站选址报告.html", "text/html", _page),
    "report.pdf": PlanFile("plan-report.pdf", "驿站选址报告.pdf", "application/pdf", _pages),
}
"""By the last part of their address."""
