"""A person at a browser, and a server for them to visit."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from werkzeug.serving import make_server

from stations.settings import Settings
from tests.town import atlas, open_house, town_stations, upkeeps

__all__ = ["atlas", "open_house", "town_stations", "upkeeps"]

PROGRAMS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Chromium without a window of its own opens pages in a third of the time."""

CHROMIUM = Path(os.environ.get("CHROMIUM") or next(filter(os.path.exists, PROGRAMS), PROGRAMS[-1]))

QUIET = [
    "--no-sandbox",  # a container's root has no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium with no window."""
    if not CHROMIUM.exists():
        pytest.skip(f"No browser at {CHROMIUM}; install chromium or set CHROMIUM")
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
def page(chromium: Browser, faults: list[str], service_workers: str) -> Iterator[Page]:
    """Hand out a page in Chinese, in Shanghai, that must ask no other host and log no error."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", service_workers=service_workers)

    def only_here(route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in {"http", "https"} and url.hostname not in {"127.0.0.1", "localhost"}:
            faults.append(f"asked another host: {route.request.url}")
            route.abort()
        else:
            route.continue_()

    context.route("**/*", only_here)
    page = context.new_page()
    page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    yield page
    context.close()
    assert not faults


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
