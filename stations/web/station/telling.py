"""Everything public of a station, in the words of the reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import format_decimal, gettext, ngettext

from stations.errors import HoursError
from stations.phrases.sentences import sentence
from stations.station import AmenityState, Service, Station
from stations.taxonomy import Term
from stations.web.house import House
from stations.wording.names import Names
from stations.wording.spoken import language

_BETWEEN_NUMBERS = re.compile(r"[、,，;；/]")
_EXTENSION = re.compile(r"(?:转|ext\.?|x)\s*(\d{1,6})$", re.IGNORECASE)
_DIALLED = re.compile(r"\+?[\d\s().\-—–]{3,}")


@dataclass(frozen=True, slots=True)
class Offer:
    """An amenity of the station: its name, its icon, whether it is next door, and a remark."""

    key: str
    name: str
    icon: str
    nearby: bool
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """Amenities under one heading."""

    name: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A service: what, for how much, for whom, when. Empty texts are not known."""

    name: str
    price: str
    whom: str
    hours: str
    note: str


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number and the address that dials it; no address where it is not plainly a number."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """A station as a person reads it; an empty text or list is not known.

    Attributes
    ----------
    name, other_name
        In the reader's language, and in the other where it has one.
    other_language
        Of `other_name`, as HTML says it.
    kind, township, host, built_by
        In words; `host` has the name of the house it is in.
    groups
        What it has, itself or next door.
    lacks, unsure
        What it is known not to have, and what is not known, each with its remark.
    access, eligible
        How one gets in, and who may.
    room
        Seats and area.
    """

    name: str
    other_name: str
    other_language: str
    kind: str
    township: str
    groups: tuple[Group, ...]
    lacks: tuple[str, ...]
    unsure: tuple[str, ...]
    services: tuple[Rendered, ...]
    access: tuple[str, ...]
    eligible: tuple[str, ...]
    host: str
    built_by: str
    phones: tuple[Number, ...]
    room: str

    def has(self) -> tuple[Offer, ...]:
        """Every amenity that is there, in the order of the taxonomy."""
        return tuple(offer for group in self.groups for offer in group.offers)


def tell(station: Station, house: House, names: Names) -> Told:
    """Put a station into words."""
    taxonomy = names.taxonomy
    name = names.station(station)
    other = next((one for one in (station.name, station.name_en) if one and one != name), "")
    return Told(
        name=name,
        other_name=other,
        other_language="zh-Hans" if other == station.name else "en",
        kind=names.kind(station.kind),
        township=township_of(station, house),
        groups=tuple(_groups(station, names)),
        lacks=_stated(station, names, AmenityState.NO),
        unsure=_stated(station, names, AmenityState.UNKNOWN),
        services=tuple(_service(one, names) for one in station.services),
        access=tuple(map(names.access, station.access)),
        eligible=words_of(taxonomy.eligible.terms, station.eligible),
        host=_host(station, taxonomy.hosts.terms),
        built_by="".join(words_of(taxonomy.built_by.terms, filter(None, [station.built_by]))),
        phones=numbers_of(station.phone),
        room=_room(station),
    )


def words_of(terms: Mapping[str, Term], keys: Iterable[str]) -> tuple[str, ...]:
    """Give the words of keys; a key that the taxonomy has lost stands for itself."""
    spoken = "en" if language() == "en" else "zh"
    return tuple(getattr(terms[key], spoken) if key in terms else key for key in keys)


def township_of(station: Station, house: House) -> str:
    """Name of the township that a station stands in; empty where it is not known."""
    return "" if house.atlas is None else house.atlas.townships.name_by_code.get(station.township, "")


def numbers_of(text: str) -> tuple[Number, ...]:
    """Read the telephone numbers in a text, each with what dials it (RFC 3966; an extension after a pause)."""
    return tuple(_number(part.strip()) for part in _BETWEEN_NUMBERS.split(text) if part.strip())


def _number(text: str) -> Number:
    extension = _EXTENSION.search(text)
    dialled = (text[: extension.start()] if extension else text).strip()
    if not _DIALLED.fullmatch(dialled):
        return Number(text, "")
    digits = re.sub(r"[^\d+]", "", dialled)
    return Number(text, f"tel:{digits}{f',{extension[1]}' if extension else ''}")


def _groups(station: Station, names: Names) -> Iterable[Group]:
    taxonomy = names.taxonomy
    has = [key for key, state in station.amenities.items() if state in {AmenityState.YES, AmenityState.NEARBY}]
    has.sort(key=names.order)
    by_group: dict[str, list[str]] = {group: [] for group in taxonomy.groups}
    for key in has:
        by_group.setdefault(taxonomy.amenity(key).group if key in taxonomy.amenities else "", []).append(key)
    for group, keys in by_group.items():
        if keys:
            said = words_of(taxonomy.groups, [group])[0] if group else gettext("Also")
            yield Group(said, tuple(_offer(station, key, names) for key in keys))


def _offer(station: Station, key: str, names: Names) -> Offer:
    return Offer(
        key=key,
        name=names.amenity(key),
        icon=names.amenity_icon(key),
        nearby=station.amenity(key) is AmenityState.NEARBY,
        note=station.amenity_notes.get(key, ""),
    )


def _stated(station: Station, names: Names, state: AmenityState) -> tuple[str, ...]:
    """Amenities in a state, with their remarks, in the order of the taxonomy."""
    keys = {*names.taxonomy.amenities.terms, *station.amenities, *station.amenity_notes}
    found = sorted((key for key in keys if station.amenity(key) is state), key=lambda key: (names.order(key), key))
    return tuple(_with(names.amenity(key), station.amenity_notes.get(key, "")) for key in found)


def _with(said: str, more: str) -> str:
    return gettext("%(state)s (%(because)s)", state=said, because=more) if more else said


def _service(service: Service, names: Names) -> Rendered:
    taxonomy = names.taxonomy
    price = ""
    if service.price_yuan is not None:
        price = gettext("Free")
        if service.price_yuan:
            price = gettext("%(yuan)s yuan", yuan=format_decimal(service.price_yuan, format="#,##0.##"))
    return Rendered(
        name=service.name or words_of(taxonomy.services.terms, [service.key])[0],
        price=price,
        whom=gettext(", ").join(words_of(taxonomy.eligible.terms, service.eligible)),
        hours=_when(service.hours),
        note=service.note,
    )


def _when(hours: str) -> str:
    """Tell the hours of a service; as they were written where they cannot be read, for nobody checked them before."""
    try:
        return sentence(hours, "en" if language() == "en" else "zh") if hours else ""
    except HoursError:
        return hours


def _host(station: Station, hosts: Mapping[str, Term]) -> str:
    kind = "".join(words_of(hosts, filter(None, [station.host])))
    return _with(station.host_name, kind) if station.host_name and kind else station.host_name or kind


def _room(station: Station) -> str:
    said = []
    if station.seats is not None:
        said.append(ngettext("%(num)s seat", "%(num)s seats", station.seats))
    if station.area_m2 is not None:
        said.append(gettext("%(area)s m²", area=format_decimal(station.area_m2, format="#,##0.#")))
    return gettext(", ").join(said)
