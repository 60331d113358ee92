"""The answer in figures and in words, for the script of the page and for programs; and how far the search is."""

from __future__ import annotations

import math
from typing import Any

import orjson
from flask import Blueprint, Response, request

from geodata.lonlat import LonLat
from stations.handouts.siting.reading import PlanReading
from stations.questions.siting import Candidate, SitingAnswer
from stations.scenarios import Scenario
from stations.web.params import given
from stations.web.siting.going import going_of, going_of_saved, search_of
from stations.web.siting.looking import Looked, Looking
from stations.web.siting.view import Going

NOTHING = 1e-9


def add_answers(door: Blueprint, looking: Looking) -> None:
    """Add the addresses behind the page."""

    @door.get("/answer.json", endpoint="answer")
    def figures() -> Response:
        """The best answer that is known, in numbers and in words, and how the search for the proof stands."""
        looked = looking.look(given(request.args))
        asked = looked.asked
        return _fresh(
            {
                "revision": asked.revision,
                "digest": asked.digest,
                "mark": asked.mark,
                "search": going_json(looked.going),
                "plan": plan_json(looked),
                "said": said_json(looking.reading(looked)),
            }
        )

    @door.get("/progress.json", endpoint="progress")
    def progress() -> Response:
        """How the search stands, and nothing else: it is asked for each second."""
        asked, scenario = looking.asked(given(request.args))
        if scenario is None:
            going = going_of(looking.house, asked, search_of(looking.house, asked))
        else:
            going = going_of_saved(asked, scenario.plan)
        return _fresh({"mark": asked.mark, "search": going_json(going)})


def going_json(going: Going) -> dict[str, Any]:
    """How a search stands, for programs."""
    return {
        "state": going.state.value,
        "value": going.value,
        "bound": going.bound,
        "gap": going.gap,
        "seconds": round(going.seconds, 2),
        "ended": going.ended,
        "fault": going.fault,
        "said": dict(going.said),
        "can_stop": going.can_stop,
        "can_search": going.can_search,
    }


def plan_json(looked: Looked) -> dict[str, Any]:
    """An answer in numbers. What is infinite, or not known, is null."""
    answer, plan = looked.answer, looked.answer.plan
    # A greedy plan without a bound is kept with its own value for one, which proves nothing.
    known = plan.ended is not None or plan.gap > NOTHING
    return {
        "aim": answer.query.objective.value,
        "unit": answer.unit,
        "demand": answer.demand,
        "before": finite(answer.before),
        "after": finite(answer.after),
        "value": finite(plan.value),
        "bound": finite(plan.bound) if known else None,
        "gap": finite(plan.gap) if known else None,
        "proven": plan.proven,
        "ended": plan.ended.value if plan.ended is not None else "",
        "guarantee": plan.guarantee,
        "seconds": round(plan.seconds, 3),
        "candidates": answer.candidates,
        "left_out": answer.left_out,
        "off_street": [one.key for one in answer.off_street],
        "sites": _sites(answer, looked.scenario, looked.asked.atlas.townships.names),
        "townships": [
            {
                "code": one.code,
                "name": one.name,
                "demand": one.demand,
                "before": one.before,
                "after": one.after,
                "gained": one.gained,
            }
            for one in answer.townships
        ],
        "further": [_candidate(one) | {"adds": adds} for one, adds in answer.further],
        "curve": [{"sites": one.sites, "value": finite(one.value)} for one in answer.curve],
        "firmness": [
            {
                "speed_kmh": one.speed_kmh,
                "moment": one.moment,
                "hour": None if one.at is None else f"{one.at:%a %H:%M}",
                "covered": finite(one.covered),
                "best": finite(one.best),
                "stays": one.stays,
            }
            for one in answer.firmness
        ],
    }


def said_json(reading: PlanReading) -> dict[str, Any]:
    """An answer in sentences."""
    return {
        "figure": reading.figure,
        "label": reading.label,
        "figures": [list(one) for one in reading.figures],
        "headline": reading.headline,
        "proof": reading.proof,
        "sure": reading.sure.value,
        "value": reading.value,
        "bound": reading.bound,
        "gap": reading.gap,
        "conditions": list(reading.conditions),
        "among": reading.among,
        "notes": list(reading.notes),
        "gains": reading.gains,
        "further": reading.further_said,
        "curve": reading.curve_said,
        "firmness": reading.firmness_said,
    }


def finite(number: float) -> float | None:
    """A number as JSON can say it."""
    return number if math.isfinite(number) else None


def _sites(answer: SitingAnswer, scenario: Scenario | None, townships: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        _candidate(step.candidate)
        | {
            "rank": rank,
            "hours": step.candidate.hours,
            "wanted": step.wanted,
            "cost": step.cost,
            "adds": finite(step.adds),
            "total": finite(step.total),
            "alone": finite(step.alone),
            "township": townships[step.township] if step.township >= 0 else None,
            "premises": None
            if step.premises is None
            else _candidate(step.premises) | {"metres": round(step.premises_m or 0.0, 1)},
            "station": None if scenario is None else scenario.accepted.get(step.candidate.key),
        }
        for rank, step in enumerate(answer.steps, 1)
    ]


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"key": one.key, "name": one.name, "kind": one.kind, "at": position(one.position)}


def position(at: LonLat) -> list[float]:
    """A position as pages write it."""
    return [round(at.lon, 6), round(at.lat, 6)]


def _fresh(body: dict[str, Any]) -> Response:
    response = Response(orjson.dumps(body), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


__all__ = ["add_answers", "finite", "going_json", "plan_json", "position", "said_json"]
