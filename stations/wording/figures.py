"""Figures, distances, times and places in words, in the language of the reader."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flask_babel import format_decimal, gettext, ngettext

from geodata.gazetteer import NearbyName
from stations.wording.spoken import language


def minutes_of(seconds: float) -> int:
    """Whole minutes, rounded up so that nobody comes late, and never 0."""
    return max(1, math.ceil(seconds / 60.0 - 1e-9))


def say_minutes(seconds: float) -> str:
    """Say how long it takes."""
    return gettext("%(minutes)s min", minutes=minutes_of(seconds))


def say_metres(metres: float) -> str:
    """Say how far it is: metres to the next ten, kilometres from one on."""
    if metres < 995.0:
        return gettext("%(metres)s m", metres=format_decimal(max(10, round(metres, -1)), format="#,##0"))
    return gettext("%(km)s km", km=format_decimal(metres / 1000.0, format="#,##0.0"))


def say_demand(amount: float, unit: str) -> str:
    """Say an amount of demand in its unit: people, workers, square kilometres, or kilometres of street."""
    whole = round(amount)
    if unit == "people":
        return ngettext("%(people)s person", "%(people)s people", whole, people=format_decimal(whole, format="#,##0"))
    if unit == "workers":
        return ngettext(
            "%(workers)s worker", "%(workers)s workers", whole, workers=format_decimal(whole, format="#,##0")
        )
    if unit == "square metres":
        return gettext("%(km2)s km² of land", km2=say_amount(amount, unit))
    return gettext("%(km)s km of street", km=say_amount(amount, unit))


def say_amount(amount: float, unit: str) -> str:
    """Say an amount of demand without its unit, for a column whose head says it: people, workers, km² or kilometres."""
    if unit in {"people", "workers"}:
        return str(format_decimal(round(amount), format="#,##0"))
    if unit == "square metres":
        return str(format_decimal(amount / 1e6, format="#,##0.0" if amount >= 1e5 or amount == 0.0 else "0.000"))
    return str(format_decimal(amount / 1000.0, format="#,##0.0"))


def say_unit(unit: str) -> str:
    """Name the unit in which `say_amount` tells amounts, for the head of a column."""
    if unit == "people":
        return gettext("people")
    if unit == "workers":
        return gettext("workers")
    return gettext("km² of land") if unit == "square metres" else gettext("km of street")


def and_others(name: str, others: int) -> str:
    """Name a township, and say how many others are just as well or badly served."""
    return gettext("%(name)s (and %(count)s more just so)", name=name, count=others) if others else name


def say_raw_unit(unit: str) -> str:
    """Name the unit of demand as it is counted, for files that programs read."""
    if unit == "people":
        return gettext("people")
    if unit == "workers":
        return gettext("workers")
    return gettext("square metres") if unit == "square metres" else gettext("metres of street")


def say_place(near: NearbyName | None) -> str:
    """Say what a position is called after."""
    if near is None:
        return gettext("(no name near)")
    return near.text_en() if language() == "en" else near.text_zh()


def say_share(part: float, whole: float) -> str:
    """Say a share in per cent; a whole of nothing has none."""
    if whole <= 0.0:
        return "–"
    share = 100.0 * part / whole + 0.0  # a sum may be nothing with a minus before it
    # 99.96 must not read as "all", nor 0.04 as "none".
    if 99.95 <= share < 100.0:
        share = 99.9
    elif 0.0 < share < 0.05:
        share = 0.1
    return f"{format_decimal(share, format='0.#' if share in {0.0, 100.0} else '0.0')}%"


def listed(words: Sequence[str]) -> str:
    """Words in a row, as the language writes them."""
    return gettext(", ").join(words)
