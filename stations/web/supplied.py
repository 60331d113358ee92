"""Supplies in words, for every page of the desk that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_decimal, gettext

from stations.stock.items import Item
from stations.stock.levels import Held, Want
from stations.web.deskwords import say_day
from stations.wording.spoken import language


@dataclass(frozen=True, slots=True)
class Short:
    """One thing at one station that somebody should do something about.

    Attributes
    ----------
    said
        What is the matter, in words.
    bring
        How many to bring; 0 where it is about a date alone.
    urgent
        Whether it is out, or out of date.
    """

    held: Held
    name: str
    unit: str
    said: str
    bring: int
    urgent: bool


def say_item(key: str, item: Item | None) -> str:
    """Name a thing; its key where it is no longer in the list."""
    if item is None:
        return key
    return item.en if language() == "en" else item.zh


def say_unit(item: Item | None, amount: int = 2) -> str:
    """In what it is counted, for so many of it."""
    if item is None:
        return ""
    if language() == "en":
        return item.unit_en if amount == 1 else item.units_en
    return item.unit_zh


def say_amount(amount: int, item: Item | None) -> str:
    """So many of a thing, like 12 bottles."""
    return gettext(
        "%(number)s %(unit)s", number=format_decimal(amount, format="#,##0"), unit=say_unit(item, amount)
    ).strip()


def say_want(want: Want, held: Held) -> str:
    """Say why something should be done about a thing."""
    there = 0 if held.level is None else held.level.there
    until = None if held.level is None else held.level.expires
    match want:
        case Want.EXPIRED:
            return gettext("out of date since %(day)s", day="" if until is None else say_day(until))
        case Want.OUT:
            return gettext("none left")
        case Want.LOW:
            return gettext("%(there)s left", there=say_amount(there, held.item))
        case Want.SOON:
            return gettext("use by %(day)s", day="" if until is None else say_day(until))


def short_of(held: Held, today: date) -> Short:
    """Put what is wanted of a thing into words."""
    wants = held.wants(today)
    return Short(
        held,
        say_item(held.key, held.item),
        say_unit(held.item),
        gettext(", ").join(say_want(one, held) for one in wants),
        held.to_bring(today),
        Want.EXPIRED in wants or Want.OUT in wants,
    )


def say_needs(shorts: Sequence[Held], today: date) -> str:
    """What one station needs, in a line."""
    told = [short_of(held, today) for held in shorts]
    return gettext("; ").join(gettext("%(what)s: %(said)s", what=one.name, said=one.said) for one in told)
