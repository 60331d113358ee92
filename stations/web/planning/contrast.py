"""An answer held against another, in words: how many more of which township are within reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_date, gettext

from geodata.townships import WHOLE_AREA
from stations.handouts.finding import NOTHING
from stations.handouts.townshiptables import township_name
from stations.questions.coverage.comparing import Comparison, ComparisonRow
from stations.registry.snapshot import Snapshot
from stations.web.params import Known
from stations.web.planning.reading import named_by
from stations.web.planning.state import BEFORE, Versus
from stations.wording.figures import listed, say_amount, say_demand, say_share
from stations.wording.names import Names

MOST_NAMED = 2
"""Townships that a sentence names; the table has them all."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What became of a township.

    Attributes
    ----------
    way
        ``more``, ``less`` or ``same``: for its colour, which never stands alone.
    """

    name: str
    amount: float
    said: str
    way: str
    before: str
    after: str
    gained: str
    lost: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A comparison in words.

    Attributes
    ----------
    said
        What it comes to, in a sentence.
    against
        With what the answer is compared.
    before, after
        The one figure on both sides.
    by_town
        By place among the townships, -1 for what lies outside all.
    """

    said: str
    against: str
    before: str
    after: str
    by_town: Mapping[int, ChangeLine]
    lines: Sequence[ChangeLine]
    total: ChangeLine
    begun: Sequence[str]
    ended: Sequence[str]
    moved: Sequence[str]


def read_contrast(comparison: Comparison, against: str, before: Snapshot, after: Snapshot, names: Names) -> Contrast:
    """Put a comparison into words.

    Parameters
    ----------
    before, after
        The stations of both sides, as supposed.
    """
    unit = comparison.unit
    lines = {at if row.name else -1: _line(row, unit) for at, row in enumerate(comparison.rows)}
    was, now = named_by(before, names), named_by(after, names)
    total = comparison.total
    return Contrast(
        said=_sentence(comparison),
        against=against,
        before=say_share(total.before, total.demand),
        after=say_share(total.after, total.demand),
        by_town=lines,
        lines=list(lines.values()),
        total=_line(total, unit),
        begun=[now(code) for code in comparison.begun],
        ended=[was(code) for code in comparison.ended],
        moved=[now(code) for code in comparison.moved],
    )


def say_versus(versus: Versus, known: Known, names: Names) -> str:
    """Say with what an answer is compared."""
    query = versus.query
    match versus.kind:
        case "at":
            if query.at is None:
                return gettext("Any hour")
            local = query.at.astimezone(known.zone)
            return f"{format_date(local.date(), 'EEE', rebase=False)} {local:%H:%M}"
        case "mode":
            return names.mode(query.mode)
        case "minutes":
            return gettext("%(minutes)s min", minutes=f"{query.minutes:g}")
        case "revision":
            return gettext("Registry revision %(revision)s", revision=versus.revision)
    assert versus.kind == BEFORE  # noqa: S101  -- `read_versus` knows no other
    return gettext("As it stands")


def _sentence(comparison: Comparison) -> str:
    """Say the difference: how many more, and of which townships."""
    total, unit = comparison.total, comparison.unit
    if total.gained < NOTHING and total.lost < NOTHING:
        return gettext("No difference: the same demand is within reach.")
    amount = say_demand(abs(total.difference), unit)
    ahead = total.difference >= 0.0
    ranked = sorted(
        (
            row
            for row in comparison.rows
            if row.name not in {"", WHOLE_AREA} and (row.difference if ahead else -row.difference) > NOTHING
        ),
        key=lambda row: -abs(row.difference),
    )
    parts = listed(
        [f"{township_name(row.name)} {say_amount(abs(row.difference), unit)}" for row in ranked[:MOST_NAMED]]
    )
    if abs(total.difference) < NOTHING:
        return gettext(
            "As many come within reach as drop out of it: %(demand)s.", demand=say_demand(total.gained, unit)
        )
    if len(ranked) == 1 and abs(ranked[0].difference - total.difference) < NOTHING:
        said = (
            gettext("%(demand)s more, all in %(township)s", demand=amount, township=township_name(ranked[0].name))
            if ahead
            else gettext("%(demand)s fewer, all in %(township)s", demand=amount, township=township_name(ranked[0].name))
        )
    elif not ranked:
        said = gettext("%(demand)s more", demand=amount) if ahead else gettext("%(demand)s fewer", demand=amount)
    elif ahead:
        said = gettext("%(demand)s more: %(townships)s", demand=amount, townships=parts)
    else:
        said = gettext("%(demand)s fewer: %(townships)s", demand=amount, townships=parts)
    if total.gained >= NOTHING and total.lost >= NOTHING:
        said += gettext(
            " (%(gained)s gained, %(lost)s lost)",
            gained=say_amount(total.gained, unit),
            lost=say_amount(total.lost, unit),
        )
    return said


def _line(row: ComparisonRow, unit: str) -> ChangeLine:
    return ChangeLine(
        name=township_name(row.name),
        amount=round(row.difference, 1),
        said=say_change(row.difference, unit),
        way="more" if row.difference >= NOTHING else "less" if row.difference <= -NOTHING else "same",
        before=say_share(row.before, row.demand),
        after=say_share(row.after, row.demand),
        gained=say_amount(row.gained, unit),
        lost=say_amount(row.lost, unit),
    )


def say_change(difference: float, unit: str) -> str:
    """Say a difference with its sign; a dash where there is none."""
    if abs(difference) < NOTHING:
        return "–"
    return ("+" if difference > 0 else "−") + say_amount(abs(difference), unit)
