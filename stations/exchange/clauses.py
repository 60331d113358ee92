"""Cells that say several things of several parts: closures, services, notes on amenities and photos.

Each is a form that a clerk can type, and that comes back as it was when it is
read again::

    closures        2026-02-14..2026-02-20 装修; 2026-10-01 检修
    services        爱心早餐 2元 [环卫工人, 快递员] (06:00-08:30) 每天限量; 理发 免费
    amenity notes   饮用水：早晚各一壶; 厕所：在隔壁
    photos          a1b2.jpg 2026-03-01 门口; c3d4.jpg

Parts are parted by semicolons or new lines. A text in straight quotes is taken as
it is, with a quote written twice; so is written what would be read otherwise.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping

from stations.exchange.cells import CellError, key_at_start, read_keys, word_of
from stations.facts import Closure, Photo, Service
from stations.taxonomy import Taxonomy

ReadHours = Callable[[str], str]
"""Reads opening hours and gives them in OSM grammar; raises what it raises for a station's hours."""

_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_LATER_DAY = r"(?:(\d{4})[-/.年])?(?:(\d{1,2})[-/.月])?(\d{1,2})日?"
_CLOSURE = re.compile(rf"{_DAY}(?:\s*(?:\.\.+|…|[~\-–—]+|至|到|to)\s*{_LATER_DAY})?(?![\d/.年月-])\s*", re.IGNORECASE)
_PRICE = re.compile(
    r"(?:[¥￥]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:元|块|yuan|rmb)|(免费|free))(?:\s*/\s*[份人次位])?(?=[\s\[【［(（]|$)",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\d{1,2}[:：]\d{2}\s*[-~～–—至到]+\s*(?:次日)?\d{1,2}[:：]\d{2}(?=\s|$)")
_PHOTO = re.compile(r"(\S+)(?:\s+(\d{4}-\d{2}-\d{2})(?=\s|$))?\s*")

# What may stand without quotes, as nothing in it is read otherwise; all but a remark must begin with a letter.
_PLAIN_REMARK = re.compile(r"[^;；\n\"＂]*")
_PLAIN_REASON = re.compile(r"(?!至|到|to)\w[^;；\n\"＂]*", re.IGNORECASE)
_PLAIN_CAPTION = re.compile(r"\w[^;；\n\"＂]*")
_PLAIN_NOTE = re.compile(r"(?!免费|free)\w[^;；\n\"＂、,，|/\[【［(（\]】］)）]*", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"(?!免费|free)\w[\w·-]*", re.IGNORECASE)

_QUOTED = re.compile(r"[\"＂]((?:[^\"＂]|\"\"|＂＂)*)[\"＂]")
_SQUARE, _ROUND, _CLOSING = "[【［", "(（", "]】］)）"
_OPENING = _SQUARE + _ROUND
_ITEMS, _WORDS = ";；\n", "、,，|/"
_HALF_WIDTH = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}
_LEADING = "：:，,、-–— \t\u3000"


def read_closures(text: str) -> tuple[Closure, ...]:
    """Read the days on which a station stays shut; the last day of each is included.

    The last day may leave out what it shares with the first: ``2026年2月14日至20日``.

    Raises
    ------
    CellError
        A part that does not begin with a day, a day that is none, or one that ends before it begins.
    """
    found = []
    for part in _parts(text):
        match = _CLOSURE.match(part.translate(_HALF_WIDTH))  # as long as the part is, so that ends are the same
        if not match or part[match.end() :].startswith(("至", "到")):
            raise CellError(
                "“{value}” is not a closure. Write its first and last day and the reason, "
                "like 2026-02-14..2026-02-20 装修.",
                value=part[:80],
            )
        year, month, day, last_year, last_month, last_day = match.groups()
        try:
            first = last = dt.date(int(year), int(month), int(day))
            if last_day:
                last = dt.date(int(last_year or year), int(last_month or month), int(last_day))
                if last < first and last_month and not last_year:  # from December into January
                    last = last.replace(year=last.year + 1)
            reason = _unquoted(part[match.end() :].lstrip(_LEADING))
            found.append(Closure(first=first, last=last, reason=reason))
        except ValueError as error:
            raise CellError(
                "“{value}” is not a closure: {fault}. Write it like 2026-02-14..2026-02-20 装修.",
                value=part[:80],
                fault=error,
            ) from None
    return tuple(found)


def write_closures(closures: Iterable[Closure]) -> str:
    """Write closures as `read_closures` reads them."""
    return "; ".join(
        " ".join(
            filter(
                None,
                (
                    str(one.first) if one.first == one.last else f"{one.first}..{one.last}",
                    _quoted_unless(_PLAIN_REASON, one.reason),
                ),
            )
        )
        for one in closures
    )


