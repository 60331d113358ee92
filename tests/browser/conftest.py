"""A person at a browser, and a server for them to visit."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from stations.desk.desk import Desk
from stations.desk.listed import Asked
from stations.desk.lists import Lists
from stations.facts import Service
from stations.notices.facts import Kind
from stations.notices.webaddress import WebAddress
from stations.people.facts import By
from stations.people.marks import mark_of
from stations.people.proving import Proofs
from stations.registry.log import Registry
from stations.registry.schema import MAIL_LINK
from stations.settings import Settings
from stations.stock.levels import Kind as Moving
from stations.stock.levels import Moved
from stations.stock.offers import Offer
from stations.stock.scope import Where
from stations.stock.visits import Entered, Source
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.saying import Upkeep
from stations.web.who import KEPT_IN
from tests.browser.journey import NUMBERS, WAYS, Journey, sign_in
from tests.browser.states import LETTER, watched
from tests.town import SHANGHAI, atlas, corner, open_house, town_stations, upkeeps

__all__ = ["atlas", "open_house", "town_stations", "upkeeps"]

PROGRAMS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Chromium without a window of its own opens pages in a third of the time."""

CHROMIUM = Path(os.environ.get("CHROMIUM") or next(filter(os.path.exists, PROGRAMS), PROGRAMS[-1]))

PATIENCE_MS = 15_000
"""How long a page may take to show what it should; no test proves by it how quick that is, and others run beside."""

QUIET = [
    "--no-sandbox",  # a container's root has no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # there are no other hosts
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium with no window."""
    if not CHROMIUM.exists():
        pytest.skip(f"No browser at {CHROMIUM}; install chromium or set CHROMIUM")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the page so far: a test that expects a fault takes it out."""
    return []


@pytest.fixture
def service_workers() -> str:
    """Whether pages may keep what works offline. It takes a second or two, so only tests of that ``allow`` it."""
    return "block"


@pytest.fixture
def visit(chromium: Browser, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """Open browsers of their own, in Shanghai, that must ask no other host and log no error."""
    contexts = []

    def only_here(failed: Request) -> None:
        url = urlsplit(failed.url)
        if url.scheme in {"http", "https"} and url.hostname not in {"127.0.0.1", "localhost"}:
            faults.append(f"asked another host: {failed.url}")

    def open_page(**how: Any) -> Page:
        how = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "service_workers": "block"} | how
        context = chromium.new_context(**how)
        contexts.append(context)
        context.on("requestfailed", only_here)  # to look at each request on its way takes a quarter of the time
        page = context.new_page()
        watched(page)
        page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def page(visit: Callable[..., Page], service_workers: str) -> Page:
    """Hand out a page in Chinese."""
    return visit(service_workers=service_workers)


def answered_whole(application):
    """Take each answer whole before it is sent: werkzeug leaves a file open when a browser hangs up on it."""

    def whole(environ, start_response):
        parts = application(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return whole


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[object], str]]:
    """Serve a WSGI application on this machine, on a port of its own, and give its address."""
    servers = []

    def start(application: object) -> str:
        server = make_server("127.0.0.1", 0, answered_whole(application), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def site(serve: Callable[[object], str], open_house) -> str:
    """Serve the small town; all tests together are one client, who may ask as often as they like."""
    return serve(open_house(settings=Settings(requests_per_minute=0)))


@pytest.fixture(scope="session")
def desk_registry(tmp_path_factory, town_stations) -> Iterator[Registry]:
    """Keep the stations of the town, each with its township, in a registry that the staff write to."""
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'registry.db'}", SHANGHAI)
    middle = corner(2.5, 0).lon
    placed = [replace(one, township=f"36068110{1 if one.position.lon < middle else 2}") for one in town_stations]
    registry.append(placed, what="import", who="import", at=datetime.now(UTC))
    yield registry
    registry.close()


