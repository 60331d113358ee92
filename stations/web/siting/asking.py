"""The form of a question of siting: filled in as the address has it, and what there is to choose."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_date, gettext

from stations.questions.siting import Objective
from stations.web.forms import chips, form_of
from stations.web.offered import weights_for
from stations.web.params import Args, BadParameter, Known, first, read_moment
from stations.web.sited import USUAL, USUAL_SITES
from stations.web.siting.view import View

MINUTES = (5, 10, 15, 20, 30)
SPACINGS_M = (200, 300, 500, 1000, 2000)
USUAL_MOMENTS = ((0, 5, 30), (0, 12, 30), (0, 18, 30), (0, 22, 0), (5, 12, 30), (6, 22, 0))
"""Day of the week from Monday, hour, minute: before dawn, at noon, in the evening, at night; and on the weekend."""

HELD = ("move", "add", "close", "hours", "point", "list", "force", "forbid", "cost")
"""What the form holds without showing it; the page shows it beside."""

FURTHER = (
    "keep", "times", "speed", "amenity", "moment", "wish", "capacity", "seats", "assume", "leave_out", "farthest", "at",
)  # fmt: skip
"""What is folded away."""

IN_SIGHT = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several to choose from."""

    key: str
    name: str
    chosen: bool


def form_for(view: View) -> dict[str, Any]:
    """The form filled in, and its choices; what cannot be used is shown again as it was typed."""
    asked = view.question if view.scenario is not None else view.args
    query = None if view.asked is None else view.asked.query
    aim = first(asked, "aim", Objective.MOST)
    sites = first(asked, "sites")
    if not sites and not first(asked, "budget") and aim != Objective.FEWEST:
        sites = str(USUAL_SITES if query is None or query.sites is None else query.sites)
    mode = first(asked, "mode", "walk")
    modes = view.names.modes
    return form_of(asked, view.known, view.names) | {
        "aim": aim,
        "aims": aims(aim),
        "sites": sites[:20],
        **{name: first(asked, name)[:40] for name in ("budget", "capacity", "seats", "farthest", "speed", "spacing")},
        "share": first(asked, "share", "100")[:20],
        "assume": first(asked, "assume")[:60],
        "usual_speed": f"{modes[mode].speed_kmh:g}" if mode in modes else "4",
        "minutes_offered": MINUTES,
        "weights": weights_for(view.house.atlas, first(asked, "weight")),
        "keep": first(asked, "keep") not in {"0", "no", "false"},
        "times": first(asked, "times", "1"),
        "leave_out": first(asked, "leave_out") in {"1", "yes", "true"},
        "spacings": SPACINGS_M,
        "costs": {key: cost for key, _, cost in (one.rpartition(":") for one in asked.get("cost", ()))},
        "wishes": [one[:80] for one in asked.get("wish", ()) if one],
        "moments": moments(asked, view.known, view.now),
        "chips": chips(view.house.snapshot(), frozenset(asked.get("amenity", ())), view.names),
        "chips_in_sight": IN_SIGHT,
        "held": [(name, one) for name in HELD for one in asked.get(name, ()) if one],
        "narrowed": narrowed(asked),
    }


def aims(chosen: str) -> list[Choice]:
    """What sites may be chosen for."""
    names = {
        Objective.MOST: gettext("Reach as many as possible"),
        Objective.FEWEST: gettext("As few stations as possible"),
        Objective.MEDIAN: gettext("Shortest way on average"),
        Objective.CENTER: gettext("Nobody too far away"),
    }
    return [Choice(key.value, name, key == chosen) for key, name in names.items()]


def moments(asked: Args, known: Known, now: datetime) -> list[Choice]:
    """Moments that one often means, in the week of those that are asked for, and those that are asked for beside."""
    given = [one for one in asked.get("moment", ()) if one]
    monday = now.date() + timedelta(days=7 - now.weekday())
    for text in given[:1]:
        with suppress(BadParameter):  # it is shown as it was typed, and the page says what is wrong with it
            day = read_moment(text.partition(";")[0], known.zone).astimezone(known.zone).date()
            monday = day - timedelta(days=day.weekday())
    usual = {}
    for weekday, hour, minute in USUAL_MOMENTS:
        day = monday + timedelta(days=weekday)
        usual[f"{day:%Y-%m-%d}T{hour:02d}:{minute:02d}"] = f"{_weekday(day)} {hour:02d}:{minute:02d}"
    said = [Choice(key, name, key in given) for key, name in usual.items()]
    return said + [
        Choice(one[:60], one[:60].replace("T", " ").replace(";", " ×"), chosen=True)
        for one in given
        if one not in usual
    ]


def _weekday(day: date) -> str:
    return str(format_date(day, "EEE", rebase=False))


def narrowed(asked: Args) -> int:
    """How many of the further conditions differ from what is usual."""
    return sum(bool(first(asked, name)) and first(asked, name) != USUAL.get(name) for name in FURTHER)
