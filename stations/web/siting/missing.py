"""Where demand lies that nobody can reach, or serve, as a list: with what a candidate put there would be asked by."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from stations.handouts.townshiptables import township_name
from stations.questions.siting import Spot
from stations.web.siting.argued import page_of
from stations.web.siting.arguing import with_point
from stations.web.siting.view import Question, View
from stations.wording.figures import say_demand, say_place

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Demand in one place.

    Attributes
    ----------
    put
        Address of the question with a candidate there.
    """

    place: str
    township: str
    demand: str
    put: str


@dataclass(frozen=True, slots=True)
class Missing:
    """All of it, most of it first.

    Attributes
    ----------
    rest
        How much lies elsewhere, in a sentence; empty where everything is listed.
    """

    title: str
    lines: tuple[MissingLine, ...]
    rest: str


def missing_of(view: View, question: Question) -> Missing | None:
    """Say where demand lies because of which there is no answer; None where it is not a matter of places.

    Parameters
    ----------
    question
        To which a candidate is added, with the kinds of premises that are meant.
    """
    if not view.missing or view.asked is None:
        return None
    unit = view.asked.atlas.layer(view.asked.query.coverage.weight).demand.unit
    listed, rest = view.missing[:MOST_LISTED], view.missing[MOST_LISTED:]
    demand = sum(one.demand for one in rest)
    return Missing(
        title=gettext("What nobody can reach") if view.unreached else gettext("For whom there is no room"),
        lines=tuple(_line(one, unit, question) for one in listed),
        rest=ngettext(
            "%(demand)s more at %(num)s other place.",
            "%(demand)s more at %(num)s other places.",
            len(rest),
            demand=say_demand(demand, unit),
        )
        if rest
        else "",
    )


def _line(spot: Spot, unit: str, question: Question) -> MissingLine:
    place = say_place(spot.near)
    return MissingLine(
        place,
        township_name(spot.township) if spot.township else "",
        say_demand(spot.demand, unit),
        page_of(with_point(question, spot.position.lon, spot.position.lat, "" if spot.near is None else place)),
    )