def read_services(text: str, taxonomy: Taxonomy, read_hours: ReadHours) -> tuple[Service, ...]:
    """Read what is done for people at a station.

    Each service is a word of the taxonomy, then as far as known its own name after
    a colon, the price, who may have it in square brackets, when in round ones, and
    a note. Services of which nothing more is said may be parted by commas too.

    Raises
    ------
    CellError
        A service or a worker that no vocabulary has, or a bracket that does not close.
    StationsError
        Hours that `read_hours` refuses.
    """
    services, others = read_offers(text, taxonomy, read_hours)
    if others:
        raise _no_service(taxonomy.amenities[others[0]].zh, taxonomy)
    return services


def read_offers(text: str, taxonomy: Taxonomy, read_hours: ReadHours) -> tuple[tuple[Service, ...], tuple[str, ...]]:
    """Read services, and the keys of amenities that stand among them, as lists mix the two.

    Raises
    ------
    CellError
        What is neither, a worker that no vocabulary has, or a bracket that does not close.
    StationsError
        Hours that `read_hours` refuses.
    """
    services: list[Service] = []
    amenities: list[str] = []
    for part in _parts(text, brackets=True):
        words = _parts(part, _WORDS, brackets=True)
        known = [one for one in words if _is_offer(one, taxonomy)]
        if len(known) < len(words) and not key_at_start(part, taxonomy.services):
            raise _no_service(next(one for one in words if one not in known), taxonomy)
        for one in words if len(known) == len(words) else [part]:
            key = taxonomy.amenities.key_of(one)
            if key and not key_at_start(one, taxonomy.services):
                amenities.append(key)
            else:
                services.append(_service(one, taxonomy, read_hours))
    return tuple(services), tuple(dict.fromkeys(amenities))


def write_services(services: Iterable[Service], taxonomy: Taxonomy, language: str) -> str:
    """Write services as `read_services` reads them, with words in ``zh`` or ``en``."""
    return "; ".join(_service_written(one, taxonomy, language) for one in services)


def read_notes(text: str, taxonomy: Taxonomy) -> Mapping[str, str]:
    """Read remarks on amenities, each an amenity, a colon, and what is said of it.

    Raises
    ------
    CellError
        A remark without its amenity, or an amenity that the taxonomy does not have.
    """
    notes = {}
    for part in _parts(text):
        word, colon, note = _at_colon(part)
        key = taxonomy.amenities.key_of(word)
        if not colon or key is None:
            raise CellError(
                "“{value}” is not a remark on an amenity. Write the amenity, a colon and the remark, "
                "like 饮用水：早晚各一壶.",
                value=part[:80],
            )
        notes[key] = _unquoted(note)
    return notes


def write_notes(notes: Mapping[str, str], taxonomy: Taxonomy, language: str) -> str:
    """Write remarks on amenities as `read_notes` reads them."""
    colon = "：" if language == "zh" else ": "
    return "; ".join(
        f"{word_of(key, taxonomy.amenities, language)}{colon}{_quoted_unless(_PLAIN_REMARK, note)}"
        for key, note in notes.items()
    )


def read_photos(text: str) -> tuple[Photo, ...]:
    """Read the names of stored pictures, each with the day it was taken and its caption as far as known.

    Raises
    ------
    CellError
        A day that is none.
    """
    found = []
    for part in _parts(text):
        match = _PHOTO.match(part)
        try:
            taken = dt.date.fromisoformat(match[2]) if match and match[2] else None
        except ValueError:
            match = taken = None
        if not match:
            raise CellError(
                "“{value}” is not a photo. Write the name of its file, the day and the caption, "
                "like a1b2.jpg 2026-03-01 门口.",
                value=part[:80],
            )
        found.append(Photo(file=match[1], caption=_unquoted(part[match.end() :]), taken=taken))
    return tuple(found)


def write_photos(photos: Iterable[Photo]) -> str:
    """Write photos as `read_photos` reads them."""
    return "; ".join(
        " ".join(filter(None, (one.file, str(one.taken or ""), _quoted_unless(_PLAIN_CAPTION, one.caption))))
        for one in photos
    )


def _is_offer(word: str, taxonomy: Taxonomy) -> bool:
    return bool(key_at_start(word, taxonomy.services) or taxonomy.amenities.key_of(word))


