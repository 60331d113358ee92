"""What was typed into the forms of supplies, services and visits, and what their addresses ask for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext

from stations.desk.entering import Fields
from stations.errors import StaleStock, StationsError, StockError
from stations.exchange.cells import read_count, read_date
from stations.web.errors import say
from stations.web.params import Args, BadParameter, first, one_of
from stations.web.room import text_of

FIRST_YEAR, LAST_YEAR = 1950, 2990
"""Years that can be meant, with room on both sides to reckon in."""

LONGEST_TIME = timedelta(days=3 * 366)
"""Longest time of which visits are added up for a page."""

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_TOWNSHIP = re.compile(r"\d{0,12}")


@dataclass
class Faults:
    """What cannot be used of a form.

    Attributes
    ----------
    said
        In words, by the name of the field; empty for what is about no single one.
    stale
        Whether somebody else has entered the same meanwhile.
    """

    said: dict[str, str] = field(default_factory=dict)
    stale: bool = False

    def add(self, name: str, fault: StationsError) -> None:
        """Note one."""
        self.said.setdefault(name, say(fault))
        self.stale = self.stale or isinstance(fault, StaleStock)

    @property
    def status(self) -> int:
        """What a form is answered with that could not be taken, or could."""
        return (409 if self.stale else 422) if self.said else 200

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.said)


def new_mark() -> str:
    """A mark for a form, so that what is sent twice counts once."""
    return secrets.token_urlsafe(12)


def mark_of(fields: Fields) -> str:
    """The mark of a form that was sent; empty where it has none."""
    return text_of(fields, "mark")[:40]


def numbers_of(fields: Fields, prefix: str, faults: Faults) -> dict[str, int]:
    """The whole numbers of the fields that begin with a word, by what follows it; without empty ones."""
    found = {}
    for name in fields:
        text = text_of(fields, name).strip()
        if name.startswith(prefix) and text:
            try:
                found[name.removeprefix(prefix)] = read_count(text)
            except StationsError as fault:
                faults.add(name, fault)
    return found


def day_of(fields: Fields, name: str, faults: Faults) -> date | None:
    """The day in a field; None where it is empty or cannot be read."""
    text = text_of(fields, name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(read_date(text))
    except StationsError as fault:
        faults.add(name, fault)
    except ValueError:
        faults.add(name, StockError("“{value}” is not a day of the calendar.", value=text[:80]))
    return None


def chosen(args: Args, name: str, known: tuple[str, ...]) -> str:
    """One of some words; the first where none is given.

    Raises
    ------
    BadParameter
        Another one.
    """
    return one_of(name, first(args, name) or known[0], known)


def township_in(args: Args) -> str:
    """The township that an address asks for, or the beginning of its code; empty for all.

    Raises
    ------
    BadParameter
        No such code.
    """
    text = first(args, "township")
    if not (text.isascii() and _TOWNSHIP.fullmatch(text)):
        raise BadParameter("township", text, "“{field}” is “{value}”, which is not the code of an area.")
    return text


def day_in(args: Args, name: str, default: date) -> date:
    """A day in an address.

    Raises
    ------
    BadParameter
        None.
    """
    text = first(args, name)
    try:
        day = date.fromisoformat(text) if text else default
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(day)
        return day
    except ValueError:
        raise BadParameter(
            name, text, "“{field}” is “{value}”, which is not a day. Write it like 2026-11-20."
        ) from None


def day_named(name: str, text: str) -> date:
    """The day that a field is named by.

    Raises
    ------
    BadParameter
        None.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadParameter(
            name, text, "“{field}” is “{value}”, which is not a day. Write it like 2026-11-20."
        ) from None


def month_in(args: Args, default: date) -> date:
    """The first day of the month in an address.

    Raises
    ------
    BadParameter
        None.
    """
    text = first(args, "month")
    if not text:
        return default.replace(day=1)
    found = _MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise BadParameter("month", text, "“{field}” is “{value}”, which is not a month. Write it like 2026-11.")
    return date(int(found[1]), int(found[2]), 1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def said_in(args: Args, known: Mapping[str, str]) -> str:
    """What was done just now, in words; empty where the address says nothing of it."""
    return known.get(first(args, "said"), "")


def weekdays() -> tuple[str, ...]:
    """The days of the week, Monday first, as they head the columns of a calendar."""
    return (
        gettext("Mon"),
        gettext("Tue"),
        gettext("Wed"),
        gettext("Thu"),
        gettext("Fri"),
        gettext("Sat"),
        gettext("Sun"),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a form, with what it holds, what is wrong with it, and what stands by now."""

    name: str
    label: str
    held: str
    fault: str
    stands: str = ""


def with_args(endpoint: str, args: Args, **values: str) -> str:
    """An address that asks for the same."""
    asked = {name: found[0] for name, found in args.items() if found[0] and name != "lang"}
    query = urlencode(asked)
    return url_for(endpoint, **values) + (f"?{query}" if query else "")  # type: ignore[arg-type]  # names of the rule
