"""The form of a service, and a service in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask_babel import format_decimal, gettext, ngettext

from stations.desk.entering import Fields, read_whole_hours, told_hours
from stations.errors import HoursError, StationsError, StockError
from stations.exchange.cells import read_count
from stations.exchange.fieldcells import write_dates
from stations.facts import MAX_NAME, Service
from stations.phrases import read_dates, sentence
from stations.stock.offers import Offer
from stations.web.deskwords import say_day, spoken
from stations.web.room import text_of
from stations.web.stock.reading import Faults, day_of
from stations.wording.names import Names

T = TypeVar("T")
_DATED = re.compile(r"(?P<days>.*?\D)(?P<times>\d{1,2}\s*(?:[:：点时]|[ap]\.?m).*)", re.IGNORECASE)
_TIMES = re.compile(r"\d\d:\d\d[-\d:,]*")
_RULE = re.compile(r"(?P<days>\S.*?) (?P<times>\d\d:\d\d-[-\d:,]+)")
_YUAN = re.compile(r"[¥￥]? *(?P<yuan>\d{1,5}(?:\.\d{1,2})?) *(?:元|块|yuan|CNY|RMB)?", re.IGNORECASE)
EVERY_MONTH = 11
"""Commas between the days of twelve months."""

DEAREST = 10_000
"""Most yuan that a meal or a service can be meant to cost."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A service in words."""

    name: str
    when: str
    days: str
    whom: str
    price: str
    places: str
    note: str


@dataclass(frozen=True, slots=True)
class OfferForm:
    """What the fields of the form hold, and what can be chosen."""

    held: dict[str, str]
    eligible: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    whom: tuple[tuple[str, str], ...]


def said_of(offer: Offer, names: Names) -> Offered:
    """Put a service into words."""
    service = offer.service
    price = ""
    if service.price_yuan is not None:
        price = gettext("Free")
        if service.price_yuan:
            price = gettext("%(yuan)s yuan", yuan=format_decimal(service.price_yuan, format="#,##0.##"))
    if offer.last == offer.first:
        days = say_day(offer.first)
    elif offer.last is None:
        days = gettext("from %(day)s on", day=say_day(offer.first))
    else:
        days = gettext("%(first)s to %(last)s", first=say_day(offer.first), last=say_day(offer.last))
    return Offered(
        service.name or say_service(service.key, names),
        say_when(service.hours),
        days,
        gettext(", ").join(names.eligible(key) for key in service.eligible),
        price,
        "" if offer.places is None else ngettext("%(num)s place a day", "%(num)s places a day", offer.places),
        service.note,
    )


def say_service(key: str, names: Names) -> str:
    """Name a kind of service."""
    term = names.taxonomy.services.terms.get(key)
    return key if term is None else term.en if spoken() == "en" else term.zh


def say_when(hours: str) -> str:
    """Tell hours as a sentence."""
    try:
        return monthly(hours) or sentence(hours, spoken()) if hours else ""
    except HoursError:
        return hours


def monthly(hours: str) -> str:
    """Tell hours on days of each month, like 每月第一个周六 09:00–11:00, which `read_when` reads; empty for others."""
    rules = [_RULE.fullmatch(rule) for rule in hours.split("; ")]
    times = {rule["times"] for rule in rules if rule is not None}
    days = "; ".join(rule["days"] for rule in rules if rule is not None)
    if None in rules or len(times) != 1 or not ("[" in days or days.count(",") >= EVERY_MONTH):
        return ""
    comma = gettext(", ")
    told = f"{write_dates(days, spoken())} {times.pop().replace('-', '–').replace(',', comma)}"
    try:
        return told if read_when(told) == hours else ""
    except HoursError:
        return ""


def read_when(text: str) -> str:
    """Read when a service is held: hours as of a station, or dates like 每月第一个周六 and the hours on them.

    Raises
    ------
    HoursError
        It is not understood; says which words.
    """
    try:
        return read_whole_hours(text)
    except HoursError:
        parts = _DATED.fullmatch(text.strip())
        if parts is None:
            raise
        try:
            days, times = read_dates(parts["days"].strip(" ,，:：")), read_whole_hours(parts["times"])
        except HoursError:
            days = times = ""
        if not _TIMES.fullmatch(times):
            raise
    return read_whole_hours("; ".join(f"{day} {times}" for day in days.split("; ")))


def offer_form(fields: Fields, offer: Offer | None, names: Names, today: date) -> OfferForm:
    """Fill the form in: with what was typed, or with a service, or for a new one."""
    if fields:
        held = {name: text_of(fields, name) for name in fields}
        eligible = tuple(key for key in fields.get("eligible", ()) if key)
    elif offer is None:
        held, eligible = {"key": "breakfast", "first": today.isoformat()}, ()
    else:
        service = offer.service
        eligible = service.eligible
        held = {
            "key": service.key,
            "name": service.name,
            "hours": monthly(service.hours) or told_hours(service.hours, spoken()),
            "first": offer.first.isoformat(),
            "last": "" if offer.last is None else offer.last.isoformat(),
            "price": "" if service.price_yuan is None else f"{service.price_yuan:g}",
            "places": "" if offer.places is None else str(offer.places),
            "note": service.note,
        }
    return OfferForm(
        held,
        eligible,
        tuple((key, say_service(key, names)) for key in names.taxonomy.services.terms),
        tuple((key, names.eligible(key)) for key in names.taxonomy.eligible.terms),
    )


def read_offer(fields: Fields, names: Names, today: date, faults: Faults) -> Offer | None:
    """Read the form; None where something of it cannot be used."""

    def taken(name: str, read: Callable[[str], T], empty: T) -> T:
        text = text_of(fields, name).replace("\r\n", "\n").strip()
        try:
            return read(text) if text else empty
        except StationsError as fault:
            faults.add(name, fault)
            return empty

    key = text_of(fields, "key")
    if key not in names.taxonomy.services.terms:
        faults.add("key", StockError("“{value}” is not offered here.", value=key[:80]))
    eligible = tuple(dict.fromkeys(one for one in fields.get("eligible", ()) if one))
    for one in eligible:
        if one not in names.taxonomy.eligible.terms:
            faults.add("eligible", StockError("“{value}” is not offered here.", value=one[:80]))
    hours = taken("hours", read_when, "")
    if not text_of(fields, "hours").strip():
        faults.add("hours", StockError("Say when it is, like Mon to Fri 6:30-8:30."))
    begin = day_of(fields, "first", faults) or today
    last = day_of(fields, "last", faults)
    name, note = taken("name", _line, ""), taken("note", _line, "")
    price = taken("price", _price, None)
    places = taken("places", _places, None)
    if faults:
        return None
    return Offer(
        Service(key=key, name=name, price_yuan=price, eligible=eligible, hours=hours, note=note), begin, last, places
    )


def _line(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > MAX_NAME:
        raise StockError("That has {length} characters. Say it in {most}.", length=len(words), most=MAX_NAME)
    if not words.isprintable():
        raise StockError("This cannot be kept as it is. Write it without signs that nobody can see, and shorter.")
    return words


def _price(text: str) -> float | None:
    if text.lower() in {"免费", "free"}:
        return 0.0
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", text))
    yuan = -1.0 if found is None else float(found["yuan"])
    if not 0 <= yuan <= DEAREST:
        raise StockError("“{value}” is not a price. Write yuan, like 2 or 1.5, or 0 where it is free.", value=text[:80])
    return yuan


def _places(text: str) -> int | None:
    return read_count(text)