@pytest.fixture(scope="session")
def desk_app(open_house, desk_registry) -> Flask:
    """Make a house with a desk; those who visit it are signed in by `signed_in_at`."""
    upkeep = Upkeep(desk_registry.store, SHANGHAI)
    now = datetime.now(UTC)
    for number in (1, 2):
        sender = Sender(f"device{number}", f"10.{number}.0.1")
        upkeep.report("A6", "locked", sender=sender, found=now, now=now, revision=6)
    desk = Desk(desk_registry, {Aspect.HOURS: 90, Aspect.AMENITIES: 60, Aspect.POSITION: 365})
    proposed = replace(desk_registry.snapshot().station("A3"), phone="0793-3", seats=4)
    desk.proposals.propose(proposed, revision=3, township="360681102", note="新添了椅子", who="teller", at=now)
    app = open_house(
        settings=Settings(requests_per_minute=0, reports_per_hour=0), shelf=desk_registry, desk=desk, upkeep=upkeep
    )
    unheard(app, now)
    some_days(app, now)
    listed = "name,lon,lat,杂\n近处服务站,116.3021,28.3,甲\n新站,116.304,28.304,乙\n海里,121,31,丙\n".encode()
    Lists(desk_registry.store).keep("名单.csv", listed, Asked(), area="360681", who="county-officer", at=now)
    return app


def some_days(app: Flask, now: datetime) -> None:
    """Have some supplies run low, breakfast be served, and people come."""
    stock, place, day = app.extensions[KEPT_IN].stock, Where("A3", "360681102"), now.astimezone(SHANGHAI).date()
    facts = {"today": day, "who": "teller", "at": now, "mark": ""}
    moved = [Moved("water", 3), Moved("plasters", 40, day - timedelta(days=2)), Moved("cups", 200)]
    stock.supplies.enter(place, Moving.COUNT, moved, day=day, **facts)
    breakfast = Offer(Service(key="breakfast", hours="06:30-08:30", price_yuan=2.0), day - timedelta(days=9))
    entry = stock.services.put(place, breakfast, who="teller", at=now, mark="")
    days = [day - timedelta(days=number) for number in range(9)]
    stock.services.count(entry, dict.fromkeys(days[1:], 83), seen=0, **facts)
    stock.visits.enter([Entered(place, one, Source.DOOR, 30 + one.day) for one in days], seen=0, **facts)


def unheard(app: Flask, now: datetime) -> None:
    """Set a webhook that did not take what it was sent."""
    notices = app.extensions[KEPT_IN].notices
    hook, _ = notices.hooks.add("360681", WebAddress.read("https://hooks.example.org/in"), Kind, by=By("test"))
    notices.try_out(hook, now)
    tried = notices.outbox.take(now)
    notices.outbox.finish(tried, "500 Internal Server Error", good=False, again=False, begun=now, now=now)


@pytest.fixture(scope="session")
def desk_server(serve, desk_app) -> str:
    """Serve that house."""
    return serve(desk_app)


@pytest.fixture
def enter(desk_app, desk_server) -> Callable[..., str]:
    """Sign somebody in, in the browser that a page is of."""

    def enter(page: Page, role: str, area: str = "360681", stations: tuple[str, ...] = (), **who: str) -> str:
        return sign_in(desk_app, desk_server, page, role, area, stations, **who)

    return enter


@pytest.fixture
def desk_site(desk_server, enter, page) -> str:
    """Give the address of that house to an officer of the county."""
    enter(page, "clerk", login="county-clerk", name="吴某")  # whom the officer looks after; as short as names are
    enter(page, "officer", login="county-officer")
    return desk_server


@pytest.fixture
def reported_site(desk_site, desk_app, desk_registry) -> str:
    """Give the address of that house to the officer, who has just been told of a locked door by two people."""
    upkeep = desk_app.extensions[KEPT_IN].upkeep
    now = datetime.now(UTC)
    for number, device in enumerate((uuid4().hex, uuid4().hex), 1):
        sender = Sender(device, f"10.{number}.0.1")
        revision = desk_registry.history("A6")[-1].revision
        upkeep.report("A6", "locked", sender=sender, found=now, now=now, revision=revision)
    return desk_site


@pytest.fixture
def lettered_site(desk_site, desk_app) -> Iterator[str]:
    """Give the address of that house to the officer while a letter with `LETTER` has gone to a new mail address."""
    people = desk_app.extensions[KEPT_IN].people
    person = people.by_login("county-officer")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    row = {"person": person.id, "mark": mark_of(LETTER), "mail": "guan@example.org", "until": until}
    with people.store.writing() as connection:
        connection.execute(MAIL_LINK.insert(), row)
    yield desk_site
    Proofs(people).leave(person)


@pytest.fixture(params=WAYS)
def journey(request, desk_app, desk_server, desk_registry, visit, faults) -> Journey:
    """Begin somebody's day: at a desk and on a phone, in Chinese and in English."""
    language, _, size = request.param.partition("-")
    desk = desk_app.extensions[KEPT_IN].desk
    return Journey(desk_app, desk_server, desk, visit, faults, language, size == "phone", next(NUMBERS))
