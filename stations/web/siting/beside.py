"""Plans side by side on the page: what each comes to, in each township, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext

from stations.handouts.finding import say_conditions
from stations.handouts.siting.naming import Naming
from stations.handouts.siting.proving import say_cost
from stations.handouts.townshiptables import township_name
from stations.questions.siting.comparing import SAME_M, Measured, PlansCompared
from stations.web.forms import form_of
from stations.web.siting.asking import MINUTES, Choice
from stations.web.siting.view import CompareView
from stations.wording.figures import and_others, listed, say_amount, say_demand, say_share, say_unit

MOST_TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a plan: in words, as a part of all for a bar, and whether no other plan has a better one."""

    said: str
    part: float = 0.0
    best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A measure of every plan."""

    name: str
    cells: Sequence[Cell]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A plan at the head of a table; today has no address."""

    name: str
    by: str
    address: str


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """A township in every plan."""

    name: str
    demand: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that is told of several plans; ``shared`` is empty where there is but one."""

    conditions: str
    plans: Sequence[Column]
    rows: Sequence[Row]
    townships: Sequence[TownshipRow]
    shared: Sequence[Sequence[int]]
    together: str


@dataclass(frozen=True, slots=True)
class Offered(Choice):
    """A saved plan that may be compared."""

    said: str


def show_beside(view: CompareView) -> dict[str, Any]:
    """Everything that the page says of several plans."""
    compared = view.compared
    chosen = {one.id for one in view.chosen}
    form = form_of(view.question or view.args, view.known, view.names)
    return {
        "form": form | {"minutes_offered": MINUTES},
        "choices": [Offered(one.id, one.name, one.id in chosen, one.by) for one in view.scenarios],
        "told": None if compared is None else told_of(compared, view),
        "unit_head": "" if compared is None else _heading(say_unit(compared.unit)),
        "same_m": round(SAME_M),
    }


def told_of(compared: PlansCompared, view: CompareView) -> Beside:
    """Put a comparison into words."""
    columns = [Column(gettext("Today"), "", "")]
    columns += [Column(one.name, one.by, url_for("siting.show", plan=one.id)) for one in view.chosen]
    naming = Naming(view.names, view.house.atlas)
    together = [naming.name(one) for one in compared.together[:MOST_TOGETHER]]
    return Beside(
        conditions=" · ".join(say_conditions(compared.yardstick, view.names, view.known.zone)),
        plans=columns,
        rows=_rows(compared),
        townships=[
            TownshipRow(
                township_name(one.name),
                say_amount(one.demand, compared.unit),
                _cells(one.covered, partial(_share_of, one.demand)),
            )
            for one in compared.townships
        ],
        shared=compared.shared if len(view.chosen) > 1 else (),
        together=listed(together),
    )


def _share_of(whole: float, amount: float) -> str:
    return say_share(amount, whole)


def _rows(compared: PlansCompared) -> list[Row]:
    plans, unit, whole = compared.plans, compared.unit, compared.demand

    def demand(amount: float) -> str:
        return say_demand(amount, unit) if amount > 0.0 else "–"

    def share(amount: float) -> str:
        return say_share(amount, whole)

    covered = [
        Cell(one.said, plan.share or 0.0, one.best)
        for one, plan in zip(_of(plans, "covered", share), plans, strict=True)
    ]
    rows = [
        Row(gettext("Covered"), covered, first=True),
        Row(gettext("Gained"), _of(plans, "gained", demand)),
        Row(gettext("Lost"), [Cell(demand(one.lost)) for one in plans]),
        Row(gettext("By two or more"), _of(plans, "twice", share)),
        Row(gettext("New stations"), [Cell(str(one.sites) if one.name or one.sites else "–") for one in plans]),
        Row(gettext("Stations that count"), [Cell(str(one.stations)) for one in plans]),
    ]
    if any(one.cost != one.sites for one in plans):
        rows.append(Row(gettext("They cost"), [Cell(say_cost(one.cost)) for one in plans]))
    if any(one.worst for one in plans):
        rows.append(Row(gettext("Served worst"), [Cell(_worst(one)) for one in plans]))
    return rows if any(one.lost for one in plans) else [row for at, row in enumerate(rows) if at != 2]


def _worst(plan: Measured) -> str:
    worst = plan.worst
    return "–" if worst is None else f"{and_others(worst.name, worst.others)} {say_share(worst.share, 1.0)}"


def _of(plans: Sequence[Measured], name: str, say: Callable[[float], str]) -> list[Cell]:
    return _cells([float(getattr(one, name)) for one in plans], say)


def _cells(amounts: Sequence[float], say: Callable[[float], str]) -> list[Cell]:
    """Figures of which the highest is the best, where they differ."""
    most, differ = max(amounts), min(amounts) < max(amounts)
    return [Cell(say(one), best=differ and one == most) for one in amounts]


def _heading(words: str) -> str:
    return words[:1].upper() + words[1:]
