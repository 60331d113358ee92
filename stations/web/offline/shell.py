"""The doors: the pack, the page that answers from it, the worker that keeps both on the phone, and the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import force_locale, gettext

from geodata.lonlat import LonLat
from stations.errors import StationsError
from stations.upkeep.facts import Aspect
from stations.upkeep.kinds import load_kinds
from stations.web.house import House
from stations.web.icons import SPRITE
from stations.web.language import LOCALES
from stations.web.offline.area import PACK_PARAMETERS, Cell, is_whole
from stations.web.offline.keeping import Packed, Packs
from stations.web.offline.pack import Contents
from stations.web.offline.telling import words_away, words_later
from stations.web.offline.working import write_worker
from stations.web.params import given, refuse_unknown
from stations.wording.names import Names
from stations.wording.spoken import language

JSON = "application/json"
SCRIPT = "text/javascript"
PRECACHED = (
    "css/yizhan.css",
    "css/finder.css",
    "css/station.css",
    "css/offline.css",
    "js/offline.js",
    "js/later.js",
    "js/forms.js",
    "js/datum.js",
    "js/kept.js",
    "js/cards.js",
    "js/asked.js",
    "js/sheet.js",
    "js/away.js",
    "img/lamp.svg",
    SPRITE,
)
"""What the page needs that answers without a network: some 30 KB compressed."""

WORKER = ("later.js", "worker.js")
"""What the worker is made of."""

MINUTES = (5, 10, 15, 20, 30, 45)
MARK = "X-Yizhan-Mark"
"""The header that says of which state of the stations a pack is; pages name the present one."""

COLOUR = "#fbf7f0"
"""Of the ground in daylight; the dark one is in the page's head."""


def offline_door(house: House, names: Names) -> Blueprint:
    """Make the doors for phones that will have no network."""
    door = Blueprint("offline", __name__)
    packs = Packs(house, Contents(names, load_kinds()))

    @lru_cache(maxsize=2)
    def keeping_worker(folder: Path, files: tuple[str, ...]) -> bytes:
        # The pages are written out to see whether they changed: their words and what they know of the house.
        shells = []
        for locale in LOCALES.values():
            with force_locale(locale):
                shells.append(write_shell(house, names))
        pages = {spoken: url_for("offline.shell", lang=spoken) for spoken in LOCALES}
        return write_worker([folder / "js" / name for name in WORKER], files, pages, shells)

    @lru_cache(maxsize=len(LOCALES))
    def said_later(_spoken: str) -> str:
        return orjson.dumps(words_later()).decode()

    @door.app_context_processor
    def keeping() -> dict[str, Any]:
        return {
            "kept": lambda place, station: what_is_kept(house, packs, place, station),
            "words_later": lambda: said_later(language()),
        }

    @door.get("/pack.json")
    def pack() -> Response:
        """What a phone needs to find a station without a network."""
        args = given(request.args)
        refuse_unknown(args, PACK_PARAMETERS)
        cell = None if is_whole(house.snapshot()) else Cell.read(args)
        return send_pack(packs.pack(datetime.now(house.zone), cell))

    @door.get("/offline")
    def shell() -> Response:
        """The finder without a network: the phone keeps this page, and shows it where another cannot be had."""
        response = make_response(write_shell(house, names))
        response.headers["Cache-Control"] = "no-cache"
        return response

    @door.get("/sw.js")
    def worker() -> Response:
        """What keeps things on the phone, or takes them away again where the house has that switched off."""
        folder = Path(current_app.static_folder or "static")
        if house.settings.offline:
            source = keeping_worker(folder, tuple(url_for("static", filename=name) for name in PRECACHED))
        else:
            source = (folder / "js" / "retire.js").read_bytes()
        response = Response(source, mimetype=SCRIPT)
        response.set_etag(blake2b(source, digest_size=8).hexdigest())
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = "/"
        response.make_conditional(request)
        return response

    @door.get("/manifest.webmanifest")
    def manifest() -> Response:
        """What the phone calls this house when it is put on the screen."""
        response = Response(orjson.dumps(write_manifest()), mimetype="application/manifest+json")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return door


def what_is_kept(house: House, packs: Packs, place: object, station: object) -> Mapping[str, str]:
    """What a page says of what is to be kept on the phone: the worker, the pack, and its mark.

    Parameters
    ----------
    place, station
        What the page is about, where it is about one: of a large registry, the pack around its cell is kept.
    """
    if not house.settings.offline:
        return {"worker": "", "pack": "", "mark": ""}
    worker = url_for("offline.worker")
    if request.endpoint == "offline.shell":
        # The page that is kept names no mark: it must not change with every revision.
        return {"worker": worker, "pack": url_for("offline.pack"), "mark": ""}
    try:
        snapshot = house.snapshot()
        mark = packs.mark(datetime.now(house.zone))
    except StationsError:
        return {"worker": worker, "pack": "", "mark": ""}
    position = getattr(place, "position", None) or getattr(station, "position", None)
    if is_whole(snapshot):
        address = url_for("offline.pack")
    else:
        address = url_for("offline.pack", cell=str(Cell.at(position))) if isinstance(position, LonLat) else ""
    return {"worker": worker, "pack": address, "mark": mark}


def send_pack(packed: Packed) -> Response:
    """Send a pack as the browser can read it."""
    response = Response(mimetype=JSON)
    response.headers["Cache-Control"] = "no-cache"
    response.headers[MARK] = packed.mark
    response.vary.add("Accept-Encoding")
    response.set_etag(packed.tag, weak=True)
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    for coding, body in (("br", packed.brotli), ("gzip", packed.gzip)):
        if request.accept_encodings[coding] > 0:
            response.headers["Content-Encoding"] = coding
            response.set_data(body)
            return response
    response.set_data(packed.plain)
    return response


def write_shell(house: House, names: Names) -> str:
    """Write the page that answers without a network, in the language of the request."""
    modes = [(key, names.mode(key)) for key in (names.modes if house.atlas is None else house.atlas.modes)]
    return render_template(
        "offline/shell.html",
        form={"mode": "walk", "modes": modes, "minutes": "15"},
        minutes_offered=MINUTES,
        words={**words_away(), "modes": dict(modes)},
        wrongs=[
            {"key": kind.key, "name": kind.en if language() == "en" else kind.zh, "icon": kind.icon, "asks": kind.asks}
            for kind in (load_kinds().values() if house.upkeep is not None else ())
        ],
        rights=[
            (Aspect.POSITION, gettext("Place on the map")),
            (Aspect.HOURS, gettext("Opening hours")),
            (Aspect.AMENITIES, gettext("What it has")),
        ],
    )


def write_manifest() -> dict[str, Any]:
    """Write the manifest in the language of the request."""

    def picture(name: str, size: int, purpose: str) -> dict[str, str]:
        return {
            "src": url_for("static", filename=f"img/{name}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    return {
        "id": "/",
        "name": gettext("Yizhan: rest stations for outdoor workers"),
        "short_name": gettext("Yizhan"),
        "description": gettext("Which open door is nearest, what it has, how one gets in; also without a network."),
        "lang": "en" if language() == "en" else "zh-Hans",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "categories": ["navigation", "utilities"],
        "icons": [
            picture("icon-192", 192, "any"),
            picture("icon-512", 512, "any"),
            picture("icon-maskable-192", 192, "maskable"),
            picture("icon-maskable-512", 512, "maskable"),
        ],
    }
