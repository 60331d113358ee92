"""An answer on the page: the finding, what is tried out, what it is compared with, and the part that lies open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app, url_for

from stations.handouts.colours import share_classes
from stations.handouts.finding import say_conditions
from stations.questions.coverage import CoverageQuery
from stations.web.params import Args, Known
from stations.web.planning.board import data_of
from stations.web.planning.contrast import Contrast, read_contrast, say_versus
from stations.web.planning.findings import Asked, Findings
from stations.web.planning.parts import read_part_of
from stations.web.planning.reading import read_out
from stations.web.planning.state import Carried, carried, read_versus
from stations.web.planning.trying import all_back, read_tried
from stations.wording.figures import say_unit
from stations.wording.names import Names
from stations.wording.spoken import language

USUAL_DAY = 5
"""Place of Friday in the list of days, where any hour stands first: a slider that is moved means some working day."""


def show_answer(findings: Findings, args: Args, known: Known, names: Names, part: str, today: date) -> dict[str, Any]:
    """Everything that the page says of an answer."""
    asked = findings.asked(args)
    served = findings.served(asked)
    reading = read_out(findings.coverage(asked), served.snapshot, names)
    contrast = contrast_of(findings, args, asked, known, names)
    tried = read_tried(args, served.snapshot, names)
    question = carried(args)
    unit = reading.answer.unit
    data = data_of(reading, served, asked.snapshot, names, addresses_of(question, asked))
    return {
        "found": reading,
        "part": part,
        "contrast": contrast,
        "conditions": _conditions(asked, known, names),
        "tried": tried,
        "picture": _picture(question),
        "all_back": all_back(args),
        "data": data | {"today": USUAL_DAY, "unit": say_unit(unit)},
        "unit_head": heading(say_unit(unit)),
        "bands": [f"{minutes:g}" for minutes in reading.answer.bands],
        "siting": url_for("siting.show", **{key: value for key, value in question.items() if key != "vs"}),
        "classes": [words for _, words in share_classes()] if asked.atlas.townships.declared else [],
        "states": {one["state"] for one in data["stations"]},
        "joined": joined,
        **read_part_of(part, asked, findings, args, names, today),
    }


def _picture(question: Carried) -> str:
    """Address of the map as a picture, for those whose browser runs no script."""
    return url_for("downloads.picture", **question) if "downloads.picture" in current_app.view_functions else ""


def _conditions(asked: Asked, known: Known, names: Names) -> list[str]:
    """What was asked beyond the usual; how one goes and for how long, the headline says."""
    query = replace(asked.query, changes=())
    if query == CoverageQuery(mode=query.mode, minutes=query.minutes, weight=query.weight):
        return []
    return say_conditions(query, names, known.zone)[2:]


def addresses_of(question: Carried, asked: Asked) -> dict[str, str]:
    """Where the script asks for what is not in the page."""
    plain = {key: value for key, value in question.items() if key != "vs"}
    return {
        "address": url_for("planning.show"),
        "answer": url_for("answers.figures"),
        "shapes": url_for("answers.shapes", digest=asked.digest[:12]),
        "reach": url_for("downloads.reach_shapes", **plain),
        "page": url_for("station.show", code="CODE"),
    }


def contrast_of(findings: Findings, args: Args, asked: Asked, known: Known, names: Names) -> Contrast | None:
    """The answer held against another, in words; nothing where it is compared with nothing."""
    other = findings.other(args, asked)
    versus = read_versus(args, asked.query, known)
    if other is None or versus is None:
        return None
    return read_contrast(
        findings.comparison(other, asked),
        say_versus(versus, known, names),
        findings.served(other).snapshot,
        findings.served(asked).snapshot,
        names,
    )


def heading(words: str) -> str:
    """Words as the head of a column."""
    return words[:1].upper() + words[1:]


def joined(sentences: list[str], between: str | None = None) -> str:
    """Sentences in a row, as the language writes them."""
    return (between if between is not None else " " if language() == "en" else "").join(sentences)