def _no_service(word: str, taxonomy: Taxonomy) -> CellError:
    return CellError(
        "“{value}” is not one of the services. Write one of: {known}; or give it a name, like 其他：修鞋 5元.",
        value=word[:80],
        known=", ".join(f"{key} ({term.zh})" for key, term in taxonomy.services.terms.items()),
    )


def _service(part: str, taxonomy: Taxonomy, read_hours: ReadHours) -> Service:
    found = key_at_start(part, taxonomy.services)
    if found is None:
        raise _no_service(part, taxonomy)
    key, word, rest = found
    name = ""
    if rest[:1] in {":", "："}:
        name, rest = _name(rest[1:].lstrip())
    rest = rest.lstrip()
    price: float | None = None
    eligible: tuple[str, ...] | None = None
    hours: str | None = None
    while True:
        priced = _PRICE.match(rest)
        if price is None and priced:
            price = 0.0 if priced[3] else float(priced[1] or priced[2])
            rest = rest[priced.end() :]
        elif eligible is None and rest[:1] in tuple(_SQUARE):
            inside, rest = _bracketed(rest)
            eligible = read_keys(inside, taxonomy.eligible)
        elif hours is None and rest[:1] in tuple(_ROUND):
            inside, rest = _bracketed(rest)
            hours = read_hours(inside)
        elif hours is None and (times := _TIMES.match(rest)):
            hours = read_hours(times[0])
            rest = rest[times.end() :]
        else:
            break
        rest = rest.lstrip()
    if price is None and word.startswith("免费") and word not in {taxonomy.services[key].zh, key}:
        price = 0.0
    return Service(
        key=key,
        name=name,
        price_yuan=price,
        eligible=eligible or (),
        hours=hours or "",
        note=_unquoted(rest.lstrip(_LEADING)),
    )


def _service_written(one: Service, taxonomy: Taxonomy, language: str) -> str:
    chinese = language == "zh"
    written = word_of(one.key, taxonomy.services, language)
    if one.name:
        written += ("：" if chinese else ": ") + _quoted_unless(_PLAIN_NAME, one.name)
    if one.price_yuan is not None:
        number = repr(float(one.price_yuan)).removesuffix(".0")
        written += (
            (f" {number}元" if chinese else f" {number} yuan") if one.price_yuan else " 免费" if chinese else " free"
        )
    if one.eligible:
        written += f" [{', '.join(word_of(key, taxonomy.eligible, language) for key in one.eligible)}]"
    if one.hours:
        written += f" ({one.hours})"
    if one.note:
        written += f" {_quoted_unless(_PLAIN_NOTE, one.note)}"
    return written


def _name(text: str) -> tuple[str, str]:
    """Part a service's own name from what follows: up to a blank or a bracket, or in quotes; a price is none."""
    quoted = _QUOTED.match(text)
    if quoted:
        return _unquoted(quoted[0]), text[quoted.end() :]
    if _PRICE.match(text) or not text[:1].isalpha():
        return "", text
    end = next((at for at, one in enumerate(text) if one.isspace() or one in _OPENING), len(text))
    return text[:end], text[end:]


def _parts(text: str, separators: str = _ITEMS, *, brackets: bool = False) -> list[str]:
    """Part a cell at separators that stand outside quotes, and outside brackets if so asked."""
    parts, start, depth, at = [], 0, 0, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at) if text[at] in '"＂' else None
        if quoted:
            at = quoted.end()
            continue
        if brackets and text[at] in _OPENING:
            depth += 1
        elif brackets and text[at] in _CLOSING:
            depth = max(depth - 1, 0)
        elif not depth and text[at] in separators:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _bracketed(text: str) -> tuple[str, str]:
    """Give what stands in the bracket that a text begins with, and what follows it."""
    depth = at = 0
    while at < len(text):
        quoted = _QUOTED.match(text, at) if text[at] in '"＂' else None
        if quoted:
            at = quoted.end()
            continue
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        at += 1
        if not depth:
            return text[1 : at - 1].strip(), text[at:]
    raise CellError("In “{value}” a bracket does not close.", value=text[:80])


def _at_colon(text: str) -> tuple[str, str, str]:
    found = re.search(r"[:：=]", text)
    return (text[: found.start()].strip(), found[0], text[found.end() :].strip()) if found else (text, "", "")


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    return re.sub(r"\"\"|＂＂", lambda pair: pair[0][0], quoted[1]) if quoted else text


def _quoted_unless(plain: re.Pattern[str], text: str) -> str:
    if not text or (plain.fullmatch(text) and (plain is _PLAIN_REMARK or text[0].isalpha())):
        return text
    return '"' + re.sub(r"[\"＂]", lambda quote: quote[0] * 2, text) + '"'
