"""Asking an online service where a place is, through geopy: seldom, briefly, and never twice the same.

What is asked leaves the house, so it is for the doors to ask only what a person has
sent off themselves, and only when nothing here knows it.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from geopy.adapters import URLLibAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeopyError,
)
from geopy.geocoders import BaiduV3, Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from geodata.datum import Datum, lonlat_to_wgs84
from geodata.errors import OnlineSearchError
from geodata.lonlat import LonLat
from geodata.typed import fold

USER_AGENT = "yizhan/0.1 (stations for outdoor workers)"
TIMEOUT_S = 3.0
PATIENCE_S = 1.0
"""How long a question waits for another one that is being asked."""

APART_S = 2.0
"""Seconds between two questions of a worker. The policy of the public Nominatim allows one a second in all, and a house
has two workers as a rule (https://operations.osmfoundation.org/policies/nominatim/)."""

REST_S, LONG_REST_S = 60.0, 1800.0
"""How long a service is left alone that did not answer, and one that refused."""

DAY_S = 86_400.0
ANSWERS_KEPT = 512
MOST_FOUND = 5
LONGEST_ASKED = 100
BEYOND_DEG = 0.25
"""So far beyond the edge of the ground, some 25 km, a place may still be meant; what is farther has another's name."""

WORLD = (-180.0, -90.0, 180.0, 90.0)
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

log = logging.getLogger("yizhan")


@dataclass(frozen=True, slots=True)
class OnlinePlace:
    """A place as a service knows it; its position is WGS-84."""

    name: str
    address: str
    position: LonLat


class Tianditu(Geocoder):
    """Geocoder of Tianditu (天地图), by its search for names.

    Documentation: http://lbs.tianditu.gov.cn/server/search2.html. Positions are
    CGCS2000, which for our ends is WGS-84.
    """

    api_path = "/v2/search"
    no_fault = 1000
    """The status of an answer with nothing wrong."""

    def __init__(
        self,
        api_key: str,
        *,
        domain: str = "api.tianditu.gov.cn",
        scheme: str | None = None,
        timeout: Any = DEFAULT_SENTINEL,
        proxies: Any = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        ssl_context: Any = DEFAULT_SENTINEL,
        adapter_factory: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )
        self.api_key = api_key
        self.api = f"{self.scheme}://{domain}{self.api_path}"

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        limit: int = 10,
        bounds: Box = WORLD,
    ) -> Any:
        """Return a location by name or address.

        Parameters
        ----------
        query
            What is looked for.
        exactly_one
            One location, or a list of them.
        limit
            At most so many.
        bounds
            Where it is looked for first.

        Returns
        -------
        None, `geopy.location.Location` or a list of them
        """
        asked = {
            "keyWord": query,
            "mapBound": ",".join(f"{edge:.5f}" for edge in bounds),
            "level": 12,
            "queryType": 1,
            "start": 0,
            "count": 1 if exactly_one else limit,
        }
        written = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
        url = f"{self.api}?{urlencode({'postStr': written, 'type': 'query', 'tk': self.api_key})}"
        return self._call_geocoder(url, partial(self._parse_json, exactly_one=exactly_one), timeout=timeout)

    def _parse_json(self, page: Any, *, exactly_one: bool) -> Any:
        status = page.get("status") or {}
        if int(status.get("infocode", self.no_fault)) != self.no_fault:
            raise GeocoderServiceError(str(status.get("cndesc", "")))
        places = list(page.get("pois") or [])
        if not places and isinstance(page.get("area"), dict):
            places = [page["area"]]
        found = [self._parse_place(place) for place in places if place.get("lonlat")]
        if exactly_one:
            return found[0] if found else None
        return found or None

    @staticmethod
    def _parse_place(place: dict[str, Any]) -> Location:
        lon, lat = place["lonlat"].replace(",", " ").split()[:2]
        said = ", ".join(filter(None, (place.get("name"), place.get("address"))))
        return Location(said, (float(lat), float(lon)), place)


Ask = Callable[[str, str], Sequence[OnlinePlace]]
"""From a text and a language, ``zh`` or ``en``, to the places that a service knows by it."""


def ask_nominatim(*, host: str, bounds: Box, **options: Any) -> Ask:
    """Ask a Nominatim: the public one, or one's own, by ``http`` where it is on this machine."""
    here = host.partition(":")[0] in {"localhost", "127.0.0.1"}
    scheme = "http" if here else "https"
    geocoder = Nominatim(**({"domain": host, "scheme": scheme} if host else {}), **options)
    west, south, east, north = bounds
    box = [(south, west), (north, east)]

    def ask(text: str, language: str) -> list[OnlinePlace]:
        spoken = "en" if language == "en" else "zh-Hans,zh-CN,zh"
        found = geocoder.geocode(text, exactly_one=False, limit=MOST_FOUND, viewbox=box, language=spoken)
        # geopy reads a place without a position as the point where the equator meets Greenwich.
        placed = [one for one in found or () if one.raw.get("lat") and one.raw.get("lon")]
        return [_named(one, one.raw.get("name"), LonLat(one.longitude, one.latitude)) for one in placed]

    return ask


def ask_baidu(*, key: str, **options: Any) -> Ask:
    """Ask Baidu, which knows one position for an address, in BD-09, and cannot be told where to look."""
    geocoder = BaiduV3(key, **options)

    def ask(text: str, _language: str) -> list[OnlinePlace]:
        found = geocoder.geocode(text)
        if found is None:
            return []
        return [OnlinePlace(text, "", lonlat_to_wgs84(found.longitude, found.latitude, Datum.BD09))]

    return ask


