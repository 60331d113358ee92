"""A plan on the page: what is asked, what was found, what is argued, and what one may do with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import format_datetime, gettext, ngettext

from stations.handouts.siting.naming import Naming
from stations.handouts.siting.reading import PlanReading
from stations.questions.siting import Objective
from stations.scenarios import Scenario
from stations.web.offered import Shelf, shelves_of
from stations.web.sited import COVERED
from stations.web.siting.argued import SUPPOSED, arguments, page_of
from stations.web.siting.arguing import refusing, taking_back, wanting
from stations.web.siting.asking import form_for
from stations.web.siting.beside import show_beside
from stations.web.siting.board import data_of
from stations.web.siting.missing import missing_of
from stations.web.siting.offers import offers
from stations.web.siting.promised import promised
from stations.web.siting.view import CompareView, EnterView, Question, State, View
from stations.wording.figures import say_metres, say_share, say_unit
from stations.wording.spoken import language

GOING = frozenset({State.WAITING, State.RUNNING})
CURVE_WIDE, CURVE_HIGH = 300.0, 100.0
HEADROOM = 1.05


@dataclass(frozen=True, slots=True)
class SiteActs:
    """What one may do about a site: addresses of the question with it wanted for certain, ruled out, or neither.

    Attributes
    ----------
    neither
        Empty where nothing was said of it.
    accepted
        Code of the planned station that it became; empty while it is none.
    """

    want: str
    refuse: str
    neither: str
    accepted: str


@dataclass(frozen=True, slots=True)
class Column:
    """So many sites in the drawing of the curve, in its own units, and the address of the question with so many."""

    sites: int
    x: float
    top: float
    high: float
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved plan in the list."""

    scenario: Scenario
    when: str
    sites: str
    before: str
    after: str
    address: str
    shown: bool


def show(view: View) -> dict[str, Any]:
    """Everything that the page says, beside the view itself."""
    reading, going = view.reading, view.going
    naming = Naming(view.names, None if view.asked is None else view.asked.atlas)
    return {
        "form": form_for(view),
        "found": reading,
        "promised": promised(view),
        "missing": missing_of(view, with_hosts(view)),
        "joined": joined,
        "halves": halves(reading),
        "going": going,
        "busy": going is not None and going.state in GOING,
        "closing": closing(view),
        "argued": arguments(view, naming),
        "all_back": view.address(**dict.fromkeys(SUPPOSED)),
        "acts": acts(view),
        "one_more": one_more(view),
        "columns": list(columns(view)),
        "offered": offers(view, naming),
        "unit_head": heading(say_unit(reading.unit)) if reading is not None else "",
        "saved": [kept_line(one, view) for one in view.scenarios],
        "opened": None if view.scenario is None else kept_line(view.scenario, view),
        "asked_again": page_of(view.question),
        "back": request.query_string.decode("utf-8", "replace"),
        "said": said_of(view.said),
        "downloads": downloads_for(view),
        "coverage": coverage_of(view),
        "data": data_of(view),
        "town_at": town_at(view),
        "with_hosts": with_hosts(view),
        "picture": picture_of(view),
    }


def show_compare(view: CompareView) -> dict[str, Any]:
    """What the page of several plans says."""
    return show_beside(view)


def show_enter(view: EnterView) -> dict[str, Any]:
    """What the page says where the key is entered."""
    return {"leads_to": f"{url_for('siting.show')}?{view.back}" if view.back else url_for("siting.show")}


def joined(sentences: Sequence[str], between: str | None = None) -> str:
    """Sentences in a row, as the language writes them."""
    return (between if between is not None else " " if language() == "en" else "").join(sentences)


def heading(words: str) -> str:
    """Words as the head of a column."""
    return words[:1].upper() + words[1:]


def halves(reading: PlanReading | None) -> tuple[str, str] | None:
    """The headline before and after its figure, where it holds it."""
    if reading is None or not reading.figure or reading.figure not in reading.headline:
        return None
    before, _, after = reading.headline.partition(reading.figure)
    return before, after


def coverage_of(view: View) -> str:
    """Address of the same question about coverage."""
    asked: Mapping[str, Any] = {name: values for name, values in view.question.items() if name in COVERED}
    return url_for("planning.show", **asked)


def closing(view: View) -> float:
    """How far the best so far and the bound have come together, 0 to 1."""
    going = view.going
    if going is None or going.state is State.QUICK or not going.value or not going.bound:
        return 0.0
    low, high = sorted((abs(going.value), abs(going.bound)))
    return low / high


def acts(view: View) -> dict[str, SiteActs]:
    """What one may do about each site, by its key."""
    if view.reading is None:
        return {}
    accepted: Mapping[str, str] = {} if view.scenario is None else view.scenario.accepted
    asked, wanted = view.question, view.question.get("force", [])
    return {
        line.key: SiteActs(
            want=page_of(wanting(asked, line.key)),
            refuse=page_of(refusing(asked, line.key)),
            neither=page_of(taking_back(asked, line.key)) if line.key in wanted else "",
            accepted=accepted.get(line.key, ""),
        )
        for line in view.reading.sites
    }


