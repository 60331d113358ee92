"""What a planner takes home of a plan: tables, shapes, layers, a picture, a map to click, the report, the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from flask import Blueprint, Response, request

from stations.handouts.question import SavedQuestion
from stations.handouts.siting.files import PLAN_FILES
from stations.handouts.siting.report import PlanReport, plan_report
from stations.web.attached import as_file
from stations.web.headers import MAP_POLICY
from stations.web.params import given
from stations.web.press import Press
from stations.web.siting.looking import Looked, Looking
from stations.wording.spoken import language

AT_ONCE = {"plan.csv": "plan_csv", "plan.geojson": "plan_geojson", "candidates.geojson": "candidates"}
"""Files that take no time to make, and the views that give them."""

PRINTED: Mapping[str, str] = MappingProxyType(
    {
        "plan.xlsx": "plan_xlsx",
        "plan.gpkg": "plan_gpkg",
        "plan.png": "plan_png",
        "map.html": "kept_map",
        "report": "report",
        "report.pdf": "report_pdf",
    }
)
"""Files that take seconds: made one at a time, and the last few kept."""

SHOWN = frozenset({"candidates.geojson", "report"})
"""What is looked at where it is, and not kept as a file."""


def add_downloads(door: Blueprint, looking: Looking) -> None:
    """Add the addresses of the files; each takes a question, or the saved plan."""
    press = Press()

    def at_once(name: str) -> Callable[[], Response]:
        def view() -> Response:
            looked = looking.look(given(request.args))
            return _answered(name, PLAN_FILES[name].make(report_of(looking, looked)))

        return view

    def printed(name: str) -> Callable[[], Response]:
        def view() -> Response:
            looked = looking.look(given(request.args))
            saved = saved_of(looking, looked)
            scenario = looked.scenario.id if looked.scenario is not None else ""
            key = (name, looked.asked, looked.plan, scenario, saved.day, language())
            return _answered(name, press.make(key, lambda: PLAN_FILES[name].make(report_of(looking, looked))))

        return view

    for made, views in ((at_once, AT_ONCE), (printed, PRINTED)):
        for name, endpoint in views.items():
            door.add_url_rule(f"/{name}", endpoint, made(name))

    @door.get("/question.json", endpoint="question")
    def question() -> Response:
        """The question itself, which gives the same figures of the same registry and the same ground."""
        asked = saved_of(looking, looking.look(given(request.args)))
        response = Response(asked.to_json(), mimetype="application/json")
        return _named(response, "siting-question.json", "驿站选址问题.json")


def saved_of(looking: Looking, looked: Looked) -> SavedQuestion:
    """The question as it can be asked again."""
    scenario = looked.scenario
    day = datetime.now(looking.known.zone).date() if scenario is None else scenario.made.date()
    return SavedQuestion(looked.question, looked.asked.revision, looked.asked.digest, day)


def report_of(looking: Looking, looked: Looked) -> PlanReport:
    """All that is handed out of an answer."""
    scenario = looked.scenario
    return plan_report(
        saved_of(looking, looked),
        looking.ground(looked),
        looked.answer,
        looking.names,
        looking.known.zone,
        name="" if scenario is None else scenario.name,
        by="" if scenario is None else scenario.by,
    )


def _answered(name: str, content: bytes) -> Response:
    file = PLAN_FILES[name]
    response = Response(content, mimetype=file.kind)
    if name == "map.html":
        response.headers["Content-Security-Policy"] = MAP_POLICY
    if name == "report":
        from stations.handouts.webpage import policy

        response.headers["Content-Security-Policy"] = f"{policy()}; frame-ancestors 'none'"
    if name not in SHOWN:
        return _named(response, file.file, file.chinese)
    response.vary.update(("Accept-Language", "Cookie"))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _named(response: Response, name: str, chinese: str) -> Response:
    """A file under its name, in Chinese for those who read it."""
    response.vary.update(("Accept-Language", "Cookie"))
    return as_file(response, f"yizhan-{name}", chinese if language() == "zh" else "")