def ask_tianditu(*, key: str, bounds: Box, **options: Any) -> Ask:
    """Ask Tianditu."""
    geocoder = Tianditu(key, **options)

    def ask(text: str, _language: str) -> list[OnlinePlace]:
        found = geocoder.geocode(text, exactly_one=False, limit=MOST_FOUND, bounds=bounds)
        return [_named(one, one.raw.get("name"), LonLat(one.longitude, one.latitude)) for one in found or ()]

    return ask


class OnlineSearch:
    """An online service that is asked with restraint. Threads may share it.

    Parameters
    ----------
    ask
        Asks the service.
    bounds
        Where the ground is; a place beyond it by more than `BEYOND_DEG` is not told.
    per_day
        Questions in a day at most.
    apart_s
        Seconds between two of them.
    clock, sleep
        Seconds from some moment on, and waiting for some.
    """

    def __init__(
        self,
        ask: Ask,
        *,
        bounds: Box = WORLD,
        per_day: int = 1000,
        apart_s: float = APART_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ask, self._bounds, self._per_day, self._apart_s = ask, bounds, per_day, apart_s
        self._clock, self._sleep = clock, sleep
        self._answers: OrderedDict[tuple[str, str], tuple[float, tuple[OnlinePlace, ...]]] = OrderedDict()
        self._lock, self._asking = Lock(), Lock()
        self._day, self._spent = -math.inf, 0
        self._rests_until = self._next_at = -math.inf

    def find(self, text: str, language: str = "zh") -> tuple[OnlinePlace, ...]:
        """Find the places that a service knows by a name; none where it knows none here.

        Raises
        ------
        OnlineSearchError
            It does not answer, or has been asked enough for now.
        """
        key = (fold(text), language)
        if not key[0] or len(text) > LONGEST_ASKED:
            return ()
        known = self._known(key)
        if known is not None:
            return known
        if not self._asking.acquire(timeout=PATIENCE_S):
            raise OnlineSearchError("The online search is being asked something else.")
        try:
            known = self._known(key)
            if known is not None:
                return known
            self._wait_for_leave()
            found = self._told(text, language)
            with self._lock:
                self._answers[key] = (self._clock(), found)
                while len(self._answers) > ANSWERS_KEPT:
                    self._answers.popitem(last=False)
            return found
        finally:
            self._asking.release()

    def _known(self, key: tuple[str, str]) -> tuple[OnlinePlace, ...] | None:
        with self._lock:
            at, found = self._answers.get(key, (-math.inf, ()))
            if self._clock() - at > DAY_S:
                return None
            self._answers.move_to_end(key)
            return found

    def _wait_for_leave(self) -> None:
        now = self._clock()
        if now < self._rests_until:
            raise OnlineSearchError("The online search did not answer a moment ago, and is left alone for a while.")
        if now - self._day >= DAY_S:
            self._day, self._spent = now, 0
        if self._spent >= self._per_day:
            raise OnlineSearchError(
                "The online search was asked {spent} times today, which is all it may be.", spent=self._spent
            )
        if now < self._next_at:
            self._sleep(self._next_at - now)
        self._spent += 1
        self._next_at = self._clock() + self._apart_s

    def _told(self, text: str, language: str) -> tuple[OnlinePlace, ...]:
        try:
            places = self._ask(text, language)
        except (GeopyError, OSError, LookupError, TypeError, ValueError, AttributeError) as fault:
            refused = (
                GeocoderQuotaExceeded,
                GeocoderRateLimited,
                GeocoderAuthenticationFailure,
                GeocoderInsufficientPrivileges,
            )
            rest_s = LONG_REST_S if isinstance(fault, refused) else REST_S
            self._rests_until = self._clock() + rest_s
            # Only the kind of fault: its text may hold the key, and what was asked.
            log.warning("the online search failed (%s); it is left alone for %d s", type(fault).__name__, rest_s)
            raise OnlineSearchError(
                "The online search does not answer ({fault}).", fault=type(fault).__name__
            ) from None
        west, south, east, north = self._bounds
        return tuple(
            one
            for one in places
            if west - BEYOND_DEG <= one.position.lon <= east + BEYOND_DEG
            and south - BEYOND_DEG <= one.position.lat <= north + BEYOND_DEG
        )[:MOST_FOUND]


def _named(found: Location, name: str | None, position: LonLat) -> OnlinePlace:
    first, _, rest = str(found.address or "").partition(", ")
    if name and name != first:
        return OnlinePlace(name, str(found.address or ""), position)
    return OnlinePlace(first, rest, position)


def open_online(
    service: str,
    *,
    key: str = "",
    host: str = "",
    bounds: Box | None = None,
    per_day: int = 1000,
    adapter_factory: Callable[..., Any] = URLLibAdapter,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> OnlineSearch:
    """Open an online service by its name: ``nominatim``, ``baidu`` or ``tianditu``.

    Parameters
    ----------
    key
        For Baidu and Tianditu.
    host
        Of a Nominatim of one's own, which may be asked without a pause.
    bounds
        Where the ground is; the whole world when not known.
    adapter_factory
        How geopy reaches the service: once, with no second try.
    """
    box = bounds or WORLD
    options = {"user_agent": USER_AGENT, "timeout": TIMEOUT_S, "adapter_factory": adapter_factory}
    if service == "nominatim":
        ask, apart_s = ask_nominatim(host=host, bounds=box, **options), 0.0 if host else APART_S
    elif service == "baidu":
        ask, apart_s = ask_baidu(key=key, **options), 0.0
    else:
        ask, apart_s = ask_tianditu(key=key, bounds=box, **options), 0.0
    return OnlineSearch(ask, bounds=box, per_day=per_day, apart_s=apart_s, clock=clock, sleep=sleep)