def one_more(view: View) -> str:
    """Address of the question with one site more; empty where their number is not asked for."""
    if view.asked is None or view.asked.query.sites is None or view.answer is None or not view.answer.further:
        return ""
    return view.address(sites=[str(view.asked.query.sites + 1)])


def columns(view: View) -> Iterator[Column]:
    """The curve as columns: what so many sites bring over what there is without them."""
    if view.reading is None or view.asked is None or len(view.reading.curve) < 2:
        return
    lines = view.reading.curve
    gains = [abs(line.height - lines[0].height) for line in lines]
    most = max(*gains, 1e-9) * HEADROOM
    step = CURVE_WIDE / len(lines)
    aims = view.asked.query.objective is not Objective.FEWEST
    for at, line in enumerate(lines):
        tall = CURVE_HIGH * gains[at] / most
        address = view.address(sites=[str(line.sites)]) if aims and line.sites else ""
        yield Column(line.sites, round(at * step, 2), round(CURVE_HIGH - tall, 2), round(tall, 2), line.chosen, address)


def kept_line(scenario: Scenario, view: View) -> Kept:
    """A saved plan in words."""
    told = scenario.summary
    count = int(float(told.get("sites", len(scenario.plan.keys))))
    ways = str(told.get("aim", "")) in {Objective.MEDIAN, Objective.CENTER}
    demand = float(told.get("demand", 0.0))

    def worth(name: str) -> str:
        amount = float(told.get(name, 0.0))
        return (say_metres(amount) if amount < float("inf") else "–") if ways else say_share(amount, demand)

    return Kept(
        scenario,
        str(format_datetime(scenario.made.astimezone(view.known.zone), "short", rebase=False)),
        ngettext("%(num)s site", "%(num)s sites", count),
        worth("before"),
        worth("after"),
        url_for("siting.show", plan=scenario.id),
        view.scenario is not None and view.scenario.id == scenario.id,
    )


def with_hosts(view: View) -> Question:
    """The question with the kinds of premises that are meant where none are named: beside a list they must be."""
    if any(view.question.get(name) for name in ("host", "spacing", "point", "list")):
        return view.question
    return view.question | {"host": [one.key for one in view.hosts if one.chosen]}


def town_at(view: View) -> dict[tuple[str, str], int]:
    """Places of the townships in the atlas, by their code and name."""
    rows = () if view.answer is None else view.answer.townships
    return {(row.code, row.name): at for at, row in enumerate(rows) if row.name}


def picture_of(view: View) -> str:
    """Address of the map as a picture, for those whose browser runs no script; empty where there is none."""
    carried: Mapping[str, Any] = view.taken_over
    there = "siting.plan_png" in current_app.view_functions
    return url_for("siting.plan_png", **carried) if there and view.reading is not None else ""


def said_of(said: str) -> str:
    """What became of the form that was sent last."""
    words = {
        "saved": gettext("The plan is saved."),
        "removed": gettext("The plan is taken out of the list."),
        "accepted": gettext("The site is a planned station now."),
        "stopped": gettext("The search was asked to stop: what it found so far is the answer."),
        "listed": gettext("Your list is read: its places are candidates."),
        "entered": gettext("The key fits: you may save, accept and remove plans."),
        "left": gettext("The key is forgotten in this browser."),
    }
    return words.get(said, "")


def downloads_for(view: View) -> list[Shelf]:
    """The files of a plan, by what one wants them for; those that this house gives."""
    if view.reading is None:
        return []
    wanted = (
        (
            gettext("To read and to show"),
            (
                ("siting.report", gettext("Report"), "HTML", "file-text", False),
                ("siting.report_pdf", gettext("Report"), "PDF", "file-text", True),
                ("siting.plan_png", gettext("Map"), "PNG", "image", True),
                ("siting.kept_map", gettext("Map to click"), "HTML", "map", True),
            ),
        ),
        (
            gettext("To reckon with"),
            (
                ("siting.plan_xlsx", gettext("All tables"), "XLSX", "table", True),
                ("siting.plan_csv", gettext("Chosen sites"), "CSV", "table", True),
            ),
        ),
        (
            gettext("For map programs"),
            (
                ("siting.plan_gpkg", gettext("All layers"), "GeoPackage", "layers", True),
                ("siting.plan_geojson", gettext("Chosen sites"), "GeoJSON", "layers", True),
                ("siting.candidates", gettext("Candidates"), "GeoJSON", "layers", True),
            ),
        ),
        (gettext("To ask again"), (("siting.question", gettext("This question"), "JSON", "download", True),)),
    )
    return shelves_of(wanted, view.taken_over)
